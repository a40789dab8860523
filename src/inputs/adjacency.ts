/** Adjacency matrices (SciPy sparse, .npz): an entry that is not zero is a connection from row to column. */
import { type CompressedSparse, type CooSparse, readSparse } from '../formats/scipy-sparse.ts'
import { type ListParts, listEdges, type OpenEdges } from './lists.ts'

/**
 * Open a matrix in csc, csr or coo format: rows are sources, columns are targets, both 0-based node ids, the shape
 * says how many nodes there are. Values are not looked at beyond being zero or not: how many edges a connection
 * has is not known.
 *
 * @throws InputError naming file and member unless it is a whole and consistent matrix
 */
export async function openAdjacency(file: string): Promise<OpenEdges> {
  const matrix = await readSparse(file)
  const { rows, columns } = matrix
  const [source, target] = matrix.format === 'coo' ? coordinates(matrix) : compressed(matrix)
  const length = matrix.format === 'coo' ? matrix.row.length : matrix.indices.length
  const edges = listEdges({
    file,
    length,
    source,
    target,
    nodes: [rows, columns],
    unknown: ['nodes', 'multiplicity'],
  })
  return { edges, close: async () => {} }
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
