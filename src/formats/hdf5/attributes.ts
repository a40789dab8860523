import { Cursor, NotUnderstood, untilNul } from './bytes.ts'
import { type Datatype, readDataspace, readDatatype } from './messages.ts'
import { MESSAGE, type Message, only } from './object-header.ts'
import { decodeText, fixedStrings, type GlobalHeap } from './strings.ts'
import type { Hdf5Attribute } from './types.ts'

/** The attribute's value; `undefined` if the object has none of that name. Format section IV.A.2.m. */
export function readAttribute(
  messages: readonly Message[],
  name: string,
  heap: GlobalHeap,
): Hdf5Attribute | undefined {
  const found = attributesOf(messages).filter(parts => parts.name === name)
  const [first] = found
  if (found.length > 1) throw new NotUnderstood('attribute given twice')
  return first && decode(first, heap)
}

/** Names of all attributes of an object, in the order of its header. */
export const readAttributeNames = (messages: readonly Message[]): string[] =>
  attributesOf(messages).map(({ name }) => name)

function attributesOf(messages: readonly Message[]): Parts[] {
  const info = only(messages, MESSAGE.attributeInfo)
  if (info !== undefined) {
    info.expect(0)
    if (info.u8() & 1) info.skip(2)
    if (info.address() !== undefined) throw new NotUnderstood('dense attributes')
  }
  const own = messages.filter(({ type }) => type === MESSAGE.attribute)
  if (own.some(({ shared }) => shared)) throw new NotUnderstood('shared attribute')
  return own.map(({ data }) => split(new Cursor(data)))
}

interface Parts {
  name: string
  typeIsShared: boolean
  type: Uint8Array
  space: Uint8Array
  data: Uint8Array
}

function split(c: Cursor): Parts {
  const version = c.u8()
  if (version < 1 || version > 3) throw new NotUnderstood(`attribute version ${version}`)
  const flags = c.u8()
  const sizes = [c.u16(), c.u16(), c.u16()]
  if (version === 3 && c.u8() > 1) throw new NotUnderstood('character set')
  const [name, type, space] = sizes.map(size => {
    const bytes = c.take(size)
    if (version === 1) c.skip((8 - (size % 8)) % 8)
    return bytes
  })
  if (name === undefined || type === undefined || space === undefined) throw new NotUnderstood('attribute')
  return {
    name: decodeText(untilNul(name)),
    typeIsShared: version > 1 && flags !== 0,
    type,
    space,
    data: c.take(c.left),
  }
}

function decode(parts: Parts, heap: GlobalHeap): Hdf5Attribute {
  if (parts.typeIsShared) throw new NotUnderstood('committed type')
  const datatype = readDatatype(new Cursor(parts.type))
  const shape = readDataspace(new Cursor(parts.space))
  if (shape === undefined) return []
  const size = shape.reduce((all, n) => all * n, datatype.size)
  const data = new Cursor(parts.data).take(size)
  const values = attributeValues(data, datatype, heap)
  const [first] = values
  return shape.length > 0 || first === undefined ? values : first
}

function attributeValues(
  data: Uint8Array,
  datatype: Datatype,
  heap: GlobalHeap,
): readonly (string | number | bigint)[] {
  const { type } = datatype
  if (type.kind === 'string') {
    return type.variable ? heap.strings(data) : fixedStrings(data, datatype.size, datatype.pad)
  }
  if (type.kind === 'other') throw new NotUnderstood(type.description)
  return numbers(data, type)
}

/** Little-endian numbers; integers that a `number` cannot hold exactly are bigint. */
export function numbers(
  data: Uint8Array,
  type: { kind: 'int'; bytes: 1 | 2 | 4 | 8; signed: boolean } | { kind: 'float'; bytes: 2 | 4 | 8 },
): (number | bigint)[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const read = type.kind === 'float' ? FLOAT[type.bytes] : (type.signed ? SIGNED : UNSIGNED)[type.bytes]
  return Array.from({ length: data.length / type.bytes }, (_, i) => read(view, i * type.bytes))
}

type Read = (view: DataView, at: number) => number | bigint

const exact = (value: bigint): number | bigint => {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

const SIGNED: Record<1 | 2 | 4 | 8, Read> = {
  1: (view, at) => view.getInt8(at),
  2: (view, at) => view.getInt16(at, true),
  4: (view, at) => view.getInt32(at, true),
  8: (view, at) => exact(view.getBigInt64(at, true)),
}

const UNSIGNED: Record<1 | 2 | 4 | 8, Read> = {
  1: (view, at) => view.getUint8(at),
  2: (view, at) => view.getUint16(at, true),
  4: (view, at) => view.getUint32(at, true),
  8: (view, at) => exact(view.getBigUint64(at, true)),
}

const FLOAT: Record<2 | 4 | 8, Read> = {
  2: (view, at) => half(view.getUint16(at, true)),
  4: (view, at) => view.getFloat32(at, true),
  8: (view, at) => view.getFloat64(at, true),
}

/** IEEE half precision; DataView has no such reader in Node 20. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}
