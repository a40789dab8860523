/** How an edge population reaches the merge: rows ascending by (target, source), in windows. This file: as stored. */
import { type EdgeOrder, type EdgeSource, ID_BYTES, type IdColumn, type IdType } from '../connectome/edges.ts'
import * as abi from '../kernels/abi.ts'
import type { KernelMemory } from '../kernels/memory.ts'
import { NodeIdError } from './order.ts'

/** Rows first .. end-1 of a file. */
export interface Stretch {
  readonly first: number
  readonly end: number
}

/** Rows in kernel memory. */
export interface Window {
  /** Pointers. Ids are u32, or u64 as read from the file where `wide`. */
  source: number
  target: number
  length: number
  wide: boolean
  /** No window follows. */
  final: boolean
}

export interface EdgeWindows {
  /** The next window. Its content stays until the next call. Rejects with InputError if it cannot be read. */
  next(): Promise<Window>
  /** Row of the file that row 0 of the last window came from; exact only where rows come as stored. */
  readonly firstRow: number
  /** Rows of the file that were read so far, for progress. */
  readonly rowsRead: number
  /** Order of the stored rows, proven as far as they were read. */
  readonly order: EdgeOrder
  /** Give back files; windows are not asked for any more. */
  close(): void
}

/**
 * Rows per window. E1 with 8, 16, 32, 64 Ki: 388, 386, 388, 408 ms with 2 MiB of L2 (Xeon), where large windows fall out of
 * it; 298, 273, 260, 249 ms on an EPYC, where calls cost more.
 */
export const WINDOW_ROWS = 32_768

const TYPE_CODES: Readonly<Record<IdType, number>> = {
  u8: abi.TYPE_U8,
  i8: abi.TYPE_I8,
  u16: abi.TYPE_U16,
  i16: abi.TYPE_I16,
  u32: abi.TYPE_U32,
  i32: abi.TYPE_I32,
  u64: abi.TYPE_U64,
  i64: abi.TYPE_I64,
}

/** Rows in file order. With `narrow` false, 64-bit ids stay as they are for the merge to compare them in place. */
export class RowWindows implements EdgeWindows {
  firstRow = 0
  /** The pass that takes plain rows stops at the first one out of this order. */
  readonly order = 'tgt,src'
  readonly #source: ColumnWindow
  readonly #target: ColumnWindow
  readonly #rows: number
  readonly #stretch: Stretch
  #position: number

  constructor(memory: KernelMemory, edges: EdgeSource, stretch: Stretch, rows: number, narrow: boolean) {
    this.#stretch = stretch
    this.#position = stretch.first
    this.#rows = rows
    const wide = !narrow && ID_BYTES[edges.source.type] === 8 && ID_BYTES[edges.target.type] === 8
    this.#source = new ColumnWindow(memory, edges.source, rows, wide)
    this.#target = new ColumnWindow(memory, edges.target, rows, wide)
  }

  get rowsRead(): number {
    return this.#position - this.#stretch.first
  }

  close(): void {}

  async next(): Promise<Window> {
    const first = this.#position
    const length = Math.min(this.#rows, this.#stretch.end - first)
    const source = this.#source.fill(first, length)
    if (source !== undefined) await source
    const target = this.#target.fill(first, length)
    if (target !== undefined) await target
    this.firstRow = first
    this.#position += length
    return {
      source: this.#source.ids,
      target: this.#target.ids,
      length,
      wide: this.#source.wide,
      final: this.#position >= this.#stretch.end,
    }
  }
}

/** One id column's window: bytes as stored, and as u32 unless they stay wide. */
export class ColumnWindow {
  readonly wide: boolean
  readonly #memory: KernelMemory
  readonly #column: IdColumn
  /** First row in this very memory, where the column lies in it. */
  readonly #resident: number | undefined
  readonly #raw: number
  #ids: number

  constructor(memory: KernelMemory, column: IdColumn, rows: number, wide: boolean) {
    this.#memory = memory
    this.#column = column
    this.wide = wide
    const { resident } = column
    this.#resident = resident?.memory === memory ? resident.pointer : undefined
    this.#raw = this.#resident ?? memory.allocate(rows * ID_BYTES[column.type])
    this.#ids = wide ? this.#raw : memory.allocate(rows * 4)
  }

  /** Pointer to the rows of the last `fill`. */
  get ids(): number {
    return this.#ids
  }

  /** Rows first .. first+length-1 to `ids` (or to `into`; not where they stay wide). */
  fill(first: number, length: number, into = this.#ids): void | Promise<void> {
    if (length === 0) return
    const bytes = ID_BYTES[this.#column.type]
    if (this.#resident !== undefined) {
      const from = this.#resident + first * bytes
      if (this.wide) this.#ids = from
      else this.#narrow(from, first, length, into)
      return
    }
    const pending = this.#column.readInto(first, length, this.#memory.bytes(this.#raw, length * bytes))
    // No promise where the file does not ask for one: there are thousands of windows.
    if (pending !== undefined) return pending.then(() => this.#narrow(this.#raw, first, length, into))
    this.#narrow(this.#raw, first, length, into)
  }

  #narrow(from: number, first: number, length: number, into: number): void {
    if (this.wide) return
    const bad = this.#memory.kernels.narrowIds(TYPE_CODES[this.#column.type], from, length, into) >>> 0
    if (bad !== abi.NONE) throw idDoesNotFit(this.#column, first + bad)
  }
}

export function idDoesNotFit(column: IdColumn, row: number): NodeIdError {
  return new NodeIdError(`row ${row} holds a node id that is negative or not below 2^32-1`, {
    file: column.place?.file ?? column.label,
    field: column.place === undefined ? `row ${row}` : `${column.place.dataset}, row ${row}`,
    hint: 'node ids are row numbers of the node population; this file is damaged or not a SONATA edges file',
  })
}
