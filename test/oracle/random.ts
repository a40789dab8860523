/** Draws of the oracle: what a case is follows from its seed alone. */

/** Numbers from a text: sfc32, seeded by FNV-1a of it. */
export class Random {
  readonly #state = new Uint32Array(4)

  constructor(seed: string) {
    let hash = 0x811c_9dc5
    for (let k = 0; k < seed.length; k++) hash = Math.imul(hash ^ seed.charCodeAt(k), 0x0100_0193)
    this.#state.set([hash, hash ^ 0x9e37_79b9, Math.imul(hash, 0x85eb_ca6b), 1])
    for (let k = 0; k < 12; k++) this.#next()
  }

  #next(): number {
    const s = this.#state
    const [a = 0, b = 0, c = 0, d = 0] = s
    const sum = (a + b + d) >>> 0
    s.set([b ^ (b >>> 9), c + (c << 3), ((c << 21) | (c >>> 11)) + sum, d + 1])
    return sum
  }

  /** An integer from 0 to `n - 1`. */
  below(n: number): number {
    return Math.floor((this.#next() / 2 ** 32) * n)
  }

  chance(probability: number): boolean {
    return this.#next() / 2 ** 32 < probability
  }

  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError('nothing to pick from')
    return list[this.below(list.length)] as T
  }

  /** Each as likely as its number says. */
  weighted<T extends string>(weights: Readonly<Partial<Record<T, number>>>): T {
    const entries = Object.entries(weights) as [T, number][]
    let at = this.below(entries.reduce((sum, [, weight]) => sum + weight, 0))
    for (const [name, weight] of entries) {
      if (at < weight) return name
      at -= weight
    }
    throw new RangeError('nothing to pick from')
  }

  shuffled<T>(list: readonly T[]): T[] {
    const copy = [...list]
    for (let i = copy.length - 1; i > 0; i--) {
      const j = this.below(i + 1)
      const [a, b] = [copy[i] as T, copy[j] as T]
      copy[i] = b
      copy[j] = a
    }
    return copy
  }

  some<T>(list: readonly T[], probability: number): T[] {
    return list.filter(() => this.chance(probability))
  }
}
