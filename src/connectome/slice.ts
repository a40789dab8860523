/** A stretch of rows as an edge population of its own. */
import type { EdgeSource, IdColumn } from './edges.ts'

/** Rows first .. end-1 of `edges`; rows count from 0 again, everything else stays. */
export function sliceEdges(edges: EdgeSource, first: number, end: number): EdgeSource {
  const slice = (column: IdColumn): IdColumn => ({
    length: end - first,
    type: column.type,
    label: column.label,
    readInto: (row, count, into) => column.readInto(first + row, count, into),
  })
  return { ...edges, edgeCount: end - first, source: slice(edges.source), target: slice(edges.target) }
}
