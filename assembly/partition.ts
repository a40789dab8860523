// Any order: rows dealt out to buckets of whole columns, each bucket then sorted on its own. A row is kept as one
// key, the target within its bucket above the source, so that sorting keys sorts rows by (target, source).
import { HISTOGRAMS_BYTES, NONE } from './abi'

/** counts[target]++ for each row. Returns the position of the first target that is not below `nodes`, or NONE. */
export function countTargets(targets: usize, count: u32, counts: usize, nodes: u32): u32 {
  for (let k: u32 = 0; k < count; k++) {
    const target = load<u32>(targets + ((<usize>k) << 2))
    if (target >= nodes) return k
    const slot = counts + ((<usize>target) << 2)
    store<u32>(slot, load<u32>(slot) + 1)
  }
  return NONE
}

/**
 * Deal rows from position `first` on. bucketOf: bucket of each target, u16; firstTargets, cursors, limits: per bucket, u32;
 * a cursor is the number of the key slot that the next row of the bucket takes. Targets without a bucket (0xffff) are
 * skipped. Stops before a row whose bucket has
 * no slot left (cursor == limit) and returns its position, `count` when all are dealt. wide: keys are u64.
 */
export function dealRows(
  sources: usize,
  targets: usize,
  first: u32,
  count: u32,
  bucketOf: usize,
  firstTargets: usize,
  cursors: usize,
  limits: usize,
  keys: usize,
  sourceBits: u32,
  wide: u32,
): u32 {
  return wide
    ? deal<u64>(sources, targets, first, count, bucketOf, firstTargets, cursors, limits, keys, sourceBits)
    : deal<u32>(sources, targets, first, count, bucketOf, firstTargets, cursors, limits, keys, sourceBits)
}

function deal<T>(
  sources: usize,
  targets: usize,
  first: u32,
  count: u32,
  bucketOf: usize,
  firstTargets: usize,
  cursors: usize,
  limits: usize,
  keys: usize,
  sourceBits: u32,
): u32 {
  for (let k = first; k < count; k++) {
    const target = load<u32>(targets + ((<usize>k) << 2))
    const number = load<u16>(bucketOf + ((<usize>target) << 1))
    if (number == NO_BUCKET) continue
    const bucket = (<usize>number) << 2
    const cursor = load<u32>(cursors + bucket)
    if (cursor == load<u32>(limits + bucket)) return k
    store<u32>(cursors + bucket, cursor + 1)
    const source = load<u32>(sources + ((<usize>k) << 2))
    const key = ((<T>(target - load<u32>(firstTargets + bucket))) << (<T>sourceBits)) | <T>source
    store<T>(keys + (<usize>cursor) * sizeof<T>(), key)
  }
  return count
}

/** Of targets that are not dealt out at all. */
const NO_BUCKET: u16 = 0xffff

/** More bins would cost more to clear and to add up than passes do. */
const MOST_DIGIT_BITS: u32 = 13
const LEAST_DIGIT_BITS: u32 = 6

/**
 * Sort keys of `bits` bits; scratch is as large as the keys, histograms has HISTOGRAMS_BYTES. Least significant digit
 * first, in as few and as even passes as digits allow whose bins have about eight keys each. Returns where the sorted
 * keys are: `keys` or `scratch`.
 */
export function sortKeys(
  keys: usize,
  scratch: usize,
  count: u32,
  bits: u32,
  wide: u32,
  histograms: usize,
): usize {
  return wide
    ? sort<u64>(keys, scratch, count, bits, histograms)
    : sort<u32>(keys, scratch, count, bits, histograms)
}

function sort<T>(keys: usize, scratch: usize, count: u32, bits: u32, histograms: usize): usize {
  if (bits == 0 || count < 2) return keys
  const most = min(max(32 - clz(count) - 3, LEAST_DIGIT_BITS), MOST_DIGIT_BITS)
  const passes = (bits + most - 1) / most
  const digit = (bits + passes - 1) / passes
  assert(passes << (digit + 2) <= HISTOGRAMS_BYTES)
  const mask = <T>((<u32>1 << digit) - 1)
  countDigits<T>(keys, count, digit, passes, histograms)
  let from = keys
  let to = scratch
  for (let pass: u32 = 0; pass < passes; pass++) {
    const shift = <T>(pass * digit)
    const starts = histograms + ((<usize>pass) << (digit + 2))
    let start: u32 = 0
    for (let bin: usize = 0; bin >> digit == 0; bin++) {
      const size = load<u32>(starts + (bin << 2))
      store<u32>(starts + (bin << 2), start)
      start += size
    }
    for (let k: u32 = 0; k < count; k++) {
      const key = load<T>(from + (<usize>k) * sizeof<T>())
      const slot = starts + ((<usize>((key >> shift) & mask)) << 2)
      const position = load<u32>(slot)
      store<u32>(slot, position + 1)
      store<T>(to + (<usize>position) * sizeof<T>(), key)
    }
    const swap = from
    from = to
    to = swap
  }
  return from
}

/** How often each digit has each value, of all passes in one look at the keys. */
function countDigits<T>(keys: usize, count: u32, digit: u32, passes: u32, histograms: usize): void {
  const mask = <T>((<u32>1 << digit) - 1)
  const size = (<usize>1) << (digit + 2)
  const end = histograms + (<usize>passes) * size
  memory.fill(histograms, 0, end - histograms)
  for (let k: u32 = 0; k < count; k++) {
    let rest = load<T>(keys + (<usize>k) * sizeof<T>())
    for (let bins = histograms; bins < end; bins += size) {
      const slot = bins + ((<usize>(rest & mask)) << 2)
      store<u32>(slot, load<u32>(slot) + 1)
      rest >>= <T>digit
    }
  }
}

/** Keys back to rows. */
export function unpackKeys(
  keys: usize,
  count: u32,
  firstTarget: u32,
  sourceBits: u32,
  wide: u32,
  sources: usize,
  targets: usize,
): void {
  if (wide) unpack<u64>(keys, count, firstTarget, sourceBits, sources, targets)
  else unpack<u32>(keys, count, firstTarget, sourceBits, sources, targets)
}

function unpack<T>(keys: usize, count: u32, firstTarget: u32, sourceBits: u32, sources: usize, targets: usize): void {
  const mask = <T>(((<u64>1) << <u64>sourceBits) - 1)
  for (let k: u32 = 0; k < count; k++) {
    const key = load<T>(keys + (<usize>k) * sizeof<T>())
    store<u32>(sources + ((<usize>k) << 2), <u32>(key & mask))
    store<u32>(targets + ((<usize>k) << 2), firstTarget + <u32>(key >> <T>sourceBits))
  }
}
