/** Masks: from a file to the connections they mean, bound to node selections or refused. */
import { existsSync } from 'node:fs'
import type { Mask } from '../connectome/mask.ts'
import { gidToNodeId, type NodeSelection } from '../connectome/selection.ts'
import { InputError } from '../errors.ts'
import { readNpy, toUint32 } from '../formats/npy.ts'
import { readSparseCoo } from '../formats/scipy-sparse.ts'
import { type Coo, cooToCsc } from '../kernels/csc.ts'
import { mapGids } from '../kernels/gid-index.ts'

/** A mask as it lies in its file: row and column numbers whose meaning depends on a selection. */
export interface MaskFile extends Coo {
  readonly file: string
  /** 0-based node ids of the rows and columns, in their order, where an ids file lies beside the mask. */
  readonly sourceIds: MaskIds | undefined
  readonly targetIds: MaskIds | undefined
}

export interface MaskIds {
  readonly file: string
  readonly ids: Uint32Array
}

/**
 * Read a SciPy sparse matrix (.npz: csc, csr or coo) and the ids files beside it: for `X_adjmat.npz` or `X.npz`,
 * `X_gids.npy` (or `X_gids_source.npy` and `X_gids_target.npy`), GIDs, that is 1-based, as the notebook writes
 * them. Throws InputError naming file and member.
 */
export async function readMask(file: string): Promise<MaskFile> {
  const coo = await readSparseCoo(file)
  const stem = file.replace(/\.npz$/i, '').replace(/_adjmat$/, '')
  const both = await readIds(`${stem}_gids.npy`)
  const sourceIds = both ?? (await readIds(`${stem}_gids_source.npy`))
  const targetIds = both ?? (await readIds(`${stem}_gids_target.npy`))
  return { ...coo, file, sourceIds, targetIds }
}

async function readIds(file: string): Promise<MaskIds | undefined> {
  if (!existsSync(file)) return undefined
  const gids = toUint32(await readNpy(file), file)
  const zero = gids.indexOf(0)
  if (zero >= 0) {
    throw new InputError(`entry ${zero} is 0, but this file holds GIDs, which count from 1`, {
      file,
      hint: 'write node id + 1',
    })
  }
  return { file, ids: gids.map(gidToNodeId) }
}

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
