/** Order of an edge population: proven while reading, never believed. */
import type { EdgeSource } from '../connectome/edges.ts'
import { InputError } from '../errors.ts'

/**
 * Ways to bring rows into (target, source) order, each needing less of the file than the one before: rows as
 * they are; sorted within each target; dealt out to buckets of targets.
 */
export const TIERS = ['rows', 'columns', 'buckets'] as const
export type Tier = (typeof TIERS)[number]

/** The rows are not in the order that the pass took for granted: it must be made again in another tier. */
export class OrderError extends Error {
  override readonly name = 'OrderError'
  readonly edges: EdgeSource
  readonly needs: Tier

  constructor(edges: EdgeSource, needs: Tier) {
    super(`${edges.file}: ${edges.population} needs the tier ${needs}`)
    this.edges = edges
    this.needs = needs
  }
}

/** A row with an id that is no node's. */
export class NodeIdError extends InputError {}

export function idOutOfRange(
  edges: EdgeSource,
  side: 'source' | 'target',
  id: number,
  row?: number,
): NodeIdError {
  const [column, population, count] =
    side === 'source'
      ? [edges.source, edges.sourcePopulation, edges.sourceCount]
      : [edges.target, edges.targetPopulation, edges.targetCount]
  const where = row === undefined ? '' : ` in row ${row}`
  return new NodeIdError(
    `${side} node id ${id}${where} is out of range: population ${population} has ${count} nodes (ids 0 to ${count - 1})`,
    {
      file: edges.file,
      field: column.place?.dataset ?? column.label,
      hint: 'edges and nodes files do not belong together',
    },
  )
}

export function checkRange(edges: EdgeSource, largestSource: number, largestTarget: number): void {
  if (largestSource >= edges.sourceCount) throw idOutOfRange(edges, 'source', largestSource)
  if (largestTarget >= edges.targetCount) throw idOutOfRange(edges, 'target', largestTarget)
}
