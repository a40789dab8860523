/** Ids of the rows and columns of a matrix, in files beside it. */
import { existsSync } from 'node:fs'
import { gidToNodeId } from '../connectome/selection.ts'
import { InputError } from '../errors.ts'
import { describe, readNpy, toUint32 } from './npy.ts'

export interface MaskIds {
  readonly file: string
  /** 0-based node ids in the order of the rows (or columns). */
  readonly ids: Uint32Array
}

/**
 * For `X_adjmat.npz` or `X.npz` (or `.npy`): `X_gids.npy`, or `X_gids_source.npy` and `X_gids_target.npy`, which hold
 * GIDs, that is 1-based, as the notebook writes them. A list of pairs, (2, N) or (N, 2), is none of these.
 *
 * @throws InputError naming the file unless it holds GIDs, each of them once
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
  if (array.shape.length === 2 && array.shape.includes(2)) {
    // A list of pairs may be called so as well, unless it has one only.
    if (!array.shape.includes(1)) return undefined
    throw new InputError(`ids of two nodes or one pair: ${describe(array)}`, {
      file,
      hint: 'save ids in one dimension, numpy.save(FILE, ids.ravel()); call a list of pairs something else',
    })
  }
  const gids = toUint32(array, file)
  const zero = gids.indexOf(0)
  if (zero >= 0) {
    throw new InputError(`entry ${zero} is 0, but this file holds GIDs, which count from 1`, {
      file,
      hint: 'write node id + 1',
    })
  }
  refuseTwice(gids, file)
  return { file, ids: gids.map(gidToNodeId) }
}

/** Rows that stand for one node would be two masks of it, of which nobody says which holds. */
function refuseTwice(gids: Uint32Array, file: string): void {
  const sorted = gids.toSorted()
  const twice = sorted.find((gid, k) => k > 0 && gid === sorted[k - 1])
  if (twice === undefined) return
  const first = gids.indexOf(twice)
  const second = gids.indexOf(twice, first + 1)
  throw new InputError(`GID ${twice} occurs twice, in entries ${first} and ${second}`, {
    file,
    field: `entry ${second}`,
    hint: 'give each row and column of the matrix a node of its own, in the order in which it was made',
  })
}
