/**
 * Values of a property as the package computes with them: pandas on NumPy columns. Verified against the package by
 * test/fixtures/predictions. All bytes little-endian.
 */
import type { Range } from '../connectome/operations.ts'

export type NumberType = 'u8' | 'i8' | 'u16' | 'i16' | 'u32' | 'i32' | 'u64' | 'i64' | 'f32' | 'f64'

type Integer = Exclude<NumberType, 'f32' | 'f64'>

const INTEGERS: Readonly<Record<Integer, { readonly bits: number; readonly signed: boolean }>> = {
  u8: { bits: 8, signed: false },
  i8: { bits: 8, signed: true },
  u16: { bits: 16, signed: false },
  i16: { bits: 16, signed: true },
  u32: { bits: 32, signed: false },
  i32: { bits: 32, signed: true },
  u64: { bits: 64, signed: false },
  i64: { bits: 64, signed: true },
}

/** Bytes of one value. */
export const widthOf = (type: NumberType): number =>
  type === 'f32' ? 4 : type === 'f64' ? 8 : INTEGERS[type].bits / 8

/** A value cannot be told: nothing but the machine it was computed on determines it. */
export const UNKNOWABLE = Symbol('unknowable')

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

const narrow = (value: bigint): Value => (BigInt.asIntN(53, value) === value ? Number(value) : value)

/** Write what {@link castTo} or {@link readValue} gave. */
export function writeValue(view: DataView, at: number, type: NumberType, value: Value): void {
  switch (type) {
    case 'f32':
      view.setFloat32(at, Number(value), true)
      break
    case 'f64':
      view.setFloat64(at, Number(value), true)
      break
    case 'u64':
    case 'i64':
      view.setBigInt64(at, BigInt(value), true)
      break
    // The setters keep the low bits, whatever the sign.
    case 'u32':
    case 'i32':
      view.setInt32(at, Number(value), true)
      break
    case 'u16':
    case 'i16':
      view.setInt16(at, Number(value), true)
      break
    case 'u8':
    case 'i8':
      view.setInt8(at, Number(value))
      break
  }
}

/**
 * `dtype(value)` of NumPy for an array of doubles: truncated toward zero. Out of range, 8 and 16 bits keep the low
 * bits of the 32-bit integer (0 where even that overflows), as NumPy does on x86-64; what becomes of wider integers
 * is not defined, nor whether the config's number was an integer, whose overflow wraps.
 */
export function castTo(type: NumberType, value: number): number | typeof UNKNOWABLE {
  if (type === 'f32') return Math.fround(value)
  if (type === 'f64') return value
  // No integer is -0.
  const whole = Math.trunc(value) + 0
  // Above 2^53 an integer and a double differ, and with them what the config's 2 and 2.0 give.
  if (fits(type, whole)) return Math.abs(whole) <= Number.MAX_SAFE_INTEGER ? whole : UNKNOWABLE
  const { bits, signed } = INTEGERS[type]
  if (bits > 16) return UNKNOWABLE
  if (!(Math.abs(whole) < 2 ** 31)) return 0
  const low = whole & (2 ** bits - 1)
  return signed && low >= 2 ** (bits - 1) ? low - 2 ** bits : low
}

/** Whether `value` is in the range of the type: where it is not, the package wraps without a message. */
export function fits(type: NumberType, value: number): boolean {
  if (type === 'f32' || type === 'f64') return true
  const { bits, signed } = INTEGERS[type]
  const [low, high] = signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1)] : [0, 2 ** bits]
  return value >= low && value < high
}

export interface Arithmetic {
  readonly mode: 'setval' | 'scale' | 'offset'
  readonly value: number
  readonly range?: Range | undefined
}

/**
 * The new value of a property.
 *
 * @param wide float32 is computed as float64: pandas hands more than a million values to numexpr, where that is
 *   installed, and numexpr makes doubles of them
 */
export function newValue(
  { mode, value, range }: Arithmetic,
  type: NumberType,
  old: Value,
  wide: boolean,
): number | typeof UNKNOWABLE {
  if (mode === 'setval') return castTo(type, value)
  if (typeof old === 'bigint') return UNKNOWABLE
  const single = type === 'f32' && !wide
  const operand = single ? Math.fround(value) : value
  const exact = mode === 'scale' ? old * operand : old + operand
  const result = single ? Math.fround(exact) : exact
  // 2 wraps in the type of the column before it is clipped, 2.0 does not: both are the same number here.
  const ambiguous = Number.isInteger(value) && !fits(type, Math.trunc(result))
  if (ambiguous && (range !== undefined || Math.abs(result) >= 2 ** 31)) return UNKNOWABLE
  return castTo(type, clip(range, result))
}

/** numpy.clip; NaN stays. */
export function clip(range: Range | undefined, value: number): number {
  if (range === undefined) return value
  const [low, high] = range
  return Math.max(low, Math.min(high, value))
}
