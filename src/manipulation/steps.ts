/** What functions of a sequence did to one property, and the value that follows for a row. */
import { type Bits, hasBit, rankOf } from '../connectome/edge-bits.ts'
import { type NumberType, readValue, type Value } from '../connectome/numbers.ts'
import type { Range } from '../connectome/operations.ts'
import { type Arithmetic, castTo, clip, fits, newValue, UNKNOWABLE, widthOf } from './values.ts'

/** One function's doing, in the order of the config. `rows` are original edge ids. */
export type Step = { readonly rows: Bits } & (
  | {
      readonly kind: 'arithmetic'
      readonly how: Arithmetic
      /** Rows in splits where more than a million values changed; see {@link newValue}. */
      readonly wide?: Bits | undefined
    }
  /** Known values, packed in the order of the rows. */
  | { readonly kind: 'given'; readonly values: Uint8Array }
  /** Times a factor, packed in the order of the rows. NaN where it cannot be known. */
  | { readonly kind: 'rescaled'; readonly factors: Float64Array }
  /** Drawn at random. */
  | {
      readonly kind: 'drawn'
      readonly mode: 'randval' | 'randscale' | 'randadd'
      readonly range: Range | undefined
      /** Draws packed in the order of the rows, where the generator is known. */
      readonly draws: Float64Array | undefined
      readonly reason: string
    }
)

/** What is known of a value: it, a value near it, bounds of it, or nothing. */
export type Known =
  | { readonly kind: 'exact'; readonly value: Value }
  /** Within `tolerance`; infinity and NaN are what they are. */
  | { readonly kind: 'near'; readonly value: number; readonly tolerance: number; readonly reason: string }
  /** `orNan`: NaN may be there as well. */
  | {
      readonly kind: 'within'
      readonly range: Range
      readonly orNan: boolean
      readonly reason: string
    }
  | { readonly kind: 'nothing'; readonly reason: string }

export const MACHINE = 'integers too large for their type: what becomes of them depends on the machine'
export const RESCALED = 'rescaled conductances: held to the sum of their connection'

/** Relative error of a sum of float32, its quotient and the product with it; and of doubles. */
const RESCALE_ERROR: Rounding = { f32: 2e-6, f64: 1e-9 }
/** A draw differs from NumPy's by the last bit of a logarithm or of a fused product. */
const DRAW_ERROR: Rounding = { f32: 2 ** -22, f64: 1e-12 }

interface Rounding {
  readonly f32: number
  readonly f64: number
}

type Ranked = Step & { readonly rank: (edge: number) => number }

/** The value of a property after steps, given what it was. */
export class Steps {
  readonly type: NumberType
  readonly #steps: readonly Ranked[]

