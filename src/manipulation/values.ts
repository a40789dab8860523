/**
 * Values of a property as the package computes with them: pandas on NumPy columns. Verified against the package by
 * test/fixtures/predictions. All bytes little-endian.
 */
import { type NumberType, narrow, type Value } from '../connectome/numbers.ts'
import type { Range } from '../connectome/operations.ts'

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

/** The bits of NaN in values that were altered, whatever they were before: pandas and Arrow write these. */
const NAN: Readonly<Record<'f32' | 'f64', Uint8Array>> = {
  f32: Uint8Array.of(0, 0, 0xc0, 0x7f),
  f64: Uint8Array.of(0, 0, 0, 0, 0, 0, 0xf8, 0x7f),
}

/** Write a new value at place `at` of packed ones. */
export function writeNew(into: Uint8Array, at: number, type: NumberType, value: Value): void {
  const width = widthOf(type)
  if (Number.isNaN(value) && (type === 'f32' || type === 'f64')) into.set(NAN[type], at * width)
  else writeValue(new DataView(into.buffer, into.byteOffset, into.byteLength), at * width, type, value)
}

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
 * bits of the 32-bit integer (0 where even that overflows, and for NaN), as NumPy does on x86-64; what becomes of
 * wider integers is not defined.
 */
export function castTo(type: NumberType, value: number): Value | typeof UNKNOWABLE {
  if (type === 'f32') return Math.fround(value)
  if (type === 'f64') return value
  // No integer is -0.
  const whole = Math.trunc(value) + 0
  if (fits(type, whole)) return Math.abs(whole) <= Number.MAX_SAFE_INTEGER ? whole : narrow(BigInt(whole))
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
  /** The config has an integer (2, not 2.0). Default: whether the value is whole. */
  readonly integer?: boolean | undefined
  readonly range?: Range | undefined
}

/**
 * The new value of a property.
 *
 * @param wide float32 is computed as float64: pandas hands more than a million values to numexpr, where that is
 *   installed, and numexpr makes doubles of them; NumPy before 2 does where the config's number is no float32
 */
export function newValue(
  how: Arithmetic,
  type: NumberType,
  old: Value,
  wide: boolean,
): Value | typeof UNKNOWABLE {
  const { mode, value, range } = how
  if (type !== 'f32' && type !== 'f64') return newInteger(how, type, old)
  if (mode === 'setval') return castTo(type, value)
  const [single, before] = [type === 'f32' && !wide, Number(old)]
  const operand = single ? Math.fround(value) : value
  const exact = mode === 'scale' ? before * operand : before + operand
  return castTo(type, clip(range, single ? Math.fround(exact) : exact))
}

/** NumPy: an integer of the config takes the type of the column, and what leaves it wraps; 2.0 makes doubles. */
function newInteger(how: Arithmetic, type: Integer, old: Value): Value | typeof UNKNOWABLE {
  const { mode, value, integer = Number.isInteger(value), range } = how
  // What the config says beyond 2^53 was rounded when it was read.
  if (integer && !Number.isSafeInteger(value)) return UNKNOWABLE
  if (mode === 'setval') return castTo(type, value)
  if (!integer) {
    const exact = mode === 'scale' ? Number(old) * value : Number(old) + value
    return castTo(type, clip(range, exact))
  }
  const exact = mode === 'scale' ? BigInt(old) * BigInt(value) : BigInt(old) + BigInt(value)
  const { bits, signed } = INTEGERS[type]
  const wrapped = signed ? BigInt.asIntN(bits, exact) : BigInt.asUintN(bits, exact)
  // NumPy 2 stops at a number that the type does not hold, older ones take a wider type: there nothing wraps.
  const result = narrow(fits(type, value) ? wrapped : exact)
  if (range === undefined) return fits(type, Number(result)) ? result : castTo(type, Number(result))
  // Clipping may make doubles of a column, and they round integers beyond 2^53 that the range lets pass.
  const clipped = clip(range, Number(result))
  return typeof result === 'bigint' && clipped === Number(result) ? UNKNOWABLE : castTo(type, clipped)
}

/** Series.clip of pandas; NaN stays, and so does -0 where a bound is 0. */
export function clip(range: Range | undefined, value: number): number {
  if (range === undefined) return value
  const [low, high] = range
  if (value > high) return high
  if (value < low) return low
  return value
}

/** Whether the number of a config is no float32: then versions of NumPy compute otherwise. */
export const isBeyondSingle = (value: number): boolean =>
  Number.isFinite(value) && !Number.isFinite(Math.fround(value))
