/**
 * Rows that a model drew: values within what it allows. Source: LinDelayModel, conn_wiring and conn_rewiring of
 * connectome-manipulator 1.0.4; the SONATA developer guide for what a property can be at all.
 */
import type { DelayModel, Rewiring, Wiring } from '../../connectome/operations.ts'
import type { Findings } from './codes.ts'
import { culpritOf, type Property, type RowsOf, valueAt } from './target-rows.ts'

const CENTRE = ['afferent_center_x', 'afferent_center_y', 'afferent_center_z'] as const

/** Values that a new position can have: soma or a place on a dendrite. */
const POSITION: Readonly<Record<string, (value: number) => boolean>> = {
  afferent_section_id: value => Number.isInteger(value) && value >= 0,
  afferent_section_pos: value => value >= 0 && value <= 1,
  // Soma, axon, basal and apical dendrite; their numbers changed once, within these.
  afferent_section_type: value => Number.isInteger(value) && value >= 0 && value <= 4,
  ...Object.fromEntries(CENTRE.map(name => [name, Number.isFinite])),
}

/** Just below 1e9. */
const STOPS_AT = 1e9 - 1

/** Of a place within a section, as float32. */
const BITS_OF_POSITION = 20

export class DrawnRows {
  readonly #operation: Rewiring | Wiring
  readonly #place: number | undefined
  readonly #findings: Findings
  readonly #byName: ReadonlyMap<string, Property>

  constructor(
    operation: Rewiring | Wiring,
    place: number | undefined,
    properties: readonly Property[],
    findings: Findings,
  ) {
    this.#operation = operation
    this.#place = place
    this.#findings = findings
    this.#byName = new Map(properties.map(property => [property.name, property]))
  }

  /** The delay of a row that was drawn again, or is new. */
  delay(after: RowsOf, place: number, target: number): void {
    const problem = this.delayProblem(after, place)
    if (problem === undefined) return
    const [operation, property] = [this.#place, 'delay']
    this.#findings.add(
      'rewiring.delay',
      { ...culpritOf(after, place, target), property },
      { operation, property, ...problem },
    )
  }

  /** Undefined where the model may have drawn the delay. */
  delayProblem(after: RowsOf, place: number): { expected: string; found: string } | undefined {
    const property = this.#byName.get('delay')
    if (property === undefined) return undefined
    const value = valueAt(after.rows, place, property)
    const [low, high] = this.#delayBounds(after, place, property)
    // No place, no distance, no delay.
    const placeless = CENTRE.some(name => Number.isNaN(this.#value(after, place, name)))
    if ((value >= low && value <= high) || (Number.isNaN(value) && placeless)) return undefined
    return { expected: high >= STOPS_AT ? `at least ${low}` : `${low} to ${high}`, found: `${value}` }
  }

  #delayBounds(after: RowsOf, place: number, { type }: Property): readonly [low: number, high: number] {
    const { kind, delay } = this.#operation
    const [low, high] = delayBounds(delay, this.#distance(after, place), type === 'f32')
    // conn_rewiring looks at its table once more, and stops at what is as large.
    return [low, kind === 'conn_rewiring' ? Math.min(high, STOPS_AT) : high]
  }

  /** Position and type of a new row; positions of others, where they are used again, are not the model's. */
  made(after: RowsOf, place: number, target: number): void {
    const operation = this.#operation
    if (
      operation.kind === 'conn_wiring' ||
      operation.positions === 'random' ||
      operation.positions === 'external'
    )
      for (const [name, allows] of Object.entries(POSITION)) this.#judge(after, place, target, name, allows)
    if (this.#isGenerated() && this.#value(after, place, 'afferent_section_id') === 0)
      this.#judge(after, place, target, 'afferent_section_pos', value => value === 0)
    const { excitatory } = operation
    const isExcitatory = excitatory?.[after.rows.source[place] ?? 0]
    if (isExcitatory === undefined) return
    this.#judge(after, place, target, 'syn_type_id', value =>
      operation.kind === 'conn_wiring'
        ? value === (isExcitatory === 1 ? 100 : 0)
        : isExcitatory === 1
          ? value >= 100
          : value >= 0 && value < 100,
    )
  }

  /** Bits of chance that keep two rows of one connection apart, at least. */
  bitsOfChance(after: RowsOf, place: number, isNew: boolean): number {
    const { std = 0, min = 0 } = this.#operation.delay ?? {}
    const property = this.#byName.get('delay')
    const delay = property === undefined ? Number.NaN : valueAt(after.rows, place, property)
    // At its least value a truncated distribution may stand still.
    const drawn = std > 0 && delay > min * 1.001 && delay > 0
    const digits = property?.type === 'f64' ? 52 : 23
    const bits = drawn ? Math.max(0, Math.log2(std / delay) + digits - 2) : 0
    const placed =
      isNew && this.#isGenerated() && (this.#value(after, place, 'afferent_section_pos') ?? 0) > 0
    return bits + (placed ? BITS_OF_POSITION : 0)
  }

  #isGenerated(): boolean {
    return this.#operation.kind === 'conn_wiring' || this.#operation.positions === 'random'
  }

  #judge(
    after: RowsOf,
    place: number,
    target: number,
    name: string,
    allows: (value: number) => boolean,
  ): void {
    const value = this.#value(after, place, name)
    if (value === undefined || allows(value)) return
    const culprit = { ...culpritOf(after, place, target), property: name }
    this.#findings.add('rewiring.bounds', culprit, {
      operation: this.#place,
      property: name,
      found: `${value}`,
    })
  }

  #value(after: RowsOf, place: number, name: string): number | undefined {
    const property = this.#byName.get(name)
    return property === undefined || property.text ? undefined : valueAt(after.rows, place, property)
  }

  /** From the source to the synapse; undefined where positions of either are not known. */
  #distance(after: RowsOf, place: number): number | undefined {
    const positions = this.#operation.delay?.positions
    if (positions === undefined) return undefined
    const source = after.rows.source[place] ?? 0
    const squares = CENTRE.map(
      (name, k) => ((this.#value(after, place, name) ?? NaN) - (positions[k]?.[source] ?? NaN)) ** 2,
    )
    return Math.sqrt(squares.reduce((sum, square) => sum + square, 0))
  }
}

/** Chance of the largest draw that doubles can express: sqrt(-2 ln 2^-54), rounded up. */
const MOST_SIGMA = 9

/**
 * Least and greatest delay over a distance: `mean = a + b * distance`, normal above `min`, without chance where `std`
 * is 0. Without a model: not negative.
 */
function delayBounds(
  model: DelayModel | undefined,
  distance: number | undefined,
  single: boolean,
): readonly [low: number, high: number] {
  const finite: readonly [number, number] = [0, Number.MAX_VALUE]
  if (model === undefined) return finite
  const { a, b, std, min } = model
  // Rounding of the delay, and of the position that the distance is measured to.
  const slack = (value: number): number => (single ? 1e-5 : 1e-9) * (1 + Math.abs(value))
  const low = min - (single ? 2 ** -23 : 2 ** -40) * (1 + min)
  if (distance === undefined || !Number.isFinite(distance)) return [low, finite[1]]
  const mean = a + b * distance
  const moved = slack(mean) + Math.abs(b) * 1e-3 + Math.abs(b) * distance * 1e-5
  if (std === 0) return [Math.max(mean, min) - moved, Math.max(mean, min) + moved]
  const beyond = Math.max(0, (min - mean) / std)
  return [low, mean + std * Math.hypot(beyond, MOST_SIGMA) + std + moved]
}
