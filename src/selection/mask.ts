/** Masks: from a file to the connections they mean, bound to node selections or refused. */
import { basename } from 'node:path'
import type { Mask } from '../connectome/mask.ts'
import type { NodeSelection } from '../connectome/selection.ts'
import { InputError } from '../errors.ts'
import { isDenseMask, readDenseMask } from '../formats/dense-mask.ts'
import { idsBeside, type MaskIds } from '../formats/ids-beside.ts'
import { readNpy } from '../formats/npy.ts'
import { startsAsNpy } from '../formats/npy-file.ts'
import { type CooSparse, readSparseCoo } from '../formats/scipy-sparse.ts'
import { type Coo, cooToCsc } from '../kernels/csc.ts'
import { mapGids } from '../kernels/gid-index.ts'

export type { MaskIds }

/** A mask as it lies in its file: row and column numbers whose meaning depends on a selection. */
export interface MaskFile extends Coo {
  readonly file: string
  /** 0-based node ids of the rows and columns, in their order, where an ids file lies beside the mask. */
  readonly sourceIds: MaskIds | undefined
  readonly targetIds: MaskIds | undefined
}

/**
 * Read a SciPy sparse matrix (.npz: csc, csr or coo; entries of one place are summed as SciPy does) or a dense array
 * of bool (.npy), and the ids files beside it, see `idsBeside`.
 *
 * @throws InputError naming file and member, of another dense array with the line of Python that saves a mask
 */
export async function readMask(file: string): Promise<MaskFile> {
  if (TEXT.test(file)) throw listOfPairs(file)
  const coo = (await startsAsNpy(file)) ? await readDense(file) : await readSparseCoo(file)
  const { source, target } = await idsBeside(file)
  const { rows, columns, row, column } = coo
  return { rows, columns, row, column, file, sourceIds: source, targetIds: target }
}

const TEXT = /\.(csv|tsv|txt)$/i

/** Integers above 1 in two rows or columns are pairs: as a mask they would mean something else. */
async function readDense(file: string): Promise<CooSparse> {
  if (await isDenseMask(file)) return readDenseMask(file)
  const { shape, dtype, data } = await readNpy(file)
  if (shape.length === 2 && shape.includes(2) && /[iu]/.test(dtype) && data.some(id => id > 1))
    throw listOfPairs(file)
  return readDenseMask(file)
}

const listOfPairs = (file: string): InputError =>
  new InputError('expected a mask, found a list of pairs', {
    file,
    hint:
      `make its mask with connproof select ${basename(file)} --mode directed --all --seed 1 --output DIR ` +
      '--circuit ORIGINAL --nodes SET',
  })

/**
 * The mask between two selections, canonical. Rows and columns of the file stand for the selected ids in the order
 * of the ids file beside it, else in list order where a selection was given as an unordered list, else ascending.
 *
 * @throws InputError if the shape is not |S| x |T|, or if the ids beside the mask are not the selected ones
 */
export function bindMask(mask: MaskFile, source: NodeSelection, target: NodeSelection): Mask {
  if (mask.rows !== source.ids.length || mask.columns !== target.ids.length)
    throw otherShape(mask, source, target)
  const row = ranks(mask, mask.sourceIds, source, 'source')
  const column = ranks(mask, mask.targetIds, target, 'target')
  const csc = cooToCsc({
    rows: mask.rows,
    columns: mask.columns,
    row: row === undefined ? mask.row : mask.row.map(r => row[r] ?? 0),
    column: column === undefined ? mask.column : mask.column.map(c => column[c] ?? 0),
  })
  return { rows: csc.rows, columns: csc.columns, indptr: csc.indptr, indices: csc.indices, label: mask.file }
}

/** Rank in the ascending selection of each row (or column) of the mask; undefined where they are the same. */
function ranks(
  mask: MaskFile,
  beside: MaskIds | undefined,
  selection: NodeSelection,
  side: 'source' | 'target',
): Uint32Array | undefined {
  if (beside !== undefined) requireSelected(mask, beside, selection, side)
  const order = beside?.ids ?? selection.listOrder
  return order === undefined ? undefined : mapGids(selection.ids, order).indices
}

function requireSelected(mask: MaskFile, beside: MaskIds, selection: NodeSelection, side: string): void {
  const sorted = beside.ids.toSorted()
  const differing = sorted.findIndex((id, k) => id !== selection.ids[k])
  if (differing < 0 && sorted.length === selection.ids.length) return
  const at = differing < 0 ? sorted.length : differing
  const describe = (id: number | undefined): string =>
    id === undefined ? 'no node' : `node id ${id} (GID ${id + 1})`
  throw new InputError(
    `made for another ${side} selection: its ids have ${describe(sorted[at])} where ${selection.expression} has ${describe(selection.ids[at])}`,
    {
      file: mask.file,
      field: beside.file,
      hint: `select the nodes that the mask was made for, or leave --${side} away to take them from ${beside.file}`,
    },
  )
}

function otherShape(mask: MaskFile, source: NodeSelection, target: NodeSelection): InputError {
  const nodes = (selection: NodeSelection): string => `${selection.ids.length} (${selection.expression})`
  return new InputError(
    `mask is ${mask.rows} x ${mask.columns}, but the selection is ${nodes(source)} x ${nodes(target)}`,
    {
      file: mask.file,
      field: 'shape',
      hint: 'give the node selection the mask was made for with --source and --target (or --nodes)',
    },
  )
}
