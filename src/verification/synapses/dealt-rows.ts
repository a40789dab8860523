/** Rows of a population in any order, dealt out to blocks as records: in memory, or in a temporary file. */
import type { EdgeSource } from '../../connectome/edges.ts'
import { ScratchFile } from '../../formats/scratch-file.ts'
import type { KernelMemory } from '../../kernels/memory.ts'
import { checkRange } from '../order.ts'
import { Scan } from '../scan.ts'
import { ColumnWindow } from '../windows.ts'
import type { Block, TargetCounts } from './block-plan.ts'
import type { BlockRows } from './expectation.ts'
import { Room } from './room.ts'
import { orderOf } from './row-order.ts'
import type { SideColumn, SideRows } from './side-rows.ts'

/** A record: row number f64, source u32, target u32, then the values. */
const HEAD = 16

interface Store {
  write(bytes: Uint8Array, position: number): void
  read(into: Uint8Array, position: number): void
  close(): void
}

export interface DealOptions {
  readonly windowRows: number
  /** Bytes left for records in memory, of all populations together. */
  readonly budget: { left: number }
  readonly folder?: string | undefined
  readonly signal?: AbortSignal | undefined
}

export class DealtRows implements SideRows {
  readonly #memory: KernelMemory
  readonly #columns: readonly SideColumn[]
  readonly #stride: number
  readonly #store: Store
  /** Records before each block. */
  readonly #begins: Float64Array
  readonly #blocks: readonly Block[]
  readonly #records: Room
  readonly #order: Room
  readonly #values: readonly Room[]

  /** Deal all rows to the targets of the blocks. @throws InputError if rows cannot be read, or there is no room */
  static async deal(
    memory: KernelMemory,
    edges: EdgeSource,
    columns: readonly SideColumn[],
    counts: TargetCounts,
    blocks: readonly Block[],
    options: DealOptions,
  ): Promise<DealtRows> {
    const rows = new DealtRows(memory, columns, counts, blocks, options)
    try {
      await rows.#deal(edges, options)
      return rows
    } catch (error) {
      rows.close()
      throw error
    }
  }

