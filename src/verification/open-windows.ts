/** The right windows for an edge population: the cheapest that its order allows. */
import type { EdgeSource } from '../connectome/edges.ts'
import type { KernelMemory } from '../kernels/memory.ts'
import { type BucketOptions, BucketRows } from './bucket-rows.ts'
import { ColumnRows } from './columns.ts'
import { stretchOf } from './cut.ts'
import type { OrderError, Tier } from './order.ts'
import { type EdgeWindows, RowWindows } from './windows.ts'

/** What the order of each population turned out to need; everything starts as plain rows. */
export class Tiers {
  readonly #needs = new Map<EdgeSource, Tier>()

  of(edges: EdgeSource): Tier {
    return this.#needs.get(edges) ?? 'rows'
  }

  learn({ edges, needs }: OrderError): void {
    this.#needs.set(edges, needs)
  }
}

/**
 * Windows over the rows to the targets of `buckets.range`. `wide`: 64-bit ids may stay as stored where rows are taken
 * as they are.
 */
export async function openWindows(
  memory: KernelMemory,
  edges: EdgeSource,
  tier: Tier,
  options: { rows: number; wide: boolean; buckets: BucketOptions },
): Promise<EdgeWindows> {
  if (tier !== 'buckets') {
    const stretch = await stretchOf(edges, options.buckets.range)
    if (tier === 'columns') return new ColumnRows(memory, edges, stretch, options.rows)
    return new RowWindows(memory, edges, stretch, options.rows, !options.wide)
  }
  return new BucketRows(memory, edges, options.rows, options.buckets)
}
