/** Slow, obvious twins of the kernels. */
import type { Coo, Csc } from '../../src/kernels/index.ts'

export const NOT_SELECTED = 0xffff_ffff

export function referenceMapGids(selected: readonly number[], ids: readonly number[]) {
  const indices = ids.map(id => (selected.includes(id) ? selected.indexOf(id) : NOT_SELECTED))
  const first = indices.indexOf(NOT_SELECTED)
  return { indices, firstUnknown: first < 0 ? undefined : first }
}

export function referenceCooToCsc(coo: Coo): Omit<Csc, 'rows' | 'columns'> {
  const columns = Array.from({ length: coo.columns }, () => new Map<number, number>())
  coo.row.forEach((row, k) => {
    const column = columns[coo.column[k] ?? -1]
    column?.set(row, (column.get(row) ?? 0) + 1)
  })
  const entries = columns.map(column => [...column].sort(([a], [b]) => a - b))
  const ends = entries.map((_, c) => entries.slice(0, c + 1).reduce((sum, column) => sum + column.length, 0))
  return {
    indptr: Uint32Array.from([0, ...ends]),
    indices: Uint32Array.from(entries.flat(), ([row]) => row),
    counts: Uint32Array.from(entries.flat(), ([, count]) => count),
  }
}

/** "row,column" -> multiplicity. */
export function entriesOf(csc: Csc): Map<string, number> {
  const entries = new Map<string, number>()
  for (let column = 0; column < csc.columns; column++) {
    for (let k = csc.indptr[column] ?? 0; k < (csc.indptr[column + 1] ?? 0); k++) {
      entries.set(`${csc.indices[k]},${column}`, csc.counts[k] ?? 0)
    }
  }
  return entries
}

export function referenceReciprocalPairs(csc: Csc): number {
  const entries = entriesOf(csc)
  let pairs = 0
  for (let u = 0; u < csc.columns; u++) {
    for (let v = u + 1; v < csc.columns; v++)
      if (entries.has(`${u},${v}`) && entries.has(`${v},${u}`)) pairs++
  }
  return pairs
}

/** Bytes of elements from planes of first bytes, second bytes, ... (HDF5's shuffle filter, undone). */
export function referenceUnshuffle(planes: Uint8Array, elementSize: number): Uint8Array {
  const count = planes.length / elementSize
  return planes.map((_, i) => planes[(i % elementSize) * count + Math.floor(i / elementSize)] ?? 0)
}
