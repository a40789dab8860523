// Edge by edge: which row of the manipulated population belongs to which row of the original.
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
  if (groupOf && !keep)
    return pairGroups(source, target, count, groupOf, cursors, limits, otherSource, otherTarget, runs)
  let found: u32 = 0
  let last = runs
  let nextRow = NONE
  let nextOther = NONE
  for (let row: u32 = 0; row < count; row++) {
    if (row == nextRow && !keep) {
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

/** In groups, where no row must be paired. Rows of groups alternate: a loop with as little in it as possible. */
function pairGroups(
  source: usize,
  target: usize,
  count: u32,
  groupOf: usize,
  cursors: usize,
  limits: usize,
  otherSource: usize,
  otherTarget: usize,
  runs: usize,
): u32 {
  let last = runs - RUN_BYTES
  let nextRow = NONE
  let nextOther = NONE
  for (let row: u32 = 0; row < count; row++, source += 4, target += 4) {
    const t = load<u32>(target)
    const group = (<usize>load<u16>(groupOf + ((<usize>t) << 1))) << 2
    const other = load<u32>(cursors + group)
    if (other >= load<u32>(limits + group)) continue
    const other4 = (<usize>other) << 2
    if ((load<u32>(otherTarget + other4) ^ t) | (load<u32>(otherSource + other4) ^ load<u32>(source))) continue
    store<u32>(cursors + group, other + 1)
    if (row == nextRow && other == nextOther) store<u32>(last, load<u32>(last, 8) + 1, 8)
    else {
      last += RUN_BYTES
      store<u32>(last, row)
      store<u32>(last, other, 4)
      store<u32>(last, 1, 8)
    }
    nextRow = row + 1
    nextOther = other + 1
  }
  return <u32>(last + RUN_BYTES - runs) / RUN_BYTES
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
