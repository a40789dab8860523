/**
 * numpy.random.default_rng(seed): PCG64 and NumPy's Generator on it, bit for bit. NumPy may change these methods
 * (NEP 19); this is what 1.17 to 2.4 do.
 */
import {
  arange,
  type BitGenerator,
  highWord,
  type IntegerType,
  interval,
  pieces,
  pieceWidth,
  requireCounts,
  shuffleIds,
  shuffleWith,
  spanOf,
  TWO_32,
} from './bits.ts'
import { Pcg64 } from './pcg64.ts'

export class DefaultRng {
  readonly #bits: BitGenerator

  /** @param seed whole and not negative, else RangeError */
  constructor(seed: number | bigint) {
    this.#bits = new Pcg64(seed)
  }

  /** `random(count)`: in [0, 1). */
  random(count: number): Float64Array {
    return new Float64Array(count).map(() => this.#bits.double())
  }

  /** `shuffle(items)`, in place: unlike choice, with the legacy way of drawing below a bound. */
  shuffle(items: { [index: number]: unknown; readonly length: number }): void {
    shuffleWith(max => interval(this.#bits, max), items)
  }

  /** `permutation(count)`: 0 .. count-1 in random order. */
  permutation(count: number): Uint32Array {
    requireCounts(0, count)
    const ids = arange(count)
    shuffleIds(this.#bits, ids)
    return ids
  }

  /**
   * `choice(of, count, replace=False, shuffle)`. Of many, NumPy shuffles the tail of all; of few, or few of many, it
   * draws by Floyd's method (Bentley and Floyd 1987), so amounts are not nested as they are with RandomState.
   */
  choice(of: number, count: number, { shuffle = true }: { shuffle?: boolean } = {}): Uint32Array {
    requireCounts(count, of)
    const draw = (max: number): number => this.#lemire(max)
    if (of > 10_000 && count > Math.floor(of / (shuffle ? 50 : 20))) {
      const ids = arange(of)
      shuffleWith(draw, ids, Math.max(of - count, 1))
      return ids.slice(of - count)
    }
    const ids = this.#floyd(of, count)
    if (shuffle) shuffleWith(draw, ids)
    return ids
  }

  #floyd(of: number, count: number): Uint32Array {
    const used = new Set<number>()
    return new Uint32Array(count).map((_, i) => {
      const last = of - count + i
      const drawn = this.#lemire(last)
      const id = used.has(drawn) ? last : drawn
      used.add(id)
      return id
    })
  }

  /** `choice(of, count)`, with replacement. */
  choiceWithReplacement(of: number, count: number): Float64Array {
    return this.integers(0, of, count)
  }

  /** `integers(low, high, count, dtype)`: whole numbers in [low, high). 64-bit ones must be below 2^53 here. */
  integers(low: number, high: number, count: number, type: IntegerType = 'int64'): Float64Array {
    const span = spanOf(low, high, type)
    const draw = this.#integer(span, type)
    return new Float64Array(count).map(() => low + draw())
  }

  #integer(span: number, type: IntegerType): () => number {
    const width = pieceWidth(type)
    if (span === 0) return () => 0
    if (width === undefined) return () => this.#lemire(span)
    const next = pieces(this.#bits, width)
    const size = 2 ** width
    if (span === size - 1) return next
    return () => {
      let product = next() * (span + 1)
      const threshold = (size - 1 - span) % (span + 1)
      while (product % size < threshold) product = next() * (span + 1)
      return Math.floor(product / size)
    }
  }

  /** Whole number in 0 .. max inclusive by multiplication (Lemire 2019), as NumPy's bounded integers. */
  #lemire(max: number): number {
    if (max === 0) return 0
    if (max === TWO_32 - 1) return this.#bits.u32()
    if (max >= TWO_32) return this.#lemire64(max)
    const count = max + 1
    let word = this.#bits.u32()
    let low = Math.imul(word, count) >>> 0
    if (low < count) {
      const threshold = (TWO_32 - 1 - max) % count
      while (low < threshold) {
        word = this.#bits.u32()
        low = Math.imul(word, count) >>> 0
      }
    }
    return highWord(word, count)
  }

  #lemire64(max: number): number {
    const count = BigInt(max) + 1n
    const threshold = ((1n << 64n) - count) % count
    for (;;) {
      const { high, low } = this.#bits.u64()
      const product = ((BigInt(high) << 32n) | BigInt(low)) * count
      if (BigInt.asUintN(64, product) >= threshold) return Number(product >> 64n)
    }
  }
}
