/** Order of an edge population: proven while reading, never believed. */
import type { EdgeSource } from '../connectome/edges.ts'
import { InputError } from '../errors.ts'

/** Rows of equal target whose sources descend: the pass over plain rows cannot go on, the one over columns can. */
export class SourceOrderError extends Error {
  override readonly name = 'SourceOrderError'
}

export function notSortedByTarget(edges: EdgeSource, row: number): InputError {
  return new InputError(
    `edge population ${edges.population} is not sorted by target: row ${row} has a smaller target than the row before it`,
    {
      file: edges.file,
      field: `${edges.target.label}, row ${row}`,
      hint: 'sort the edges by target first (the converter of connectome-manipulator does when its input is sorted)',
    },
  )
}

export function idOutOfRange(
  edges: EdgeSource,
  side: 'source' | 'target',
  id: number,
  row?: number,
): InputError {
  const [column, population, count] =
    side === 'source'
      ? [edges.source, edges.sourcePopulation, edges.sourceCount]
      : [edges.target, edges.targetPopulation, edges.targetCount]
  const where = row === undefined ? '' : ` in row ${row}`
  return new InputError(
    `${side} node id ${id}${where} is out of range: population ${population} has ${count} nodes (ids 0 to ${count - 1})`,
    { file: edges.file, field: column.label, hint: 'edges and nodes files do not belong together' },
  )
}
