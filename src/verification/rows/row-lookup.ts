/** A row map that is asked for rows in any order: in memory, or in a temporary file where it is larger than that. */
import { ScratchFile } from '../../formats/scratch-file.ts'
import type { RowMap } from './row-map.ts'

export interface LookupOptions {
  /** Bytes for all rows, 8 each; default 1 GiB. More go to a temporary file. */
  readonly memory?: number | undefined
  readonly folder?: string | undefined
}

const DEFAULT_MEMORY = 2 ** 30
/** Rows between two that are asked for are read as well if they are no more than this. */
const GAP = 512
/** Rows that are read at once. */
const MOST = 65_536

export class RowLookup {
  readonly length: number
  readonly #rows: BigInt64Array | undefined
  readonly #file: ScratchFile | undefined

  static async of(map: RowMap, options: LookupOptions = {}): Promise<RowLookup> {
    const lookup = new RowLookup(map.length, options)
    try {
      await map.each((first, rows) => lookup.#put(first, rows))
      return lookup
    } catch (error) {
      lookup.close()
      throw error
    }
  }

  private constructor(length: number, { memory = DEFAULT_MEMORY, folder }: LookupOptions) {
    this.length = length
    if (8 * length <= memory) this.#rows = new BigInt64Array(length)
    else this.#file = new ScratchFile(8 * length, folder)
  }

  /** New rows of these old ones, all of them below `length`; -1: no longer there. */
  find(rows: Float64Array): Float64Array {
    const found = new Float64Array(rows.length)
    if (this.#rows !== undefined) {
      for (const [k, row] of rows.entries()) found[k] = Number(this.#rows[row])
      return found
    }
    // In the order of the file, so that rows side by side are read together.
    const order = Uint32Array.from(rows.keys()).sort((a, b) => (rows[a] ?? 0) - (rows[b] ?? 0))
    for (let at = 0; at < order.length; ) {
      const first = rows[order[at] ?? 0] ?? 0
      let [end, last] = [at + 1, first]
      for (; end < order.length; end++) {
        const next = rows[order[end] ?? 0] ?? 0
        if (next - last > GAP || next - first >= MOST) break
        last = next
      }
      const some = new BigInt64Array(last - first + 1)
      this.#file?.read(new Uint8Array(some.buffer), 8 * first)
      for (; at < end; at++) {
        const k = order[at] ?? 0
        found[k] = Number(some[(rows[k] ?? 0) - first])
      }
    }
    return found
  }

  close(): void {
    this.#file?.close()
  }

  #put(first: number, rows: BigInt64Array): void {
    this.#rows?.set(rows, first)
    this.#file?.write(new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength), 8 * first)
  }
}
