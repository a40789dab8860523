/** Mersenne Twister (Matsumoto and Nishimura 1998), seeded and read as NumPy's legacy RandomState does. */
import { type BitGenerator, TWO_32, type Word64 } from './bits.ts'

const N = 624
const M = 397

export class Mt19937 implements BitGenerator {
  readonly #key = new Uint32Array(N)
  #position = N

  /** @param seed whole number in 0 .. 2^32-1, else RangeError. Array seeds, which mix differently, are not taken. */
  constructor(seed: number) {
    if (!Number.isInteger(seed) || seed < 0 || seed >= TWO_32)
      throw new RangeError(`expected a seed in 0 .. 2^32-1, found ${seed}`)
    this.#key[0] = seed
    for (let i = 1; i < N; i++) {
      const previous = this.#key[i - 1] ?? 0
      this.#key[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i
    }
  }

  u32(): number {
    if (this.#position === N) this.#twist()
    let word = this.#key[this.#position++] ?? 0
    word ^= word >>> 11
    word ^= (word << 7) & 0x9d2c_5680
    word ^= (word << 15) & 0xefc6_0000
    return (word ^ (word >>> 18)) >>> 0
  }

  u64(): Word64 {
    const high = this.u32()
    return { high, low: this.u32() }
  }

  double(): number {
    const high = this.u32() >>> 5
    return (high * 2 ** 26 + (this.u32() >>> 6)) / 2 ** 53
  }

  #twist(): void {
    const key = this.#key
    // In three stretches, because a remainder per word would take as long as all the rest.
    for (let i = 0; i < N - M; i++) key[i] = twisted(key, i, i + 1, i + M)
    for (let i = N - M; i < N - 1; i++) key[i] = twisted(key, i, i + 1, i + M - N)
    key[N - 1] = twisted(key, N - 1, 0, M - 1)
    this.#position = 0
  }
}

function twisted(key: Uint32Array, i: number, next: number, far: number): number {
  const joined = ((key[i] ?? 0) & 0x8000_0000) | ((key[next] ?? 0) & 0x7fff_ffff)
  return (key[far] ?? 0) ^ (joined >>> 1) ^ (joined & 1 ? 0x9908_b0df : 0)
}
