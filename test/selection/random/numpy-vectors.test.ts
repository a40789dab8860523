/**
 * Every vector that NumPy made: ours (test/fixtures/numpy/random_vectors.py) and, where they are, the shared ones.
 * Each key is a call; a key without a call here fails, so that none is left out.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { DefaultRng } from '../../../src/selection/random/default-rng.ts'
import { Pcg64 } from '../../../src/selection/random/pcg64.ts'
import { RandomState } from '../../../src/selection/random/random-state.ts'
import { seedPool, seedWords } from '../../../src/selection/random/seed-sequence.ts'
import { hasShared, SHARED } from '../../shared.ts'

type Call = (seed: bigint) => unknown

const sha = (values: ArrayLike<number>): string =>
  createHash('sha256')
    .update(BigInt64Array.from(Array.from(values), v => BigInt(v)))
    .digest('hex')
const list = (values: Iterable<number | boolean>): number[] => Array.from(values, Number)
const head = (values: Uint32Array, count: number): number[] => list(values.subarray(0, count))
const times = (count: number, draw: () => unknown): unknown[] => Array.from({ length: count }, draw)
const shuffled = (generator: { shuffle(items: number[]): void }): number[] => {
  const items = Array.from({ length: 1000 }, (_, i) => i)
  generator.shuffle(items)
  return items
}
const wide = ({ high, low }: { high: number; low: number }): bigint => (BigInt(high) << 32n) | BigInt(low)
/** The vectors hold numbers that are exact as such as numbers, the others as big ones. */
const number = (value: bigint): number | bigint => (value <= Number.MAX_SAFE_INTEGER ? Number(value) : value)

const state = (seed: bigint): RandomState => new RandomState(Number(seed))
const rng = (seed: bigint): DefaultRng => new DefaultRng(seed)

const LEGACY: Record<string, Call> = {
  u32: seed => {
    const one = state(seed)
    return times(10, () => one.u32())
  },
  permutation10: seed => list(state(seed).permutation(10)),
  choice100_10: seed => list(state(seed).choice(100, 10)),
  randint02_20: seed => list(state(seed).randint(0, 2, 20)),
  choiceFT_20: seed => list(state(seed).choiceWithReplacement(2, 20)),
  randint0_1000_10: seed => list(state(seed).randint(0, 1000, 10)),
  randint_bool_20: seed => list(state(seed).randint(0, 2, 20, 'bool')),
  randint_i8_0_100_10: seed => list(state(seed).randint(0, 100, 10, 'int8')),
  randint_big: seed => list(state(seed).randint(0, 2 ** 40, 5)),
  random_sample5: seed => list(state(seed).randomSample(5)),
  shuffle_then_next: seed => {
    const one = state(seed)
    shuffled(one)
    return one.u32()
  },
  perm100000_sha: seed => sha(state(seed).permutation(100_000)),
  perm100000_first5: seed => head(state(seed).permutation(100_000), 5),
  choice_p: seed => list(state(seed).weightedChoice([0.1, 0.2, 0.3, 0.2, 0.2], 10)),
  normal3: seed => list(state(seed).normal(0, 1, 3)),
  randint_u8_full_7: seed => list(state(seed).randint(0, 256, 7, 'uint8')),
  randint_i16_7: seed => list(state(seed).randint(-20_000, 20_000, 7, 'int16')),
  randint_i32_5: seed => list(state(seed).randint(-(2 ** 31), 2 ** 31, 5, 'int32')),
  randint_u32_5: seed => list(state(seed).randint(5, 3e9, 5, 'uint32')),
  uniform5: seed => list(state(seed).uniform(-2.5, 4, 5)),
  normal_scaled5: seed => list(state(seed).normal(1.5, 0.25, 5)),
  choice_none_then_next: seed => {
    const one = state(seed)
    one.choice(1000, 0)
    return one.u32()
  },
  one_stream: seed => {
    const one = state(seed)
    return [
      ...one.permutation(7),
      ...one.choice(30, 4),
      ...one.randint(0, 2, 5),
      ...one.randint(0, 2, 3, 'bool'),
      ...one.permutation(1),
      ...one.permutation(6),
    ]
  },
}

