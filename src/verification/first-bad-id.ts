/** Which row of a population is the first with an id that is no node's: a pass may meet another one first. */
import type { EdgeSource } from '../connectome/edges.ts'
import { KernelMemory } from '../kernels/memory.ts'
import { idOutOfRange, NodeIdError } from './order.ts'
import { ColumnWindow, type Stretch, WINDOW_ROWS } from './windows.ts'

/**
 * What is wrong with the first such row of a stretch. Passes take rows in windows, or all targets before all sources:
 * what they say must not depend on that.
 */
export async function firstBadId(
  edges: EdgeSource,
  { first, end }: Stretch,
): Promise<NodeIdError | undefined> {
  const rows = new Rows(edges)
  for (let row = first; row < end; row += WINDOW_ROWS) {
    const stop = Math.min(row + WINDOW_ROWS, end)
    if ((await rows.look(row, stop - row)) === undefined) continue
    // Row by row, in the one window where it is.
    for (let one = row; one < stop; one++) {
      const bad = await rows.look(one, 1)
      if (bad !== undefined) return bad
    }
  }
  return undefined
}

class Rows {
  readonly #edges: EdgeSource
  readonly #memory = new KernelMemory()
  readonly #sides: readonly (readonly [side: 'source' | 'target', window: ColumnWindow, nodes: number])[]

  constructor(edges: EdgeSource) {
    this.#edges = edges
    const window = (side: 'source' | 'target') =>
      new ColumnWindow(this.#memory, edges[side], WINDOW_ROWS, false)
    this.#sides = [
      ['source', window('source'), edges.sourceCount],
      ['target', window('target'), edges.targetCount],
    ]
  }

  /** What is wrong with some of these rows; of a single one as the merge of two sorted populations says it. */
  async look(first: number, count: number): Promise<NodeIdError | undefined> {
    for (const [, window] of this.#sides) {
      try {
        await window.fill(first, count)
      } catch (error) {
        if (error instanceof NodeIdError) return error
        throw error
      }
    }
    for (const [side, { ids }, nodes] of this.#sides) {
      const bad = this.#memory.words(ids, count).find(id => id >= nodes)
      if (bad !== undefined) return idOutOfRange(this.#edges, side, bad, first)
    }
    return undefined
  }
}
