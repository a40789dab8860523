import { InputError, InternalError } from '../../errors.ts'
import type { Chunks } from './chunks.ts'
import { checkText, checkWindow, type Home, readFrom } from './contiguous.ts'
import { DamagedChunk, decodeChunk } from './decode.ts'
import type { Datatype } from './messages.ts'
import type { Hdf5Attribute, Hdf5Dataset, Hdf5Type } from './types.ts'

/**
 * A dataset in chunks, decoded by ourselves. A window that takes a whole chunk gets it directly; a chunk that is
 * taken in parts is kept until another one is, so windows one after the other decode each chunk once.
 */
export class ChunkedDataset implements Hdf5Dataset {
  readonly reader = 'chunked'
  readonly path: string
  readonly shape: readonly number[]
  readonly type: Hdf5Type
  readonly #home: Home
  readonly #chunks: Chunks
  #stored = new Uint8Array(0)
  #kept = new Uint8Array(0)
  #keptChunk = -1

  constructor(home: Home, path: string, datatype: Datatype, chunks: Chunks) {
    this.path = path
    this.shape = [chunks.length]
    this.type = datatype.type
    this.#home = home
    this.#chunks = chunks
  }

  readInto(first: number, count: number, into: Uint8Array): void {
    checkWindow(this.#home.path, this, first, count, into)
    const { elements, elementSize } = this.#chunks
    for (let at = first; at < first + count; ) {
      const chunk = Math.floor(at / elements)
      const start = chunk * elements
      const end = Math.min(first + count, start + elements)
      const part = into.subarray((at - first) * elementSize, (end - first) * elementSize)
      this.#readPart(chunk, (at - start) * elementSize, part)
      at = end
    }
  }

  /** Not for numbers, and a dataset of this kind holds nothing else. */
  async strings(): Promise<string[]> {
    checkText(this.#home.path, this)
    throw new InternalError(`${this.path}: text in chunks`)
  }

  attribute(name: string): Promise<Hdf5Attribute | undefined> {
    return this.#home.attribute(this.path, name)
  }

  /** Bytes `from ..` of a chunk, as many as `into` takes. */
  #readPart(chunk: number, from: number, into: Uint8Array): void {
    const { filters, table, length, elements, elementSize } = this.#chunks
    if (filters.length === 0) {
      readFrom(this.#home, this.path, (table.addresses[chunk] ?? 0) + from, into)
      return
    }
    const used = Math.min(elements, length - chunk * elements) * elementSize
    if (this.#keptChunk === chunk) into.set(this.#kept.subarray(from, from + into.length))
    else if (into.length === used) into.set(this.#decode(chunk).subarray(0, used))
    else {
      this.#keep(chunk)
      into.set(this.#kept.subarray(from, from + into.length))
    }
  }

  #keep(chunk: number): void {
    this.#keptChunk = -1
    const decoded = this.#decode(chunk)
    if (this.#kept.length !== decoded.length) this.#kept = new Uint8Array(decoded.length)
    this.#kept.set(decoded)
    this.#keptChunk = chunk
  }

  /** Good until the next chunk is decoded, of whatever dataset. */
  #decode(chunk: number): Uint8Array {
    const { filters, table, elements, elementSize } = this.#chunks
    const size = table.sizes[chunk] ?? 0
    if (this.#stored.length < size) this.#stored = new Uint8Array(size)
    const stored = this.#stored.subarray(0, size)
    readFrom(this.#home, this.path, table.addresses[chunk] ?? 0, stored)
    try {
      return decodeChunk(stored, filters, table.masks[chunk] ?? 0, elements * elementSize, elementSize)
    } catch (error) {
      if (!(error instanceof DamagedChunk)) throw error
      throw new InputError(`damaged chunk of elements ${chunk * elements} and later: ${error.message}`, {
        file: this.#home.path,
        field: this.path,
        hint: 'The file was damaged after it was written; get it again.',
        cause: error,
      })
    }
  }
}
