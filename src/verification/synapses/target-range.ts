/**
 * The rows to some targets, compared edge by edge: a part of {@link compareSynapses} with {@link UNCHANGED}. All parts
 * add up to it, wherever targets are cut.
 */
import { edgeRows } from '../../connectome/edge-rows.ts'
import type { ColumnPlace, EdgeOrder, EdgeSource } from '../../connectome/edges.ts'
import type { TargetRange } from '../buckets.ts'
import { stretchOf } from '../cut.ts'
import type { Stretch } from '../windows.ts'
import type { ColumnPair, ReadRows } from './columns.ts'
import { compareRows } from './compare.ts'
import { type SynapseOptions, UNCHANGED } from './expectation.ts'
import type { SynapsePart } from './part.ts'
import { walkOnce } from './walk.ts'

export interface TargetSides {
  readonly original: EdgeSource
  readonly manipulated: EdgeSource
  readonly pairs: readonly ColumnPair[]
  /** As the comparison of connections has proven them, in this part: all parts must have found the same. */
  readonly order: { readonly original: EdgeOrder; readonly manipulated: EdgeOrder }
}

/**
 * Where both are sorted by target, rows to a range of targets are one stretch on each side, and whether rows follow
 * each other is told by the stretches. Else it is told by all rows: their ids are followed from end to end by every
 * part, and only the values are looked at in parts.
 *
 * @throws InputError if they cannot be read
 */
export async function compareTargets(
  { original, manipulated, pairs, order }: TargetSides,
  range: TargetRange,
  options: SynapseOptions,
): Promise<SynapsePart> {
  const sortedByTarget = byTarget(order.original)
  const { paired, ...rest } = options
  const common = { ...rest, sortedByTarget, targets: range }
  const all = { original, manipulated, pairs, expectation: UNCHANGED }
  if (!sortedByTarget) return compareRows(all, common)
  // Rows that do not ascend cannot follow rows that do. Where they stop is asked of the ids; all values are looked at.
  if (!byTarget(order.manipulated))
    return compareRows(all, { ...common, walk: input => walkOnce({ ...input, pairs: [] }) })
  const before = await stretchOf(original, range)
  const after = await stretchOf(manipulated, range)
  const sides = {
    original: edgeRows(original, before.first, before.end),
    manipulated: edgeRows(manipulated, after.first, after.end),
    pairs: pairs.map(pair => pairOfRows(pair, before, after)),
    expectation: UNCHANGED,
  }
  const rows = { ...common, paired: paired && pairedRows(paired, before, after) }
  return moved(await compareRows(sides, rows), before, after)
}

const byTarget = (order: EdgeOrder): boolean => order === 'tgt,src' || order === 'tgt'

function pairOfRows(pair: ColumnPair, before: Stretch, after: Stretch): ColumnPair {
  const rows =
    (read: ReadRows, { first }: Stretch): ReadRows =>
    (row, count, into) =>
      read(first + row, count, into)
  const place = (one: ColumnPlace, { first }: Stretch): ColumnPlace => ({ ...one, first })
  const { places } = pair
  return {
    ...pair,
    before: rows(pair.before, before),
    after: rows(pair.after, after),
    walk: pair.walk?.map(one => pairOfRows(one, before, after)),
    places: places && {
      before: places.before === 'zeros' ? 'zeros' : place(places.before, before),
      after: place(places.after, after),
    },
  }
}

/** Rows that belong together, by their places in the stretches. */
const pairedRows = (paired: Float64Array, before: Stretch, after: Stretch): Float64Array =>
  paired.map((value, k) => value - (k % 3 === 0 ? before.first : k % 3 === 1 ? after.first : 0))

/** With edge ids of the populations. */
function moved(part: SynapsePart, before: Stretch, after: Stretch): SynapsePart {
  const edges = <T extends NonNullable<SynapsePart['broken']>>(one: T): T => ({
    ...one,
    originalEdge: one.originalEdge === undefined ? undefined : one.originalEdge + before.first,
    manipulatedEdge: one.manipulatedEdge === undefined ? undefined : one.manipulatedEdge + after.first,
  })
  return {
    ...part,
    broken: part.broken && edges(part.broken),
    findings: part.findings.map(finding => ({ ...finding, culprits: finding.culprits.map(edges) })),
  }
}
