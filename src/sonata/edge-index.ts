/**
 * Whether the indices of an edge population agree with its id columns. An index that is trusted and wrong gives
 * wrong connections, silently.
 *
 * Layout (SONATA developer guide): `node_id_to_ranges[node]` is a half-open range of rows of `range_to_edge_id`,
 * each of which is a half-open range of edge ids. Empty ranges are written [0, 0], [k, k] or with a negative start;
 * nodes beyond the table have no edges.
 */
import type { EdgeSource, IdColumn } from '../connectome/edges.ts'
import { ID_BYTES } from '../connectome/edges.ts'
import { InputError, isInputError } from '../errors.ts'
import type { Hdf5File } from '../formats/hdf5/types.ts'
import { NODE_RANGES, readEdgeLayout } from './edge-layout.ts'
import { readIntegers, type StoredIntegers } from './integers.ts'
import { RangeTable } from './range-table.ts'

export interface IndexProblem {
  readonly code:
    | 'index.unreadable'
    | 'index.bad_node_range'
    | 'index.shared_ranges'
    | 'index.bad_edge_range'
    | 'index.overlap'
    | 'index.wrong_node'
    | 'index.uncovered'
  /** `source_to_target` or `target_to_source`. */
  readonly direction: string
  /** One sentence with counts and the first case. Node and edge ids count from 0. */
  readonly message: string
}

export interface CheckOptions {
  /** Edges held at a time, 4 bytes each; the index is read once for each such block. */
  readonly blockRows?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** 64 MiB. */
const BLOCK_ROWS = 2 ** 24
const WINDOW_ROWS = 2 ** 16
/** In no range; also the id that no node can have. */
const NONE = 0xffff_ffff

/**
 * Compare each index that is there with the id column it is made of. Time grows with the size of the index and of
 * the columns, memory with `blockRows` alone.
 *
 * @returns what is wrong, in words; empty where all agrees or there is no index. Unreadable indices are problems,
 *   unreadable id columns an InputError.
 */
export async function checkIndices(
  h5: Hdf5File,
  population: string,
  edges: Pick<EdgeSource, 'source' | 'target' | 'edgeCount'>,
  options: CheckOptions = {},
): Promise<IndexProblem[]> {
  const { index } = await readEdgeLayout(h5, population)
  const problems: IndexProblem[] = []
  for (const direction of index?.dirs ?? []) {
    const group = `/edges/${population}/${index?.group}/${direction}`
    const ids = direction === 'source_to_target' ? edges.source : edges.target
    const tables = await openTables(h5, group).catch(asUnreadable)
    if (tables instanceof InputError)
      problems.push({ code: 'index.unreadable', direction, message: tables.message })
    else problems.push(...(await new IndexCheck(direction, tables, ids, options).run()))
  }
  return problems
}

interface Tables {
  readonly nodes: RangeTable
  readonly ranges: RangeTable
}

async function openTables(h5: Hdf5File, group: string): Promise<Tables> {
  const datasets = (await h5.members(group)) ?? []
  const first = NODE_RANGES.find(name => datasets.includes(name)) ?? NODE_RANGES[0]
  return {
    nodes: await RangeTable.open(h5, `${group}/${first}`),
    ranges: await RangeTable.open(h5, `${group}/range_to_edge_id`),
  }
}

function asUnreadable(error: unknown): InputError {
  if (isInputError(error)) return error
  throw error
}

/** Cases of one kind: how many, and which came first. */
class Cases {
  count = 0
  first = ''
  add(count: number, describe: () => string): void {
    if (this.count === 0) this.first = describe()
    this.count += count
  }
}

class IndexCheck {
  readonly #direction: string
  readonly #tables: Tables
  readonly #ids: IdColumn
  readonly #options: CheckOptions
  readonly #nodeRanges = new Cases()
  readonly #edgeRanges = new Cases()
  readonly #overlaps = new Cases()
  readonly #wrong = new Cases()
  readonly #uncovered = new Cases()

  constructor(direction: string, tables: Tables, ids: IdColumn, options: CheckOptions) {
    this.#direction = direction
    this.#tables = tables
    this.#ids = ids
    this.#options = options
  }