  private constructor(
    memory: KernelMemory,
    columns: readonly SideColumn[],
    { counts }: TargetCounts,
    blocks: readonly Block[],
    { budget, folder }: DealOptions,
  ) {
    this.#memory = memory
    this.#columns = columns
    this.#stride = Math.ceil((HEAD + columns.reduce((sum, { bytes }) => sum + bytes, 0)) / 8) * 8
    this.#blocks = blocks
    this.#begins = new Float64Array(blocks.length + 1)
    for (const [k, { from, to }] of blocks.entries()) {
      let rows = 0
      for (let target = from; target < to; target++) rows += counts[target] ?? 0
      this.#begins[k + 1] = (this.#begins[k] ?? 0) + rows
    }
    const bytes = (this.#begins.at(-1) ?? 0) * this.#stride
    const fits = bytes <= budget.left
    if (fits) budget.left -= bytes
    this.#store = fits ? inMemory(bytes) : new ScratchFile(bytes, folder)
    const room = (): Room => new Room(memory)
    this.#records = room()
    this.#order = room()
    this.#values = columns.map(room)
  }

  async rows(block: Block): Promise<BlockRows> {
    const index = this.#blocks.indexOf(block)
    const begin = this.#begins[index] ?? 0
    const count = (this.#begins[index + 1] ?? begin) - begin
    const stride = this.#stride
    const records = this.#records.require(count * stride)
    const ordered = this.#order.require(count * 4)
    const places = this.#columns.map(({ bytes }, k) => this.#values[k]?.require(count * bytes) ?? 0)
    this.#store.read(this.#memory.bytes(records, count * stride), begin * stride)
    const words = this.#memory.words(records, (count * stride) / 4)
    const doubles = this.#memory.doubles(records, (count * stride) / 8)
    const id = (word: number) =>
      Uint32Array.from({ length: count }, (_, k) => words[(k * stride) / 4 + word] ?? 0)
    const [source, target] = [id(2), id(3)]
    const order = orderOf(target, source) ?? Uint32Array.from({ length: count }, (_, k) => k)
    this.#memory.words(ordered, count).set(order)
    let field = records + HEAD
    for (const [k, { bytes }] of this.#columns.entries()) {
      this.#memory.kernels.collectValues(field, stride, bytes, ordered, count, places[k] ?? 0)
      field += bytes
    }
    return {
      count,
      source: order.map(row => source[row] ?? 0),
      target: order.map(row => target[row] ?? 0),
      edge: Float64Array.from(order, row => doubles[(row * stride) / 8] ?? 0),
      columns: new Map(
        this.#columns.map(({ name, bytes }, k) => [name, this.#memory.bytes(places[k] ?? 0, count * bytes)]),
      ),
    }
  }

  close(): void {
    this.#store.close()
  }

  async #deal(edges: EdgeSource, { windowRows, signal }: DealOptions): Promise<void> {
    const memory = this.#memory
    const blockOf = blockTable(this.#blocks, edges.targetCount)
    const source = new ColumnWindow(memory, edges.source, windowRows, false)
    const target = new ColumnWindow(memory, edges.target, windowRows, false)
    const scan = new Scan(memory)
    const widest = Math.max(1, ...this.#columns.map(({ bytes }) => bytes))
    const values = memory.allocate(windowRows * widest)
    const places = memory.allocate(windowRows * 4)
    // One more, for rows of targets that nobody wants.
    const records = memory.allocate((windowRows + 1) * this.#stride)
    const next = this.#begins.slice()
    for (let first = 0; first < edges.edgeCount; first += windowRows) {
      signal?.throwIfAborted()
      const count = Math.min(windowRows, edges.edgeCount - first)
      await source.fill(first, count)
      await target.fill(first, count)
      scan.rows(target.ids, source.ids, count)
      checkRange(edges, scan.largestTarget, scan.largestSource)
      const found = this.#place(blockOf, target.ids, count, places)
      this.#heads(records, first, count, source.ids, target.ids, places)
      let field = records + HEAD
      for (const { bytes, read } of this.#columns) {
        await read(first, count, memory.bytes(values, count * bytes))
        memory.kernels.spreadValues(values, bytes, places, count, field, this.#stride)
        field += bytes
      }
      for (const [block, [at, rows]] of found) {
        const position = next[block] ?? 0
        const bytes = memory.bytes(records + at * this.#stride, rows * this.#stride)
        this.#store.write(bytes, position * this.#stride)
        next[block] = position + rows
      }
    }
  }

  /** Where in the window each record goes, block by block; returns the first place and the rows of each block. */
  #place(blockOf: Int32Array, targets: number, count: number, places: number): Map<number, [number, number]> {
    const found = new Map<number, [number, number]>()
    const ids = this.#memory.words(targets, count)
    for (const id of ids) {
      const block = blockOf[id] ?? -1
      const entry = found.get(block)
      if (entry === undefined) found.set(block, [0, 1])
      else entry[1]++
    }
    found.delete(-1)
    let at = 0
    for (const entry of found.values()) {
      entry[0] = at
      at += entry[1]
      entry[1] = 0
    }
    const into = this.#memory.words(places, count)
    for (let k = 0; k < count; k++) {
      const entry = found.get(blockOf[ids[k] ?? 0] ?? -1)
      into[k] = entry === undefined ? at : entry[0] + entry[1]++
    }
    return found
  }

  #heads(
    records: number,
    first: number,
    count: number,
    source: number,
    target: number,
    places: number,
  ): void {
    const rows = this.#memory.doubles(records, (count + 1) * (this.#stride / 8))
    const words = this.#memory.words(records, (count + 1) * (this.#stride / 4))
    const [sources, targets] = [this.#memory.words(source, count), this.#memory.words(target, count)]
    const into = this.#memory.words(places, count)
    for (let k = 0; k < count; k++) {
      const at = (into[k] ?? 0) * this.#stride
      rows[at / 8] = first + k
      words[at / 4 + 2] = sources[k] ?? 0
      words[at / 4 + 3] = targets[k] ?? 0
    }
  }
}

/** Block of each target, -1 for none. */
function blockTable(blocks: readonly Block[], targets: number): Int32Array {
  const blockOf = new Int32Array(targets).fill(-1)
  for (const [k, { from, to }] of blocks.entries()) blockOf.fill(k, from, to)
  return blockOf
}

function inMemory(bytes: number): Store {
  const all = new Uint8Array(bytes)
  return {
    write: (from, position) => all.set(from, position),
    read: (into, position) => into.set(all.subarray(position, position + into.length)),
    close: () => {},
  }
}
