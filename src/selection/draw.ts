/**
 * Which connections of a list are removed, drawn as the notebook's `remove_connections` does: a permutation of the
 * list cut to the amount, then, of reciprocal pairs, one bit each for the direction that goes.
 */
import type { Pairs } from '../connectome/pairs.ts'
import { type Amount, drawnOf } from './amount.ts'
import { DefaultRng } from './random/default-rng.ts'
import { RandomState } from './random/random-state.ts'

/** `reciprocal`: each row stands for both directions, and one of them is drawn. `directed`: rows as they are. */
export type SelectionMode = 'reciprocal' | 'directed'

export const SELECTION_MODES: readonly SelectionMode[] = ['reciprocal', 'directed']

/**
 * `RandomState`: that of `np.random.seed`, with which the study was made; smaller amounts are part of larger ones.
 * `default_rng`: PCG64, as NumPy 1.17 to 2.4 draw; amounts are not nested.
 */
export type GeneratorName = 'RandomState' | 'default_rng'

export const GENERATORS: readonly GeneratorName[] = ['RandomState', 'default_rng']

export interface DrawOptions {
  readonly pairs: Pairs
  readonly mode: SelectionMode
  readonly amount: Amount
  /** As given to the generator, 0 .. 2^32-1; see `effectiveSeed` for the seed modes. */
  readonly seed: number
  readonly generator?: GeneratorName | undefined
}

/** The connections to be removed, 0-based node ids, in the order of the list. */
export interface Drawn extends Pairs {
  /** Row of the list that each is from, ascending, 0-based. */
  readonly rows: Uint32Array
  /** Rows of the list. */
  readonly listed: number
  /** Rows whose reverse is removed. */
  readonly flipped: number
  readonly mode: SelectionMode
  readonly amount: Amount
  readonly seed: number
  readonly generator: GeneratorName
}

/** @throws RangeError for an amount or a seed that cannot be */
export function drawConnections(options: DrawOptions): Drawn {
  const { pairs, mode, amount, seed, generator = 'RandomState' } = options
  const listed = pairs.source.length
  const count = drawnOf(amount, listed)
  const random = generator === 'RandomState' ? new RandomState(seed) : new DefaultRng(seed)
  const chosen = random.choice(listed, count)
  // Directions belong to the rows in the order drawn, not in the order written.
  const bits = mode === 'reciprocal' ? random.choiceWithReplacement(2, count) : new Float64Array(count)
  const flip = new Uint8Array(listed)
  chosen.forEach((row, k) => {
    flip[row] = bits[k] ?? 0
  })
  const rows = chosen.slice().sort()
  const source = rows.map(row => (flip[row] ? pairs.target : pairs.source)[row] ?? 0)
  const target = rows.map(row => (flip[row] ? pairs.source : pairs.target)[row] ?? 0)
  const flipped = bits.reduce((sum, bit) => sum + bit, 0)
  return { source, target, rows, listed, flipped, mode, amount, seed, generator }
}