  async run(): Promise<IndexProblem[]> {
    const { length } = this.#ids
    const blockRows = Math.min(this.#options.blockRows ?? BLOCK_ROWS, Math.max(length, 1))
    const painted = new Uint32Array(blockRows)
    for (let first = 0; first === 0 || first < length; first += blockRows) {
      const block = painted.subarray(0, Math.min(blockRows, length - first)).fill(NONE)
      // Also bounds the work: ranges that share rows could claim any number of edges.
      const shared = await this.#paint(block, first).catch(asUnreadable)
      if (shared instanceof InputError) return [this.#problem('index.unreadable', shared.message)]
      if (shared !== undefined) return [...this.#found(), this.#problem('index.shared_ranges', shared)]
      await this.#compare(block, first)
    }
    return this.#found()
  }

  /** Writes the node of each edge of the block that the index names. Returns what stops it. */
  async #paint(block: Uint32Array, first: number): Promise<string | undefined> {
    const { nodes, ranges } = this.#tables
    let rows = 0
    let edges = 0
    for (let node = 0; node < nodes.length; node++) {
      if (!nodes.holds(node)) await this.#load(nodes, node)
      const start = nodes.startOf(node)
      const end = nodes.endOf(node)
      if (start < 0 || start === end) continue
      if (start > end || end > ranges.length) {
        if (first === 0)
          this.#nodeRanges.add(1, () => `node ${node} has [${start}, ${end}) of ${ranges.length}`)
        continue
      }
      rows += end - start
      if (rows > ranges.length) return `nodes share rows of range_to_edge_id, node ${node} among them`
      for (let row = start; row < end; row++) {
        if (!ranges.holds(row)) await this.#load(ranges, row)
        edges += this.#paintRange(block, first, node, row)
        if (edges > this.#ids.length)
          return `the ranges overlap: they hold more than the ${this.#ids.length} edges`
      }
    }
    return undefined
  }

  /** Returns the number of edges in the range. */
  #paintRange(block: Uint32Array, first: number, node: number, row: number): number {
    const { ranges } = this.#tables
    const start = ranges.startOf(row)
    const end = ranges.endOf(row)
    if (start < 0 || start === end) return 0
    if (start > end || end > this.#ids.length) {
      if (first === 0)
        this.#edgeRanges.add(1, () => `[${start}, ${end}) of node ${node}, with ${this.#ids.length} edges`)
      return 0
    }
    const last = Math.min(end - first, block.length)
    for (let k = Math.max(start - first, 0); k < last; k++) {
      if (block[k] !== NONE)
        this.#overlaps.add(1, () => `edge ${first + k}, of nodes ${block[k]} and ${node}`)
      block[k] = node
    }
    return end - start
  }

  async #compare(block: Uint32Array, first: number): Promise<void> {
    const stored = storedIds(this.#ids)
    const ids = new Float64Array(Math.min(WINDOW_ROWS, block.length))
    for (let from = 0; from < block.length; from += WINDOW_ROWS) {
      this.#options.signal?.throwIfAborted()
      const count = Math.min(WINDOW_ROWS, block.length - from)
      await readIntegers(stored, first + from, count, ids)
      for (let k = 0; k < count; k++) {
        const node = block[from + k]
        if (node === ids[k]) continue
        const edge = first + from + k
        if (node === NONE) this.#uncovered.add(1, () => `edge ${edge}, of node ${ids[k]}`)
        else this.#wrong.add(1, () => `edge ${edge} is of node ${ids[k]}, the index says ${node}`)
      }
    }
  }

  async #load(table: RangeTable, row: number): Promise<void> {
    this.#options.signal?.throwIfAborted()
    await table.load(row)
  }

  #found(): IndexProblem[] {
    const of = (total: number): string => `of ${total} edges`
    const { length } = this.#ids
    const rows: [IndexProblem['code'], Cases, string][] = [
      ['index.bad_node_range', this.#nodeRanges, 'ranges of nodes are reversed or out of bounds'],
      ['index.bad_edge_range', this.#edgeRanges, 'ranges of edges are reversed or out of bounds'],
      ['index.overlap', this.#overlaps, `${of(length)} are in several ranges`],
      ['index.wrong_node', this.#wrong, `${of(length)} are listed under another node`],
      ['index.uncovered', this.#uncovered, `${of(length)} are in no range`],
    ]
    return rows
      .filter(([, cases]) => cases.count > 0)
      .map(([code, { count, first }, words]) => this.#problem(code, `${count} ${words} (first: ${first})`))
  }

  #problem(code: IndexProblem['code'], text: string): IndexProblem {
    return { code, direction: this.#direction, message: `index ${this.#direction}: ${text}` }
  }
}

const storedIds = (ids: IdColumn): StoredIntegers => ({
  bytes: ID_BYTES[ids.type] as StoredIntegers['bytes'], // the table holds only these widths
  signed: ids.type.startsWith('i'),
  readInto: (first, count, into) => ids.readInto(first, count, into),
})
