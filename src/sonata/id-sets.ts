/** Ascending, unique node ids as sets. All results are new arrays. */
import { InputError } from '../errors.ts'

/** Longer id lists (2 GiB) are refused before memory is taken: a file can claim any number of nodes. */
const MAX_LISTED_IDS = 2 ** 29

/** 0 .. size-1. @throws InputError above 2^29 ids. */
export function allIds(size: number): Uint32Array {
  if (size > MAX_LISTED_IDS)
    throw new InputError(`a selection of ${size} nodes is too large: at most ${MAX_LISTED_IDS} can be listed`)
  const ids = new Uint32Array(size)
  for (let id = 0; id < size; id++) ids[id] = id
  return ids
}

/** Ids in both. Both ascending and unique. */
export function intersectIds(a: Uint32Array, b: Uint32Array): Uint32Array {
  const result = new Uint32Array(Math.min(a.length, b.length))
  let count = 0
  let j = 0
  for (const id of a) {
    while (j < b.length && (b[j] ?? 0) < id) j++
    if (j < b.length && b[j] === id) result[count++] = id
  }
  return result.slice(0, count)
}

/** Ids in at least one of many lists; the lists may be unsorted and hold duplicates. */
export function unionIds(lists: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(lists.reduce((sum, list) => sum + list.length, 0))
  let at = 0
  for (const list of lists) {
    all.set(list, at)
    at += list.length
  }
  return sortedUnique(all)
}

/** Sorts in place, then drops duplicates. */
export function sortedUnique(ids: Uint32Array): Uint32Array {
  ids.sort()
  let count = 0
  for (let i = 0; i < ids.length; i++) if (i === 0 || ids[i] !== ids[i - 1]) ids[count++] = ids[i] ?? 0
  return ids.slice(0, count)
}

export function isAscending(ids: Uint32Array): boolean {
  for (let i = 1; i < ids.length; i++) if ((ids[i - 1] ?? 0) >= (ids[i] ?? 0)) return false
  return true
}
