/** Seeded draws. The same seed gives the same circuit on every machine; NumPy's draws are another matter. */
import seedrandom from 'seedrandom'

export interface Random {
  /** In [0, 1). */
  uniform(): number
  /** Whole number in 0 .. below-1. */
  below(below: number): number
  /** Standard normal. */
  normal(): number
  /** Index drawn with probability proportional to its weight. */
  weighted(weights: readonly number[]): number
  /** `count` different elements of the list, in the order drawn. RangeError if it has fewer. */
  sample<T>(from: readonly T[], count: number): T[]
}

export function seededRandom(seed: string | number): Random {
  const uniform = seedrandom.alea(String(seed))
  const below = (limit: number): number => Math.floor(uniform() * limit)
  return {
    uniform,
    below,
    // 1 - u, because the logarithm of 0 is not a number of µm.
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    weighted: weights => {
      let left = uniform() * weights.reduce((sum, weight) => sum + weight, 0)
      const index = weights.findIndex(weight => {
        left -= weight
        return left < 0
      })
      return index < 0 ? weights.length - 1 : index
    },
    sample: (from, count) => {
      if (count > from.length) throw new RangeError(`cannot draw ${count} of ${from.length}`)
      const pool = [...from]
      return Array.from({ length: count }, (_, k) => {
        const at = k + below(pool.length - k)
        const drawn = pool[at] as (typeof pool)[number] // at < length
        pool[at] = pool[k] as (typeof pool)[number]
        return drawn
      })
    },
  }
}
