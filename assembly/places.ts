// Where the rows of each target are, and how many rows of a window each group of targets has.
import { NONE, PLACE_BYTES } from './abi'

/**
 * Rows of a window that begins with row `first` of its file. places: per target PLACE_BYTES, f64 each: how many rows,
 * the first of them, the last; a target without rows has 0 of them. Returns the position of the first target that is not
 * below `nodes`, or NONE.
 */
export function placeTargets(targets: usize, count: u32, first: f64, places: usize, nodes: u32): u32 {
  let k: u32 = 0
  for (; k + 4 <= count; k += 4, targets += 16) {
    const a = load<u32>(targets)
    const b = load<u32>(targets, 4)
    const c = load<u32>(targets, 8)
    const d = load<u32>(targets, 12)
    if (max(max(a, b), max(c, d)) >= nodes) break
    const row = first + <f64>k
    placeRow(places, a, row)
    placeRow(places, b, row + 1)
    placeRow(places, c, row + 2)
    placeRow(places, d, row + 3)
  }
  for (; k < count; k++, targets += 4) {
    const target = load<u32>(targets)
    if (target >= nodes) return k
    placeRow(places, target, first + <f64>k)
  }
  return NONE
}

@inline function placeRow(places: usize, target: u32, row: f64): void {
  const place = places + <usize>target * PLACE_BYTES
  const rows = load<f64>(place)
  if (rows == 0) store<f64>(place, row, 8)
  store<f64>(place, rows + 1)
  store<f64>(place, row, 16)
}

/** counts[group]++ (u32) for each row; groupOf: u16 per target, of which all must be in range. */
export function countGroups(targets: usize, count: u32, groupOf: usize, counts: usize): void {
  const end = targets + (<usize>count << 2)
  for (; targets + 16 <= end; targets += 16) {
    countRow(load<u32>(targets), groupOf, counts)
    countRow(load<u32>(targets, 4), groupOf, counts)
    countRow(load<u32>(targets, 8), groupOf, counts)
    countRow(load<u32>(targets, 12), groupOf, counts)
  }
  for (; targets < end; targets += 4) countRow(load<u32>(targets), groupOf, counts)
}

@inline function countRow(target: u32, groupOf: usize, counts: usize): void {
  const slot = counts + ((<usize>load<u16>(groupOf + ((<usize>target) << 1))) << 2)
  store<u32>(slot, load<u32>(slot) + 1)
}
