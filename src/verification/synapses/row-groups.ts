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

/**
 * Groups that the promised order means for these rows; undefined where there are more than can be followed. Rows that
 * break the promise make groups that rows then do not fit: nothing here is believed later.
 *
 * @param sorted the original is sorted by target: then every grouping is the order of the input
 */
export async function rowGroups(
  order: RowOrder,
  sorted: boolean,
  manipulated: EdgeSource,
  windowRows: number,
): Promise<RowGroups | undefined> {
  if (sorted || order.kind === 'input' || order.kind === 'any') return oneGroup(manipulated)
  if (order.kind === 'splits' && order.splits < 2) return oneGroup(manipulated)
  const { counts, first, last } = await placesOf(manipulated, windowRows)
  const begins =
    order.kind === 'splits' ? splitBegins(manipulated.targetCount, order.splits) : cutBegins(first, last)
  if (begins.length > MOST_GROUPS) return undefined
  const groupOf = new Uint16Array(manipulated.targetCount)
  const starts = new Float64Array(begins.length + 1)
  for (let group = 0, target = 0, row = 0; group < begins.length; group++) {
    starts[group] = row
    for (const end = begins[group + 1] ?? manipulated.targetCount; target < end; target++) {
      groupOf[target] = group
      row += counts[target] ?? 0
    }
  }
  starts[begins.length] = manipulated.edgeCount
  return { groupOf, starts }
}

const oneGroup = (manipulated: EdgeSource): RowGroups => ({
  groupOf: undefined,
  starts: Float64Array.of(0, manipulated.edgeCount),
})

/** First target of each split: blocks of ceil(n / splits), the last ones perhaps short or empty. */
function splitBegins(targets: number, splits: number): number[] {
  const size = Math.max(1, Math.ceil(targets / splits))
  return Array.from({ length: Math.max(1, Math.ceil(targets / size)) }, (_, split) => split * size)
}

/** Where all rows of smaller targets come before all rows of the target and larger ones: the finest grouping. */
function cutBegins(first: Float64Array, last: Float64Array): number[] {
  const nextFirst = new Float64Array(first.length + 1).fill(Number.POSITIVE_INFINITY)
  for (let target = first.length - 1; target >= 0; target--)
    nextFirst[target] = Math.min(nextFirst[target + 1] ?? 0, first[target] ?? 0)
  const begins = [0]
  let before = -1
  for (let target = 0; target < first.length; target++) {
    const own = last[target] ?? -1
    // Targets without rows cut nowhere.
    if (target > 0 && own >= 0 && before >= 0 && before < (nextFirst[target] ?? 0)) begins.push(target)
    before = Math.max(before, own)
  }
  return begins
}

/** Rows of each target, and where the first and the last of them are: infinity and -1 where there are none. */
async function placesOf(
  edges: EdgeSource,
  windowRows: number,
): Promise<{ counts: Float64Array; first: Float64Array; last: Float64Array }> {
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
