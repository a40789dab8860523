/** Every sentence a reader sees about a proof. Findings are codes; only this file gives them words. */
import { nodeIdToGid } from '../connectome/selection.ts'
import type { Culprit } from '../verification/comparison.ts'
import type {
  CheckId,
  CheckResult,
  Finding,
  FindingCode,
  Proof,
  Trouble,
  Verdict,
} from '../verification/proof.ts'
import { CONTRACT_CHECK_WORDS, CONTRACT_WORDS, contractSentence } from './contract-sentences.ts'
import { FULL_CHECK_WORDS, FULL_WORDS } from './full-sentences.ts'
import { edgeSentence, SYNAPSE_WORDS } from './synapse-sentences.ts'

export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  verified: 'verified',
  differs: 'differs',
  cannot_tell: 'cannot tell',
}

export const CHECK_WORDS: Readonly<Record<CheckId, string>> = {
  'nodes.same': 'same nodes',
  'populations.same': 'same edge populations',
  'removed.exactly': 'removed exactly as asked',
  'added.exactly': 'added exactly as asked',
  'outside.connections': 'nothing changed outside the selection',
  count: 'count adds up',
  multiplicity: 'kept connections have as many edges as before',
  'properties.same': 'same properties of edges',
  'synapses.same': 'every kept edge bit-identical',
  'synapses.order': 'edges in order',
  ...CONTRACT_CHECK_WORDS,
  ...FULL_CHECK_WORDS,
}

/** `3 connections`, `1 connection`. */
export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/**
 * The line of the notebook: connections of the manipulated circuit between selected neurons and their difference
 * to the original. Undefined where nothing could be counted.
 */
export function connectionsLine(proof: Proof): string | undefined {
  if (proof.connections === undefined) return undefined
  const { source, target } = proof.selection
  const between = `${source.size}x${target.size} selected neurons`
  return `${proof.circuit}: ${proof.neurons} neurons in total; ${proof.connections.manipulated} connections between ${between} (DIFF: ${differenceOf(proof)})`
}

/** Connections of the manipulated minus those of the original. */
export function differenceOf(proof: Proof): number | undefined {
  return proof.connections && proof.connections.manipulated - proof.connections.original
}

export function verdictSentence(proof: Proof): string {
  if (proof.verdict === 'verified' && proof.contract !== undefined)
    return contractSentence(proof, proof.contract)
  if (proof.verdict === 'verified') {
    const { removed_as_asked = 0, added_as_asked = 0 } = proof.classes ?? {}
    const changes = [
      ...(removed_as_asked > 0 ? [`${plural(removed_as_asked, 'connection')} removed`] : []),
      ...(added_as_asked > 0 ? [`${plural(added_as_asked, 'connection')} added`] : []),
    ].join(' and ')
    const other = proof.level === 'connections' ? 'connection' : 'connection or synapse'
    return changes === ''
      ? `no ${other} changed, as asked`
      : `${changes}, exactly as asked; no other ${other} changed`
  }
  if (proof.verdict === 'cannot_tell')
    return proof.level === undefined
      ? 'nothing was proven for this circuit'
      : `nothing differs at level ${proof.level}, and more was asked for`
  const failed = proof.checks.filter(check => check.status === 'failed').length
  return `${failed} of ${plural(proof.checks.length, 'check')} failed`
}

interface Words {
  /** What was found, after the count. */
  readonly what: (finding: Finding) => string
  /** Edges of one culprit: what was expected and what is there. */
  readonly edges: (culprit: Culprit) => string
}

const expectedFound = (expected: string, found: number): string =>
  `expected ${expected}, found ${plural(found, 'edge')}`
const kept = ({ original, manipulated }: Culprit): string =>
  expectedFound(original === 0 ? 'none' : plural(original, 'edge'), manipulated)
const inOriginal = (expected: string, culprit: Culprit): string =>
  `${expectedFound(expected, culprit.original)} in the original`

const connections = (what: string) => (finding: Finding) => `${plural(finding.count, 'connection')} ${what}`
const expectation = (noun: string) => (finding: Finding) =>
  `${plural(finding.count, noun)} too many or too few: expected ${finding.expected}, found ${finding.found}`