  /** @param steps with the place of a row in what is packed, where that is not by all of `rows` */
  constructor(type: NumberType, steps: readonly (Step & { readonly rank?: Ranked['rank'] })[]) {
    this.type = type
    this.#steps = steps.map(step => ({
      ...step,
      rank: step.rank ?? (step.kind === 'arithmetic' ? () => 0 : rankOf(step.rows)),
    }))
  }

  /** Whether environments with and without numexpr differ. */
  get hasWide(): boolean {
    return this.#steps.some(step => step.kind === 'arithmetic' && step.wide !== undefined)
  }

  touches(edge: number): boolean {
    return this.#steps.some(step => hasBit(step.rows, edge))
  }

  /** @param wide in an environment that has numexpr */
  value(edge: number, before: Value, wide = false): Known {
    let known: Known = { kind: 'exact', value: before }
    for (const step of this.#steps) if (hasBit(step.rows, edge)) known = this.#after(step, known, edge, wide)
    return known
  }

  #after(step: Ranked, known: Known, edge: number, wide: boolean): Known {
    switch (step.kind) {
      case 'given':
        return this.#given(step.values, step.rank(edge))
      case 'drawn':
        return this.#drawn(step, known, edge)
      case 'rescaled':
        return this.#rescaled(step.factors[step.rank(edge)] ?? 1, known)
      case 'arithmetic': {
        const isWide = wide && step.wide !== undefined && hasBit(step.wide, edge)
        return this.#computed(step.how, known, isWide)
      }
    }
  }

  #given(values: Uint8Array, rank: number): Known {
    const view = new DataView(values.buffer, values.byteOffset, values.byteLength)
    return { kind: 'exact', value: readValue(view, rank * widthOf(this.type), this.type) }
  }

  #computed(how: Arithmetic, known: Known, wide: boolean): Known {
    if (how.mode !== 'setval' && (known.kind === 'within' || known.kind === 'nothing'))
      return { kind: 'nothing', reason: known.reason }
    const old = known.kind === 'exact' || known.kind === 'near' ? known.value : 0
    const value = newValue(how, this.type, old, wide)
    if (value === UNKNOWABLE) return { kind: 'nothing', reason: MACHINE }
    if (how.mode === 'setval' || known.kind !== 'near') return { kind: 'exact', value }
    const factor = how.mode === 'scale' ? Math.abs(how.value) : 1
    return this.#near(Number(value), known.tolerance * factor, RESCALE_ERROR, known.reason)
  }

  #rescaled(factor: number, known: Known): Known {
    if (Number.isNaN(factor)) return { kind: 'nothing', reason: RESCALED }
    if (factor === 1 || known.kind === 'within' || known.kind === 'nothing') return known
    const value = Number(known.value) * factor
    const before = known.kind === 'near' ? known.tolerance * Math.abs(factor) : 0
    return this.#near(value, before, RESCALE_ERROR, RESCALED)
  }

  /** @param size of what was rounded; default the value itself */
  #near(value: number, before: number, error: Rounding, reason: string, size = Math.abs(value)): Known {
    const tolerance = before + size * (this.type === 'f32' ? error.f32 : error.f64)
    return { kind: 'near', value, tolerance: Number.isFinite(tolerance) ? tolerance : 0, reason }
  }

  #drawn(step: Extract<Ranked, { kind: 'drawn' }>, known: Known, edge: number): Known {
    const { mode, range, draws, reason } = step
    const old = known.kind === 'exact' || known.kind === 'near' ? Number(known.value) : undefined
    const draw = draws?.[step.rank(edge)]
    if (draw === undefined || (old === undefined && mode !== 'randval')) {
      const bounds = range && this.#castRange(range)
      if (bounds === undefined) return { kind: 'nothing', reason }
      // NaN stays, and infinity may become it; what was not known may be either.
      return {
        kind: 'within',
        range: bounds,
        orNan: mode !== 'randval' && !Number.isFinite(old ?? NaN),
        reason,
      }
    }
    const exact = mode === 'randval' ? draw : mode === 'randscale' ? (old ?? 0) * draw : (old ?? 0) + draw
    const value = castTo(this.type, clip(range, exact))
    if (value === UNKNOWABLE) return { kind: 'nothing', reason: MACHINE }
    const size = Math.max(Math.abs(exact), Math.abs(draw), mode === 'randadd' ? Math.abs(old ?? 0) : 0)
    const uncertain =
      known.kind === 'near' && mode !== 'randval' ? known.tolerance * Math.max(1, Math.abs(draw)) : 0
    return this.#near(Number(value), uncertain, DRAW_ERROR, reason, size)
  }

  /** Bounds are cast like values: those of integers toward zero. Undefined where values between them wrap. */
  #castRange(range: Range): Range | undefined {
    const cast = (value: number): number =>
      this.type === 'f32' ? Math.fround(value) : this.type === 'f64' ? value : Math.trunc(value)
    const [low, high] = [cast(range[0]), cast(range[1])]
    return fits(this.type, low) && fits(this.type, high) ? [low, high] : undefined
  }
}
