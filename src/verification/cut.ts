/** Where to cut edge populations by target, so that all parts can be compared on their own. */
import { type EdgeSource, ID_BYTES } from '../connectome/edges.ts'
import type { TargetRange } from './buckets.ts'
import { OrderError } from './order.ts'
import type { Stretch } from './windows.ts'

/** Rows that are looked at for each part. */
const SAMPLES = 32

/**
 * Ranges of targets that together are all, each with about as many rows as any other, by the look of a few rows.
 * Fewer than `parts` where there are not as many targets with rows.
 */
export async function cutTargets(edges: EdgeSource, parts: number): Promise<TargetRange[]> {
  const count = Math.min(parts * SAMPLES, edges.edgeCount)
  const seen: number[] = []
  for (let k = 0; k < count; k++) seen.push(await targetAt(edges, Math.floor((edges.edgeCount * k) / count)))
  seen.sort((a, b) => a - b)
  const cuts = new Set<number>()
  for (let part = 1; part < parts; part++) {
    const target = seen[Math.floor((count * part) / parts)] ?? 0
    if (target > 0 && target < edges.targetCount) cuts.add(target)
  }
  const starts = [0, ...cuts]
  return starts.map((from, k) => ({ from, to: starts[k + 1] ?? edges.targetCount }))
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

async function targetAt({ target }: EdgeSource, row: number): Promise<number> {
  const bytes = new Uint8Array(8)
  await target.readInto(row, 1, bytes.subarray(0, ID_BYTES[target.type]))
  // Ids that do not fit are refused by the pass; here they only have to compare as large.
  return Number(new DataView(bytes.buffer).getBigUint64(0, true))
}
