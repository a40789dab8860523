import { InputError } from '../errors.ts'
import { NONE } from './abi.ts'
import type { KernelBuild } from './load.ts'
import { KernelMemory } from './memory.ts'

/** What {@link mapGids} gives for an id that is not selected. Never a valid index. */
export const NOT_SELECTED = NONE

export interface MappedGids {
  /** Rank of each id among the selected ones (0-based), or {@link NOT_SELECTED}. Same length as the ids. */
  readonly indices: Uint32Array
  /** Position of the first id that is not selected, or undefined. */
  readonly firstUnknown: number | undefined
}

/**
 * GID-to-index mapping: the rank of each of `ids` in `selected`. Ids may count from 0 (node ids) or from 1 (GIDs)
 * as long as both arrays count alike. An id that is not selected maps to {@link NOT_SELECTED}, never to 0.
 *
 * @param selected unique ids, in the order that defines the ranks; u32, below 2^32-1
 * @param ids any ids, repeats allowed; u32
 * @throws InputError if an id is selected twice
 */
export function mapGids(selected: Uint32Array, ids: Uint32Array, build: KernelBuild = 'release'): MappedGids {
  const length = selected.reduce((most, id) => Math.max(most, id), -1) + 1
  const memory = new KernelMemory(build)
  const selectedAt = memory.place(selected)
  const idsAt = memory.place(ids)
  const table = memory.allocate(length * 4)
  const indices = memory.allocate(ids.length * 4)
  memory.kernels.buildIdTable(selectedAt, selected.length, table, length)
  const ranks = memory.words(table, length)
  const twice = selected.findIndex((id, rank) => ranks[id] !== rank)
  if (twice >= 0) throw new InputError(`id ${selected[twice]} is selected twice`)
  const unknown = memory.kernels.mapIds(idsAt, ids.length, table, length, indices) >>> 0
  return {
    indices: memory.words(indices, ids.length).slice(),
    firstUnknown: unknown === NONE ? undefined : unknown,
  }
}
