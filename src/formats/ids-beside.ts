/** Ids of the rows and columns of a matrix, in files beside it. */
import { existsSync } from 'node:fs'
import { gidToNodeId } from '../connectome/selection.ts'
import { InputError } from '../errors.ts'
import { readNpy, toUint32 } from './npy.ts'

export interface MaskIds {
  readonly file: string
  /** 0-based node ids in the order of the rows (or columns). */
  readonly ids: Uint32Array
}

/**
 * For `X_adjmat.npz` or `X.npz` (or `.npy`): `X_gids.npy`, or `X_gids_source.npy` and `X_gids_target.npy`, which hold
 * GIDs, that is 1-based, as the notebook writes them. A list of pairs, (2, N) or (N, 2), is none of these.
 *
 * @throws InputError naming the file unless it holds GIDs
 */
export async function idsBeside(
  file: string,
): Promise<{ readonly source: MaskIds | undefined; readonly target: MaskIds | undefined }> {
  const stem = file.replace(/\.np[yz]$/i, '').replace(/_adjmat$/, '')
  const both = await readIds(`${stem}_gids.npy`)
  if (both !== undefined) return { source: both, target: both }
  return {
    source: await readIds(`${stem}_gids_source.npy`),
    target: await readIds(`${stem}_gids_target.npy`),
  }
}

async function readIds(file: string): Promise<MaskIds | undefined> {
  if (!existsSync(file)) return undefined
  const array = await readNpy(file)
  // A list of pairs may be called so as well.
  if (array.shape.length === 2 && array.shape.includes(2)) return undefined
  const gids = toUint32(array, file)
  const zero = gids.indexOf(0)
  if (zero >= 0) {
    throw new InputError(`entry ${zero} is 0, but this file holds GIDs, which count from 1`, {
      file,
      hint: 'write node id + 1',
    })
  }
  return { file, ids: gids.map(gidToNodeId) }
}
