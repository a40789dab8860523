/** Random numbers of rand* modes: drawn to know them, and to know where they leave the stream. */
import type { RandomState } from '../selection/random/random-state.ts'

/** The part of NumPy's legacy generator that predictions draw from. */
export type Stream = Pick<RandomState, 'permutation' | 'uniform' | 'randomSample' | 'normal'>

/**
 * `getattr(np.random, rng)(**arguments, size=count)`; undefined where the generator is not one of these, and with it
 * everything that is drawn after it.
 */
export function drawRandom(
  stream: Stream,
  rng: string,
  given: Readonly<Record<string, unknown>>,
  count: number,
): Float64Array | undefined {
  const generator = GENERATORS[rng]
  if (generator === undefined) return undefined
  const values: number[] = []
  for (const [name, value] of Object.entries(generator.defaults)) {
    const argument = given[name] ?? value
    if (typeof argument !== 'number' || !Number.isFinite(argument)) return undefined
    values.push(argument)
  }
  if (Object.keys(given).some(name => !Object.hasOwn(generator.defaults, name))) return undefined
  return generator.draw(stream, values, count)
}

interface Generator {
  readonly defaults: Readonly<Record<string, number>>
  readonly draw: (stream: Stream, values: readonly number[], count: number) => Float64Array
}

const unit: Generator = { defaults: {}, draw: (stream, _, count) => stream.randomSample(count) }

const GENERATORS: Readonly<Record<string, Generator>> = {
  random: unit,
  random_sample: unit,
  ranf: unit,
  sample: unit,
  uniform: {
    defaults: { low: 0, high: 1 },
    draw: (stream, [low = 0, high = 1], count) => stream.uniform(low, high, count),
  },
  normal: {
    defaults: { loc: 0, scale: 1 },
    draw: (stream, [loc = 0, scale = 1], count) => stream.normal(loc, scale, count),
  },
  standard_normal: { defaults: {}, draw: (stream, _, count) => stream.normal(0, 1, count) },
}
