/**
 * NumPy's legacy generator, as the manipulations draw with it: MT19937 seeded by one integer, `permutation` by masked
 * rejection, `random_sample` with 53 bits. Written from the published algorithm (Matsumoto and Nishimura, 1998).
 */
const N = 624
const M = 397

export class Legacy {
  readonly #state = new Uint32Array(N)
  #at = N

  constructor(seed: number) {
    this.#state[0] = seed
    for (let k = 1; k < N; k++) {
      const last = this.#state[k - 1] ?? 0
      this.#state[k] = Math.imul(1_812_433_253, last ^ (last >>> 30)) + k
    }
  }

  #word(): number {
    const s = this.#state
    if (this.#at === N) {
      for (let k = 0; k < N; k++) {
        const y = ((s[k] ?? 0) & 0x8000_0000) | ((s[(k + 1) % N] ?? 0) & 0x7fff_ffff)
        s[k] = (s[(k + M) % N] ?? 0) ^ (y >>> 1) ^ (y & 1 ? 0x9908_b0df : 0)
      }
      this.#at = 0
    }
    let y = s[this.#at++] ?? 0
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c_5680
    y ^= (y << 15) & 0xefc6_0000
    y ^= y >>> 18
    return y >>> 0
  }

  permutation<T>(list: readonly T[]): T[] {
    const copy = [...list]
    for (let i = copy.length - 1; i > 0; i--) {
      let mask = 1
      while (mask < i) mask = 2 * mask + 1
      let j = (this.#word() & mask) >>> 0
      while (j > i) j = (this.#word() & mask) >>> 0
      const [a, b] = [copy[i] as T, copy[j] as T]
      copy[i] = b
      copy[j] = a
    }
    return copy
  }

  /** `uniform(low, high)`. */
  uniform(low: number, high: number): number {
    const [a, b] = [this.#word() >>> 5, this.#word() >>> 6]
    return low + (high - low) * ((a * 67_108_864 + b) / 9_007_199_254_740_992)
  }
}

/** Python's `round` of a double to an integer: half to even. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  if (rest !== 0.5) return Math.round(value)
  return floor % 2 === 0 ? floor : floor + 1
}
