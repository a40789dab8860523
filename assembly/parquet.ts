// Pages of Parquet id columns, straight to u32. Layouts: apache/parquet-format, Encodings.md. Buffers have
// PAGE_SLACK bytes of room behind them, so that eight bytes can be loaded from any byte of a page.
import {
  HYBRID_AT,
  HYBRID_BIT,
  HYBRID_END,
  HYBRID_LEFT,
  HYBRID_PACKED,
  HYBRID_VALUE,
  HYBRID_WIDTH,
  NONE,
  TYPE_I32,
  TYPE_I64,
  TYPE_U32,
  TYPE_U64,
} from './abi'

/**
 * Definition levels of a nullable column (one bit each, RLE / bit-packed hybrid): position of the first null among
 * `count` values, `count` if the levels end before, NONE if all values are there.
 */
export function firstNull(at: usize, end: usize, count: u32): u32 {
  let done: u32 = 0
  while (done < count) {
    const header = varint(at, end)
    if (header == BROKEN) return count
    at += varintBytes(at)
    const run = <u32>header >> 1
    if (header & 1) {
      for (let k: u32 = 0; k < run && done < count; k++) {
        if (at >= end) return count
        const absent = (<u32>load<u8>(at++) ^ 0xff) & (count - done < 8 ? (1 << (count - done)) - 1 : 0xff)
        if (absent) return done + ctz(absent)
        done += min<u32>(8, count - done)
      }
    } else {
      if (at >= end) return count
      if (run > 0 && (load<u8>(at) & 1) == 0) return done
      at += 1
      done += min(run, count - done)
    }
  }
  return NONE
}

/**
 * The next `count` values of a dictionary-encoded page: ids[k] = dictionary[index]. Indices above `last` count as
 * `last`, where the caller keeps NONE. Returns how many were decoded: fewer only if the page ends before.
 */
export function decodeIndices(state: usize, count: u32, dictionary: usize, last: u32, ids: usize): u32 {
  let done: u32 = 0
  while (done < count) {
    let left = load<u32>(state, HYBRID_LEFT)
    if (left == 0) {
      if (!nextRun(state)) return done
      left = load<u32>(state, HYBRID_LEFT)
    }
    const take = min(left, count - done)
    const into = ids + ((<usize>done) << 2)
    if (load<u32>(state, HYBRID_PACKED)) unpack(state, take, dictionary, last, into)
    else fill(into, take, load<u32>(dictionary + ((<usize>min(load<u32>(state, HYBRID_VALUE), last)) << 2)))
    store<u32>(state, left - take, HYBRID_LEFT)
    done += take
  }
  return done
}

function nextRun(state: usize): bool {
  const width = load<u32>(state, HYBRID_WIDTH)
  assert(width <= 32)
  let at = <usize>load<u32>(state, HYBRID_AT)
  const end = <usize>load<u32>(state, HYBRID_END)
  const header = varint(at, end)
  if (header == BROKEN) return false
  at += varintBytes(at)
  const run = <u32>header >> 1
  if (header & 1) {
    // Writers may cut the padding of the last run.
    const bytes = min<u64>(<u64>run * width, end - at)
    const values = width == 0 ? <u64>run << 3 : min<u64>(<u64>run << 3, (bytes << 3) / width)
    if (values == 0 && run > 0) return false
    store<u32>(state, 1, HYBRID_PACKED)
    store<u32>(state, <u32>min<u64>(values, u32.MAX_VALUE), HYBRID_LEFT)
    store<u32>(state, <u32>at, HYBRID_VALUE)
    store<u32>(state, 0, HYBRID_BIT)
    store<u32>(state, <u32>(at + <usize>bytes), HYBRID_AT)
    return true
  }
  const bytes = (width + 7) >> 3
  if (at + bytes > end) return false
  store<u32>(state, 0, HYBRID_PACKED)
  store<u32>(state, run, HYBRID_LEFT)
  store<u32>(state, bytes == 0 ? 0 : load<u32>(at) & (0xffff_ffff >> ((4 - bytes) << 3)), HYBRID_VALUE)
  store<u32>(state, <u32>(at + bytes), HYBRID_AT)
  return true
}

