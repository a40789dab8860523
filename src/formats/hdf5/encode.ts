import { InternalError } from '../../errors.ts'
import type { Hdf5Type } from './types.ts'

/**
 * The messages of an object header as the oldest readers know them: HDF5 file format specification,
 * section IV.A.2, version 1 wherever there is one.
 */

const UNDEFINED_ADDRESS = 0xffff_ffff_ffff_ffffn

/** Little-endian fields, one after the other. */
export class Bytes {
  readonly #parts: Uint8Array[] = []
  length = 0

  u8(...values: number[]): this {
    return this.raw(Uint8Array.from(values))
  }

  u16(value: number): this {
    return this.raw(Uint8Array.from([value & 0xff, value >>> 8]))
  }

  u32(value: number): this {
    return this.#view(4, view => view.setUint32(0, value, true))
  }

  /** `undefined` is the undefined address. */
  u64(value: number | undefined): this {
    const bits = value === undefined ? UNDEFINED_ADDRESS : BigInt(value)
    return this.#view(8, view => view.setBigUint64(0, bits, true))
  }

  i64(value: bigint): this {
    return this.#view(8, view => view.setBigInt64(0, value, true))
  }

  f64(value: number): this {
    return this.#view(8, view => view.setFloat64(0, value, true))
  }

  text(value: string): this {
    return this.raw(Buffer.from(value))
  }

  raw(bytes: Uint8Array): this {
    this.#parts.push(bytes)
    this.length += bytes.length
    return this
  }

  /** Zeros up to a length, or up to a multiple of 8. */
  fill(to: number = Math.ceil(this.length / 8) * 8): this {
    return this.raw(new Uint8Array(to - this.length))
  }

  done(): Uint8Array {
    return Buffer.concat(this.#parts, this.length)
  }

  #view(length: number, set: (view: DataView) => void): this {
    const view = new DataView(new ArrayBuffer(length))
    set(view)
    return this.raw(new Uint8Array(view.buffer))
  }
}

export interface EncodedMessage {
  type: number
  data: Uint8Array
}

export function objectHeader(messages: readonly EncodedMessage[]): Uint8Array {
  const body = new Bytes()
  for (const { type, data } of messages) {
    const size = Math.ceil(data.length / 8) * 8
    if (size > 0xffff) throw new InternalError(`object header message of ${size} bytes`)
    body.u16(type).u16(size).u8(0, 0, 0, 0).raw(data).fill()
  }
  return new Bytes().u8(1, 0).u16(messages.length).u32(1).u32(body.length).fill().raw(body.done()).done()
}

export function dataspace(shape: readonly number[]): Uint8Array {
  const bytes = new Bytes().u8(1, shape.length, 0, 0, 0, 0, 0, 0)
  for (const n of shape) bytes.u64(n)
  return bytes.done()
}

/** Bytes of one element in the file. */
export function elementSize(type: Hdf5Type): number {
  if (type.kind === 'int' || type.kind === 'float') return type.bytes
  if (type.kind === 'string' && type.variable) return 16
  throw new InternalError(`type ${type.kind} is not written`)
}

/** Exponent location and size, mantissa size, exponent bias. */
const IEEE = { 2: [10, 5, 10, 15], 4: [23, 8, 23, 127], 8: [52, 11, 52, 1023] } as const

export function datatype(type: Hdf5Type): Uint8Array {
  const size = elementSize(type)
  if (type.kind === 'int') return integer(size, type.signed)
  if (type.kind === 'float') {
    const [exponentAt, exponent, mantissa, bias] = IEEE[type.bytes]
    const bytes = new Bytes().u8(0x11, 0x20, size * 8 - 1, 0).u32(size)
    return bytes
      .u16(0)
      .u16(size * 8)
      .u8(exponentAt, exponent, 0, mantissa)
      .u32(bias)
      .done()
  }
  // Variable-length UTF-8 text, ended by NUL (libsonata refuses other padding), over one-byte characters.
  return new Bytes().u8(0x19, 0x01, 0x01, 0).u32(size).raw(integer(1, false)).done()
}

function integer(size: number, signed: boolean): Uint8Array {
  return new Bytes()
    .u8(0x10, signed ? 0x08 : 0, 0, 0)
    .u32(size)
    .u16(0)
    .u16(size * 8)
    .done()
}

export function contiguousLayout(address: number | undefined, size: number): Uint8Array {
  return new Bytes().u8(3, 1).u64(address).u64(size).done()
}

/** Allocated early, never filled: every byte is written. */
export const fillValue = (): Uint8Array => Uint8Array.from([2, 1, 2, 0])

export function attribute(
  name: string,
  type: Hdf5Type,
  shape: readonly number[],
  data: Uint8Array,
): Uint8Array {
  const parts = [Buffer.from(`${name}\0`), datatype(type), dataspace(shape)]
  const bytes = new Bytes().u8(1, 0)
  for (const part of parts) bytes.u16(part.length)
  for (const part of parts) bytes.raw(part).fill()
  return bytes.raw(data).done()
}
