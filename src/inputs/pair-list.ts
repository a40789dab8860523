/** Lists of pairs to draw from, in memory: from files of every kind, or given as they are. */
import { extname } from 'node:path'
import { ID_BYTES, type IdColumn, MAX_NODES } from '../connectome/edges.ts'
import { type PairList, sortPairs } from '../connectome/pairs.ts'
import { InputError } from '../errors.ts'
import { isDenseMask } from '../formats/dense-mask.ts'
import { openAdjacency } from './adjacency.ts'
import { openCsvPairs, openNpyPairs, type PairOptions } from './pairs.ts'

export const LISTED_ORDER = 'as listed'
export const SOURCE_TARGET_ORDER = 'ascending by (source, target)'

/**
 * Read a list: npy of shape (2, N) or (N, 2), text with two columns, or an adjacency matrix or mask (SciPy .npz, or a
 * dense .npy of bool), whose rows and columns are node ids, or stand for the ids beside it (see `openAdjacency`); its
 * entries are listed ascending by (source, target) whatever its format.
 *
 * @param options.idBase of pairs; GIDs (1) by default, as the notebook's lists have them
 * @throws InputError if it is none of these, or naming the first entry that is no id
 */
export async function readPairList(file: string, options: PairOptions = {}): Promise<PairList> {
  const extension = extname(file).toLowerCase()
  if (extension === '.npz' || (extension === '.npy' && (await isDenseMask(file))))
    return readAdjacencyList(file)
  const open = extension === '.npy' ? openNpyPairs : TEXT.includes(extension) ? openCsvPairs : undefined
  if (open === undefined)
    throw new InputError(`expected a list of pairs, found a file "${extension}"`, {
      file,
      hint: 'Lists are .npy (2 x N), .csv, .tsv, .txt (two columns) or .npz (SciPy adjacency).',
    })
  const { edges, close } = await open(file, { ...options, idBase: options.idBase ?? 1 })
  try {
    const source = await readColumn(edges.source)
    const target = await readColumn(edges.target)
    return { source, target, label: file, order: LISTED_ORDER }
  } finally {
    await close()
  }
}

const TEXT: readonly string[] = ['.csv', '.tsv', '.txt']

async function readColumn(column: IdColumn): Promise<Uint32Array> {
  const bytes = new Uint8Array(column.length * ID_BYTES.u32)
  await column.readInto(0, column.length, bytes)
  return new Uint32Array(bytes.buffer)
}

async function readAdjacencyList(file: string): Promise<PairList> {
  const { edges } = await openAdjacency(file)
  const [source, target] = [await readColumn(edges.source), await readColumn(edges.target)]
  return { ...sortPairs({ source, target }), label: file, order: SOURCE_TARGET_ORDER }
}

/**
 * A list that is given in place, such as in a campaign file.
 *
 * @param place stands for the file in messages
 * @throws InputError naming the first row that is not a pair of ids
 */
export function pairListOf(
  rows: readonly (readonly number[])[],
  idBase: 0 | 1,
  place: { readonly file: string; readonly field?: string },
): PairList {
  const side = (k: 0 | 1): Uint32Array =>
    Uint32Array.from(rows, (row: unknown, at) => {
      if (!isRow(row))
        throw new InputError('expected rows of two ids', {
          file: place.file,
          field: `${place.field ?? 'row'} ${at}`,
        })
      const id = (row[k] ?? Number.NaN) - idBase
      if (row.length === 2 && Number.isInteger(id) && id >= 0 && id < MAX_NODES) return id
      throw new InputError(`expected two ${idBase === 1 ? 'GIDs' : 'node ids'}, found [${row.join(', ')}]`, {
        file: place.file,
        field: `${place.field ?? 'row'} ${at}`,
      })
    })
  return { source: side(0), target: side(1), label: place.file, order: LISTED_ORDER }
}

/** JavaScript may give anything. */
const isRow = (row: unknown): row is readonly number[] =>
  Array.isArray(row) && row.every(id => typeof id === 'number')
