/** The mask of connections between two node selections. */
import type { Mask } from '../connectome/mask.ts'
import type { Pairs } from '../connectome/pairs.ts'
import type { NodeSelection } from '../connectome/selection.ts'
import { cooToCsc } from '../kernels/csc.ts'
import { mapGids, NOT_SELECTED } from '../kernels/gid-index.ts'

export interface DrawnMask {
  /** Distinct pairs inside, by rank in the ascending ids of the selections. */
  readonly mask: Mask
  /** Distinct pairs among all; the mask has as many entries unless some are outside. */
  readonly distinct: number
  /** Rows of `pairs` (0-based) with an id that is not selected: not in the mask. */
  readonly outside: readonly number[]
}

/** GID to index, then COO to CSC. */
export function maskOfPairs(pairs: Pairs, source: NodeSelection, target: NodeSelection): DrawnMask {
  const row = mapGids(source.ids, pairs.source).indices
  const column = mapGids(target.ids, pairs.target).indices
  const isInside = (_: number, k: number): boolean => row[k] !== NOT_SELECTED && column[k] !== NOT_SELECTED
  const outside = Array.from(row.keys()).filter(k => !isInside(0, k))
  const { rows, columns, indptr, indices } = cooToCsc({
    rows: source.ids.length,
    columns: target.ids.length,
    row: row.filter(isInside),
    column: column.filter(isInside),
  })
  const lost = new Set(outside.map(k => `${pairs.source[k]} ${pairs.target[k]}`))
  return {
    mask: { rows, columns, indptr, indices, label: 'selection' },
    distinct: indices.length + lost.size,
    outside,
  }
}
