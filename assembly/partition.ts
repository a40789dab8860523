// Any order: rows dealt out to buckets of whole columns, each bucket then sorted on its own. A row is kept as one
// key, the target within its bucket above the source, so that sorting keys sorts rows by (target, source).
import { HISTOGRAMS_BYTES, NONE } from './abi'

/** counts[target]++ for each row. Returns the position of the first target that is not below `nodes`, or NONE. */
export function countTargets(targets: usize, count: u32, counts: usize, nodes: u32): u32 {
  let k: u32 = 0
  for (const fast = count & ~3; k < fast; k += 4) {
    const at = targets + ((<usize>k) << 2)
    const a = load<u32>(at)
    const b = load<u32>(at, 4)
    const c = load<u32>(at, 8)
    const d = load<u32>(at, 12)
    if (max(max(a, b), max(c, d)) >= nodes) break
    increment(counts, a)
    increment(counts, b)
    increment(counts, c)
    increment(counts, d)
  }
  for (; k < count; k++) {
    const target = load<u32>(targets + ((<usize>k) << 2))
    if (target >= nodes) return k
    increment(counts, target)
  }
  return NONE
}

@inline function increment(counts: usize, index: usize): void {
  const slot = counts + (index << 2)
  store<u32>(slot, load<u32>(slot) + 1)
}

/**
 * Deal rows out to buckets. bucketOf: bucket of every 2^shift targets, u16; cursors: per bucket a pointer, u32, to the slot
 * of its next key, moved on by one key for each row. The key of a row is its target above its source, of which a u32 keeps
 * the low bits. No bucket's room is looked at: the caller keeps that of a whole call free, and checks.
 */
export function dealRows(
  sources: usize,
  targets: usize,
  count: u32,
  bucketOf: usize,
  shift: u32,
  cursors: usize,
  sourceBits: u32,
  wide: u32,
): void {
  if (wide) deal<u64>(sources, targets, count, bucketOf, shift, cursors, sourceBits)
  else deal<u32>(sources, targets, count, bucketOf, shift, cursors, sourceBits)
}

function deal<T>(
  sources: usize,
  targets: usize,
  count: u32,
  bucketOf: usize,
  shift: u32,
  cursors: usize,
  sourceBits: u32,
): void {
  const end = targets + ((<usize>count) << 2)
  const fast = targets + ((<usize>(count & ~3)) << 2)
  const toSource = sources - targets
  // Four rows a turn: V8 looks for interrupts at each, and rows one by one take half as long again.
  for (; targets < fast; targets += 16) {
    dealRow<T>(targets, toSource, bucketOf, shift, cursors, sourceBits)
    dealRow<T>(targets + 4, toSource, bucketOf, shift, cursors, sourceBits)
    dealRow<T>(targets + 8, toSource, bucketOf, shift, cursors, sourceBits)
    dealRow<T>(targets + 12, toSource, bucketOf, shift, cursors, sourceBits)
  }
  for (; targets < end; targets += 4) dealRow<T>(targets, toSource, bucketOf, shift, cursors, sourceBits)
}

@inline function dealRow<T>(
  at: usize,
  toSource: usize,
  bucketOf: usize,
  shift: u32,
  cursors: usize,
  sourceBits: u32,
): void {
  const target = load<u32>(at)
  const cursor = cursors + ((<usize>load<u16>(bucketOf + ((<usize>(target >> shift)) << 1))) << 2)
  const slot = load<u32>(cursor)
  store<u32>(cursor, slot + sizeof<T>())
  store<T>(<usize>slot, ((<T>target) << (<T>sourceBits)) | <T>load<u32>(at + toSource))
}

/** The first of `count` values, from `first` on, that is above its limit; NONE if there is none. */
export function firstAbove(values: usize, limits: usize, first: u32, count: u32): u32 {
  let k = first
  for (; k + 4 <= count; k += 4) {
    const at = (<usize>k) << 2
    if (v128.any_true(v128.gt<u32>(v128.load(values + at), v128.load(limits + at)))) break
  }
  for (; k < count; k++) {
    const at = (<usize>k) << 2
    if (load<u32>(values + at) > load<u32>(limits + at)) return k
  }
  return NONE
}

/** More bins would cost more to clear and to add up than passes do. */
const MOST_DIGIT_BITS: u32 = 13
const LEAST_DIGIT_BITS: u32 = 6

/**
 * Make keys those of rows to targets from `firstTarget` on, below which they have `sourceBits`, and sort them. They have
 * `bits` bits then; scratch is as large as the keys, histograms has HISTOGRAMS_BYTES. Least significant digit first, in as few and as even
 * passes as digits allow whose bins have about eight keys each. Returns where the sorted keys are: `keys` or `scratch`.
 */
export function sortKeys(
  keys: usize,
  scratch: usize,
  count: u32,
  firstTarget: u32,
  sourceBits: u32,
  bits: u32,
  wide: u32,
  histograms: usize,
): usize {
  return wide
    ? sort<u64>(keys, scratch, count, (<u64>firstTarget) << (<u64>sourceBits), bits, histograms)
    : sort<u32>(keys, scratch, count, firstTarget << sourceBits, bits, histograms)
}

