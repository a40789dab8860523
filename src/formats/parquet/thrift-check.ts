/**
 * A footer is walked once before hyparquet builds objects from it: hyparquet believes list lengths, and a long
 * varint costs it quadratic time. Thrift compact protocol, as far as Parquet uses it.
 */

/** Deepest in Parquet: row group, column, metadata, statistics; with lists between about 8. */
const MAX_DEPTH = 24
/** Objects are 50 times larger than the bytes they come from. A column chunk has about 30 elements. */
const MAX_ELEMENTS = 4_000_000

const [TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, STRUCT] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12]

/** @throws Error saying what is wrong if `bytes` do not start with a whole, reasonable thrift struct */
export function checkThrift(bytes: Uint8Array): void {
  const walk = new Walk(bytes)
  walk.struct(0)
}

class Walk {
  readonly #bytes: Uint8Array
  #at = 0
  #elements = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  struct(depth: number): void {
    if (depth > MAX_DEPTH) throw new Error('nested too deeply')
    for (;;) {
      const head = this.#byte()
      const type = head & 15
      if (type === 0) return
      if (head >> 4 === 0) this.#varint(5)
      if (type !== TRUE && type !== FALSE) this.#element(type, depth)
    }
  }

  #element(type: number, depth: number): void {
    this.#elements++
    if (this.#elements > MAX_ELEMENTS) throw new Error(`more than ${MAX_ELEMENTS} elements`)
    if (type === BYTE) this.#skip(1)
    else if (type === I16 || type === I32) this.#varint(5)
    else if (type === I64) this.#varint(10)
    else if (type === DOUBLE) this.#skip(8)
    else if (type === BINARY) this.#skip(this.#varint(5))
    else if (type === LIST) this.#list(depth + 1)
    else if (type === STRUCT) this.struct(depth + 1)
    else throw new Error(`an element of unknown type ${type}`)
  }

  #list(depth: number): void {
    if (depth > MAX_DEPTH) throw new Error('nested too deeply')
    const head = this.#byte()
    const type = head & 15
    const length = head >> 4 === 15 ? this.#varint(5) : head >> 4
    // Every element takes a byte at least.
    if (length > this.#bytes.length - this.#at)
      throw new Error(`a list of ${length} elements in too few bytes`)
    for (let k = 0; k < length; k++) this.#element(type === TRUE || type === FALSE ? BYTE : type, depth)
  }

  #varint(most: number): number {
    let value = 0
    for (let k = 0; k < most; k++) {
      const byte = this.#byte()
      value += (byte & 127) * 2 ** (7 * k)
      if (byte < 128) return value
    }
    throw new Error('a number that does not end')
  }

  #byte(): number {
    const byte = this.#bytes[this.#at]
    if (byte === undefined) throw new Error('it ends early')
    this.#at++
    return byte
  }

  #skip(bytes: number): void {
    if (bytes > this.#bytes.length - this.#at) throw new Error('it ends early')
    this.#at += bytes
  }
}
