/** How many nodes an edge population needs, where no nodes file says so. */
import { type EdgeSource, MAX_NODES } from '../connectome/edges.ts'
import * as abi from '../kernels/abi.ts'
import { KernelMemory } from '../kernels/memory.ts'
import { RowWindows, WINDOW_ROWS } from './windows.ts'

/**
 * The same edges with node counts: those known already, else one more than the largest id, from a pass over the
 * ids. A recurrent population gets one count for both sides.
 */
export async function withNodeCounts(edges: EdgeSource): Promise<EdgeSource> {
  if (edges.sourceCount !== MAX_NODES && edges.targetCount !== MAX_NODES) return edges
  const memory = new KernelMemory()
  const rows = new RowWindows(memory, edges, { first: 0, end: edges.edgeCount }, WINDOW_ROWS, true)
  const scan = memory.allocate(abi.SCAN_BYTES)
  memory.bytes(scan, abi.SCAN_BYTES).fill(0)
  for (let final = false; !final; ) {
    const window = await rows.next()
    final = window.final
    memory.kernels.scanOrder(scan, window.source, window.target, window.length)
  }
  const state = memory.words(scan, abi.SCAN_BYTES / 4)
  const [source = 0, target = 0] = [state[abi.S_MAX_SOURCE / 4], state[abi.S_MAX_TARGET / 4]]
  const recurrent = edges.sourcePopulation === edges.targetPopulation
  return {
    ...edges,
    sourceCount:
      edges.sourceCount === MAX_NODES
        ? 1 + (recurrent ? Math.max(source, target) : source)
        : edges.sourceCount,
    targetCount:
      edges.targetCount === MAX_NODES
        ? 1 + (recurrent ? Math.max(source, target) : target)
        : edges.targetCount,
  }
}
