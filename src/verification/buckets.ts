/** How targets are dealt out to buckets: consecutive targets, about equal numbers of rows, keys that fit. */

import { InternalError } from '../errors.ts'

export interface Buckets {
  /** Bucket of each target in the range, ascending. Two bytes, so that the table stays in L2 while rows are dealt. */
  readonly bucketOf: Uint16Array
  /** First target of each bucket. */
  readonly firstTargets: Uint32Array
  /** Rows before each bucket; one entry more than buckets. Row numbers stay below 2^32. */
  readonly offsets: Float64Array
  /** Bits of a source and of a whole key. */
  readonly sourceBits: number
  readonly keyBits: number
  /** Keys are u64 instead of u32. */
  readonly wide: boolean
}

/** Targets from .. to-1. */
export interface TargetRange {
  readonly from: number
  readonly to: number
}

/** Of targets outside the range: their rows are passed over. */
const NO_BUCKET = 0xffff

/** Greedy filling leaves neighbours that are together too large, so up to twice as many may come out. */
const AIM_AT_BUCKETS = 30_000
const MOST_BUCKETS = NO_BUCKET - 1

/** Rows of a bucket at least, so that buckets can be numbered in two bytes. */
export const leastBucketRows = (rows: number): number => Math.ceil(rows / AIM_AT_BUCKETS)

/**
 * Plan buckets from the number of rows of each target, for those in the range. A bucket has at most `mostRows` rows, or a single target.
 * Sources are below `sourceCount`.
 */
export function planBuckets(
  rowsOf: Uint32Array,
  sourceCount: number,
  mostRows: number,
  range: TargetRange = { from: 0, to: rowsOf.length },
): Buckets {
  const sourceBits = bitsFor(sourceCount)
  const wide = keyBytesFor(sourceCount, rowsOf.length) === 8
  const mostTargets = wide ? 1 << 20 : 2 ** (32 - sourceBits)
  const bucketOf = new Uint16Array(rowsOf.length).fill(NO_BUCKET)
  const firstTargets: number[] = []
  const offsets: number[] = []
  let rows = 0
  let inBucket = 0
  let span = 0
  let widest = 0
  for (let target = range.from; target < Math.min(range.to, rowsOf.length); target++) {
    const count = rowsOf[target] ?? 0
    const first = firstTargets.at(-1) ?? 0
    if (firstTargets.length === 0 || inBucket + count > mostRows || target - first >= mostTargets) {
      firstTargets.push(target)
      offsets.push(rows)
      inBucket = 0
    }
    bucketOf[target] = firstTargets.length - 1
    span = target - (firstTargets.at(-1) ?? 0) + 1
    widest = Math.max(widest, span)
    inBucket += count
    rows += count
  }
  if (firstTargets.length > MOST_BUCKETS) throw new InternalError(`${firstTargets.length} buckets`)
  return {
    bucketOf,
    firstTargets: Uint32Array.from(firstTargets),
    offsets: Float64Array.from([...offsets, rows]),
    sourceBits,
    keyBits: sourceBits + bitsFor(widest),
    wide,
  }
}

/** Bytes of a key that holds a source and its target within a bucket: 4 where that leaves few enough buckets. */
export const keyBytesFor = (sourceCount: number, targetCount: number): 4 | 8 =>
  targetCount / 2 ** (32 - bitsFor(sourceCount)) > AIM_AT_BUCKETS / 2 ? 8 : 4

/** Bits that 0 .. count-1 need. */
const bitsFor = (count: number): number => (count <= 1 ? 0 : 32 - Math.clz32(count - 1))
