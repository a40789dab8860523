import { type Cursor, NotUnderstood } from './bytes.ts'
import { type Chunked, readChunked } from './chunk-layout.ts'
import { PADS, type Pad } from './strings.ts'
import type { Hdf5Type } from './types.ts'

/** `undefined` for H5S_NULL, `[]` for a scalar. Format specification, section IV.A.2.b. */
export function readDataspace(c: Cursor): number[] | undefined {
  const version = c.u8()
  const rank = c.u8()
  const flags = c.u8()
  if (rank > 32 || (flags & ~1) !== 0) throw new NotUnderstood('dataspace')
  if (version === 1) c.skip(5)
  else if (version === 2) {
    const kind = c.u8()
    if (kind > 2 || rank > 0 !== (kind === 1)) throw new NotUnderstood('dataspace class')
    if (kind === 2) return undefined
  } else throw new NotUnderstood(`dataspace version ${version}`)
  const shape = Array.from({ length: rank }, () => c.u64())
  if (!Number.isSafeInteger(shape.reduce((all, n) => all * Math.max(n, 1), 1))) {
    throw new NotUnderstood('more elements than 2^53')
  }
  // The library opens no dataset that is larger than it may become.
  if (flags & 1 && shape.some(n => (c.address() ?? Number.POSITIVE_INFINITY) < n))
    throw new NotUnderstood('largest size below the size')
  return shape
}

/** A type whose bytes we can hand on as they stand in the file. */
export interface Datatype {
  type: Hdf5Type
  /** Bytes per element in the file (16 for a variable-length string: a reference into a global heap). */
  size: number
  /** How fixed strings are filled up. */
  pad: Pad | undefined
}

/** Little-endian integers of 8..64 bits, IEEE floats, strings, enumerations of such integers; section IV.A.2.d. */
export function readDatatype(c: Cursor): Datatype {
  const head = c.u8()
  const version = head >> 4
  if (version < 1 || version > 3) throw new NotUnderstood(`datatype version ${version}`)
  const bits = c.u8() | (c.u8() << 8) | (c.u8() << 16)
  const size = c.u32()
  switch (head & 0x0f) {
    case 0:
      return integer(c, bits, size)
    case 1:
      return float(c, bits, size)
    case 3:
      return fixedString(bits, size)
    case 8:
      return enumeration(c, bits, version, size)
    case 9:
      return variableString(c, bits, size)
    default:
      throw new NotUnderstood(`datatype class ${head & 0x0f}`)
  }
}

function integer(c: Cursor, bits: number, size: number): Datatype {
  if (size !== 1 && size !== 2 && size !== 4 && size !== 8)
    throw new NotUnderstood(`integer of ${size} bytes`)
  if (c.u16() !== 0 || c.u16() !== size * 8) return unusual('integer of unusual precision', size)
  if ((bits & ~0x08) !== 0) throw new NotUnderstood('big-endian or padded integer')
  return { type: { kind: 'int', bytes: size, signed: (bits & 0x08) !== 0 }, size, pad: undefined }
}

/** Offset, precision, exponent location and size, mantissa location and size, exponent bias. */
const IEEE: Record<number, readonly number[]> = {
  2: [0, 16, 10, 5, 0, 10, 15],
  4: [0, 32, 23, 8, 0, 23, 127],
  8: [0, 64, 52, 11, 0, 52, 1023],
}

function float(c: Cursor, bits: number, size: number): Datatype {
  if (size !== 2 && size !== 4 && size !== 8) throw new NotUnderstood(`float of ${size} bytes`)
  const sign = size * 8 - 1
  const fields = [c.u16(), c.u16(), c.u8(), c.u8(), c.u8(), c.u8(), c.u32()]
  if (fields.join() !== IEEE[size]?.join()) return unusual('float other than IEEE', size)
  if (bits !== (0x20 | (sign << 8))) throw new NotUnderstood('float other than little-endian IEEE')
  return { type: { kind: 'float', bytes: size }, size, pad: undefined }
}

/** h5wasm would hand out the bits of such numbers as if they were plain ones, so it is not asked. */
function unusual(description: string, size: number): Datatype {
  return { type: { kind: 'other', description }, size, pad: undefined }
}

function fixedString(bits: number, size: number): Datatype {
  const pad = PADS[bits & 0x0f]
  if (pad === undefined || bits >> 4 > 1 || size === 0) throw new NotUnderstood('string')
  return { type: { kind: 'string', variable: false }, size, pad }
}

/**
 * An enumeration (h5py's bool among them) is read as its integers, which mean the names that it gives them. After the
 * base type come the names, NUL-terminated and before version 3 padded to multiples of 8 bytes, then the values.
 */
function enumeration(c: Cursor, bits: number, version: number, size: number): Datatype {
  const base = readDatatype(c)
  if (base.type.kind !== 'int' || base.size !== size || base.type.members !== undefined)
    throw new NotUnderstood('enumeration')
  const names = Array.from({ length: bits & 0xffff }, () => memberName(c, version < 3))
  const { signed } = base.type
  const members = names.map(name => [memberValue(c.take(size), signed), name] as const)
  members.sort(([a, one], [b, other]) => a - b || (one < other ? -1 : 1))
  return { ...base, type: { ...base.type, members } }
}

function memberName(c: Cursor, padded: boolean): string {
  const from = c.at
  while (c.u8() !== 0);
  const name = Buffer.from(c.bytes.subarray(from, c.at - 1)).toString()
  if (padded) c.skip((8 - ((c.at - from) % 8)) % 8)
  return name
}

function memberValue(bytes: Uint8Array, signed: boolean): number {
  const value = bytes.reduceRight((all, byte) => all * 256n + BigInt(byte), 0n)
  const number = Number(signed ? BigInt.asIntN(bytes.length * 8, value) : value)
  if (!Number.isSafeInteger(number)) throw new NotUnderstood('member of an enumeration beyond 2^53')
  return number
}

function variableString(c: Cursor, bits: number, size: number): Datatype {
  const isString = (bits & 0x0f) === 1
  if (!isString || bits >> 8 > 1 || size !== 16) throw new NotUnderstood('variable-length sequence')
  const base = c.u8()
  // The base type is one character: a one-byte string, or (by old writers) an unsigned byte.
  if ((base & 0x0f) !== 3 && (base & 0x0f) !== 0) throw new NotUnderstood('variable-length string')
  c.skip(3)
  if (c.u32() !== 1) throw new NotUnderstood('variable-length string')
  return { type: { kind: 'string', variable: true }, size, pad: undefined }
}

/** Address and size of contiguous data; the address is `undefined` where nothing was ever written. */
export interface Contiguous {
  kind: 'contiguous'
  address: number | undefined
  size: number
}

/** Contiguous (versions 3 and 4 write it alike) or chunked; section IV.A.2.i. */
export function readLayout(c: Cursor): Contiguous | Chunked {
  const version = c.u8()
  if (version !== 3 && version !== 4) throw new NotUnderstood(`layout version ${version}`)
  const layout = c.u8()
  if (layout === 2) return readChunked(c, version)
  if (layout !== 1) throw new NotUnderstood('compact or virtual layout')
  return { kind: 'contiguous', address: c.address(), size: c.u64() }
}
