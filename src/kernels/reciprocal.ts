import { InputError } from '../errors.ts'
import type { Csc } from './csc.ts'
import type { KernelBuild } from './load.ts'
import { KernelMemory } from './memory.ts'

/**
 * Unordered pairs {u, v}, u != v, connected in both directions. `matrix` is canonical CSC; source and target must
 * be the same population, so it must be square.
 *
 * @throws InputError if it is not square
 */
export function reciprocalPairs(
  matrix: Pick<Csc, 'rows' | 'columns' | 'indptr' | 'indices'>,
  build: KernelBuild = 'release',
): number {
  if (matrix.rows !== matrix.columns) {
    throw new InputError(
      `reciprocal pairs need a square matrix, this one is ${matrix.rows} x ${matrix.columns}`,
    )
  }
  const memory = new KernelMemory(build)
  const indptr = memory.place(matrix.indptr)
  const indices = memory.place(matrix.indices)
  const cursors = memory.allocate(matrix.columns * 4)
  return memory.kernels.reciprocalPairs(indptr, indices, matrix.columns, cursors)
}
