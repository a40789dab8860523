/** Lists of pairs: npy arrays of shape (2, N) or (N, 2), and text with two columns. First the source, then the target. */
import { InputError } from '../errors.ts'
import { refuseOtherBase } from '../formats/list-header.ts'
import { NpyFile } from '../formats/npy-file.ts'
import { shapeText } from '../formats/npy-header.ts'
import { readPairCsv } from '../formats/pair-csv.ts'
import { idBaseOf, toNodeIds } from './id-base.ts'
import { type ListParts, listEdges, type OpenEdges } from './lists.ts'

/** Whether a pair is a row (N x 2) or a column (2 x N) of the array. */
export type PairShape = 'rows' | 'columns'

export interface PairOptions {
  /** Where the ids count from: 0 for node ids, 1 for GIDs. Needed unless the name of the file says it. */
  readonly idBase?: 0 | 1 | undefined
  /** Needed for a 2 x 2 array only, which could be either. */
  readonly pairs?: PairShape | undefined
}

/**
 * Open an npy list of pairs; it stays on disk. C and Fortran order, any integer type. An empty list may have any
 * type and shape, as NumPy makes it of nothing.
 *
 * @throws InputError on another shape or type, and where the id base or the orientation is not known
 */
export async function openNpyPairs(file: string, options: PairOptions = {}): Promise<OpenEdges> {
  const npy = await NpyFile.open(file)
  try {
    const base = idBaseOf(file, options.idBase)
    const { shape, fortranOrder, count } = npy.header
    const length = count === 0 ? 0 : count / 2
    const along = count === 0 ? 'columns' : orientation(npy, options.pairs)
    // All sources first, then all targets; otherwise source and target take turns.
    const split = (along === 'columns') !== (fortranOrder && shape.length === 2)
    const read =
      (side: 0 | 1): ListParts['source'] =>
      async (first, rows) => {
        const ids = split
          ? await npy.readUint32(side * length + first, rows)
          : everyOther(await npy.readUint32(2 * first, 2 * rows), side)
        return toNodeIds(ids, base, { file, first })
      }
    // Refuses what are no integers before anything is compared.
    if (count > 0) await npy.readUint32(0, 1)
    const edges = listEdges({ file, length, source: read(0), target: read(1), unknown: ['nodes'] })
    return { edges, close: () => npy.close() }
  } catch (error) {
    await npy.close()
    throw error
  }
}

function orientation(npy: NpyFile, stated: PairShape | undefined): PairShape {
  const { shape } = npy.header
  const [rows, columns] = shape
  const fits = (along: PairShape): boolean => shape.length === 2 && (along === 'rows' ? columns : rows) === 2
  const named = /(^|\/)(outgoing_)?conns_removed\.npy$/.test(npy.path) ? 'columns' : undefined
  const along = stated ?? (fits('rows') && fits('columns') ? named : fits('rows') ? 'rows' : 'columns')
  if (along === undefined)
    throw new InputError('the pairs of a 2 x 2 array may be its rows or its columns', {
      file: npy.path,
      field: '--pairs',
      hint: 'say which: --pairs columns for (2, N) as conns_removed.npy has it, --pairs rows for (N, 2)',
    })
  if (fits(along)) return along
  throw new InputError(`expected pairs of shape (2, N) or (N, 2), found ${shapeText(shape)}`, {
    file: npy.path,
    hint: stated === undefined ? 'save sources and targets as its two rows' : 'leave --pairs away',
  })
}

function everyOther(ids: Uint32Array, offset: 0 | 1): Uint32Array {
  const half = new Uint32Array(ids.length / 2)
  for (let i = 0; i < half.length; i++) half[i] = ids[2 * i + offset] ?? 0
  return half
}

/**
 * Open text with two columns, see {@link readPairCsv}: 8 bytes of memory per pair. A header that names the columns is
 * obeyed; without one the source is first.
 *
 * @throws InputError naming the line that is not a pair, where the id base is not known, and where the header
 *   contradicts it
 */
export async function openCsvPairs(file: string, options: PairOptions = {}): Promise<OpenEdges> {
  const base = idBaseOf(file, options.idBase)
  const { source, target, named } = await readPairCsv(file)
  refuseOtherBase(file, base, named)
  const read =
    (ids: typeof source): ListParts['source'] =>
    (first, count) =>
      toNodeIds(ids.slice(first, count), base, { file, first })
  const { length } = source
  const edges = listEdges({ file, length, source: read(source), target: read(target), unknown: ['nodes'] })
  return { edges, close: async () => {} }
}
