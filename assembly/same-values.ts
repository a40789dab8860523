// Whether the values of paired rows are the same bytes.
import { PAIRED_BYTES, RUN_BYTES } from './abi'

/** Pairs that are compared at once: few enough to be looked at again where one of them differs. */
const BLOCK_PAIRS: u32 = 512

/**
 * Compare the values of paired rows. values, others: `width` bytes per row; runs: as of `pairRows`. dirty: one byte
 * per row of the window, set to 1 where the bytes are not the same. Returns how many rows are not.
 */
export function compareRuns(values: usize, others: usize, width: u32, runs: usize, count: u32, dirty: usize): u32 {
  if (width == 4) return compare<u32>(values, others, width, runs, count, dirty)
  if (width == 8) return compare<u64>(values, others, width, runs, count, dirty)
  return compare<u8>(values, others, width, runs, count, dirty)
}

/** T: a whole value, or u8 for values of any width. */
function compare<T>(values: usize, others: usize, width: u32, runs: usize, count: u32, dirty: usize): u32 {
  let different: u32 = 0
  const end = runs + <usize>count * RUN_BYTES
  for (let run = runs; run < end; run += RUN_BYTES) {
    const row = load<u32>(run)
    const length = load<u32>(run, 8)
    const size: u32 = sizeof<T>() == 1 ? width : <u32>sizeof<T>()
    let a = values + <usize>row * size
    let b = others + <usize>load<u32>(run, 4) * size
    if (length == 1 && sizeof<T>() > 1) {
      if (load<T>(a) == load<T>(b)) continue
    } else if (sameBytes(a, b, length * size)) continue
    for (let r = row; r < row + length; r++, a += size, b += size) {
      if (sameBytes(a, b, size)) continue
      store<u8>(dirty + r, 1)
      different++
    }
  }
  return different
}

function sameBytes(a: usize, b: usize, length: u32): bool {
  let at: usize = 0
  const end = <usize>length
  for (const fast = end & ~63; at < fast; at += 64) {
    const d0 = v128.xor(v128.load(a + at), v128.load(b + at))
    const d1 = v128.xor(v128.load(a + at, 16), v128.load(b + at, 16))
    const d2 = v128.xor(v128.load(a + at, 32), v128.load(b + at, 32))
    const d3 = v128.xor(v128.load(a + at, 48), v128.load(b + at, 48))
    if (v128.any_true(v128.or(v128.or(d0, d1), v128.or(d2, d3)))) return false
  }
  for (; at + 8 <= end; at += 8) if (load<u64>(a + at) != load<u64>(b + at)) return false
  for (; at < end; at++) if (load<u8>(a + at) != load<u8>(b + at)) return false
  return true
}

/**
 * Every pair of rows that runs consist of, PAIRED_BYTES each: row of the window, row of the buffer. What follows short
 * runs once for each property spends its time on where they begin and end. Returns how many there are.
 */
export function listPairs(runs: usize, count: u32, pairs: usize): u32 {
  let at = pairs
  for (const end = runs + <usize>count * RUN_BYTES; runs < end; runs += RUN_BYTES) {
    let row = load<u32>(runs)
    let other = load<u32>(runs, 4)
    for (const last = row + load<u32>(runs, 8); row < last; row++, other++, at += PAIRED_BYTES) {
      store<u32>(at, row)
      store<u32>(at, other, 4)
    }
  }
  return <u32>(at - pairs) / PAIRED_BYTES
}

/** `compareRuns` for pairs as of `listPairs`. */
export function comparePairs(values: usize, others: usize, width: u32, pairs: usize, count: u32, dirty: usize): u32 {
  if (width == 1) return compareEach<u8>(values, others, pairs, count, dirty)
  if (width == 2) return compareEach<u16>(values, others, pairs, count, dirty)
  if (width == 4) return compareEach<u32>(values, others, pairs, count, dirty)
  if (width == 8) return compareEach<u64>(values, others, pairs, count, dirty)
  let different: u32 = 0
  for (const end = pairs + <usize>count * PAIRED_BYTES; pairs < end; pairs += PAIRED_BYTES) {
    const row = load<u32>(pairs)
    if (sameBytes(values + <usize>row * width, others + <usize>load<u32>(pairs, 4) * width, width)) continue
    store<u8>(dirty + row, 1)
    different++
  }
  return different
}

/** T: a whole value. Without a branch for each; only where some value of a block differs it is looked for. */
function compareEach<T>(values: usize, others: usize, pairs: usize, count: u32, dirty: usize): u32 {
  let different: u32 = 0
  const end = pairs + <usize>count * PAIRED_BYTES
  while (pairs < end) {
    const begin = pairs
    const stop = min(end, begin + BLOCK_PAIRS * PAIRED_BYTES)
    let bits: T = <T>0
    for (const fast = begin + ((stop - begin) & ~(4 * PAIRED_BYTES - 1)); pairs < fast; pairs += 4 * PAIRED_BYTES) {
      const d0 = unlike<T>(values, others, load<u32>(pairs), load<u32>(pairs, 4))
      const d1 = unlike<T>(values, others, load<u32>(pairs, 8), load<u32>(pairs, 12))
      const d2 = unlike<T>(values, others, load<u32>(pairs, 16), load<u32>(pairs, 20))
      const d3 = unlike<T>(values, others, load<u32>(pairs, 24), load<u32>(pairs, 28))
      bits |= d0 | d1 | d2 | d3
    }
    for (; pairs < stop; pairs += PAIRED_BYTES) bits |= unlike<T>(values, others, load<u32>(pairs), load<u32>(pairs, 4))
    if (!bits) continue
    for (let at = begin; at < stop; at += PAIRED_BYTES) {
      const row = load<u32>(at)
      if (!unlike<T>(values, others, row, load<u32>(at, 4))) continue
      store<u8>(dirty + row, 1)
      different++
    }
  }
  return different
}

/** The bits that differ. */
@inline function unlike<T>(values: usize, others: usize, row: u32, other: u32): T {
  const value = load<T>(values + <usize>row * sizeof<T>())
  return <T>(value ^ load<T>(others + <usize>other * sizeof<T>()))
}
