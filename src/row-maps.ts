/** From what two comparisons found to the map of rows, or to why there is none. */
import type { EdgeSource } from './connectome/edges.ts'
import type { Examination } from './contract/examine.ts'
import type { Comparison } from './verification/comparison.ts'
import { type NoRowMap, type RowMap, rowMapOf } from './verification/rows/row-map.ts'
import { type SynapseOptions, UNCHANGED } from './verification/synapses/expectation.ts'
import type { SynapsePart } from './verification/synapses/part.ts'

/** Where edges were not looked at row by row. */
export const ROWS_NOT_COMPARED: NoRowMap = { reason: 'edges were not compared row by row' }

/** Of a verification in parts: none of them knows all rows. */
export const IN_SHARDS: NoRowMap = { reason: 'shards see a part of the rows each (verify without --shard)' }

/**
 * The map of rows of two populations of which nothing is gone or new but whole connections: others have rows that are
 * nobody's, and are told so.
 */
export function matchedRows(
  { original, edges }: { readonly original: EdgeSource; readonly edges: EdgeSource },
  comparison: Comparison,
  part: SynapsePart,
  options: SynapseOptions,
): RowMap | NoRowMap {
  if (part.findings.length > 0 || comparison.changedTargets.length > 0)
    return { reason: 'rows of kept connections are not what they were' }
  const { original: order } = comparison.order
  return rowMapOf({
    original,
    manipulated: edges,
    kept: comparison.edges.manipulated - part.new,
    expectation: UNCHANGED,
    paired: comparison.paired,
    followed: part.followed && part.broken === undefined,
    sortedByTarget: order === 'tgt,src' || order === 'tgt',
    options,
  })
}

/** The map of rows of a result that is what was predicted, row by row. */
export function predictedRows(
  { original, edges }: { readonly original: EdgeSource; readonly edges: EdgeSource },
  { predicted, expectation, unpredicted }: Examination,
  options: SynapseOptions,
): RowMap | NoRowMap {
  if (predicted === undefined || expectation === undefined)
    return { reason: unpredicted ?? 'no row was predicted' }
  if (predicted.findings.length > 0) return { reason: 'rows are not what was predicted' }
  if (predicted.orderUnknown !== undefined || predicted.edges.new > 0)
    return { reason: predicted.orderUnknown ?? 'there are new edges among the others' }
  const { kept } = predicted.edges
  return rowMapOf({ original, manipulated: edges, kept, expectation, followed: true, options })
}
