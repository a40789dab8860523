/**
 * numpy.random.RandomState(seed), the legacy generator behind `np.random.seed`: the same numbers, bit for bit, and
 * the same stream after them. NumPy promises never to change it (NEP 19).
 */
import {
  arange,
  type IntegerType,
  interval,
  ones,
  permutationHead,
  pieces,
  pieceWidth,
  requireCounts,
  shuffleIds,
  shuffleWith,
  spanOf,
  TWO_32,
} from './bits.ts'
import { Mt19937 } from './mt19937.ts'
import { cumulative, searchRight } from './weights.ts'

export class RandomState {
  readonly #bits: Mt19937
  /** The second of a pair of normals, kept for the next call. */
  #normal: number | undefined

  /** @param seed whole number in 0 .. 2^32-1, else RangeError */
  constructor(seed: number) {
    this.#bits = new Mt19937(seed)
  }

  /** One raw word: whole number in 0 .. 2^32-1. */
  u32(): number {
    return this.#bits.u32()
  }

  /** Whole number in 0 .. max inclusive (`random_interval`); `max` = 0 draws nothing. */
  interval(max: number): number {
    return interval(this.#bits, max)
  }

  /** `shuffle(items)`, in place. The rows of a matrix are drawn like the items of a list. */
  shuffle(items: { [index: number]: unknown; readonly length: number }): void {
    shuffleWith(max => this.interval(max), items)
  }

  /** `permutation(count)`: 0 .. count-1 in random order. One or none draws nothing. */
  permutation(count: number): Uint32Array {
    requireCounts(0, count)
    const ids = arange(count)
    shuffleIds(this.#bits, ids)
    return ids
  }

  /** `choice(of, count, replace=False)`: the head of {@link permutation}, which is drawn whole also for `count` = 0. */
  choice(of: number, count: number): Uint32Array {
    requireCounts(count, of)
    return permutationHead(this.#bits, of, count)
  }

  /** `choice(of, count)`, with replacement. */
  choiceWithReplacement(of: number, count: number): Float64Array {
    return this.randint(0, of, count)
  }

  /**
   * `choice(len(p), count, p=p)`, with replacement.
   *
   * @param p probabilities, not negative, not all 0
   */
  weightedChoice(p: ArrayLike<number>, count: number): Uint32Array {
    const cdf = cumulative(p)
    return Uint32Array.from(this.randomSample(count), value => searchRight(cdf, value))
  }

  /**
   * `randint(low, high, count, dtype)`: whole numbers in [low, high). 64-bit ones must be below 2^53 here.
   * RangeError where NumPy raises ValueError.
   */
  randint(low: number, high: number, count: number, type: IntegerType = 'int64'): Float64Array {
    const span = spanOf(low, high, type)
    const draw = this.#integer(span, type)
    return new Float64Array(count).map(() => low + draw())
  }

  #integer(span: number, type: IntegerType): () => number {
    const width = pieceWidth(type)
    if (span === 0) return () => 0
    if (width === undefined) return () => (span === TWO_32 - 1 ? this.u32() : this.interval(span))
    const next = pieces(this.#bits, width)
    const mask = ones(span)
    return () => {
      for (;;) {
        const value = next() & mask
        if (value <= span) return value
      }
    }
  }

  /** `random_sample(count)`: in [0, 1). */
  randomSample(count: number): Float64Array {
    return new Float64Array(count).map(() => this.#bits.double())
  }

  /** `uniform(low, high, count)`. */
  uniform(low: number, high: number, count: number): Float64Array {
    return this.randomSample(count).map(value => low + (high - low) * value)
  }

  /**
   * `normal(mean, deviation, count)`, by the polar method. The logarithm is that of the JavaScript engine, which may
   * differ from NumPy's in the last bit.
   */
  normal(mean: number, deviation: number, count: number): Float64Array {
    return new Float64Array(count).map(() => mean + deviation * this.#gauss())
  }

  #gauss(): number {
    const kept = this.#normal
    this.#normal = undefined
    if (kept !== undefined) return kept
    for (;;) {
      const x = 2 * this.#bits.double() - 1
      const y = 2 * this.#bits.double() - 1
      const square = x * x + y * y
      if (square >= 1 || square === 0) continue
      const factor = Math.sqrt((-2 * Math.log(square)) / square)
      this.#normal = factor * x
      return factor * y
    }
  }
}
