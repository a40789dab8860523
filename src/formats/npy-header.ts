/**
 * Header of the npy format, versions 1.0 to 3.0 (NumPy, `numpy.lib.format`): magic, version, length, then a
 * Python dictionary literal with exactly `descr`, `fortran_order` and `shape`.
 */

import { InputError } from '../errors.ts'
import type { Place } from './input-file.ts'

export type NumericKind = 'b1' | 'i1' | 'u1' | 'i2' | 'u2' | 'i4' | 'u4' | 'i8' | 'u8' | 'f4' | 'f8'

export interface NpyHeader {
  /** Element type without byte order: `i8`, `b1`, or `S` / `U` for fixed-length text. */
  readonly kind: NumericKind | 'S' | 'U'
  /** As NumPy would write it after decoding: little-endian, so `<i8`, `|b1`, `|S3`. */
  readonly dtype: string
  /** True when the stored bytes are big-endian. */
  readonly bigEndian: boolean
  readonly shape: readonly number[]
  readonly fortranOrder: boolean
  /** Elements: product of the shape. */
  readonly count: number
  /** Bytes per element. */
  readonly itemSize: number
  /** Where the elements start. */
  readonly dataOffset: number
  /** Written by Python 2, with its longs and its unicode: `(3L, 4L)`, `u'<i8'`. */
  readonly python2: boolean
}

/** `start` must hold at least this many bytes of a longer file: far more than any header we accept. */
export const NPY_HEADER_BYTES = 4096

/**
 * @param start the first bytes of the file, {@link NPY_HEADER_BYTES} of them or the whole file
 * @param total bytes in the whole file: the elements must fill it exactly
 * @throws InputError on anything but such a header; nothing is allocated by what it claims
 */
export function parseNpyHeader(start: Uint8Array, total: number, place: Place): NpyHeader {
  const { text, dataOffset } = headerText(start, total, place)
  const { descr, fortranOrder, shape, python2 } = parseDictionary(text, place)
  const type = parseDescr(descr, place)
  const count = shape.includes(0) ? 0 : shape.reduce((product, n) => product * n, 1)
  const expected = count * type.itemSize
  const found = total - dataOffset
  if (expected !== found) {
    throw new InputError(
      `expected ${expected} bytes of elements (shape ${shapeText(shape)} of ${descr}), found ${found}`,
      {
        ...place,
        hint: found < expected ? 'the file is truncated' : 'the file was written by a faulty program',
      },
    )
  }
  return { ...type, fortranOrder, shape, count, dataOffset, python2 }
}

