/** What one edge population is: connections, multiplicity, autapses, reciprocal pairs, order, digest. */
import { createHash } from 'node:crypto'
import type { EdgeOrder, EdgeSource } from '../connectome/edges.ts'
import * as abi from '../kernels/abi.ts'
import type { KernelMemory } from '../kernels/memory.ts'
import { type PassOptions, passRows, type RowVisitor } from './row-pass.ts'

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

/** Entries whose indices still fit the 4 GiB that kernels can address, with room for everything else. */
const MOST_INDICES = 600_000_000

/**
 * Summarize an edge population, rows in any order. Memory: windows (and keys, see `BucketRows`), and 4 bytes per
 * connection where reciprocal pairs are counted (up to 6e8 edges; `undefined` beyond).
 *
 * @throws InputError if it cannot be read
 */
export function summarizeEdges(edges: EdgeSource, options: PassOptions = {}): Promise<EdgeSummary> {
  return passRows(edges, memory => new Summarizer(memory, edges), options)
}

class Summarizer implements RowVisitor<EdgeSummary> {
  readonly #edges: EdgeSource
  readonly #connections: Connections
  readonly #recurrent: boolean
  readonly #matrix: GrowingCsc | undefined

  constructor(memory: KernelMemory, edges: EdgeSource) {
    this.#edges = edges
    this.#connections = new Connections(memory)
    this.#recurrent = edges.sourcePopulation === edges.targetPopulation
    const fits = this.#recurrent && edges.edgeCount <= MOST_INDICES
    this.#matrix = fits ? new GrowingCsc(memory, edges) : undefined
  }

  rows(source: Uint32Array, target: Uint32Array): void {
    const started = this.#connections.add(source.byteOffset, target.byteOffset, source.length)
    this.#matrix?.add(started)
  }

  close(order: EdgeOrder): EdgeSummary {
    const { counts, digest } = this.#connections.close()
    const [all = 0, multi = 0, most = 0, autapses = 0] = counts
    return {
      edges: this.#edges.edgeCount,
      connections: all,
      multi,
      maxPerConnection: most,
      autapses: this.#recurrent ? autapses : undefined,
      reciprocalPairs: this.#matrix?.reciprocalPairs(),
      order,
      digest,
    }
  }
}

interface Started {
  readonly source: number
  readonly target: number
  readonly length: number
}

/** Rows become connections: counted, and their pairs hashed. */
class Connections {
  readonly #memory: KernelMemory
  readonly #hash = createHash('sha256')
  readonly #state: number
  #room = 0
  #source = 0
  #target = 0
  #pairs = 0

  constructor(memory: KernelMemory) {
    this.#memory = memory
    this.#state = memory.allocate(abi.SUMMARY_BYTES)
    memory.bytes(this.#state, abi.SUMMARY_BYTES).fill(0)
  }

  /** The connections that start in these rows; good until the next call. */
  add(source: number, target: number, rows: number): Started {
    this.#reserve(rows)
    const { kernels } = this.#memory
    const length = kernels.summarizeRows(this.#state, source, target, rows, this.#source, this.#target)
    kernels.widenPairs(this.#source, this.#target, length, this.#pairs)
    this.#hash.update(this.#memory.bytes(this.#pairs, length * 16))
    return { source: this.#source, target: this.#target, length }
  }

  close(): { counts: Float64Array; digest: string } {
    this.#memory.kernels.closeSummary(this.#state)
    return { counts: this.#memory.doubles(this.#state, 4), digest: this.#hash.digest('hex') }
  }

  /** Windows have a greatest size, so this allocates a few times at most. */
  #reserve(rows: number): void {
    if (rows <= this.#room) return
    this.#room = rows
    this.#source = this.#memory.allocate(rows * 4)
    this.#target = this.#memory.allocate(rows * 4)
    this.#pairs = this.#memory.allocate(rows * 16)
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

  add({ source, target, length }: Started): void {
    this.#memory.words(this.#indices + this.#length * 4, length).set(this.#memory.words(source, length))
    this.#length += length
    // Column c is counted in indptr[c + 1].
    this.#memory.kernels.countTargets(target, length, this.#indptr + 4, this.#edges.targetCount)
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
