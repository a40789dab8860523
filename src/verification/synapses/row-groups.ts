/** In which order rows of the manipulated population follow each other: groups of targets, one behind the other. */
import type { EdgeSource } from '../../connectome/edges.ts'
import { NONE, PLACE_BYTES } from '../../kernels/abi.ts'
import { KernelMemory } from '../../kernels/memory.ts'
import { idOutOfRange } from '../order.ts'
import { ColumnWindow } from '../windows.ts'
import type { RowOrder } from './expectation.ts'
import { IdReader } from './id-reader.ts'

/** Within each group, rows are in the order of the original. */
export interface RowGroups {
  /** Group of each target; undefined: all are one group. */
  readonly groupOf: Uint16Array | undefined
  /** First row of each group, and behind the last one. */
  readonly starts: Float64Array
}

/** Windows are read in pieces, one per group: more groups would be more pieces than rows. */
const MOST_GROUPS = 4096

/** Ways to group rows that the promised order allows: one of them must be that of the rows. */
export interface Groupings {
  readonly ways: readonly (() => RowGroups)[]
  /** False: there are ways with more groups than can be followed. */
  readonly complete: boolean
}

/**
 * Groups that the promised order means for these rows. Rows that break the promise make groups that rows then do not
 * fit: nothing here is believed later.
 *
 * @param sorted the original is sorted by target: then every grouping is the order of the input
 */
export async function rowGroups(
  order: RowOrder,
  sorted: boolean,
  manipulated: EdgeSource,
  windowRows: number,
): Promise<Groupings> {
  const one = { ways: [() => oneGroup(manipulated)], complete: true }
  if (sorted || order.kind === 'input' || order.kind === 'any') return one
  if (order.kind === 'splits' && order.splits < 2) return one
  const places = await placesOf(manipulated, windowRows)
  const { targetCount } = manipulated
  const sizes =
    order.kind === 'splits' ? [Math.max(1, Math.ceil(targetCount / order.splits))] : sizesOfSplits(places)
  const groups = (size: number): number => Math.max(1, Math.ceil(targetCount / size))
  const few = sizes.filter(size => groups(size) <= MOST_GROUPS)
  return {
    ways: few.map(size => () => groupsOf(manipulated, places.counts, size)),
    complete: few.length === sizes.length,
  }
}

/** @param size targets of each group but the last one */
function groupsOf(manipulated: EdgeSource, counts: Float64Array, size: number): RowGroups {
  const groups = Math.max(1, Math.ceil(manipulated.targetCount / size))
  const groupOf = new Uint16Array(manipulated.targetCount)
  const starts = new Float64Array(groups + 1)
  for (let target = 0, row = 0; target < manipulated.targetCount; target++) {
    const group = Math.floor(target / size)
    if (target % size === 0) starts[group] = row
    groupOf[target] = group
    row += counts[target] ?? 0
  }
  starts[groups] = manipulated.edgeCount
  return { groupOf, starts }
}

const oneGroup = (manipulated: EdgeSource): RowGroups => ({
  groupOf: undefined,
  starts: Float64Array.of(0, manipulated.edgeCount),
})

/**
 * Targets per split that could have left the rows like this, fewest first: `ceil(targets / splits)` of some number of
 * splits, with all rows of each split behind those of the one before. Without those whose splits are several of another.
 */
function sizesOfSplits({ first, last }: Places): number[] {
  const targets = first.length
  const before = new Float64Array(targets)
  for (let target = 1; target < targets; target++)
    before[target] = Math.max(before[target - 1] ?? 0, (last[target - 1] ?? -1) + 1)
  const isCut = new Uint8Array(targets)
  for (let target = targets - 1, next = Number.POSITIVE_INFINITY; target >= 0; target--) {
    next = Math.min(next, first[target] ?? 0)
    isCut[target] = (before[target] ?? 0) <= next ? 1 : 0
  }
  const isSplit = (size: number): boolean => {
    if (Math.ceil(targets / Math.ceil(targets / size)) !== size) return false
    for (let target = size; target < targets; target += size) if (isCut[target] === 0) return false
    return true
  }
  const sizes: number[] = []
  for (let size = 1; size < targets; size++)
    if (!sizes.some(finer => size % finer === 0) && isSplit(size)) sizes.push(size)
  // One split is several of any other.
  return sizes.length === 0 ? [Math.max(1, targets)] : sizes
}

interface Places {
  readonly counts: Float64Array
  readonly first: Float64Array
  readonly last: Float64Array
}

/** Rows of each target, and where the first and the last of them are: infinity and -1 where there are none. */
async function placesOf(edges: EdgeSource, windowRows: number): Promise<Places> {
  const nodes = edges.targetCount
  const memory = new KernelMemory()
  const window = new ColumnWindow(memory, edges.target, windowRows, false)
  const places = memory.allocate(nodes * PLACE_BYTES)
  memory.bytes(places, nodes * PLACE_BYTES).fill(0)
  for (let at = 0; at < edges.edgeCount; at += windowRows) {
    const count = Math.min(windowRows, edges.edgeCount - at)
    await window.fill(at, count)
    const bad = memory.kernels.placeTargets(window.ids, count, at, places, nodes) >>> 0
    if (bad === NONE) continue
    throw idOutOfRange(edges, 'target', memory.words(window.ids, count)[bad] ?? 0, at + bad)
  }
  const all = memory.doubles(places, 3 * nodes)
  const column = (k: number, none: number): Float64Array =>
    Float64Array.from({ length: nodes }, (_, t) => (all[3 * t] === 0 ? none : (all[3 * t + k] ?? none)))
  return { counts: column(0, 0), first: column(1, Number.POSITIVE_INFINITY), last: column(2, -1) }
}

/** Whether rows ascend by target. Looks no further than the first that does not. */
export async function isSortedByTarget(edges: EdgeSource, windowRows: number): Promise<boolean> {
  const reader = new IdReader(edges.target, windowRows)
  let previous = 0
  for (let at = 0; at < edges.edgeCount; at += windowRows) {
    for (const target of await reader.read(at, Math.min(windowRows, edges.edgeCount - at))) {
      if (target < previous) return false
      previous = target
    }
  }
  return true
}
