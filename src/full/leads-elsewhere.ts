/** Whether an HDF5 file needs other files: then equal bytes of two such files do not make them equal. */
import { isInputError } from '../errors.ts'
import { openHdf5 } from '../formats/hdf5/open.ts'
import type { Hdf5File } from '../formats/hdf5/types.ts'

/**
 * Opens each object once, and reads no data. Where an object cannot be opened the answer is yes: it may lie elsewhere.
 *
 * @throws InputError if the file as such cannot be opened
 */
export async function leadsElsewhere(path: string): Promise<boolean> {
  const h5 = await openHdf5(path)
  try {
    return await someElsewhere(h5, '', new Set())
  } finally {
    h5.close()
  }
}

async function someElsewhere(h5: Hdf5File, path: string, seen: Set<string>): Promise<boolean> {
  try {
    const identity = await h5.identity(path)
    // A name that leads to nothing: here, perhaps, and with another file beside it to something.
    if (identity === undefined) return true
    if (seen.has(identity)) return false
    seen.add(identity)
    const members = await h5.members(path)
    if (members === undefined) await h5.dataset(path)
    if (h5.reads.list().length > 1) return true
    for (const name of members ?? []) if (await someElsewhere(h5, `${path}/${name}`, seen)) return true
    return false
  } catch (error) {
    if (isInputError(error)) return true
    throw error
  }
}