export const FINDING_WORDS: Readonly<Record<FindingCode, Words>> = {
  'nodes.count': { what: expectation('node'), edges: kept },
  'nodes.selection': {
    what: finding =>
      `${plural(finding.count, 'node')} selected in one circuit only: expected ${finding.expected}, found ${finding.found}`,
    edges: kept,
  },
  'asked.still_there': {
    what: connections('asked to be removed, but still there'),
    edges: culprit => expectedFound('none', culprit.manipulated),
  },
  'asked.absent': {
    what: connections('asked to be removed, but never existed in the original'),
    edges: culprit => inOriginal('at least 1 edge', culprit),
  },
  'lost.not_asked': { what: connections('lost, though not asked to be removed'), edges: kept },
  'added.not_asked': {
    what: connections('added, though not asked for'),
    edges: culprit => expectedFound('none', culprit.manipulated),
  },
  'asked.not_added': {
    what: connections('asked to be added, but missing'),
    edges: culprit => expectedFound('at least 1 edge', culprit.manipulated),
  },
  'asked.already_there': {
    what: connections('asked to be added, but already in the original'),
    edges: culprit => inOriginal('none', culprit),
  },
  'outside.changed': { what: connections('changed outside the selected neurons'), edges: kept },
  'count.differs': {
    what: finding =>
      `the count is off by ${finding.count}: expected ${finding.expected} connections, found ${finding.found}`,
    edges: kept,
  },
  'multiplicity.changed': { what: connections('kept, but with another number of edges'), edges: kept },
  ...byEdge(SYNAPSE_WORDS),
  ...byEdge(CONTRACT_WORDS),
  'level.lower': {
    what: ({ count, expected, found }) =>
      `${plural(count, 'check')} of level ${expected} not made; what was proven is level ${found}`,
    edges: kept,
  },
  ...byEdge(FULL_WORDS),
}

/** Of findings that have edges as culprits instead of connections. */
function byEdge<Code extends string>(words: Readonly<Record<Code, Words['what']>>): Record<Code, Words> {
  const entries = Object.entries<Words['what']>(words).map(([code, what]) => [code, { what, edges: kept }])
  return Object.fromEntries(entries) as Record<Code, Words> // the same keys
}

export function findingSentence(finding: Finding): string {
  const sentence = FINDING_WORDS[finding.code].what(finding)
  return finding.severity === 'warning' ? `allowed: ${sentence}` : sentence
}

/** `0 -> 7  (GIDs 1 -> 8)  expected none, found 3 edges`. */
export function culpritSentence(code: FindingCode, culprit: Culprit): string {
  const { source, target } = culprit
  return `${source} -> ${target}  (GIDs ${nodeIdToGid(source)} -> ${nodeIdToGid(target)})  ${FINDING_WORDS[code].edges(culprit)}`
}

/** The first culprits of a finding, whatever they are. */
export const culpritSentences = ({ code, culprits, edges }: Finding, show: number): string[] => [
  ...culprits.slice(0, show).map(culprit => culpritSentence(code, culprit)),
  ...(edges ?? []).slice(0, show).map(edgeSentence),
]

/** What stands behind the verdict, for people: checks passed, and what nobody looked at. */
export function passedSentence(proof: Proof): string | undefined {
  const passed = proof.checks.filter(check => check.status === 'passed').map(passedWords)
  return passed.length === 0 ? undefined : passed.join('; ')
}

/** Nothing is called the same that was not compared. */
const passedWords = ({ id, except }: CheckResult): string =>
  except === undefined
    ? CHECK_WORDS[id]
    : `every kept edge the same but for ${except.join(', ')}, which could not be compared`

/** Where a file of rows was asked for. */
export function edgeMapSentence({ edgeMap }: Proof): string | undefined {
  if (edgeMap === undefined) return undefined
  if (!edgeMap.written) return `${edgeMap.file} was not written: ${edgeMap.reason}`
  const gone = edgeMap.rows - edgeMap.kept
  return `${edgeMap.file} has the new row of ${plural(edgeMap.kept, 'edge')}, and -1 for ${gone} that are gone`
}

/** `file: field: what is wrong`, and what to do on a line of its own. */
export function troubleLines(trouble: Trouble): string[] {
  const place = [trouble.file, trouble.field].filter(part => part !== undefined && part !== '')
  const lines = [[...place, trouble.message].join(': ')]
  if (trouble.hint !== undefined) lines.push(`try: ${trouble.hint}`)
  return lines
}
