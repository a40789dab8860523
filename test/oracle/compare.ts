/** What connproof said, against what it should have said. */
import type { Proof } from '../../src/index.ts'
import { CLASSES, type Judgement, type Level, type Verdict } from './judge.ts'

export type Failure = 'missed' | 'false alarm' | 'crash' | 'wrong count' | 'cannot tell'

export interface Compared {
  verdict: Verdict | 'crash'
  failures: { kind: Failure; what: string }[]
  /** What connproof found. */
  found: string
}

/** `lower` is what a level that was not reached is called here: no verdict, unless that was accepted. */
function verdictOf(
  { verdict, level, trouble }: Proof,
  asked: Level,
  allow: readonly string[],
): Verdict | undefined {
  if (verdict === 'cannot_tell') return trouble?.field === 'level' ? 'lower' : verdict
  if (verdict !== 'verified' || level === asked) return verdict
  // Verified at a lower level, though nobody accepted it.
  return allow.includes('level.lower') ? 'lower' : undefined
}

export function compare(
  judgement: Judgement,
  proof: Proof | Error,
  level: Level,
  allow: readonly string[],
): Compared {
  if (proof instanceof Error) {
    const what = `${proof.name}: ${proof.message}${'field' in proof ? ` [${proof.field}]` : `\n${proof.stack}`}`
    return { verdict: 'crash', found: what, failures: [{ kind: 'crash', what }] }
  }
  const verdict = verdictOf(proof, level, allow)
  const found = foundBy(proof)
  if (verdict === undefined || !judgement.verdicts.has(verdict)) {
    const why = judgement.reasons.join('; ') || 'nothing is wrong'
    const said = verdict ?? `verified at level ${proof.level}`
    const what = `${said} instead of ${[...judgement.verdicts].join(' or ')} (${why}): ${found}`
    return { verdict: proof.verdict, found, failures: [{ kind: kindOf(proof, judgement), what }] }
  }
  const wrong = proof.classes === undefined && verdict === 'cannot_tell' ? [] : wrongCounts(judgement, proof)
  return { verdict, found, failures: wrong.map(what => ({ kind: 'wrong count', what })) }
}

function foundBy({ findings, trouble, notChecked }: Proof): string {
  const told = findings.map(({ code, count, property, found }) =>
    [code, count, property, found].filter(one => one !== undefined).join(' '),
  )
  if (trouble !== undefined) told.push(`trouble: ${trouble.message} [${trouble.field}] ${trouble.hint ?? ''}`)
  return told.join('; ') || `not checked: ${notChecked.join('; ')}`
}

function kindOf({ verdict }: Proof, { verdicts }: Judgement): Failure {
  if (verdict === 'verified') return 'missed'
  if (!verdicts.has('verified') && !verdicts.has('lower')) return 'missed'
  return verdict === 'differs' ? 'false alarm' : 'cannot tell'
}

function wrongCounts({ classes, connections, edges, synapses }: Judgement, proof: Proof): string[] {
  const wrong: string[] = []
  const expect = (what: string, said: unknown, right: unknown): void => {
    if (said !== right) wrong.push(`${what}: ${String(said)} instead of ${String(right)}`)
  }
  if (classes !== undefined) for (const name of CLASSES) expect(name, proof.classes?.[name], classes[name])
  for (const side of ['original', 'manipulated'] as const) {
    if (connections !== undefined) expect(`connections ${side}`, proof.connections?.[side], connections[side])
    if (edges !== undefined) expect(`edges ${side}`, proof.edges?.[side], edges[side])
  }
  if (synapses === undefined || proof.synapses === undefined) return wrong
  const total = (code: string, property?: string): number | undefined => {
    const counts = proof.findings.filter(
      one => one.code === code && (property ?? one.property) === one.property,
    )
    return counts.length === 0 ? undefined : counts.reduce((sum, { count }) => sum + count, 0)
  }
  expect('synapse.missing', total('synapse.missing') ?? 0, synapses.missing)
  expect('synapse.extra', total('synapse.extra') ?? 0, synapses.extra)
  for (const [name, count] of synapses.changed ?? [])
    if (name !== 'edge_type_id')
      expect(
        `${name} changed`,
        (total('property.changed', name) ?? 0) +
          (total('property.lost', name) ?? 0) +
          (total('property.bounds', name) ?? 0),
        count,
      )
  return wrong
}