/** As Python writes a tuple: `()`, `(3,)`, `(3, 4)`. */
export const shapeText = (shape: readonly number[]): string =>
  shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`

function headerText(start: Uint8Array, total: number, place: Place): { text: string; dataOffset: number } {
  if (start.length < 10 || !MAGIC.every((byte, i) => start[i] === byte)) {
    throw new InputError('expected an npy array, found no npy magic at its start', {
      ...place,
      hint: 'ndarray.tofile writes no header: write it with numpy.save',
    })
  }
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength)
  const [major, minor] = [view.getUint8(6), view.getUint8(7)]
  if (major < 1 || major > 3 || minor !== 0) {
    throw new InputError(`expected npy version 1.0, 2.0 or 3.0, found ${major}.${minor}`, place)
  }
  const lengthEnd = major === 1 ? 10 : 12
  if (start.length < lengthEnd) throw new InputError('the npy header is cut off', place)
  const dataOffset = lengthEnd + (major === 1 ? view.getUint16(8, true) : view.getUint32(8, true))
  if (dataOffset > total) {
    throw new InputError(`the npy header claims to end at byte ${dataOffset}, found ${total} bytes`, place)
  }
  if (dataOffset > start.length) {
    throw new InputError(`expected an npy header within ${start.length} bytes, found ${dataOffset}`, place)
  }
  const decoder = new TextDecoder(major === 3 ? 'utf-8' : 'latin1')
  return { text: decoder.decode(start.subarray(lengthEnd, dataOffset)), dataOffset }
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]

interface Dictionary {
  descr: string
  fortranOrder: boolean
  shape: number[]
  python2: boolean
}

function parseDictionary(text: string, place: Place): Dictionary {
  const malformed = () => new InputError(`malformed npy header ${JSON.stringify(text.trim())}`, place)
  const body = /^\s*\{([^{}]*)\}\s*$/.exec(text)?.[1]
  if (body === undefined) throw malformed()
  if (/descr['"]\s*:\s*[[(]/.test(body)) {
    throw new InputError('expected an array of numbers, found structured elements', place)
  }
  const values = new Map<string, string>()
  let at = 0
  ENTRY.lastIndex = 0
  for (let entry = ENTRY.exec(body); entry !== null; entry = ENTRY.exec(body)) {
    const [, , key = '', value = ''] = entry
    if (values.has(key)) throw malformed()
    values.set(key, value)
    at = ENTRY.lastIndex
  }
  const [descr, order, shape] = [values.get('descr'), values.get('fortran_order'), values.get('shape')]
  if (body.slice(at).trim() !== '' || !descr || !order || !shape) throw malformed()
  const type = QUOTED.exec(descr)?.[2]
  if (type === undefined || !/^(True|False)$/.test(order) || !/^\(.*\)$/.test(shape)) throw malformed()
  return {
    descr: type,
    fortranOrder: order === 'True',
    shape: parseShape(shape.replaceAll('L', ''), place),
    python2: /[({,\s]u['"]|\dL/.test(text),
  }
}

/** One `'key': value` with the comma after it; the last one may lack the comma. */
const ENTRY =
  /\s*u?(['"])(descr|fortran_order|shape)\1\s*:\s*(u?'[^']*'|u?"[^"]*"|True|False|\((?:\d+L?|[\s,])*\))\s*(?:,|$)/gy
const QUOTED = /^u?(['"])(.*)\1$/

function parseShape(text: string, place: Place): number[] {
  if (!/^\(\s*(\d+\s*,\s*)*(?:\d+\s*,?\s*)?\)$/.test(text) || /^\(\s*\d+\s*\)$/.test(text)) {
    throw new InputError(`expected a tuple as the shape in the npy header, found ${text}`, place)
  }
  const shape = Array.from(text.matchAll(/\d+/g), match => Number(match[0]))
  const longest = shape.find(n => !Number.isSafeInteger(n))
  if (longest !== undefined || shape.length > 64) {
    throw new InputError(`impossible shape in the npy header: ${text}`, place)
  }
  return shape
}

type ElementType = Pick<NpyHeader, 'kind' | 'dtype' | 'bigEndian' | 'itemSize'>

function parseDescr(descr: string, place: Place): ElementType {
  const [, order = '', kind = '', digits = ''] = /^([<>|=]?)([a-zA-Z])(\d*)$/.exec(descr) ?? []
  const size = Number(digits)
  const bigEndian = order === '>'
  if (NUMERIC.has(kind + digits)) {
    const name = (kind + digits) as NumericKind // a member of NUMERIC
    return { kind: name, dtype: dtypeOf(name), bigEndian: bigEndian && size > 1, itemSize: size }
  }
  if (kind === 'S' && digits !== '' && size <= MAX_TEXT) {
    return { kind, dtype: `|S${size}`, bigEndian: false, itemSize: size }
  }
  if (kind === 'U' && digits !== '' && size <= MAX_TEXT) {
    return { kind, dtype: `<U${size}`, bigEndian, itemSize: 4 * size }
  }
  throw new InputError(
    `expected bool, integer, float32/64 or fixed-length text elements, found dtype '${descr}'`,
    {
      ...place,
      hint:
        kind === 'O'
          ? 'Python objects are never loaded; save an array of numbers'
          : 'convert it in Python, for a mask with .astype(bool)',
    },
  )
}

export const dtypeOf = (kind: NumericKind): string => `${kind.endsWith('1') ? '|' : '<'}${kind}`

const NUMERIC = new Set<string>(['b1', 'i1', 'u1', 'i2', 'u2', 'i4', 'u4', 'i8', 'u8', 'f4', 'f8'])
const MAX_TEXT = 65_536
