/** NumPy's npy arrays (`numpy.lib.format`, versions 1.0 to 3.0), read and written. */

import { InputError, InternalError } from '../errors.ts'
import { InputFile, type Place } from './input-file.ts'
import {
  dtypeOf,
  NPY_HEADER_BYTES,
  type NpyHeader,
  type NumericKind,
  parseNpyHeader,
  shapeText,
} from './npy-header.ts'

export type NpyData =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array

export interface NpyArray {
  /** NumPy's `descr` of the decoded elements, always little-endian: `<i8`, `|b1`, `|S3`, `<U3`. */
  readonly dtype: string
  readonly shape: readonly number[]
  /** True: `data` runs down the columns (first index fastest). Only matters with two or more dimensions. */
  readonly fortranOrder: boolean
  /**
   * Elements in stored order. bool: one byte each, anything but 0 is True. `|Sn`: n bytes each, padded with
   * 0. `<Un`: n code points each, padded with 0.
   */
  readonly data: NpyData
}

/**
 * Decode a whole npy file in memory. Where alignment and byte order allow it `data` is a view of `bytes`.
 *
 * @param label where the bytes are from, for messages
 * @throws InputError unless the header is one NumPy writes and the elements fill the rest exactly
 */
export function parseNpy(bytes: Uint8Array, label: string | Place): NpyArray {
  const header = parseNpyHeader(bytes, bytes.length, placeOf(label))
  return decodeNpy(bytes.subarray(header.dataOffset), header)
}

/** Read an npy file, checked against the size of the file before any memory is taken for it. */
export async function readNpy(path: string): Promise<NpyArray> {
  const file = await InputFile.open(path)
  try {
    const start = await file.read(0, Math.min(file.size, NPY_HEADER_BYTES))
    const header = parseNpyHeader(start, file.size, { file: path })
    const bytes = await file.read(0, file.size)
    // Read a second time with the elements: the file may have changed in between.
    const again = parseNpyHeader(bytes, bytes.length, { file: path })
    return npyjsReads(header)
      ? await decodeWithNpyjs(bytes, again, path)
      : decodeNpy(bytes.subarray(again.dataOffset), again)
  } finally {
    await file.close()
  }
}

/**
 * What npyjs 1.2.0 decodes well. It throws on big-endian, `|S` and headers of Python 2, makes plain lists of bool and `<U`, and
 * cannot view unaligned elements.
 */
const npyjsReads = (header: NpyHeader): boolean =>
  header.kind !== 'b1' &&
  header.kind !== 'S' &&
  header.kind !== 'U' &&
  !header.python2 &&
  !header.bigEndian &&
  header.dataOffset % header.itemSize === 0

async function decodeWithNpyjs(bytes: Uint8Array, header: NpyHeader, path: string): Promise<NpyArray> {
  // Lazily: npyjs brings cross-fetch along, and most runs read no npy file.
  const { parse } = await import('npyjs')
  const array = parse(bytes.buffer as ArrayBuffer) // InputFile.read gives whole ArrayBuffers
  const data = array.data as NpyData // npyjs: a typed array for every type of npyjsReads
  const agrees =
    data.length === header.count &&
    array.dtype === header.kind &&
    array.fortranOrder === header.fortranOrder &&
    shapeText(array.shape) === shapeText(header.shape)
  if (!agrees) {
    throw new InputError(
      `ambiguous npy header: shape ${shapeText(header.shape)} of ${header.dtype}, or ` +
        `${shapeText(array.shape)} of ${array.dtype}`,
      { file: path, hint: 'load it in NumPy and save it again' },
    )
  }
  return { dtype: header.dtype, shape: header.shape, fortranOrder: header.fortranOrder, data }
}

/** Elements without their header. A view of `stored` where alignment and byte order allow it. */
export function decodeNpy(
  stored: Uint8Array,
  header: Pick<NpyHeader, 'kind' | 'dtype' | 'shape' | 'fortranOrder' | 'bigEndian'>,
): NpyArray {
  const { kind, dtype, shape, fortranOrder } = header
  const [View, width] = VIEWS[kind]
  const elements = header.bigEndian
    ? swapped(stored, width)
    : stored.byteOffset % width === 0
      ? stored
      : new Uint8Array(stored)
  const data = new View(elements.buffer, elements.byteOffset, elements.byteLength / width)
  return { dtype, shape, fortranOrder, data }
}

type View = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => NpyData

const VIEWS: Readonly<Record<NpyHeader['kind'], readonly [View, 1 | 2 | 4 | 8]>> = {
  b1: [Uint8Array, 1],
  i1: [Int8Array, 1],
  u1: [Uint8Array, 1],
  i2: [Int16Array, 2],
  u2: [Uint16Array, 2],
  i4: [Int32Array, 4],
  u4: [Uint32Array, 4],
  i8: [BigInt64Array, 8],
  u8: [BigUint64Array, 8],
  f4: [Float32Array, 4],
  f8: [Float64Array, 8],
  S: [Uint8Array, 1],
  U: [Uint32Array, 4],
}

function swapped(bytes: Uint8Array, width: 1 | 2 | 4 | 8): Uint8Array {
  const copy = new Uint8Array(bytes)
  const buffer = Buffer.from(copy.buffer)
  if (width === 2) buffer.swap16()
  if (width === 4) buffer.swap32()
  if (width === 8) buffer.swap64()
  return copy
}