function unpack(state: usize, count: u32, dictionary: usize, last: u32, ids: usize): void {
  const width = load<u32>(state, HYBRID_WIDTH)
  const base = <usize>load<u32>(state, HYBRID_VALUE)
  const mask = <u32>((<u64>1 << width) - 1)
  let bit = load<u32>(state, HYBRID_BIT)
  let k: u32 = 0
  // Eight values take `width` bytes, and four of at most 16 bits come with one load.
  if (width > 0 && width <= 16 && bit % (width << 3) == 0) {
    const second = <usize>(width >> 1)
    const shift = <u64>((width << 2) & 7)
    const step = <u64>width
    let at = base + (bit >> 3)
    for (; k + 8 <= count; k += 8, at += width) {
      const into = ids + ((<usize>k) << 2)
      let four = load<u64>(at)
      for (let half: usize = 0; half < 32; half += 16) {
        store<u32>(into + half, look(dictionary, <u32>four & mask, last))
        store<u32>(into + half, look(dictionary, <u32>(four >> step) & mask, last), 4)
        store<u32>(into + half, look(dictionary, <u32>(four >> (2 * step)) & mask, last), 8)
        store<u32>(into + half, look(dictionary, <u32>(four >> (3 * step)) & mask, last), 12)
        four = load<u64>(at + second) >> shift
      }
    }
    bit += k * width
  }
  for (; k < count; k++, bit += width) {
    const index = <u32>(load<u64>(base + (bit >> 3)) >> (bit & 7)) & mask
    store<u32>(ids + ((<usize>k) << 2), look(dictionary, index, last))
  }
  store<u32>(state, bit, HYBRID_BIT)
}

// @ts-ignore: decorator
@inline
function look(dictionary: usize, index: u32, last: u32): u32 {
  return load<u32>(dictionary + ((<usize>min(index, last)) << 2))
}

function fill(ids: usize, count: u32, value: u32): void {
  const values = i32x4.splat(value)
  const fast = count & ~3
  for (let k: u32 = 0; k < fast; k += 4) v128.store(ids + ((<usize>k) << 2), values)
  for (let k: u32 = fast; k < count; k++) store<u32>(ids + ((<usize>k) << 2), value)
}

/** ids[k] = values[k], or NONE where that is no id. Returns how many are not. */
export function narrowDictionary(type: u32, values: usize, count: u32, ids: usize): u32 {
  const wide = type == TYPE_U64 || type == TYPE_I64
  assert(wide || type == TYPE_U32 || type == TYPE_I32)
  let bad: u32 = 0
  for (let k: u32 = 0; k < count; k++) {
    const value = wide
      ? load<u64>(values + ((<usize>k) << 3)) // a negative i64 is as good as a large u64
      : type == TYPE_U32
        ? <u64>load<u32>(values + ((<usize>k) << 2))
        : <u64>(<i64>load<i32>(values + ((<usize>k) << 2)))
    const fits = value < <u64>NONE
    bad += u32(!fits)
    store<u32>(ids + ((<usize>k) << 2), fits ? <u32>value : NONE)
  }
  return bad
}

/** Position of the first NONE, or NONE. */
export function firstNone(ids: usize, count: u32): u32 {
  const fast = count & ~3
  let k: u32 = 0
  for (; k < fast; k += 4)
    if (v128.any_true(v128.eq<i32>(v128.load(ids + ((<usize>k) << 2)), i32x4.splat(-1)))) break
  for (; k < count; k++) if (load<u32>(ids + ((<usize>k) << 2)) == NONE) return k
  return NONE
}

const BROKEN: u64 = 0xffff_ffff_ffff_ffff

/** The varint at `at`, of at most 32 bits; BROKEN if it does not end before `end`. */
function varint(at: usize, end: usize): u64 {
  let value: u64 = 0
  for (let shift: u64 = 0; shift <= 28; shift += 7) {
    if (at >= end) return BROKEN
    const byte = load<u8>(at++)
    value |= (<u64>(byte & 0x7f)) << shift
    if (byte < 0x80) return value > 0xffff_ffff ? BROKEN : value
  }
  return BROKEN
}

function varintBytes(at: usize): u32 {
  let bytes: u32 = 1
  while (load<u8>(at++) >= 0x80) bytes++
  return bytes
}
