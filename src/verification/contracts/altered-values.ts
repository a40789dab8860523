/** Whether a value may have become another by a new value: P3, P4 and U7 of connectome-manipulator.md, as NumPy computes. */
import type { NewValue, Range } from '../../connectome/operations.ts'
import type { Property } from './target-rows.ts'

const isFloat = ({ type }: Property): boolean => type === 'f32' || type === 'f64' || type === 'f16'

const cast = (value: number, property: Property): number =>
  property.type === 'f32' ? Math.fround(value) : isFloat(property) ? value : Math.trunc(value)

const rangeOf = (how: NewValue): Range | undefined =>
  how.mode === 'shuffle' || how.mode === 'setval' ? undefined : how.range

/** Older versions of NumPy make a double of a number that is no float32, newer ones infinity. */
const isBeyondSingle = (how: NewValue, { type }: Property): boolean =>
  type === 'f32' &&
  (how.mode === 'scale' || how.mode === 'offset') &&
  !Number.isFinite(Math.fround(how.value))

/**
 * Whether NaN may come of a value that is none: it is moved there by a shuffle, or comes of infinity (times 0, or plus
 * its negative). `how` undefined: of several functions, where a first one may make infinities.
 */
export function mayBecomeNan(how: NewValue | undefined, old: number, property: Property): boolean {
  if (how === undefined || how.mode === 'shuffle' || isBeyondSingle(how, property)) return true
  return !Number.isFinite(old) && how.mode !== 'setval' && how.mode !== 'randval'
}

/** Within the range of a new value, or NaN, which numpy.clip leaves. Ranges that integers wrap around bound nothing. */
export function isInside(how: NewValue, old: number, now: number, property: Property): boolean {
  const range = rangeOf(how)
  if (range === undefined) return true
  if (Number.isNaN(now)) return Number.isNaN(old) || mayBecomeNan(how, old, property)
  const [low, high] = [cast(range[0], property), cast(range[1], property)]
  if (!fits(low, property) || !fits(high, property)) return true
  return now >= low && now <= high
}

/** P4, with the tolerance of one rounding: which one, the prediction knows. */
export function follows(how: NewValue, old: number, now: number, property: Property): boolean {
  if (how.mode !== 'setval' && how.mode !== 'scale' && how.mode !== 'offset') return true
  return isFloat(property) ? floatFollows(how, old, now, property) : integerFollows(how, old, now, property)
}

type Arithmetic = Extract<NewValue, { mode: 'setval' | 'scale' | 'offset' }>

const computed = ({ mode, value }: Arithmetic, old: number): number =>
  mode === 'setval' ? value : mode === 'scale' ? old * value : old + value

const clipped = (range: Range | undefined, value: number): number =>
  range === undefined ? value : Math.max(range[0], Math.min(range[1], value))

function floatFollows(how: Arithmetic, old: number, now: number, property: Property): boolean {
  const exact = computed(how, old)
  const wanted = cast(clipped(rangeOf(how), exact), property)
  if (Object.is(now, wanted) || now === wanted) return true
  if (isBeyondSingle(how, property))
    return Object.is(now, clipped(rangeOf(how), computed({ ...how, value: Math.fround(how.value) }, old)))
  if (Number.isNaN(exact) || Number.isNaN(now)) return false
  const summand = how.mode === 'offset' ? Math.max(Math.abs(old), Math.abs(how.value)) : 0
  const tolerance =
    Math.max(Math.abs(exact), summand) * (property.type === 'f32' ? 2 ** -22 : 2 ** -50) + SMALLEST
  return Number.isFinite(tolerance) && Math.abs(now - clipped(rangeOf(how), exact)) <= tolerance
}

/** The smallest float32 above 0: products below it are rounded to it or to 0. */
const SMALLEST = 2 ** -149

function integerFollows(how: Arithmetic, old: number, now: number, property: Property): boolean {
  const { value, integer = Number.isInteger(value) } = how
  const exact = computed(how, old)
  // An integer of the config takes the type of the column: its result wraps before it is clipped.
  const inType = how.mode !== 'setval' && integer && fits(value, property)
  const wanted = Math.trunc(clipped(rangeOf(how), inType ? wrap(exact, property) : exact))
  if (now === wanted || !Number.isSafeInteger(Math.trunc(exact)) || !Number.isSafeInteger(old)) return true
  if (inType) return false
  // Modulo the width of the type: small ones wrap; what becomes of large ones depends on the machine.
  return (
    (now - wanted) % 2 ** (8 * property.bytes) === 0 ||
    (property.bytes >= 4 ? !fits(wanted, property) : Math.abs(wanted) >= 2 ** 31)
  )
}

function limits({ type, bytes }: Property): Range {
  const bits = 8 * bytes
  return type.startsWith('i') ? [-(2 ** (bits - 1)), 2 ** (bits - 1)] : [0, 2 ** bits]
}

function fits(value: number, property: Property): boolean {
  if (isFloat(property)) return true
  const [low, end] = limits(property)
  return value >= low && value < end
}

function wrap(value: number, property: Property): number {
  if (!Number.isSafeInteger(value)) return value
  const { type, bytes } = property
  const wrapped = type.startsWith('i')
    ? BigInt.asIntN(8 * bytes, BigInt(value))
    : BigInt.asUintN(8 * bytes, BigInt(value))
  return Number(wrapped)
}
