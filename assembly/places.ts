// Where the rows of each target are, and how many rows of a window each group of targets has.
import { NONE, PLACE_BYTES } from './abi'

/**
 * Rows of a window that begins with row `first` of its file. places: per target PLACE_BYTES, f64 each: how many rows,
 * the first of them, the last; a target without rows has 0 of them. Returns the position of the first target that is not
 * below `nodes`, or NONE.
 */
export function placeTargets(targets: usize, count: u32, first: f64, places: usize, nodes: u32): u32 {
  for (let k: u32 = 0; k < count; k++) {
    const target = load<u32>(targets + ((<usize>k) << 2))
    if (target >= nodes) return k
    const place = places + <usize>target * PLACE_BYTES
    const rows = load<f64>(place)
    const row = first + <f64>k
    if (rows == 0) store<f64>(place, row, 8)
    store<f64>(place, rows + 1)
    store<f64>(place, row, 16)
  }
  return NONE
}

/** counts[group]++ (u32) for each row; groupOf: u16 per target, of which all must be in range. */
export function countGroups(targets: usize, count: u32, groupOf: usize, counts: usize): void {
  for (let k: u32 = 0; k < count; k++) {
    const target = load<u32>(targets + ((<usize>k) << 2))
    const slot = counts + ((<usize>load<u16>(groupOf + ((<usize>target) << 1))) << 2)
    store<u32>(slot, load<u32>(slot) + 1)
  }
}