const MODERN: Record<string, Call> = {
  ss_state4x64: seed => {
    const words = seedWords(seed, 8)
    return times(4, () => 0).map((_, i) =>
      number(wide({ high: words[2 * i + 1] ?? -1, low: words[2 * i] ?? -1 })),
    )
  },
  ss_pool: seed => list(seedPool(seed)),
  state: seed => String(new Pcg64(seed).state.state),
  inc: seed => String(new Pcg64(seed).state.inc),
  u64: seed => {
    const bits = new Pcg64(seed)
    return times(10, () => number(wide(bits.u64())))
  },
  permutation10: seed => list(rng(seed).permutation(10)),
  choice100_10: seed => list(rng(seed).choice(100, 10)),
  choice100_10_noshuffle: seed => list(rng(seed).choice(100, 10, { shuffle: false })),
  choice20000_401_first10_tail: seed => head(rng(seed).choice(20_000, 401), 10),
  choice20000_400_first10_floyd: seed => head(rng(seed).choice(20_000, 400), 10),
  choice20000_1001_noshuffle_tail: seed => head(rng(seed).choice(20_000, 1001, { shuffle: false }), 10),
  integers02_20: seed => list(rng(seed).integers(0, 2, 20)),
  integers0_1000_10: seed => list(rng(seed).integers(0, 1000, 10)),
  choiceFT_20: seed => list(rng(seed).choiceWithReplacement(2, 20)),
  integers_bool_20: seed => list(rng(seed).integers(0, 2, 20, 'bool')),
  integers_big5: seed => list(rng(seed).integers(0, 2 ** 40, 5)),
  random5: seed => list(rng(seed).random(5)),
  perm100000_sha: seed => sha(rng(seed).permutation(100_000)),
  perm100000_first5: seed => head(rng(seed).permutation(100_000), 5),
  choice836167_40000_sha: seed => sha(rng(seed).choice(836_167, 40_000)),
  choice836167_40000_first5: seed => head(rng(seed).choice(836_167, 40_000), 5),
  choice836167_10000_sha: seed => sha(rng(seed).choice(836_167, 10_000)),
  choice836167_10000_first5: seed => head(rng(seed).choice(836_167, 10_000), 5),
  shuffle1000_sha: seed => sha(shuffled(rng(seed))),
  integers_u8_full_7: seed => list(rng(seed).integers(0, 256, 7, 'uint8')),
  integers_i16_7: seed => list(rng(seed).integers(-20_000, 20_000, 7, 'int16')),
  integers_u32_5: seed => list(rng(seed).integers(0, 2 ** 32, 5, 'uint32')),
  integers_i32_5: seed => list(rng(seed).integers(5, 1e9, 5, 'int32')),
  choice_all_12: seed => list(rng(seed).choice(12, 12)),
  one_stream: seed => {
    const one = rng(seed)
    return [
      ...one.permutation(7),
      ...one.choice(30, 4),
      ...one.integers(0, 2, 5),
      ...one.integers(0, 2 ** 40, 2),
      ...one.integers(0, 2, 3, 'bool'),
      ...one.permutation(6),
    ]
  },
}

type Vectors = Record<'mt' | 'pcg', Record<string, Record<string, unknown>>>

/** Whole numbers above 2^53 become big ones. */
function readVectors(file: string): Vectors {
  const quoted = readFileSync(file, 'utf8').replace(/(?<=[[\s,])\d{16,}(?=[,\]\s])/g, '"big $&"')
  return JSON.parse(quoted, (_, value: unknown) =>
    typeof value === 'string' && value.startsWith('big ') ? number(BigInt(value.slice(4))) : value,
  ) as Vectors
}

const OURS = fileURLToPath(new URL('../../fixtures/numpy/random-vectors.json', import.meta.url))
const THEIRS = `${SHARED}/data/numpy-random-vectors.json`

describe.each([
  ['ours', OURS, true],
  ['the shared ones', THEIRS, hasShared],
] as const)('vectors of NumPy: %s', (_, file, present) => {
  const vectors = present ? readVectors(file) : { mt: {}, pcg: {} }
  describe.each([
    ['RandomState', vectors.mt, LEGACY, 15],
    ['default_rng', vectors.pcg, MODERN, 24],
  ] as const)('%s', (_, bySeed, calls, least) => {
    it.skipIf(!present)('has seeds, and calls by each', () => {
      expect(Object.keys(bySeed)).toEqual(expect.arrayContaining(['0', '1', '9900', '4294967295']))
      for (const wanted of Object.values(bySeed))
        expect(Object.keys(wanted).length).toBeGreaterThanOrEqual(least)
    })

    describe.each(Object.entries(bySeed))('seed %s', (seed, wanted) => {
      it.each(Object.keys(wanted))('%s', key => {
        expect(calls[key]?.(BigInt(seed))).toEqual(wanted[key])
      })
    })
  })
})
