/** Seeded draws. alea is the fast generator of seedrandom; the same seed gives the same bytes everywhere. */
import seedrandom from 'seedrandom'

export type Random = () => number

export const seeded = (seed: string): Random => seedrandom.alea(seed)

/** Standard normal (Box-Muller, one of the two). */
export const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

/** `count` distinct integers below `limit`, ascending. */
export function distinct(random: Random, count: number, limit: number): Uint32Array {
  if (count > limit) throw new RangeError(`${count} distinct numbers below ${limit}`)
  const taken = new Uint8Array(limit)
  for (let missing = count; missing > 0; ) {
    const value = Math.floor(random() * limit)
    if (taken[value] === 1) continue
    taken[value] = 1
    missing--
  }
  const values = new Uint32Array(count)
  for (let value = 0, at = 0; at < count; value++) if (taken[value] === 1) values[at++] = value
  return values
}

/** Positive weights with a heavy tail (log-normal) and mean 1. */
export function heavyTailed(random: Random, count: number, sigma: number): Float64Array {
  const weights = Float64Array.from({ length: count }, () => Math.exp(sigma * normal(random)))
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / count
  return weights.map(weight => weight / mean)
}
