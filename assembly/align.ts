// Edge by edge: which row of the manipulated population belongs to which row of the original, and whether their
// values are the same bytes.
import { NONE, RUN_BYTES } from './abi'

/**
 * Pair rows of a window of the original with rows of the manipulated, taken in order. Rows of the manipulated come in
 * groups (blocks of targets), each in its own part of one buffer; without groups there is one.
 *
 * source, target: u32 ids of `count` rows. keep: one bit per row, 1 = must be paired; 0: a row is paired if the next
 * row of its group has its ids, else left out. groupOf: u16 per target, 0: one group. cursors, limits: u32 per group,
 * next row of the buffer and the end of its part; cursors are moved on. otherSource, otherTarget: u32 ids in the buffer.
 * runs: room for `count` of RUN_BYTES: row of the window, row of the buffer, length.
 *
 * Returns the number of runs; NONE where a row that must be paired is not the next one of its group: the first word of
 * `runs` is that row.
 */
export function pairRows(
  source: usize,
  target: usize,
  count: u32,
  keep: usize,
  groupOf: usize,
  cursors: usize,
  limits: usize,
  otherSource: usize,
  otherTarget: usize,
  runs: usize,
): u32 {
  let found: u32 = 0
  let last = runs
  let nextRow = NONE
  let nextOther = NONE
  for (let row: u32 = 0; row < count; row++) {
    if (row == nextRow && !keep && !groupOf) {
      // A run goes on, as most do: four rows at a time.
      const room = min(count - row, load<u32>(limits) - nextOther) & ~3
      const equal = equalFours(source, target, row, otherSource, otherTarget, nextOther, room)
      if (equal) {
        store<u32>(last, load<u32>(last, 8) + equal, 8)
        store<u32>(cursors, nextOther + equal)
        row += equal
        nextRow = row
        nextOther += equal
        if (row == count) break
      }
    }
    if (keep && !((load<u8>(keep + (row >> 3)) >> (<u8>(row & 7))) & 1)) continue
    const at4 = (<usize>row) << 2
    const t = load<u32>(target + at4)
    const group = groupOf ? (<usize>load<u16>(groupOf + ((<usize>t) << 1))) << 2 : 0
    const other = load<u32>(cursors + group)
    const other4 = (<usize>other) << 2
    const same =
      other < load<u32>(limits + group) &&
      load<u32>(otherTarget + other4) == t &&
      load<u32>(otherSource + other4) == load<u32>(source + at4)
    if (!same) {
      if (!keep) continue
      store<u32>(runs, row)
      return NONE
    }
    store<u32>(cursors + group, other + 1)
    if (row == nextRow && other == nextOther) store<u32>(last, load<u32>(last, 8) + 1, 8)
    else {
      last = runs + <usize>found * RUN_BYTES
      store<u32>(last, row)
      store<u32>(last, other, 4)
      store<u32>(last, 1, 8)
      found++
    }
    nextRow = row + 1
    nextOther = other + 1
  }
  return found
}

/** Rows from (row, other) on that are equal, in fours, at most `room`. */
@inline function equalFours(
  source: usize,
  target: usize,
  row: u32,
  otherSource: usize,
  otherTarget: usize,
  other: u32,
  room: u32,
): u32 {
  const at = (<usize>row) << 2
  const there = (<usize>other) << 2
  let done: u32 = 0
  for (; done < room; done += 4) {
    const k = (<usize>done) << 2
    const s = v128.xor(v128.load(source + at + k), v128.load(otherSource + there + k))
    const t = v128.xor(v128.load(target + at + k), v128.load(otherTarget + there + k))
    if (v128.any_true(v128.or(s, t))) break
  }
  return done
}

/**
 * Compare the values of paired rows. values, others: `width` bytes per row; runs: as of `pairRows`. dirty: one byte
 * per row of the window, set to 1 where the bytes are not the same. Returns how many rows are not.
 */
export function compareRuns(values: usize, others: usize, width: u32, runs: usize, count: u32, dirty: usize): u32 {
  if (width == 4) return compare<u32>(values, others, width, runs, count, dirty)
  if (width == 8) return compare<u64>(values, others, width, runs, count, dirty)
  return compare<u8>(values, others, width, runs, count, dirty)
}

/** T: a whole value, or u8 for values of any width. Rows in random order make for runs of one row each. */
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
