/** Which targets are looked at together: consecutive ones with a bounded number of rows on both sides. */
import type { EdgeSource } from '../../connectome/edges.ts'
import { idOutOfRange } from '../order.ts'
import { IdReader } from './id-reader.ts'

/** Targets `from .. to-1`. */
export interface Block {
  readonly from: number
  readonly to: number
}

/** Rows of each target of one population. */
export interface TargetCounts {
  readonly counts: Uint32Array
  /** Rows ascend by target. */
  readonly sorted: boolean
}

/** @throws InputError if a target is not a node, or has more than 2^32-1 edges */
export async function countTargets(edges: EdgeSource, windowRows: number): Promise<TargetCounts> {
  const counts = new Uint32Array(edges.targetCount)
  const reader = new IdReader(edges.target, windowRows)
  let previous = 0
  let sorted = true
  for (let at = 0; at < edges.edgeCount; at += windowRows) {
    const targets = await reader.read(at, Math.min(windowRows, edges.edgeCount - at))
    for (let k = 0; k < targets.length; k++) {
      const target = targets[k] ?? 0
      if (target >= edges.targetCount) throw idOutOfRange(edges, 'target', target, at + k)
      if (target < previous) sorted = false
      previous = target
      counts[target] = (counts[target] ?? 0) + 1
    }
  }
  return { counts, sorted }
}

/**
 * Blocks of wanted targets, ascending, of at most `mostRows` rows of both sides, or of a single target. Targets without
 * rows belong to the block around them.
 */
export function planBlocks(
  sides: readonly Uint32Array[],
  targets: number,
  mostRows: number,
  wanted: (target: number) => boolean,
): Block[] {
  const blocks: Block[] = []
  let from = 0
  let rows = 0
  const close = (to: number): void => {
    if (rows > 0) blocks.push({ from, to })
    from = to
    rows = 0
  }
  for (let target = 0; target < targets; target++) {
    const count = sides.reduce((sum, counts) => sum + (counts[target] ?? 0), 0)
    if (count === 0) continue
    if (!wanted(target)) {
      close(target)
      from = target + 1
      continue
    }
    if (rows > 0 && rows + count > mostRows) close(target)
    rows += count
  }
  close(targets)
  return blocks
}
