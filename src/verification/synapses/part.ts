/**
 * What a comparison of rows found, before anybody judges the whole: plain data. Parts that look at the rows to some
 * targets each, and together at all, add up to what one look at all rows finds.
 */
import type { ColumnPair, ColumnPairs } from './columns.ts'
import type { Expectation, PropertyFacts, SynapseComparison, SynapseFinding } from './expectation.ts'
import { Findings } from './findings.ts'
import type { Undetermined } from './property-window.ts'
import type { Break } from './walk.ts'

export interface SynapsePart {
  /** Where rows stop following each other in the promised order: of all rows, or of those to the targets of the part. */
  readonly broken: Break | undefined
  /** Whether their order could be followed at all. */
  readonly followed: boolean
  /** Rows of the manipulated that nobody expected and nobody forbids. */
  readonly new: number
  readonly findings: readonly SynapseFinding[]
  readonly undetermined: readonly (readonly [property: string, Undetermined])[]
}

/** Parts in the order of their targets. */
export function joinParts(parts: readonly SynapsePart[], keep: number): SynapsePart {
  const findings = new Findings(keep)
  const undetermined = new Map<string, Undetermined>()
  for (const part of parts) {
    for (const finding of part.findings) findings.addAll(finding)
    for (const [name, { bounded, free }] of part.undetermined) {
      const sum = undetermined.get(name) ?? { bounded: 0, free: 0 }
      undetermined.set(name, { bounded: sum.bounded + bounded, free: sum.free + free })
    }
  }
  return {
    // Either each part saw the same of all rows, or rows ascend by target: then this is the first of all.
    broken: parts.find(part => part.broken !== undefined)?.broken,
    followed: parts.every(part => part.followed),
    new: parts.reduce((sum, part) => sum + part.new, 0),
    findings: findings.all(),
    undetermined: [...undetermined],
  }
}

/** What is compared: all rows of both, as `part` tells of them. */
export interface Whole {
  readonly edges: Pick<SynapseComparison['edges'], 'original' | 'manipulated'>
  readonly columns: Omit<ColumnPairs, 'pairs'> & {
    readonly pairs: readonly Pick<ColumnPair, 'name' | 'rule'>[]
  }
  readonly expectation: Pick<Expectation, 'order'>
  /** Edges of the original that must remain, where somebody says which. */
  readonly remaining: number | undefined
  readonly part: SynapsePart
  /** Culprits per finding. */
  readonly keep: number
}

export function sumUp({ edges, columns, expectation, remaining, part, keep }: Whole): SynapseComparison {
  const count = (code: SynapseFinding['code']): number =>
    part.findings.reduce((sum, finding) => sum + (finding.code === code ? finding.count : 0), 0)
  const promised = expectation.order.kind !== 'any'
  const complete = part.findings.length === 0
  const orderUnknown = promised && part.broken !== undefined ? unknownOrder(part, complete) : undefined
  const kept = edges.manipulated - count('synapse.extra') - part.new
  const undetermined = new Map(part.undetermined)
  return {
    edges: {
      ...edges,
      kept,
      gone: edges.original - (remaining ?? kept + count('synapse.missing')),
      new: part.new,
    },
    findings: [
      ...columns.findings,
      ...part.findings,
      // Every row has its counterpart, and yet they do not follow each other as they should.
      ...(part.broken && promised && orderUnknown === undefined && complete
        ? [outOfOrder(part.broken, keep)]
        : []),
    ],
    properties: columns.pairs.map(({ name }): PropertyFacts => {
      const { bounded = 0, free = 0 } = undetermined.get(name) ?? {}
      return { name, exact: kept - bounded - free, bounded, free }
    }),
    pipeline: columns.pipeline,
    uncompared: columns.uncompared,
    orderUnknown,
    notChecked: [
      ...columns.notChecked,
      ...undeterminedSentences(columns.pairs, undetermined),
      ...(orderUnknown === undefined ? [] : [`the order of edges (${orderUnknown})`]),
    ],
  }
}

/** Why a pass that broke off says nothing of the order. */
function unknownOrder(part: SynapsePart, complete: boolean): string | undefined {
  if (!part.followed) return 'there are too many groups of targets to follow'
  if (part.new > 0) return 'there are new edges among the others'
  return complete ? undefined : 'edges are missing or too many'
}

/** The first row that has no counterpart where it should. */
const outOfOrder = ({ source = 0, target = 0, ...edges }: Break, keep: number): SynapseFinding => ({
  code: 'synapse.order',
  property: undefined,
  count: 1,
  culprits: [{ source, target, ...edges }].slice(0, keep),
})

function undeterminedSentences(
  pairs: readonly Pick<ColumnPair, 'name' | 'rule'>[],
  undetermined: ReadonlyMap<string, Undetermined>,
): string[] {
  return pairs.flatMap(({ name, rule }) => {
    const { bounded = 0, free = 0 } = undetermined.get(name) ?? {}
    if (rule?.kind === 'bounded' && bounded > 0)
      return [`${name} of ${bounded} edges beyond its bounds (${rule.reason})`]
    return rule?.kind === 'free' && free > 0 ? [`${name} of ${free} edges (${rule.reason})`] : []
  })
}
