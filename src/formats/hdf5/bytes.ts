import { readSync } from 'node:fs'

/**
 * Our own reader does not fully understand what it found and leaves the object to h5wasm. Never shown to
 * a user, never a verdict on the file: damaged metadata ends here as well, and h5wasm says what is wrong.
 */
export class NotUnderstood extends Error {
  override readonly name = 'NotUnderstood'
}

/** Two parts of the metadata say different things, so that no reader can be right: nobody else is asked. */
export class Contradiction extends Error {
  override readonly name = 'Contradiction'
}

const PAGE = 16 * 1024
const MAX_PAGES = 64
/** Larger pieces of metadata than this do not occur in files we want to understand. */
const MAX_BLOCK = 16 * 1024 * 1024

/** Random access to the metadata of an open file, through a small cache of pages. */
export class FileBytes {
  readonly size: number
  readonly #fd: number
  readonly #pages = new Map<number, Uint8Array>()

  constructor(fd: number, size: number) {
    this.#fd = fd
    this.size = size
  }

  /** Bytes `at .. at+length-1`; NotUnderstood where the file has no such bytes. Read only, may be shared. */
  bytes(at: number, length: number): Uint8Array {
    if (length > MAX_BLOCK || at + length > this.size) {
      throw new NotUnderstood(`${length} bytes at ${at} of ${this.size}`)
    }
    const first = Math.floor(at / PAGE)
    if (at + length <= (first + 1) * PAGE) {
      const from = at - first * PAGE
      return this.#page(first).subarray(from, from + length)
    }
    const whole = new Uint8Array(length)
    readFully(this.#fd, at, whole)
    return whole
  }

  cursor(at: number, length: number): Cursor {
    return new Cursor(this.bytes(at, length))
  }

  #page(index: number): Uint8Array {
    const known = this.#pages.get(index)
    if (known !== undefined) return known
    const page = new Uint8Array(Math.min(PAGE, this.size - index * PAGE))
    readFully(this.#fd, index * PAGE, page)
    const oldest = this.#pages.keys().next()
    if (this.#pages.size >= MAX_PAGES && !oldest.done) this.#pages.delete(oldest.value)
    this.#pages.set(index, page)
    return page
  }
}

function readFully(fd: number, at: number, into: Uint8Array): void {
  for (let done = 0; done < into.length; ) {
    const got = readSync(fd, into, done, into.length - done, at + done)
    if (got === 0) throw new NotUnderstood(`file ends at ${at + done}`)
    done += got
  }
}

/** Little-endian fields one after the other; running over the end is NotUnderstood. */
export class Cursor {
  readonly bytes: Uint8Array
  readonly #view: DataView
  at = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get left(): number {
    return this.bytes.length - this.at
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1))
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true)
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true)
  }

  /** A 64-bit size or count; beyond 2^53 it is not one of ours. */
  u64(): number {
    const value = this.#view.getBigUint64(this.#take(8), true)
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new NotUnderstood(`size ${value}`)
    return Number(value)
  }

  /** A file address; `undefined` where the format writes "no address" (all bits set). */
  address(): number | undefined {
    const start = this.at
    if (this.#view.getBigUint64(this.#take(8), true) === 0xffff_ffff_ffff_ffffn) return undefined
    this.at = start
    return this.u64()
  }

  take(length: number): Uint8Array {
    const start = this.#take(length)
    return this.bytes.subarray(start, start + length)
  }

  skip(length: number): void {
    this.#take(length)
  }

  /** The next bytes must be exactly this number or text (a version, a signature). */
  expect(what: number | string): void {
    if (typeof what === 'number') {
      if (this.u8() !== what) throw new NotUnderstood(`version other than ${what}`)
      return
    }
    for (let i = 0; i < what.length; i++) {
      if (this.u8() !== what.charCodeAt(i)) throw new NotUnderstood(`no ${what}`)
    }
  }

  #take(length: number): number {
    const start = this.at
    if (length < 0 || length > this.left) throw new NotUnderstood('field runs over its block')
    this.at = start + length
    return start
  }
}

/** The bytes before the first NUL; NotUnderstood if there is none. */
export function untilNul(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0)
  if (end < 0) throw new NotUnderstood('name without end')
  return bytes.subarray(0, end)
}
