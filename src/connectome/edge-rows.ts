/** Some rows of an edge population as a population of their own. */
import type { EdgeSource, IdColumn } from './edges.ts'

/** Rows `first .. end-1`: row 0 of the result is row `first`. Its properties are those of the whole. */
export function edgeRows(edges: EdgeSource, first: number, end: number): Omit<EdgeSource, 'table'> {
  const { table: _, ...rest } = edges
  const column = (whole: IdColumn): IdColumn => ({
    ...whole,
    length: end - first,
    place: whole.place && { ...whole.place, first },
    resident: undefined,
    readInto: (row, count, into) => whole.readInto(first + row, count, into),
  })
  return { ...rest, edgeCount: end - first, source: column(edges.source), target: column(edges.target) }
}
