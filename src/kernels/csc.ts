import { InputError } from '../errors.ts'
import type { KernelBuild } from './load.ts'
import { KernelMemory } from './memory.ts'

/** Canonical CSC: rows ascending and distinct inside each column; `counts` says how often each entry came. */
export interface Csc {
  readonly rows: number
  readonly columns: number
  /** columns + 1 entries, u32. */
  readonly indptr: Uint32Array
  /** Row of each entry, u32, 0-based. */
  readonly indices: Uint32Array
  /** Multiplicity of each entry, u32, at least 1. */
  readonly counts: Uint32Array
}

export interface Coo {
  readonly rows: number
  readonly columns: number
  /** Row and column of each entry, any order, repeats allowed; u32, 0-based, of equal length. */
  readonly row: Uint32Array
  readonly column: Uint32Array
}

/**
 * COO to canonical CSC: sorts, collapses repeats and counts them.
 *
 * @throws InputError naming the first entry outside rows x columns, or if the arrays differ in length
 */
export function cooToCsc(coo: Coo, build: KernelBuild = 'release'): Csc {
  const count = coo.row.length
  if (count !== coo.column.length) throw new InputError(`${count} rows but ${coo.column.length} columns`)
  requireBelow(coo.row, coo.rows, 'row')
  requireBelow(coo.column, coo.columns, 'column')
  const memory = new KernelMemory(build)
  const row = memory.place(coo.row)
  const column = memory.place(coo.column)
  const indptr = memory.allocate((coo.columns + 1) * 4)
  const indices = memory.allocate(count * 4)
  const counts = memory.allocate(count * 4)
  const scratch = memory.allocate(count * 4)
  const entries =
    memory.kernels.cooToCsc(row, column, count, coo.columns, indptr, indices, counts, scratch) >>> 0
  return {
    rows: coo.rows,
    columns: coo.columns,
    indptr: memory.words(indptr, coo.columns + 1).slice(),
    indices: memory.words(indices, entries).slice(),
    counts: memory.words(counts, entries).slice(),
  }
}

function requireBelow(values: Uint32Array, limit: number, what: string): void {
  const at = values.findIndex(value => value >= limit)
  if (at >= 0) throw new InputError(`entry ${at} has ${what} ${values[at]}, there are ${limit} ${what}s`)
}
