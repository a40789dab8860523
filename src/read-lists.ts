/** Lists and masks as the library gives them: arguments are made sure of first, as of every public function. */
import { requireArgument, requireArguments, requirePath } from './arguments.ts'
import type { PairList } from './connectome/pairs.ts'
import { pairListOf as listOfRows, readPairList as readList } from './inputs/pair-list.ts'
import type { PairOptions } from './inputs/pairs.ts'
import { type MaskFile, readMask as readMaskFile } from './selection/mask.ts'

/**
 * Read a SciPy sparse matrix (.npz) or a dense array of bool (.npy) as a mask, and the ids files beside it.
 *
 * @throws InputError naming file and member, of another dense array with the line of Python that saves a mask
 * @example
 * const removed = await readMask('conns_removed_adjmat.npz')
 */
export async function readMask(file: string): Promise<MaskFile> {
  requirePath(file, 'file')
  return readMaskFile(file)
}

/**
 * Read a list of pairs: .npy of shape (2, N) or (N, 2), text with two columns, or an adjacency matrix or mask.
 *
 * @param options.idBase of pairs; GIDs (1) by default, as the notebook's lists have them
 * @throws InputError if it is none of these, or naming the first entry that is no id
 * @example
 * const list = await readPairList('pairs.npy') // source, target: Uint32Array, node ids from 0
 */
export async function readPairList(file: string, options: PairOptions = {}): Promise<PairList> {
  requirePath(file, 'file')
  requireArguments(options)
  return readList(file, options)
}

/**
 * A list of pairs that is in memory.
 *
 * @param rows pairs (source, target) of ids that count from `idBase`
 * @param place stands for the file in messages
 * @throws InputError naming the first row that is not a pair of ids
 * @example
 * const list = pairListOf([[7, 8], [1, 2]], 0, { file: 'my pairs' })
 */
export function pairListOf(
  rows: readonly (readonly number[])[],
  idBase: 0 | 1,
  place: { readonly file: string; readonly field?: string },
): PairList {
  requireArgument('rows', rows)
  requireArgument('idBase', idBase)
  requireArgument('place', place)
  return listOfRows(rows, idBase, place)
}
