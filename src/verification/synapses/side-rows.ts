/** Rows of one population to the targets of a block, ascending by (target, source, row), with all their values. */
import type { EdgeSource } from '../../connectome/edges.ts'
import type { KernelMemory } from '../../kernels/memory.ts'
import { checkRange } from '../order.ts'
import { Scan } from '../scan.ts'
import { ColumnWindow } from '../windows.ts'
import type { Block, TargetCounts } from './block-plan.ts'
import type { ReadRows } from './columns.ts'
import type { BlockRows } from './expectation.ts'
import { Room } from './room.ts'
import { orderOf } from './row-order.ts'

/** A property of one side. */
export interface SideColumn {
  readonly name: string
  readonly bytes: number
  readonly read: ReadRows
}

export interface SideRows {
  rows(block: Block): Promise<BlockRows>
  close(): void
}

/** Of a population sorted by target, the rows of a block are one stretch of the file. */
export class StretchRows implements SideRows {
  readonly #memory: KernelMemory
  readonly #edges: EdgeSource
  readonly #columns: readonly SideColumn[]
  /** Row that the rows of each target begin at. */
  readonly #begins: Float64Array
  readonly #scan: Scan
  readonly #windowRows: number
  readonly #source: ColumnWindow
  readonly #target: ColumnWindow
  readonly #ids: readonly [Room, Room]
  readonly #raw: Room
  readonly #order: Room
  readonly #values: readonly Room[]

  constructor(
    memory: KernelMemory,
    edges: EdgeSource,
    columns: readonly SideColumn[],
    { counts }: TargetCounts,
    windowRows: number,
  ) {
    this.#memory = memory
    this.#edges = edges
    this.#columns = columns
    this.#begins = new Float64Array(counts.length + 1)
    for (let t = 0; t < counts.length; t++) this.#begins[t + 1] = (this.#begins[t] ?? 0) + (counts[t] ?? 0)
    this.#scan = new Scan(memory)
    this.#windowRows = windowRows
    this.#source = new ColumnWindow(memory, edges.source, windowRows, false)
    this.#target = new ColumnWindow(memory, edges.target, windowRows, false)
    const room = (): Room => new Room(memory)
    this.#ids = [room(), room()]
    this.#raw = room()
    this.#order = room()
    this.#values = columns.map(room)
  }

  async rows({ from, to }: Block): Promise<BlockRows> {
    const begin = (target: number): number => this.#begins[Math.min(target, this.#begins.length - 1)] ?? 0
    const first = begin(from)
    const count = begin(to) - first
    const [sources, targets] = [this.#ids[0].require(count * 4), this.#ids[1].require(count * 4)]
    for (let done = 0; done < count; done += this.#windowRows) {
      const length = Math.min(this.#windowRows, count - done)
      await this.#source.fill(first + done, length, sources + done * 4)
      await this.#target.fill(first + done, length, targets + done * 4)
    }
    this.#scan.rows(sources, targets, count)
    checkRange(this.#edges, this.#scan.largestSource, this.#scan.largestTarget)
    const widest = Math.max(1, ...this.#columns.map(({ bytes }) => bytes))
    const places = this.#columns.map(({ bytes }, k) => this.#values[k]?.require(count * bytes) ?? 0)
    const raw = this.#raw.require(count * widest)
    const ids = (at: number): Uint32Array => this.#memory.words(at, count).slice()
    const [source, target] = [ids(sources), ids(targets)]
    const order = orderOf(target, source)
    const ordered = order === undefined ? 0 : this.#order.require(count * 4)
    if (order !== undefined) this.#memory.words(ordered, count).set(order)
    for (const [k, { bytes, read }] of this.#columns.entries()) {
      const at = places[k] ?? 0
      await read(first, count, this.#memory.bytes(order === undefined ? at : raw, count * bytes))
      if (order !== undefined) this.#memory.kernels.collectValues(raw, bytes, bytes, ordered, count, at)
    }
    const pick = (values: Uint32Array): Uint32Array =>
      order === undefined ? values : order.map(row => values[row] ?? 0)
    return {
      count,
      source: pick(source),
      target: pick(target),
      edge: Float64Array.from({ length: count }, (_, k) => first + (order?.[k] ?? k)),
      columns: new Map(
        this.#columns.map(({ name, bytes }, k) => [name, this.#memory.bytes(places[k] ?? 0, count * bytes)]),
      ),
    }
  }

  close(): void {}
}
