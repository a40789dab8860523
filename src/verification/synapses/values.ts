/** Values of properties for people and records. */
import { VALUE_BYTES } from '../../connectome/table.ts'
import type { ColumnPair } from './columns.ts'
import type { PropertyValue } from './expectation.ts'

type Typed = Pick<ColumnPair, 'type' | 'bytes' | 'texts'>

/** The value in one row; several values per row as text. Integers of 64 bits stay exact, NaN shows its bits. */
export function valueAt(column: Typed, values: Uint8Array, row: number): PropertyValue {
  const width = VALUE_BYTES[column.type]
  const view = new DataView(values.buffer, values.byteOffset + row * column.bytes, column.bytes)
  if (column.bytes === width) return one(column, view, 0)
  const all = Array.from({ length: column.bytes / width }, (_, k) => String(one(column, view, k * width)))
  return `[${all.join(', ')}]`
}

function one({ type, texts }: Typed, view: DataView, at: number): PropertyValue {
  switch (type) {
    case 'u8':
      return view.getUint8(at)
    case 'i8':
      return view.getInt8(at)
    case 'u16':
      return view.getUint16(at, true)
    case 'i16':
      return view.getInt16(at, true)
    case 'u32':
      return texts?.[view.getUint32(at, true)] ?? view.getUint32(at, true)
    case 'i32':
      return view.getInt32(at, true)
    case 'u64':
      return exact(view.getBigUint64(at, true))
    case 'i64':
      return exact(view.getBigInt64(at, true))
    case 'f16':
      return half(view.getUint16(at, true))
    case 'f32':
      return real(view.getFloat32(at, true), () => view.getUint32(at, true).toString(16))
    case 'f64':
      return real(view.getFloat64(at, true), () => view.getBigUint64(at, true).toString(16))
  }
}

const exact = (value: bigint): PropertyValue =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value

/** JSON has neither NaN nor infinities nor -0. */
function real(value: number, bits: () => string): PropertyValue {
  if (Number.isNaN(value)) return `NaN (0x${bits()})`
  return Number.isFinite(value) && !Object.is(value, -0) ? value : Object.is(value, -0) ? '-0' : String(value)
}

/** IEEE 754 binary16. */
function half(bits: number): PropertyValue {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023]
  const magnitude =
    exponent === 0
      ? fraction * 2 ** -24
      : exponent === 31
        ? fraction === 0
          ? Number.POSITIVE_INFINITY
          : Number.NaN
        : (1 + fraction / 1024) * 2 ** (exponent - 15)
  return real(bits >> 15 ? -magnitude : magnitude, () => bits.toString(16))
}
