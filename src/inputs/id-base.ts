/** Where the ids of a list count from. Lists do not say it themselves, so somebody else must. */
import { basename } from 'node:path'
import { InputError } from '../errors.ts'

/**
 * `stated`, else 1 for the names that the notebook gives to its lists of GIDs (`..._gids.npy`,
 * `conns_removed.csv`).
 *
 * @throws InputError if neither says it
 */
export function idBaseOf(file: string, stated: 0 | 1 | undefined): 0 | 1 {
  const name = basename(file)
  const base = stated ?? (/_gids\.[a-z]+$|^(outgoing_)?conns_removed\.[a-z]+$/.test(name) ? 1 : undefined)
  if (base !== undefined) return base
  throw new InputError('the ids of this list may count from 0 (node ids) or from 1 (GIDs)', {
    file,
    field: '--id-base',
    hint: 'say which: --id-base 0 for SONATA node ids, --id-base 1 for GIDs',
  })
}

/** Subtract the base from `ids` in place. @throws InputError naming the first row that holds a GID 0 */
export function toNodeIds(
  ids: Uint32Array,
  base: 0 | 1,
  place: { file: string; first: number },
): Uint32Array {
  if (base === 0) return ids
  for (let i = 0; i < ids.length; i++) {
    const gid = ids[i] ?? 0
    if (gid === 0)
      throw new InputError(`row ${place.first + i} holds 0, but GIDs count from 1`, {
        file: place.file,
        field: `row ${place.first + i}`,
        hint: 'do the ids count from 0? then pass --id-base 0',
      })
    ids[i] = gid - 1
  }
  return ids
}
