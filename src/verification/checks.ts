/** The checks as a table: what each one looks at in a comparison, and what it finds. */
import type { NodeSelection } from '../connectome/selection.ts'
import type { Comparison, DifferenceClass } from './comparison.ts'
import type { CheckId, CheckResult, Finding, FindingCode, Level } from './proof.ts'

export interface NodePopulationFacts {
  readonly name: string
  readonly size: number
}

/** One side (source or target) of both circuits. */
export interface SideFacts {
  readonly side: 'source' | 'target'
  readonly original: NodePopulationFacts
  readonly manipulated: NodePopulationFacts
  readonly originalSelection: NodeSelection
  /** The same expression resolved on the manipulated circuit. */
  readonly manipulatedSelection: NodeSelection
}

export interface Facts {
  readonly comparison: Comparison
  /** What {@link nodesSame} found. */
  readonly nodes: readonly Finding[]
  /** Edge populations that one circuit alone has. */
  readonly populations: readonly Finding[]
  readonly asked: { readonly removed: number; readonly added: number }
}

export interface Check {
  readonly id: CheckId
  readonly level: Level
  readonly run: (facts: Facts) => Finding[]
}

/** What must hold of a removal or an addition of connections, at the level of connections. */
export const CONNECTION_CHECKS: readonly Check[] = [
  { id: 'nodes.same', level: 'connections', run: facts => [...facts.nodes] },
  { id: 'populations.same', level: 'connections', run: facts => [...facts.populations] },
  {
    id: 'removed.exactly',
    level: 'connections',
    run: facts => [
      ...ofClass(facts, 'removed.exactly', 'asked.still_there', 'asked_still_there'),
      ...ofClass(facts, 'removed.exactly', 'asked.absent', 'asked_absent'),
      ...ofClass(facts, 'removed.exactly', 'lost.not_asked', 'lost_not_asked'),
    ],
  },
  {
    id: 'added.exactly',
    level: 'connections',
    run: facts => [
      ...ofClass(facts, 'added.exactly', 'asked.not_added', 'asked_not_added'),
      ...ofClass(facts, 'added.exactly', 'asked.already_there', 'asked_already_there'),
      ...ofClass(facts, 'added.exactly', 'added.not_asked', 'added_not_asked'),
    ],
  },
  {
    id: 'outside.connections',
    level: 'connections',
    run: facts => ofClass(facts, 'outside.connections', 'outside.changed', 'outside_changed'),
  },
  { id: 'count', level: 'connections', run: countAddsUp },
  {
    id: 'multiplicity',
    level: 'connections',
    run: facts => ofClass(facts, 'multiplicity', 'multiplicity.changed', 'multiplicity_changed'),
  },
]

function ofClass(facts: Facts, check: CheckId, code: FindingCode, name: DifferenceClass): Finding[] {
  const count = facts.comparison.classes[name]
  if (count === 0) return []
  return [{ code, check, severity: 'error', count, culprits: facts.comparison.culprits[name] }]
}

/** Populations that have another number of nodes: then the same id may be another cell, and no comparison tells. */
export function nodesCounted(
  sides: readonly Pick<SideFacts, 'side' | 'original' | 'manipulated'>[],
): Finding[] {
  return sides
    .filter(({ original, manipulated }) => original.size !== manipulated.size)
    .map(({ side, original, manipulated }) => ({
      code: 'nodes.count',
      check: 'nodes.same',
      severity: 'error',
      count: Math.abs(original.size - manipulated.size),
      expected: `${original.size} nodes in ${side} population ${original.name}`,
      found: `${manipulated.size} nodes in ${manipulated.name}`,
      culprits: [],
    }))
}

/** Populations of the same sizes, and the same nodes selected. */
export function nodesSame(sides: readonly SideFacts[]): Finding[] {
  return sides.flatMap(side => {
    const findings = nodesCounted([side])
    const differing = firstDifference(side.originalSelection.ids, side.manipulatedSelection.ids)
    if (differing !== undefined) {
      findings.push({
        code: 'nodes.selection',
        check: 'nodes.same',
        severity: 'error',
        count: countDifferent(side.originalSelection.ids, side.manipulatedSelection.ids),
        expected: describeId(side.originalSelection, differing),
        found: describeId(side.manipulatedSelection, differing),
        culprits: [],
      })
    }
    return findings
  })
}

const describeId = (selection: NodeSelection, position: number): string => {
  const id = selection.ids[position]
  return `${selection.ids.length} nodes for ${selection.expression}, number ${position} is ${id === undefined ? 'missing' : `node ${id}`}`
}

/** Position of the first difference of two ascending lists, or undefined if they are equal. */
export function firstDifference(a: Uint32Array, b: Uint32Array): number | undefined {
  const shorter = Math.min(a.length, b.length)
  if (a === b || (a.length === b.length && Buffer.compare(bytesOf(a), bytesOf(b)) === 0)) return undefined
  for (let k = 0; k < shorter; k++) if (a[k] !== b[k]) return k
  return a.length === b.length ? undefined : shorter
}

const bytesOf = (ids: Uint32Array): Uint8Array => new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength)

/** Ids that are in one ascending list only. */
function countDifferent(a: Uint32Array, b: Uint32Array): number {
  let only = 0
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    const [x = 0, y = 0] = [a[i], b[j]]
    if (x !== y) only++
    if (x <= y) i++
    if (y <= x) j++
  }
  return only + (a.length - i) + (b.length - j)
}

/** The notebook's arithmetic, with the numbers that were asked for and not with those that were found. */
function countAddsUp({ comparison, asked }: Facts): Finding[] {
  const { original, manipulated } = comparison.connections
  const expected = original - asked.removed + asked.added
  if (expected === manipulated) return []
  return [
    {
      code: 'count.differs',
      check: 'count',
      severity: 'error',
      count: Math.abs(expected - manipulated),
      expected,
      found: manipulated,
      culprits: [],
    },
  ]
}

export interface Judgement {
  readonly checks: CheckResult[]
  readonly findings: Finding[]
}

/**
 * Run all checks. A finding whose code is in `allow` becomes a warning; so does the count if it is off by exactly
 * the asked connections that never existed, and these are allowed. Checks in `unknown` are not made, for the reason
 * given there.
 */
export function judge(
  checks: readonly Check[],
  facts: Facts,
  allow: ReadonlySet<FindingCode>,
  unknown: ReadonlyMap<CheckId, string> = new Map(),
): Judgement {
  const { asked_absent, asked_already_there } = facts.comparison.classes
  const explained =
    (allow.has('asked.absent') ? asked_absent : 0) -
    (allow.has('asked.already_there') ? asked_already_there : 0)
  const tolerate = (finding: Finding): boolean =>
    allow.has(finding.code) ||
    (finding.code === 'count.differs' && explained === Number(finding.found) - Number(finding.expected))
  const results: CheckResult[] = []
  const findings: Finding[] = []
  for (const check of checks) {
    const reason = unknown.get(check.id)
    if (reason !== undefined) {
      results.push({ id: check.id, level: check.level, status: 'not_checked', reason })
      continue
    }
    const found = check
      .run(facts)
      .map(finding => (tolerate(finding) ? ({ ...finding, severity: 'warning' } as const) : finding))
    findings.push(...found)
    const failed = found.some(finding => finding.severity === 'error')
    results.push({
      id: check.id,
      level: check.level,
      status: failed ? 'failed' : found.length > 0 ? 'warning' : 'passed',
    })
  }
  return { checks: results, findings }
}
