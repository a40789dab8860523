/** What one edge population is: connections, multiplicity, autapses, reciprocal pairs, order, digest. One pass. */
import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { EdgeOrder, EdgeSource } from '../connectome/edges.ts'
import * as abi from '../kernels/abi.ts'
import type { KernelBuild } from '../kernels/load.ts'
import { KernelMemory } from '../kernels/memory.ts'
import { ColumnBlocks } from './columns.ts'
import { WINDOW_ROWS, type Window } from './windows.ts'

export interface EdgeSummary {
  readonly edges: number
  /** Distinct (source, target) pairs. */
  readonly connections: number
  /** Connections with more than one edge, and the most edges of one connection. */
  readonly multi: number
  readonly maxPerConnection: number
  /** Only where source and target are the same population; reciprocal pairs are unordered and not autapses. */
  readonly autapses: number | undefined
  readonly reciprocalPairs: number | undefined
  readonly order: EdgeOrder
  /**
   * SHA-256 (hex) over the distinct pairs ascending by (target, source), each as little-endian int64 source,
   * int64 target: 16 bytes per connection.
   */
  readonly digest: string
}

export interface SummaryOptions {
  readonly windowRows?: number
  readonly kernels?: KernelBuild
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/** Entries whose indices still fit the 4 GiB that kernels can address, with room for everything else. */
const MOST_INDICES = 900_000_000

/**
 * Summarize an edge population sorted by target. Memory: windows, and 4 bytes per connection where reciprocal
 * pairs are counted (up to 9e8 edges; `undefined` beyond).
 *
 * @throws InputError if it cannot be read, or if it is not sorted by target
 */
export async function summarizeEdges(edges: EdgeSource, options: SummaryOptions = {}): Promise<EdgeSummary> {
  const memory = new KernelMemory(options.kernels)
  const rows = options.windowRows ?? WINDOW_ROWS
  const blocks = new ColumnBlocks(memory, edges, rows)
  const recurrent = edges.sourcePopulation === edges.targetPopulation
  const pairs = new PairDigest(memory, 2 * rows)
  const matrix = recurrent && edges.edgeCount <= MOST_INDICES ? new GrowingCsc(memory, edges) : undefined
  const summary = memory.allocate(abi.SUMMARY_BYTES)
  memory.bytes(summary, abi.SUMMARY_BYTES).fill(0)
  let read = 0
  let lastPause = performance.now()
  for (let final = false; !final; ) {
    const window = await blocks.next()
    final = window.final
    memory.kernels.summarize(summary, window.source, window.target, window.counts, window.length)
    pairs.add(window)
    matrix?.add(window)
    read = blocks.firstRow
    if (performance.now() - lastPause > 50) {
      options.onProgress?.(read, edges.edgeCount)
      await setImmediate()
      options.signal?.throwIfAborted()
      lastPause = performance.now()
    }
  }
  const [connections = 0, multi = 0, most = 0, autapses = 0] = memory.doubles(summary, 4)
  return {
    edges: edges.edgeCount,
    connections,
    multi,
    maxPerConnection: most,
    autapses: recurrent ? autapses : undefined,
    reciprocalPairs: matrix?.reciprocalPairs(),
    order: blocks.order,
    digest: pairs.digest(),
  }
}

class PairDigest {
  readonly #memory: KernelMemory
  readonly #hash = createHash('sha256')
  readonly #pairs: number

  constructor(memory: KernelMemory, entries: number) {
    this.#memory = memory
    this.#pairs = memory.allocate(entries * 16)
  }

  add(window: Window): void {
    this.#memory.kernels.widenPairs(window.source, window.target, window.length, this.#pairs)
    this.#hash.update(this.#memory.bytes(this.#pairs, window.length * 16))
  }

  digest(): string {
    return this.#hash.digest('hex')
  }
}

/** The whole adjacency, column by column: what reciprocal pairs are counted in. */
class GrowingCsc {
  readonly #memory: KernelMemory
  readonly #edges: EdgeSource
  readonly #indptr: number
  readonly #indices: number
  #length = 0

  constructor(memory: KernelMemory, edges: EdgeSource) {
    this.#memory = memory
    this.#edges = edges
    this.#indptr = memory.allocate((edges.targetCount + 1) * 4)
    memory.bytes(this.#indptr, (edges.targetCount + 1) * 4).fill(0)
    // Reserved for the worst case; pages that are never written cost nothing.
    this.#indices = memory.allocate(edges.edgeCount * 4)
  }

  add(window: Window): void {
    const source = this.#memory.words(window.source, window.length)
    this.#memory.words(this.#indices + this.#length * 4, window.length).set(source)
    this.#length += window.length
    const indptr = this.#memory.words(this.#indptr, this.#edges.targetCount + 1)
    for (const target of this.#memory.words(window.target, window.length)) {
      indptr[target + 1] = (indptr[target + 1] ?? 0) + 1
    }
  }

  reciprocalPairs(): number {
    const nodes = this.#edges.targetCount
    const indptr = this.#memory.words(this.#indptr, nodes + 1)
    for (let target = 0; target < nodes; target++) {
      indptr[target + 1] = (indptr[target + 1] ?? 0) + (indptr[target] ?? 0)
    }
    const cursors = this.#memory.allocate(nodes * 4)
    return this.#memory.kernels.reciprocalPairs(this.#indptr, this.#indices, nodes, cursors)
  }
}
