// Connections of rows of which each says whether it is kept: what a merge with the kept rows would find, from one side.
import {
  DONE,
  M_OPEN,
  M_OPEN_KEY,
  M_OPEN_MANIPULATED,
  M_OPEN_ORIGINAL,
  M_ORIGINAL_POSITION,
  M_RECORDS_CAPACITY,
  M_RECORDS_LENGTH,
  NEED_ORIGINAL,
  RECORDS_FULL,
  RECORDS_PER_STEP,
  RUN_BYTES,
} from './abi'
import { askedNowhere, closeConnection, END, keyAt, nextAsked } from './classify'

/** Rows that are seen to be kept at once: where many connections are asked, few are passed each time. */
const LOOK_AHEAD: u32 = 256

/**
 * Of `rows` rows of a window, set the bits of those in runs (as of `pairRows`) and clear the others: bit k & 7 of byte
 * k >> 3 is row k. Few rows are in none.
 */
export function markRuns(runs: usize, count: u32, rows: u32, bits: usize): void {
  memory.fill(bits, 0xff, rows >> 3)
  if (rows & 7) store<u8>(bits + <usize>(rows >> 3), (<u8>1 << <u8>(rows & 7)) - 1)
  let next: u32 = 0
  for (const end = runs + <usize>count * RUN_BYTES; runs < end; runs += RUN_BYTES) {
    const row = load<u32>(runs)
    for (; next < row; next++) clear(bits, next)
    next = row + load<u32>(runs, 8)
  }
  for (; next < rows; next++) clear(bits, next)
}

@inline function clear(bits: usize, k: u32): void {
  const byte = bits + <usize>(k >> 3)
  store<u8>(byte, load<u8>(byte) & ~(<u8>1 << <u8>(k & 7)))
}

/** Put below each of `count` ids one bit of `bits`: that of row k is bit `first + k` of them. */
export function joinKept(ids: usize, count: u32, bits: usize, first: u32): void {
  const end = ids + (<usize>count << 2)
  let bit = first
  for (; ids < end && bit & 7; ids += 4, bit++) join(ids, bits, bit)
  const low = i32x4(1, 2, 4, 8)
  const high = i32x4(16, 32, 64, 128)
  for (; ids + 32 <= end; ids += 32, bit += 8) {
    const eight = i32x4.splat(load<u8>(bits + <usize>(bit >> 3)))
    // What is true is -1.
    const a = i32x4.eq(v128.and(eight, low), low)
    const b = i32x4.eq(v128.and(eight, high), high)
    v128.store(ids, i32x4.sub(i32x4.shl(v128.load(ids), 1), a))
    v128.store(ids, i32x4.sub(i32x4.shl(v128.load(ids, 16), 1), b), 16)
  }
  for (; ids < end; ids += 4, bit++) join(ids, bits, bit)
}

@inline function join(id: usize, bits: usize, bit: u32): void {
  store<u32>(id, (load<u32>(id) << 1) | ((load<u8>(bits + <usize>(bit >> 3)) >> (bit & 7)) & 1))
}

/** sources hold an id and, below it, one bit: put the bit into kept (one byte per row) and leave the id. */
export function splitKept(sources: usize, count: u32, kept: usize): void {
  const end = kept + <usize>count
  const one = i32x4.splat(1)
  for (const fast = kept + <usize>(count & ~15); kept < fast; kept += 16, sources += 64) {
    const a = v128.load(sources)
    const b = v128.load(sources, 16)
    const c = v128.load(sources, 32)
    const d = v128.load(sources, 48)
    const low = i16x8.narrow_i32x4_u(v128.and(a, one), v128.and(b, one))
    const high = i16x8.narrow_i32x4_u(v128.and(c, one), v128.and(d, one))
    v128.store(kept, i8x16.narrow_i16x8_u(low, high))
    v128.store(sources, i32x4.shr_u(a, 1))
    v128.store(sources, i32x4.shr_u(b, 1), 16)
    v128.store(sources, i32x4.shr_u(c, 1), 32)
    v128.store(sources, i32x4.shr_u(d, 1), 48)
  }
  for (; kept < end; kept++, sources += 4) {
    const both = load<u32>(sources)
    store<u8>(kept, <u8>(both & 1))
    store<u32>(sources, both >> 1)
  }
}

/**
 * Close the connections of a window of rows ascending by (target, source), of which those with kept = 1 are on the other
 * side as well. state: that of a merge. Returns NEED_ORIGINAL at the end of a window, DONE at that of the last one,
 * RECORDS_FULL where the caller must take the records and call again.
 */
export function closeKept(
  state: usize,
  sources: usize,
  targets: usize,
  kept: usize,
  count: u32,
  final: u32,
): u32 {
  let row = load<u32>(state, M_ORIGINAL_POSITION)
  let open = load<u32>(state, M_OPEN) != 0
  let openKey = load<u64>(state, M_OPEN_KEY)
  let original = load<f64>(state, M_OPEN_ORIGINAL)
  let manipulated = load<f64>(state, M_OPEN_MANIPULATED)
  let status = DONE
  for (;;) {
    if (load<u32>(state, M_RECORDS_LENGTH) + RECORDS_PER_STEP > load<u32>(state, M_RECORDS_CAPACITY)) {
      status = RECORDS_FULL
      break
    }
    let key = END
    if (row < count) key = keyAt(sources, targets, row)
    else if (!final) {
      status = NEED_ORIGINAL
      break
    }
    if (open && key != openKey) {
      closeConnection(state, openKey, original, manipulated)
      open = false
      continue
    }
    if (!open) {
      const asked = nextAsked(state)
      if (asked < key) {
        askedNowhere(state, asked)
        continue
      }
      if (key == END) break
      if (asked > key) {
        const next = behindKept(sources, targets, kept, row, count, asked)
        if (next > row) {
          row = next
          continue
        }
      }
      open = true
      openKey = key
      original = 0
      manipulated = 0
    }
    do {
      original += 1
      manipulated += <f64>load<u8>(kept + <usize>row)
      row++
    } while (row < count && keyAt(sources, targets, row) == key)
  }
  store<u32>(state, row, M_ORIGINAL_POSITION)
  store<u32>(state, open ? 1 : 0, M_OPEN)
  store<u64>(state, openKey, M_OPEN_KEY)
  store<f64>(state, original, M_OPEN_ORIGINAL)
  store<f64>(state, manipulated, M_OPEN_MANIPULATED)
  return status
}

/**
 * Row behind the connections from `row` on of which all rows are kept and which are not asked: there is nothing to say of
 * them. Where it cannot see the end of one, that one's first row. `row` begins a connection below `asked`.
 */
function behindKept(sources: usize, targets: usize, kept: usize, row: u32, count: u32, asked: u64): u32 {
  const last = min(count - 1, row + LOOK_AHEAD)
  let end = row
  while (end + 16 <= last && i8x16.all_true(v128.load(kept + <usize>end))) end += 16
  while (end < last && load<u8>(kept + <usize>end)) end++
  const key = keyAt(sources, targets, end)
  while (end > row && keyAt(sources, targets, end - 1) == key) end--
  if (end == row || keyAt(sources, targets, end - 1) < asked) return end
  // The first row that is not below what is asked.
  let low = row
  while (low < end) {
    const middle = (low + end) >> 1
    if (keyAt(sources, targets, middle) < asked) low = middle + 1
    else end = middle
  }
  return low
}
