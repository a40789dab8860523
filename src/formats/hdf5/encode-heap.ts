import { InternalError } from '../../errors.ts'
import { Bytes } from './encode.ts'

/** The library allocates no smaller collection, and refuses to read one. */
const LEAST = 4096
const WANTED = 1024 * 1024
const MAX_OBJECTS = 60_000

/**
 * Texts for variable-length strings, gathered into global heap collections.
 * HDF5 file format specification, section III.E.
 */
export class HeapWriter {
  readonly #write: (bytes: Uint8Array) => number
  #objects: Uint8Array[] = []
  #size = 16
  #waiting: { entry: Bytes; index: number; length: number }[] = []

  /** `write` puts a collection into the file and says at which address. */
  constructor(write: (bytes: Uint8Array) => number) {
    this.#write = write
  }

  /** References to the texts, 16 bytes each, as the elements of a dataset or attribute. */
  store(texts: readonly string[]): Uint8Array {
    const entries = texts.map(text => this.#add(text))
    this.#flush()
    const all = new Bytes()
    for (const entry of entries) all.raw(entry.done())
    return all.done()
  }

  #add(text: string): Bytes {
    const bytes = Buffer.from(text)
    if (bytes.includes(0)) throw new InternalError('text with a NUL in it')
    const entry = new Bytes()
    const room = 16 + Math.ceil(bytes.length / 8) * 8
    if (this.#objects.length >= MAX_OBJECTS || this.#size + room > WANTED) this.#flush()
    const index = this.#objects.length + 1
    // Also for the empty text: a reference to nothing is a null pointer, on which libsonata 0.2 crashes.
    this.#objects.push(new Bytes().u16(index).u16(0).u32(0).u64(bytes.length).raw(bytes).fill().done())
    this.#size += room
    this.#waiting.push({ entry, index, length: bytes.length })
    return entry
  }

  #flush(): void {
    if (this.#objects.length === 0) return
    // The rest is one free object (index 0), which needs 16 bytes for its own head.
    const size = Math.max(LEAST, this.#size + 16)
    const collection = new Bytes().text('GCOL').u8(1, 0, 0, 0).u64(size)
    for (const object of this.#objects) collection.raw(object)
    collection
      .u16(0)
      .u16(0)
      .u32(0)
      .u64(size - this.#size)
      .fill(size)
    const address = this.#write(collection.done())
    for (const { entry, index, length } of this.#waiting) entry.u32(length).u64(address).u32(index)
    this.#objects = []
    this.#size = 16
    this.#waiting = []
  }
}