function sort<T>(keys: usize, scratch: usize, count: u32, base: T, bits: u32, histograms: usize): usize {
  const most = min(max(32 - clz(count | 1) - 3, LEAST_DIGIT_BITS), MOST_DIGIT_BITS)
  const passes: u32 = count < 2 ? 0 : (bits + most - 1) / most
  const digit: u32 = passes ? (bits + passes - 1) / passes : 0
  assert(passes << (digit + 2) <= HISTOGRAMS_BYTES)
  memory.fill(histograms, 0, (<usize>passes) << (digit + 2))
  if (passes == 2) countTwoDigits<T>(keys, count, base, digit, histograms)
  else if (passes == 3) countThreeDigits<T>(keys, count, base, digit, histograms)
  else countDigits<T>(keys, count, base, digit, passes, histograms)
  let from = keys
  let to = scratch
  for (let pass: u32 = 0; pass < passes; pass++) {
    const starts = histograms + ((<usize>pass) << (digit + 2))
    placeBins<T>(starts, digit, to)
    scatter<T>(from, count, <T>(pass * digit), <T>((<u32>1 << digit) - 1), starts)
    const swap = from
    from = to
    to = swap
  }
  return from
}

/** From numbers of keys to where the first key of each bin goes. */
@inline function placeBins<T>(starts: usize, digit: u32, to: usize): void {
  for (const end = starts + ((<usize>4) << digit); starts < end; starts += 4) {
    const size = load<u32>(starts) * sizeof<T>()
    store<u32>(starts, <u32>to)
    to += size
  }
}

@inline function scatter<T>(from: usize, count: u32, shift: T, mask: T, starts: usize): void {
  const end = from + (<usize>count) * sizeof<T>()
  const fast = from + (<usize>(count & ~3)) * sizeof<T>()
  for (; from < fast; from += 4 * sizeof<T>()) {
    scatterKey<T>(load<T>(from), shift, mask, starts)
    scatterKey<T>(load<T>(from, sizeof<T>()), shift, mask, starts)
    scatterKey<T>(load<T>(from, 2 * sizeof<T>()), shift, mask, starts)
    scatterKey<T>(load<T>(from, 3 * sizeof<T>()), shift, mask, starts)
  }
  for (; from < end; from += sizeof<T>()) scatterKey<T>(load<T>(from), shift, mask, starts)
}

@inline function scatterKey<T>(key: T, shift: T, mask: T, starts: usize): void {
  const start = starts + ((<usize>((key >> shift) & mask)) << 2)
  const slot = load<u32>(start)
  store<u32>(start, slot + sizeof<T>())
  store<T>(<usize>slot, key)
}

// How often each digit has each value, of all passes in one look at the keys, from which `base` is taken.

function countDigits<T>(keys: usize, count: u32, base: T, digit: u32, passes: u32, histograms: usize): void {
  const mask = <T>((<u32>1 << digit) - 1)
  const size = (<usize>1) << (digit + 2)
  const end = histograms + (<usize>passes) * size
  for (let k: u32 = 0; k < count; k++) {
    const at = keys + (<usize>k) * sizeof<T>()
    let rest = load<T>(at) - base
    store<T>(at, rest)
    for (let bins = histograms; bins < end; bins += size) {
      increment(bins, <usize>(rest & mask))
      rest >>= <T>digit
    }
  }
}

function countTwoDigits<T>(keys: usize, count: u32, base: T, digit: u32, histograms: usize): void {
  const mask = <T>((<u32>1 << digit) - 1)
  const second = histograms + ((<usize>4) << digit)
  for (const end = keys + (<usize>count) * sizeof<T>(); keys < end; keys += sizeof<T>()) {
    const key = load<T>(keys) - base
    store<T>(keys, key)
    increment(histograms, <usize>(key & mask))
    increment(second, <usize>((key >> <T>digit) & mask))
  }
}

function countThreeDigits<T>(keys: usize, count: u32, base: T, digit: u32, histograms: usize): void {
  const mask = <T>((<u32>1 << digit) - 1)
  const second = histograms + ((<usize>4) << digit)
  const third = histograms + ((<usize>8) << digit)
  for (const end = keys + (<usize>count) * sizeof<T>(); keys < end; keys += sizeof<T>()) {
    const key = load<T>(keys) - base
    store<T>(keys, key)
    increment(histograms, <usize>(key & mask))
    increment(second, <usize>((key >> <T>digit) & mask))
    increment(third, <usize>((key >> <T>(2 * digit)) & mask))
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
  let k: u32 = 0
  if (sizeof<T>() == 4) {
    const first = i32x4.splat(firstTarget)
    const lanes = i32x4.splat(<u32>mask)
    for (const fast = count & ~3; k < fast; k += 4) {
      const at = (<usize>k) << 2
      const key = v128.load(keys + at)
      v128.store(sources + at, v128.and(key, lanes))
      v128.store(targets + at, v128.add<i32>(first, v128.shr<u32>(key, sourceBits)))
    }
  }
  for (; k < count; k++) {
    const key = load<T>(keys + (<usize>k) * sizeof<T>())
    store<u32>(sources + ((<usize>k) << 2), <u32>(key & mask))
    store<u32>(targets + ((<usize>k) << 2), firstTarget + <u32>(key >> <T>sourceBits))
  }
}
