// GID-to-index mapping: a dense table over all ids of a population, one rank per id, NONE where not selected.
// A sparse table whose missing entries read 0 is what let the notebook map unknown cells to the first cell.
import { NONE } from './abi'

/** table[ids[k]] = k for k < count, everything else NONE. Ids must be below tableLength. */
export function buildIdTable(ids: usize, count: u32, table: usize, tableLength: u32): void {
  memory.fill(table, 0xff, (<usize>tableLength) << 2)
  for (let k: u32 = 0; k < count; k++) {
    const id = load<u32>(ids + ((<usize>k) << 2))
    assert(id < tableLength)
    store<u32>(table + ((<usize>id) << 2), k)
  }
}

/** indices[k] = table[ids[k]], NONE for unknown ids. Returns the position of the first unknown id, or NONE. */
export function mapIds(ids: usize, count: u32, table: usize, tableLength: u32, indices: usize): u32 {
  let firstUnknown: u32 = NONE
  for (let k: u32 = 0; k < count; k++) {
    const at = (<usize>k) << 2
    const id = load<u32>(ids + at)
    const index = id < tableLength ? load<u32>(table + ((<usize>id) << 2)) : NONE
    if (index == NONE && firstUnknown == NONE) firstUnknown = k
    store<u32>(indices + at, index)
  }
  return firstUnknown
}

/** member[id] = 1 for the given ids, 0 for all others below `length`. */
export function buildMembership(ids: usize, count: u32, member: usize, length: u32): void {
  memory.fill(member, 0, length)
  for (let k: u32 = 0; k < count; k++) {
    const id = load<u32>(ids + ((<usize>k) << 2))
    assert(id < length)
    store<u8>(member + id, 1)
  }
}
