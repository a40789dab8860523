// A connection whose edges were counted on both sides: the class it belongs to, and its record.
import {
  ADDED_AS_ASKED,
  ADDED_NOT_ASKED,
  ASK_REMOVE,
  ASKED_ABSENT,
  ASKED_ALREADY_THERE,
  ASKED_NOT_ADDED,
  ASKED_STILL_THERE,
  LOST_NOT_ASKED,
  M_ASKED_KIND,
  M_ASKED_LENGTH,
  M_ASKED_POSITION,
  M_ASKED_SOURCE,
  M_ASKED_TARGET,
  M_COUNTERS,
  M_LIMITS,
  M_RECORDS,
  M_RECORDS_CAPACITY,
  M_RECORDS_LENGTH,
  M_SOURCE_MEMBER,
  M_TARGET_MEMBER,
  MULTIPLICITY_CHANGED,
  NONE,
  OUTSIDE_ADDED,
  OUTSIDE_CHANGED,
  OUTSIDE_LOST,
  RECORD_BYTES,
  REMOVED_AS_ASKED,
} from './abi'

/** Above every key: ids end at 2^32-2. */
export const END: u64 = 0xffff_ffff_ffff_ffff

@inline export function keyOf(source: u32, target: u32): u64 {
  return ((<u64>target) << 32) | (<u64>source)
}

/** Of a row of two columns of u32 ids. */
@inline export function keyAt(sources: usize, targets: usize, row: u32): u64 {
  const at = (<usize>row) << 2
  return keyOf(load<u32>(sources + at), load<u32>(targets + at))
}

@inline export function nextAsked(state: usize): u64 {
  const at = load<u32>(state, M_ASKED_POSITION)
  if (at >= load<u32>(state, M_ASKED_LENGTH)) return END
  return keyAt(load<u32>(state, M_ASKED_SOURCE), load<u32>(state, M_ASKED_TARGET), at)
}

@inline function takeAsked(state: usize): u8 {
  const at = load<u32>(state, M_ASKED_POSITION)
  store<u32>(state, at + 1, M_ASKED_POSITION)
  return load<u8>(<usize>load<u32>(state, M_ASKED_KIND) + at)
}

export function askedNowhere(state: usize, key: u64): void {
  put(state, takeAsked(state) == ASK_REMOVE ? ASKED_ABSENT : ASKED_NOT_ADDED, key, 0, 0)
}

export function closeConnection(state: usize, key: u64, original: f64, manipulated: f64): void {
  if (nextAsked(state) == key) {
    if (takeAsked(state) == ASK_REMOVE) closeAskedRemoval(state, key, original, manipulated)
    else closeAskedAddition(state, key, original, manipulated)
    return
  }
  if (original == manipulated) return
  const sourceMember: usize = load<u32>(state, M_SOURCE_MEMBER)
  const targetMember: usize = load<u32>(state, M_TARGET_MEMBER)
  const inside = load<u8>(sourceMember + <u32>key) & load<u8>(targetMember + <u32>(key >> 32))
  if (!inside) {
    if (manipulated == 0) count(state, OUTSIDE_LOST)
    if (original == 0) count(state, OUTSIDE_ADDED)
    put(state, OUTSIDE_CHANGED, key, original, manipulated)
  } else closeKept(state, key, original, manipulated)
}

function closeKept(state: usize, key: u64, original: f64, manipulated: f64): void {
  if (original == manipulated) return
  if (manipulated == 0) put(state, LOST_NOT_ASKED, key, original, manipulated)
  else if (original == 0) put(state, ADDED_NOT_ASKED, key, original, manipulated)
  else put(state, MULTIPLICITY_CHANGED, key, original, manipulated)
}

function closeAskedRemoval(state: usize, key: u64, original: f64, manipulated: f64): void {
  if (original == 0) {
    put(state, ASKED_ABSENT, key, original, manipulated)
    put(state, ADDED_NOT_ASKED, key, original, manipulated)
  } else if (manipulated == 0) count(state, REMOVED_AS_ASKED)
  else put(state, ASKED_STILL_THERE, key, original, manipulated)
}

function closeAskedAddition(state: usize, key: u64, original: f64, manipulated: f64): void {
  if (original == 0) {
    count(state, ADDED_AS_ASKED)
    return
  }
  put(state, ASKED_ALREADY_THERE, key, original, manipulated)
  closeKept(state, key, original, manipulated)
}

@inline function count(state: usize, kind: u32): void {
  const at = state + M_COUNTERS + ((<usize>kind) << 3)
  store<f64>(at, load<f64>(at) + 1)
}

/** Count, and record the culprit while the caller still wants records of this class. */
function put(state: usize, kind: u32, key: u64, original: f64, manipulated: f64): void {
  count(state, kind)
  const limit = state + M_LIMITS + ((<usize>kind) << 2)
  const wanted = load<u32>(limit)
  if (wanted == 0) return
  if (wanted != NONE) store<u32>(limit, wanted - 1)
  const length = load<u32>(state, M_RECORDS_LENGTH)
  assert(length < load<u32>(state, M_RECORDS_CAPACITY))
  const record = <usize>load<u32>(state, M_RECORDS) + (<usize>length) * RECORD_BYTES
  store<u32>(record, kind)
  store<u32>(record, <u32>key, 4)
  store<u32>(record, <u32>(key >> 32), 8)
  store<u32>(record, 0, 12)
  store<f64>(record, original, 16)
  store<f64>(record, manipulated, 24)
  store<u32>(state, length + 1, M_RECORDS_LENGTH)
}
