import { Cursor, type FileBytes, NotUnderstood } from './bytes.ts'

/** How fixed-length strings are filled up, in the order of the format's numbers. */
export const PADS = ['nul-terminated', 'nul-padded', 'space-padded'] as const
export type Pad = (typeof PADS)[number]

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** UTF-8, strictly: two different damaged names must not become the same text. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new NotUnderstood('text that is not UTF-8')
  }
}

/** `bytes` holds fixed-length strings of `size` bytes each. */
export function fixedStrings(bytes: Uint8Array, size: number, pad: Pad | undefined): string[] {
  const texts: string[] = []
  for (let at = 0; at + size <= bytes.length; at += size) {
    texts.push(decodeText(trim(bytes.subarray(at, at + size), pad)))
  }
  return texts
}

function trim(bytes: Uint8Array, pad: Pad | undefined): Uint8Array {
  if (pad === 'nul-terminated') {
    const end = bytes.indexOf(0)
    return end < 0 ? bytes : bytes.subarray(0, end)
  }
  const filler = pad === 'space-padded' ? 0x20 : 0
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === filler) end--
  return bytes.subarray(0, end)
}

/**
 * Text that a heap should hold and does not. Not for h5wasm to look at again: there is one version of the
 * heap, and the HDF5 library itself runs forever on some damaged ones.
 */
export class DamagedText extends Error {
  override readonly name = 'DamagedText'
}

const MAX_COLLECTIONS = 64

/**
 * Variable-length strings: references (length, address of a global heap collection, index) to text in the
 * collection. HDF5 file format specification, sections III.E and IV.B. Consecutive strings share a
 * collection, so a few are kept.
 */
export class GlobalHeap {
  readonly #file: FileBytes
  readonly #collections = new Map<number, Map<number, Uint8Array>>()

  constructor(file: FileBytes) {
    this.#file = file
  }

  /** `references` holds 16 bytes for each string. Throws {@link DamagedText}. */
  strings(references: Uint8Array): string[] {
    try {
      return this.#texts(references)
    } catch (error) {
      throw error instanceof NotUnderstood ? new DamagedText(error.message, { cause: error }) : error
    }
  }

  /** The bytes of an object in the collection at an address. */
  object(address: number, index: number): Uint8Array | undefined {
    return this.#collection(address).get(index)
  }

  #texts(references: Uint8Array): string[] {
    const c = new Cursor(references)
    const texts: string[] = []
    while (c.left >= 16) {
      const length = c.u32()
      const address = c.address()
      const index = c.u32()
      texts.push(length === 0 ? '' : this.#text(length, address, index))
    }
    return texts
  }

  #text(length: number, address: number | undefined, index: number): string {
    if (address === undefined) throw new NotUnderstood('string without an address')
    const bytes = this.#collection(address).get(index)
    if (bytes === undefined || bytes.length < length) throw new NotUnderstood('string outside its heap')
    return decodeText(trim(bytes.subarray(0, length), 'nul-terminated'))
  }

  #collection(at: number): Map<number, Uint8Array> {
    const kept = this.#collections.get(at)
    if (kept !== undefined) return kept
    const read = readCollection(this.#file, at)
    const oldest = this.#collections.keys().next()
    if (this.#collections.size >= MAX_COLLECTIONS && !oldest.done) this.#collections.delete(oldest.value)
    this.#collections.set(at, read)
    return read
  }
}

function readCollection(file: FileBytes, at: number): Map<number, Uint8Array> {
  const head = file.cursor(at, 16)
  head.expect('GCOL')
  head.expect(1)
  head.skip(3)
  const size = head.u64()
  const c = file.cursor(at, size)
  c.skip(16)
  const objects = new Map<number, Uint8Array>()
  while (c.left >= 16) {
    const index = c.u16()
    c.skip(2 + 4)
    const length = c.u64()
    if (index === 0) {
      // The free space at the end. Where it is said to be nothing, the library looks at it for ever.
      if (length < 16 || length > c.left + 16) throw new NotUnderstood('free space of a heap')
      break
    }
    if (objects.has(index)) throw new NotUnderstood('heap object given twice')
    objects.set(index, c.take(length))
    c.skip(Math.min(c.left, (8 - (length % 8)) % 8))
  }
  return objects
}
