/** One property that holds row numbers, on one side. */
import { type PropertyColumn, VALUE_BYTES, type ValueType } from '../connectome/table.ts'

/** Numbers of some rows: exact to 2^53; what is beyond is no row of anything, and `raw` tells it apart, as with fractions. */
export interface RowNumbers {
  readonly numbers: Float64Array
  readonly raw: (k: number) => bigint
}

export const isReferenceType = (type: ValueType): boolean => type !== 'f16'

/** Values per row. */
export const perRow = ({ type, bytes }: Pick<PropertyColumn, 'type' | 'bytes'>): number =>
  bytes / VALUE_BYTES[type]

/** What a column is read by. */
export type Integers = Pick<PropertyColumn, 'type' | 'bytes' | 'readInto'>

export async function readNumbers(column: Integers, first: number, count: number): Promise<RowNumbers> {
  const bytes = new Uint8Array(count * column.bytes)
  await column.readInto(first, count, bytes)
  const values = typed(bytes.buffer, column.type)
  return {
    numbers: Float64Array.from(values as ArrayLike<number | bigint>, Number),
    raw: k => {
      const value = values[k] ?? 0
      return typeof value === 'bigint' || Number.isSafeInteger(value) ? BigInt(value) : bits(value)
    },
  }
}

const bits = (value: number): bigint => new BigInt64Array(Float64Array.of(value).buffer)[0] ?? 0n

function typed(buffer: ArrayBuffer, type: ValueType) {
  switch (type) {
    case 'u8':
      return new Uint8Array(buffer)
    case 'i8':
      return new Int8Array(buffer)
    case 'u16':
      return new Uint16Array(buffer)
    case 'i16':
      return new Int16Array(buffer)
    case 'u32':
      return new Uint32Array(buffer)
    case 'i32':
      return new Int32Array(buffer)
    case 'u64':
      return new BigUint64Array(buffer)
    case 'f32':
      return new Float32Array(buffer)
    case 'f64':
      return new Float64Array(buffer)
    default:
      return new BigInt64Array(buffer)
  }
}
