/** Numbers of a property column, one at a time. All bytes little-endian. */

export type NumberType = 'u8' | 'i8' | 'u16' | 'i16' | 'u32' | 'i32' | 'u64' | 'i64' | 'f32' | 'f64'

/** Integers of 64 bits that a number cannot hold are bigints. */
export type Value = number | bigint

export function readValue(view: DataView, at: number, type: NumberType): Value {
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
      return view.getUint32(at, true)
    case 'i32':
      return view.getInt32(at, true)
    case 'u64':
      return narrow(view.getBigUint64(at, true))
    case 'i64':
      return narrow(view.getBigInt64(at, true))
    case 'f32':
      return view.getFloat32(at, true)
    case 'f64':
      return view.getFloat64(at, true)
  }
}

/** As a number where one can hold it. */
export const narrow = (value: bigint): Value => (BigInt.asIntN(53, value) === value ? Number(value) : value)
