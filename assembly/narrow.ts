// Id columns are stored in any integer type; everything after this works on u32. What does not fit is refused, never wrapped.
import { NONE, TYPE_I8, TYPE_I16, TYPE_I32, TYPE_I64, TYPE_U8, TYPE_U16, TYPE_U32, TYPE_U64 } from './abi'

/** ids[k] = from[k] as u32. Returns the position of the first value outside 0 .. 2^32-2, or NONE. */
export function narrowIds(type: u32, from: usize, count: u32, ids: usize): u32 {
  if (type == TYPE_U64 || type == TYPE_I64) return narrow64(from, count, ids)
  if (type == TYPE_U32) return narrowEach<u32>(from, count, ids)
  if (type == TYPE_I32) return narrowEach<i32>(from, count, ids)
  if (type == TYPE_U16) return narrowEach<u16>(from, count, ids)
  if (type == TYPE_I16) return narrowEach<i16>(from, count, ids)
  if (type == TYPE_U8) return narrowEach<u8>(from, count, ids)
  assert(type == TYPE_I8)
  return narrowEach<i8>(from, count, ids)
}

function narrowEach<T>(from: usize, count: u32, ids: usize): u32 {
  for (let k: u32 = 0; k < count; k++) {
    const value = <i64>load<T>(from + <usize>k * sizeof<T>())
    if (value < 0 || value >= <i64>NONE) return k
    store<u32>(ids + ((<usize>k) << 2), <u32>value)
  }
  return NONE
}

// u64 and i64 alike: a negative i64 has a high word that is not zero.
function narrow64(from: usize, count: u32, ids: usize): u32 {
  const fast = count & ~3
  let high = i32x4.splat(0)
  let largest = i32x4.splat(0)
  for (let k: u32 = 0; k < fast; k += 4) {
    const at = from + ((<usize>k) << 3)
    const a = v128.load(at)
    const b = v128.load(at, 16)
    const low = v128.shuffle<i32>(a, b, 0, 2, 4, 6)
    high = v128.or(high, v128.shuffle<i32>(a, b, 1, 3, 5, 7))
    largest = v128.max<u32>(largest, low)
    v128.store(ids + ((<usize>k) << 2), low)
  }
  const suspicious = v128.any_true(high) || v128.any_true(v128.eq<i32>(largest, i32x4.splat(-1)))
  return narrowTail(from, suspicious ? 0 : fast, count, ids)
}

function narrowTail(from: usize, first: u32, count: u32, ids: usize): u32 {
  for (let k: u32 = first; k < count; k++) {
    const value = load<u64>(from + ((<usize>k) << 3))
    if (value >= <u64>NONE) return k
    store<u32>(ids + ((<usize>k) << 2), <u32>value)
  }
  return NONE
}