/** The text of a `|Sn` or `<Un` array without dimensions, such as SciPy's `format`. */
export function toText(array: NpyArray, label: string | Place): string {
  const { data, dtype, shape } = array
  const codes = (data instanceof Uint8Array || data instanceof Uint32Array) && /[SU]/.test(dtype)
  if (!codes || shape.length !== 0) {
    throw new InputError(`expected one text, found ${describe(array)}`, placeOf(label))
  }
  return Array.from(data, code => (code < 0x110000 ? String.fromCodePoint(code) : '\ufffd'))
    .join('')
    .replace(/\0+$/, '')
}

/**
 * Any integers as u32, in stored order; never wrapped. May share the memory of `array`.
 *
 * @throws InputError on other elements, and naming the first one that is negative or not below 2^32-1 (the
 *   kernels' sentinel)
 */
export function toUint32(array: NpyArray, label: string | Place): Uint32Array {
  const { data } = array
  if (!/^[<|][iu]\d$/.test(array.dtype) || data instanceof Float32Array || data instanceof Float64Array) {
    throw new InputError(`expected integers, found ${describe(array)}`, placeOf(label))
  }
  const bad = firstUnfit(data)
  if (bad !== -1) {
    throw new InputError(
      `expected integers from 0 to ${SENTINEL - 1}, found ${data[bad]} at position ${bad}`,
      placeOf(label),
    )
  }
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return lowWords(wordsOf(data))
  if (data instanceof Int32Array) return new Uint32Array(data.buffer, data.byteOffset, data.length)
  return data instanceof Uint32Array ? data : new Uint32Array(data)
}

const SENTINEL = 0xffff_ffff

type IntegerData = Exclude<NpyData, Float32Array | Float64Array>

/** Position of the first element that is negative or not below 2^32-1; -1 when there is none. */
function firstUnfit(data: IntegerData): number {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return firstUnfitPair(wordsOf(data))
  if (data instanceof Uint8Array || data instanceof Uint16Array) return -1
  if (data instanceof Uint32Array) return data.indexOf(SENTINEL)
  for (let i = 0; i < data.length; i++) if ((data[i] ?? 0) < 0) return i
  return -1
}

function firstUnfitPair(words: Uint32Array): number {
  for (let i = 0; i < words.length; i += 2) {
    if (words[i + 1] !== 0 || words[i] === SENTINEL) return i / 2
  }
  return -1
}

/** Low and high words of 64-bit integers: a BigInt per element would cost an allocation each. */
const wordsOf = (data: BigInt64Array | BigUint64Array): Uint32Array =>
  new Uint32Array(data.buffer, data.byteOffset, 2 * data.length)

function lowWords(words: Uint32Array): Uint32Array {
  const low = new Uint32Array(words.length / 2)
  for (let i = 0; i < low.length; i++) low[i] = words[2 * i] ?? 0
  return low
}

/** What {@link encodeNpy} writes; `dtype` only where the typed array does not say it (`|b1`, `|Sn`). */
export interface NpyContent {
  readonly dtype?: string
  readonly shape: readonly number[]
  readonly fortranOrder?: boolean
  readonly data: NpyData
}

/** An npy file, version 1.0, byte by byte as NumPy 2 writes it. */
export function encodeNpy(array: NpyContent): Uint8Array<ArrayBuffer> {
  const { shape, data, fortranOrder = false } = array
  const dtype = array.dtype ?? dtypeOf(kindOf(data))
  const itemSize = Number(dtype.slice(2)) * (dtype[1] === 'U' ? 4 : 1)
  const count = shape.reduce((product, n) => product * n, 1)
  if (count * itemSize !== data.byteLength) {
    throw new InternalError(`${data.byteLength} bytes for shape ${shapeText(shape)} of ${dtype}`)
  }
  const header = encodeNpyHeader(dtype, shape, fortranOrder)
  const bytes = new Uint8Array(header.length + data.byteLength)
  bytes.set(header)
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), header.length)
  return bytes
}

/** What stands before the elements of such a file, where these are written one after the other. */
export function encodeNpyHeader(dtype: string, shape: readonly number[], fortranOrder = false): Uint8Array {
  const order = fortranOrder ? 'True' : 'False'
  const dictionary = `{'descr': '${dtype}', 'fortran_order': ${order}, 'shape': ${shapeText(shape)}, }`
  // NumPy leaves room for the growing dimension to become a number of 21 digits, then aligns to 64 bytes.
  const growing = shape.at(fortranOrder ? -1 : 0)
  const room = growing === undefined ? 0 : 21 - String(growing).length
  const unpadded = dictionary + ' '.repeat(room)
  const padding = 64 - ((10 + unpadded.length + 1) % 64)
  const header = Buffer.from(`\x93NUMPY\x01\x00__${unpadded}${' '.repeat(padding)}\n`, 'latin1')
  header.writeUInt16LE(header.length - 10, 8)
  return header
}

function kindOf(data: NpyData): NumericKind {
  if (data instanceof Int8Array) return 'i1'
  if (data instanceof Uint8Array) return 'u1'
  if (data instanceof Int16Array) return 'i2'
  if (data instanceof Uint16Array) return 'u2'
  if (data instanceof Int32Array) return 'i4'
  if (data instanceof Uint32Array) return 'u4'
  if (data instanceof BigInt64Array) return 'i8'
  if (data instanceof BigUint64Array) return 'u8'
  return data instanceof Float32Array ? 'f4' : 'f8'
}

export const describe = (array: Pick<NpyArray, 'dtype' | 'shape'>): string =>
  `${array.dtype} of shape ${shapeText(array.shape)}`

const placeOf = (label: string | Place): Place => (typeof label === 'string' ? { file: label } : label)
