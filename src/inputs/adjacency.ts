/** Adjacency matrices and masks (SciPy sparse, or dense): an entry that is not zero is a connection from row to column. */
import { InputError } from '../errors.ts'
import { readDenseMask } from '../formats/dense-mask.ts'
import { idsBeside, type MaskIds } from '../formats/ids-beside.ts'
import { startsAsNpy } from '../formats/npy-file.ts'
import {
  type CompressedSparse,
  type CooSparse,
  readSparse,
  type SparseMatrix,
} from '../formats/scipy-sparse.ts'
import { type ListParts, listEdges, type OpenEdges } from './lists.ts'

/**
 * Open a matrix in csc, csr or coo format, or a dense array of bool: rows are sources, columns are targets. They are
 * 0-based node ids, and the shape says how many nodes there are, unless the ids of rows and columns lie beside the
 * file (see `idsBeside`): then they are these. Values are not looked at beyond being zero or not: how many edges a
 * connection has is not known.
 *
 * @throws InputError naming file and member unless it is a whole and consistent matrix, and if the ids beside it are
 *   not as many as it has rows and columns
 */
export async function openAdjacency(file: string): Promise<OpenEdges> {
  const matrix = await readMatrix(file)
  const { rows, columns } = matrix
  const [source, target] = matrix.format === 'coo' ? coordinates(matrix) : compressed(matrix)
  const length = matrix.format === 'coo' ? matrix.row.length : matrix.indices.length
  const parts = { file, length, source, target, unknown: ['nodes', 'multiplicity'] } as const
  const beside = await idsOfMatrix(file, rows, columns)
  const close = async (): Promise<void> => {}
  if (beside === undefined) return { edges: listEdges({ ...parts, nodes: [rows, columns] }), close }
  const named = (read: Read, ids: Uint32Array): Read => {
    return async (first, count) => (await read(first, count)).map(rank => ids[rank] ?? 0)
  }
  const edges = listEdges({
    ...parts,
    source: named(source, beside.source.ids),
    target: named(target, beside.target.ids),
  })
  return { edges, beside: [...new Set([beside.source.file, beside.target.file])], close }
}

/** A matrix, sparse (.npz) or dense (.npy), whatever it is called. */
export const readMatrix = async (file: string): Promise<SparseMatrix> =>
  (await startsAsNpy(file)) ? readDenseMask(file) : readSparse(file)

/**
 * The ids beside a matrix; undefined where there are none, or where they say no more than the shape does.
 *
 * @throws InputError if they are not those of this matrix
 */
export async function idsOfMatrix(
  file: string,
  rows: number,
  columns: number,
): Promise<{ readonly source: MaskIds; readonly target: MaskIds } | undefined> {
  const { source, target } = await idsBeside(file)
  if (source === undefined && target === undefined) return undefined
  if (source === undefined || target === undefined)
    throw new InputError('the ids of one side only lie beside the mask', {
      file,
      field: (source ?? target)?.file,
      hint: 'write the ids of rows and columns, _gids_source.npy and _gids_target.npy, or remove this file',
    })
  for (const [{ ids, file: field }, size, what] of [
    [source, rows, 'rows'],
    [target, columns, 'columns'],
  ] as const)
    if (ids.length !== size)
      throw new InputError(`the matrix has ${size} ${what}, but ${ids.length} ids lie beside it`, {
        file,
        field,
        hint: 'remove the file of ids if it belongs to another matrix',
      })
  const counted = [source, target].every(({ ids }) => ids.every((id, rank) => id === rank))
  return counted ? undefined : { source, target }
}

type Read = ListParts['source']

const slice =
  (ids: Uint32Array): Read =>
  (first, count) =>
    ids.subarray(first, first + count)

const coordinates = ({ row, column }: CooSparse): [Read, Read] => [slice(row), slice(column)]

function compressed({ format, indptr, indices }: CompressedSparse): [Read, Read] {
  const minor = slice(indices)
  const major: Read = (first, count) => expand(indptr, first, count)
  return format === 'csc' ? [minor, major] : [major, minor]
}

/** The major index of entries `first .. first+count-1`; as a list it would take as much memory as the indices. */
function expand(indptr: Uint32Array, first: number, count: number): Uint32Array {
  const ids = new Uint32Array(count)
  let major = lastAtMost(indptr, first)
  for (let done = 0; done < count; major++) {
    const end = Math.min(count, (indptr[major + 1] ?? 0) - first)
    if (end <= done) continue
    ids.fill(major, done, end)
    done = end
  }
  return ids
}

/** The last position whose value is at most `value`. */
function lastAtMost(ascending: Uint32Array, value: number): number {
  let [low, high] = [0, ascending.length - 1]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((ascending[middle] ?? 0) <= value) low = middle
    else high = middle - 1
  }
  return low
}
