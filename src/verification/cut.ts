/** Where to cut edge populations by target, so that all parts can be compared on their own. */
import { type EdgeSource, ID_BYTES, MAX_NODES } from '../connectome/edges.ts'
import type { TargetRange } from './buckets.ts'
import { OrderError } from './order.ts'
import type { Stretch } from './windows.ts'

/** Rows that are looked at for each part. */
const SAMPLES = 32
/** Parts begin with round targets, where that is no matter: rows in no order are then dealt out by a smaller table. */
const ROUND = 32

/**
 * Ranges of targets that together are all, each with about as many rows as any other, by the look of a few rows.
 * Fewer than `parts` where there are not as many targets with rows. The last one has no end: another circuit may have
 * more nodes.
 */
export async function cutTargets(edges: EdgeSource, parts: number): Promise<TargetRange[]> {
  const count = Math.min(parts * SAMPLES, edges.edgeCount)
  const seen: number[] = []
  for (let k = 0; k < count; k++) seen.push(await targetAt(edges, Math.floor((edges.edgeCount * k) / count)))
  seen.sort((a, b) => a - b)
  const cuts = new Set<number>()
  for (let part = 1; part < parts; part++) {
    const seenTarget = seen[Math.floor((count * part) / parts)] ?? 0
    const target = edges.targetCount < ROUND * ROUND * parts ? seenTarget : seenTarget - (seenTarget % ROUND)
    if (target > 0 && target < edges.targetCount) cuts.add(target)
  }
  const starts = [0, ...cuts]
  return starts.map((from, k) => ({ from, to: starts[k + 1] ?? MAX_NODES }))
}

/**
 * Rows to the targets of a range, if the population is sorted by target. For either end, the row before has a target
 * below it and the row itself has not; both were looked at. So parts that are each proven sorted make a whole that is.
 */
export async function stretchOf(edges: EdgeSource, { from, to }: TargetRange): Promise<Stretch> {
  const first = from === 0 ? 0 : await firstRowFrom(edges, from)
  const end = to >= edges.targetCount ? edges.edgeCount : await firstRowFrom(edges, to)
  // Only where the bisections met rows that do not ascend.
  if (end < first) throw new OrderError(edges, 'buckets')
  return { first, end }
}

async function firstRowFrom(edges: EdgeSource, target: number): Promise<number> {
  let low = 0
  let high = edges.edgeCount
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if ((await targetAt(edges, middle)) < target) low = middle + 1
    else high = middle
  }
  return low
}

/** Rows that {@link looksUnsorted} looks at all of, and how many of more: each may cost the decoding of a chunk. */
const FEW_ROWS = 1024
const ORDER_SAMPLES = 128

/** Whether some rows are seen to be out of target order. False is no proof of the contrary. */
export async function looksUnsorted(edges: EdgeSource): Promise<boolean> {
  const count = edges.edgeCount <= FEW_ROWS ? edges.edgeCount : ORDER_SAMPLES
  for (let k = 0, last = -1; k < count; k++) {
    const target = await targetAt(edges, Math.floor((edges.edgeCount * k) / count))
    if (target < last) return true
    last = target
  }
  return false
}

async function targetAt({ target }: EdgeSource, row: number): Promise<number> {
  const bytes = new Uint8Array(8)
  await target.readInto(row, 1, bytes.subarray(0, ID_BYTES[target.type]))
  // Ids that do not fit are refused by the pass; here they only have to compare as large.
  return Number(new DataView(bytes.buffer).getBigUint64(0, true))
}
