/** Node counts for edges whose file names no nodes: from the ids themselves, the same for all that are compared. */
import { type EdgeSource, MAX_NODES } from './connectome/edges.ts'
import type { NodeSelection } from './connectome/selection.ts'
import { InputError } from './errors.ts'
import { withNodeCounts } from './verification/measure.ts'

/** So many nodes are always believed; more only where there are edges to match. */
const BELIEVED_NODES = 2 ** 24
const NODES_PER_EDGE = 64

/**
 * The same edges with node counts. Memory is taken by node, so that counts which the edges do not bear out (one
 * damaged id, a lying shape) are refused.
 *
 * @throws InputError if the ids cannot be read, or are not plausible
 */
export async function measured(edges: EdgeSource): Promise<EdgeSource> {
  const known = edges.sourceCount !== MAX_NODES && edges.targetCount !== MAX_NODES
  if (known && !edges.unknown?.includes('nodes')) return edges
  const counted = await withNodeCounts(edges)
  const most = Math.max(counted.sourceCount, counted.targetCount)
  if (most <= Math.max(BELIEVED_NODES, NODES_PER_EDGE * edges.edgeCount)) return counted
  const made = edges.sourceCount === MAX_NODES ? `node id ${most - 1}` : `a shape of ${most}`
  throw new InputError(`${made} is not plausible with ${edges.edgeCount} edges`, {
    file: edges.file,
    hint: 'the file is damaged, or it does not hold node ids',
  })
}

export interface Counts {
  readonly source: number
  readonly target: number
}

/** Nodes that all of these need; one number for both sides where they are the same nodes. */
export function commonCounts(all: readonly EdgeSource[], least: Counts = { source: 0, target: 0 }): Counts {
  const source = Math.max(least.source, ...all.map(edges => edges.sourceCount))
  const target = Math.max(least.target, ...all.map(edges => edges.targetCount))
  if (all.some(edges => edges.sourcePopulation !== edges.targetPopulation)) return { source, target }
  const both = Math.max(source, target)
  return { source: both, target: both }
}

/** Edges of known nodes stay as they are. */
export const withCounts = (edges: EdgeSource, { source, target }: Counts): EdgeSource =>
  edges.unknown?.includes('nodes') ? { ...edges, sourceCount: source, targetCount: target } : edges

export const allNodes = (population: string, size: number): NodeSelection => ({
  population,
  populationSize: size,
  ids: Uint32Array.from({ length: size }, (_, id) => id),
  expression: 'all nodes',
})
