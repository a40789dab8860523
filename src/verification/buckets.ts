/** How targets are dealt out to buckets: consecutive targets, about equal numbers of rows, keys that fit. */

import { InternalError } from '../errors.ts'

export interface Buckets {
  /**
   * Bucket of each 2^shift targets, ascending; the number of buckets for those outside the range. Two bytes, and few
   * entries, so that the table stays in the nearest caches while rows are dealt.
   */
  readonly bucketOf: Uint16Array
  readonly shift: number
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

/** Greedy filling leaves neighbours that are together too large, so up to twice as many may come out. */
const AIM_AT_BUCKETS = 30_000
const MOST_BUCKETS = 0xfffe

/** Targets of an entry of the table at most, and its rows as part of a bucket's, so that buckets still come out alike. */
const MOST_SHIFT = 5
const PART_OF_BUCKET = 1 / 8

/** Rows of a bucket at least, so that buckets can be numbered in two bytes. */
export const leastBucketRows = (rows: number): number => Math.ceil(rows / AIM_AT_BUCKETS)

/**
 * Plan buckets from the number of rows of each target, for those in the range. A bucket has at most `mostRows` rows, or a
 * single target. Sources are below `sourceCount`.
 */
export function planBuckets(
  rowsOf: Uint32Array,
  sourceCount: number,
  mostRows: number,
  range: TargetRange = { from: 0, to: rowsOf.length },
): Buckets {
  const to = Math.min(range.to, rowsOf.length)
  const sourceBits = bitsFor(sourceCount)
  const wide = keyBytesFor(sourceCount, rowsOf.length) === 8
  const mostTargets = wide ? 1 << 20 : 2 ** (32 - sourceBits)
  const shift = shiftFor(rowsOf, { from: range.from, to }, mostTargets, mostRows * PART_OF_BUCKET)
  const step = 2 ** shift
  const bucketOf = new Uint16Array(Math.ceil(rowsOf.length / step))
  const firstTargets: number[] = []
  const offsets: number[] = []
  let rows = 0
  let inBucket = 0
  let widest = 0
  for (let target = range.from, first = 0; target < to; target += step) {
    const end = Math.min(target + step, to)
    let count = 0
    for (let k = target; k < end; k++) count += rowsOf[k] ?? 0
    if (firstTargets.length === 0 || inBucket + count > mostRows || end - first > mostTargets) {
      firstTargets.push(target)
      offsets.push(rows)
      first = target
      inBucket = 0
    }
    bucketOf[target / step] = firstTargets.length - 1
    widest = Math.max(widest, end - first)
    inBucket += count
    rows += count
  }
  const buckets = firstTargets.length
  if (buckets > MOST_BUCKETS) throw new InternalError(`${buckets} buckets`)
  bucketOf.fill(buckets, 0, range.from / step)
  bucketOf.fill(buckets, Math.ceil(to / step))
  return {
    bucketOf,
    shift,
    firstTargets: Uint32Array.from(firstTargets),
    offsets: Float64Array.from([...offsets, rows]),
    sourceBits,
    keyBits: sourceBits + bitsFor(widest),
    wide,
  }
}

/** The largest that leaves no entry with too many rows or targets, or with some that are in the range and some that are not. */
function shiftFor(
  rowsOf: Uint32Array,
  { from, to }: TargetRange,
  mostTargets: number,
  mostRows: number,
): number {
  for (let shift = MOST_SHIFT; shift > 0; shift--) {
    const targets = 2 ** shift
    if (from % targets !== 0 || (to % targets !== 0 && to < rowsOf.length) || targets > mostTargets) continue
    let most = 0
    for (let target = from; target < to && most <= mostRows; target += targets) {
      let rows = 0
      for (let k = target; k < Math.min(target + targets, to); k++) rows += rowsOf[k] ?? 0
      most = Math.max(most, rows)
    }
    if (most <= mostRows) return shift
  }
  return 0
}

/** Bytes of a key that holds a source and its target within a bucket: 4 where that leaves few enough buckets. */
export const keyBytesFor = (sourceCount: number, targetCount: number): 4 | 8 => {
  const sourceBits = bitsFor(sourceCount)
  return sourceBits === 32 || targetCount / 2 ** (32 - sourceBits) > AIM_AT_BUCKETS / 2 ? 8 : 4
}

/** Bits that 0 .. count-1 need. */
const bitsFor = (count: number): number => (count <= 1 ? 0 : 32 - Math.clz32(count - 1))
