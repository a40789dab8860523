/** From the findings of one proof to the likely cause and the next thing to try. Rules, most telling first. */
import type { FindingCode, Proof } from '../verification/proof.ts'
import { CONTRACT_RULES } from './contract-advice.ts'
import { FULL_RULES } from './full-sentences.ts'
import { QUESTION_RULES } from './question-advice.ts'
import { REFERENCE_RULES } from './reference-advice.ts'
import { NAN_RULE, SYNAPSE_RULES } from './synapse-advice.ts'

export interface Advice {
  readonly cause: string
  readonly next: string
}

export interface Evidence {
  /** Connections (or nodes) per finding that is an error; 0 where there is none. */
  readonly count: (code: FindingCode) => number
  readonly proof: Proof
}

export interface Rule extends Advice {
  readonly when: (evidence: Evidence) => boolean
}

const RULES: readonly Rule[] = [
  {
    when: ({ count }) => count('nodes.count') > 0,
    cause: 'the two circuits have different nodes: one is another version, or another circuit altogether',
    next: 'compare the node populations of both with connproof inspect',
  },
  {
    when: ({ count }) => count('nodes.selection') > 0,
    cause: 'the node sets or node attributes of the two circuits differ',
    next: 'compare the selections with connproof inspect CIRCUIT --nodes SET --ids, or give a file of ids instead',
  },
  ...QUESTION_RULES,
  {
    when: ({ count, proof }) => count('lost.not_asked') > 0 && proof.connections?.manipulated === 0,
    cause: 'no connection is left between the selected neurons: the mask was probably not used at all',
    next: 'look for misspelt or outdated parameters in the manipulation config',
  },
  {
    when: ({ count }) =>
      count('asked.still_there') > 0 &&
      count('lost.not_asked') > 0 &&
      count('added.not_asked') + count('outside.changed') > 0,
    cause: 'several kinds of change at once: made from another original, or by another operation than asked',
    next: 'check which circuit, operation and mask the manipulation config names',
  },
  {
    when: ({ count }) =>
      count('asked.still_there') > 0 && count('asked.still_there') === count('lost.not_asked'),
    cause:
      'as many other connections are gone as asked ones are still there: the mask was probably applied to other nodes (transposed, ids counted from 1, or another selection)',
    next: 'compare node selection and id base of the manipulation with those of the mask',
  },
  {
    when: ({ count }) => count('asked.still_there') > 0 && count('lost.not_asked') > 0,
    cause: 'the manipulation used another mask, or its own random draw',
    next: 'check which mask file the manipulation config names, and verify against that one',
  },
  {
    when: ({ count }) => count('lost.not_asked') > 0 && count('added.not_asked') > 0,
    cause: 'connections were rewired, or the circuit was made from another original',
    next: 'check which circuit and which operation the manipulation config names',
  },
  {
    when: ({ count }) => count('outside.changed') > 0 && count('lost.not_asked') === 0,
    cause: 'the manipulation reached beyond the selected neurons, or it was made from another original',
    next: 'check the source and target selection of the manipulation, and which circuit it started from',
  },
  {
    when: ({ count }) => count('lost.not_asked') > 0,
    cause:
      'more was removed than asked: another mask or amount, or a part of the job is missing from the edges file',
    next: 'see whether the culprits share their targets (a missing part) with --write-differences',
  },
  {
    when: ({ count }) => count('asked.still_there') > 0,
    cause: 'only a part was removed: an amount below 100 %, or a part of the job that did not run',
    next: 'check the amount in the manipulation config, and the log of every part of the job',
  },
  {
    when: ({ count }) => count('asked.absent') > 0 && count('added.not_asked') === 0,
    cause:
      'the mask names pairs that are not connected in the original; the manipulation ignores such entries',
    next: 'make the mask again from this original, or add --allow asked.absent if this is meant',
  },
  {
    when: ({ count }) => count('added.not_asked') > 0,
    cause: 'connections appeared that nobody asked for: rewired, or made from another original',
    next: 'check which circuit and which operation the manipulation config names',
  },
  {
    when: ({ count }) => count('asked.not_added') > 0,
    cause: 'only a part was added, or the circuit lacks a part of the job',
    next: 'check the log of every part of the job',
  },
  {
    when: ({ count }) => count('asked.already_there') > 0,
    cause: 'the mask asks to add pairs that are connected in the original',
    next: 'make the mask again from this original, or add --allow asked.already_there if this is meant',
  },
  {
    when: ({ proof }) => allDoubled(proof),
    cause: 'connections have whole multiples of their edges: a part was merged more than once',
    next: 'look for left-over files in the folder that was merged, and convert again',
  },
  {
    when: ({ count }) => count('multiplicity.changed') > 0,
    cause: 'single synapses were removed or added inside kept connections',
    next: 'check that the operation was one on connections, not on synapses',
  },
  NAN_RULE,
  ...CONTRACT_RULES,
  ...SYNAPSE_RULES,
  ...REFERENCE_RULES,
  ...FULL_RULES,
  {
    // The classes explain any count; a count that is off alone contradicts them.
    when: ({ count }) => count('count.differs') > 0,
    cause: 'the numbers do not add up although every connection does: this must not happen',
    next: 'please report it with the file written by --proof',
  },
]

/** Undefined unless the proof has a finding that is an error. */
export function adviceFor(proof: Proof): Advice | undefined {
  const counts = new Map<FindingCode, number>()
  for (const finding of proof.findings) {
    if (finding.severity === 'error')
      counts.set(finding.code, (counts.get(finding.code) ?? 0) + finding.count)
  }
  const evidence = { proof, count: (code: FindingCode) => counts.get(code) ?? 0 }
  return RULES.find(rule => rule.when(evidence))
}

function allDoubled({ findings }: Proof): boolean {
  const found = findings.find(finding => finding.code === 'multiplicity.changed')
  return (
    found !== undefined &&
    found.culprits.length > 0 &&
    found.culprits.every(
      ({ original, manipulated }) => manipulated > original && manipulated % original === 0,
    )
  )
}
