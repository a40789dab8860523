/** PCG64 (XSL-RR 128/64, O'Neill 2014) as numpy.random.default_rng uses it, in 32-bit words: no BigInt, no kernel. */
import { type BitGenerator, highWord, lowWord, TWO_32, type Word64 } from './bits.ts'
import { seedWords } from './seed-sequence.ts'

/** The multiplier 0x2360ED051FC65DA44385DF649FCCF645, low word first. */
const B0 = 0x9fcc_f645
const B1 = 0x4385_df64
const B2 = 0x1fc6_5da4
const B3 = 0x2360_ed05

export class Pcg64 implements BitGenerator {
  /** 128-bit numbers, low word first. */
  readonly #state = new Uint32Array(4)
  readonly #increment = new Uint32Array(4)
  #low = 0
  #high = 0
  /** Whether `#high` waits for the next request of 32 bits. Requests of 64 bits leave it waiting. */
  #waiting = false
  #buffer = 0

  /** @param seed whole and not negative, else RangeError; mixed by SeedSequence */
  constructor(seed: number | bigint) {
    const words = seedWords(seed, 8)
    const word = (i: number): number => words[i] ?? 0
    // Of each 64-bit word the low half stands first, but of the 128-bit numbers the high word.
    const stream = [word(6), word(7), word(4), word(5)]
    this.#increment.set(stream.map((w, i) => (w << 1) | (i === 0 ? 1 : (stream[i - 1] ?? 0) >>> 31)))
    this.#step()
    let carry = 0
    for (const [i, w] of [word(2), word(3), word(0), word(1)].entries()) {
      const sum = (this.#state[i] ?? 0) + w + carry
      this.#state[i] = sum
      carry = sum >= TWO_32 ? 1 : 0
    }
    this.#step()
  }

  /** State and increment as NumPy shows them in `bit_generator.state`. */
  get state(): { readonly state: bigint; readonly inc: bigint } {
    const joined = (words: Uint32Array): bigint => words.reduceRight((sum, w) => (sum << 32n) | BigInt(w), 0n)
    return { state: joined(this.#state), inc: joined(this.#increment) }
  }

  u32(): number {
    if (this.#waiting) {
      this.#waiting = false
      return this.#buffer
    }
    this.#next()
    this.#waiting = true
    this.#buffer = this.#high
    return this.#low
  }

  u64(): Word64 {
    this.#next()
    return { high: this.#high, low: this.#low }
  }

  double(): number {
    this.#next()
    return (this.#high * 2 ** 21 + (this.#low >>> 11)) / 2 ** 53
  }

  #next(): void {
    this.#step()
    const state = this.#state
    const top = state[3] ?? 0
    const low = (state[0] ?? 0) ^ (state[2] ?? 0)
    const high = (state[1] ?? 0) ^ top
    const rotation = top >>> 26
    const a = rotation & 32 ? high : low
    const b = rotation & 32 ? low : high
    const bits = rotation & 31
    this.#low = bits === 0 ? a >>> 0 : ((a >>> bits) | (b << (32 - bits))) >>> 0
    this.#high = bits === 0 ? b >>> 0 : ((b >>> bits) | (a << (32 - bits))) >>> 0
  }

  /** state = state * multiplier + increment, modulo 2^128. Each column sums at most eight words: exact in a double. */
  #step(): void {
    const state = this.#state
    const increment = this.#increment
    const a0 = state[0] ?? 0
    const a1 = state[1] ?? 0
    const a2 = state[2] ?? 0
    const a3 = state[3] ?? 0
    const column0 = lowWord(a0, B0) + (increment[0] ?? 0)
    const column1 =
      highWord(a0, B0) + lowWord(a0, B1) + lowWord(a1, B0) + (increment[1] ?? 0) + carried(column0)
    const column2 =
      highWord(a0, B1) +
      highWord(a1, B0) +
      lowWord(a0, B2) +
      lowWord(a1, B1) +
      lowWord(a2, B0) +
      (increment[2] ?? 0) +
      carried(column1)
    const column3 =
      highWord(a0, B2) +
      highWord(a1, B1) +
      highWord(a2, B0) +
      lowWord(a0, B3) +
      lowWord(a1, B2) +
      lowWord(a2, B1) +
      lowWord(a3, B0) +
      (increment[3] ?? 0) +
      carried(column2)
    state[0] = column0
    state[1] = column1
    state[2] = column2
    state[3] = column3
  }
}

const carried = (column: number): number => Math.floor(column / TWO_32)
