/** The seed that a variant is drawn with, from the notebook's seed modes. */

/** `add_sim_idx` adds the index of the variant, `add_sim_seed` the seed of its simulation. */
export type SeedMode = 'constant' | 'add_sim_idx' | 'add_sim_seed'

export const SEED_MODES: readonly SeedMode[] = ['constant', 'add_sim_idx', 'add_sim_seed']

/** RandomState takes no other; so that records mean the same whatever the generator, default_rng neither. */
export const MAX_SEED = 2 ** 32 - 1

/**
 * @param variant its index (the `<i>` of `<SIMi>`) and, for `add_sim_seed`, the seed of its simulation
 * @throws RangeError if the sum is not in 0 .. 2^32-1, or if the simulation's seed is needed and not given
 */
export function effectiveSeed(
  seed: number,
  mode: SeedMode,
  variant: { readonly index: number; readonly simulationSeed?: number | undefined },
): number {
  const added = { constant: 0, add_sim_idx: variant.index, add_sim_seed: variant.simulationSeed }[mode]
  if (added === undefined) throw new RangeError('add_sim_seed needs the seed of the simulation')
  const sum = seed + added
  if (Number.isInteger(sum) && sum >= 0 && sum <= MAX_SEED) return sum
  throw new RangeError(`expected a seed from 0 to ${MAX_SEED}, found ${sum}`)
}
