import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Pairs } from '../../src/connectome/pairs.ts'
import { readPairList } from '../../src/inputs/pair-list.ts'
import { type Amount, amountText, drawnOf } from '../../src/selection/amount.ts'
import { type Drawn, drawConnections, GENERATORS, SELECTION_MODES } from '../../src/selection/draw.ts'
import { effectiveSeed } from '../../src/selection/seed.ts'
import { hasShared, SHARED } from '../shared.ts'

/** Row i is i -> i + N: a source below N says that it was not flipped. */
const numbered = (length: number): Pairs => ({
  source: new Uint32Array(length).map((_, i) => i),
  target: new Uint32Array(length).map((_, i) => i + length),
})
const flips = ({ source, listed }: Drawn): number[] => Array.from(source, id => (id < listed ? 0 : 1))

describe("the study's draws, seed 9900", () => {
  const draw = (listed: number, count: number): Drawn =>
    drawConnections({ pairs: numbered(listed), mode: 'reciprocal', amount: { count }, seed: 9900 })

  it.each([
    [14_084, 14_084, 6989],
    [40_044, 40_044, 19_779],
    [66_005, 66_005, 33_000],
    [81_540, 14_084, 7121],
    [81_540, 40_044, 20_020],
    [81_540, 66_005, 33_033],
    [81_540, 81_540, 40_764],
  ])('of %i connections %i: %i flipped', (listed, count, flipped) => {
    const drawn = draw(listed, count)
    expect(drawn.flipped).toBe(flipped)
    expect(flips(drawn).reduce((sum, bit) => sum + bit, 0)).toBe(flipped)
    expect(drawn.rows.length).toBe(count)
  })

  it('flips these rows first', () => {
    expect(flips(draw(14_084, 14_084)).slice(0, 12).join('')).toBe('011111110000')
    const some = draw(81_540, 14_084)
    expect(Array.from(some.rows.subarray(0, 6))).toEqual([5, 13, 14, 25, 27, 32])
    expect(flips(some).slice(0, 12).join('')).toBe('110101001101')
    expect(flips(draw(81_540, 81_540)).slice(0, 12).join('')).toBe('101111011001')
  })
})

interface Case {
  readonly name: string
  readonly list: string
  readonly rows: number
  readonly amount: Amount
  readonly seed: number
  readonly mode: 'reciprocal' | 'directed'
  readonly selected: number
  readonly flipped: number
  readonly distinct: number
  readonly pairs_with_both_directions: number
  readonly sha256_removed_gids_Nx2: string
  readonly sha256_removed_node_ids_Nx2: string
}

const cases: readonly Case[] = hasShared
  ? (JSON.parse(readFileSync(`${SHARED}/data/selection/expected.json`, 'utf8')) as { cases: Case[] }).cases
  : []

/** SHA-256 of int64 rows (source, target), each id counted from `base`. */
const rowsDigest = ({ source, target }: Pairs, base: 0 | 1): string =>
  createHash('sha256')
    .update(
      BigInt64Array.from({ length: 2 * source.length }, (_, i) =>
        BigInt(((i % 2 === 0 ? source : target)[i >> 1] ?? 0) + base),
      ),
    )
    .digest('hex')

describe.skipIf(!hasShared)('the golden selections', () => {
  it.each(cases.map(one => [one.name, one] as const))('%s', async (_, one) => {
    const pairs = await readPairList(`${SHARED}/data/selection/${one.list}`)
    const drawn = drawConnections({ pairs, mode: one.mode, amount: one.amount, seed: one.seed })
    const rows = Array.from(drawn.source, (source, k) => `${source} ${drawn.target[k]}`)
    const distinct = new Set(rows)
    const reversed = [...distinct].filter(row => distinct.has(row.split(' ').reverse().join(' ')))
    expect({
      rows: drawn.listed,
      selected: rows.length,
      flipped: drawn.flipped,
      distinct: distinct.size,
      both: reversed.length / 2,
      gids: rowsDigest(drawn, 1),
      ids: rowsDigest(drawn, 0),
    }).toEqual({
      rows: one.rows,
      selected: one.selected,
      flipped: one.flipped,
      distinct: one.distinct,
      both: one.pairs_with_both_directions,
      gids: one.sha256_removed_gids_Nx2,
      ids: one.sha256_removed_node_ids_Nx2,
    })
  })
})

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 })

describe('a draw', () => {
  it('nests amounts, directions included', () => {
    const amounts = fc.tuple(fc.nat(60), fc.nat(60), fc.nat(60))
    fc.assert(
      fc.property(seeds, amounts, fc.constantFrom(...SELECTION_MODES), (seed, [listed, a, b], mode) => {
        const draw = (count: number): string[] => {
          const drawn = drawConnections({ pairs: numbered(listed), mode, amount: { count }, seed })
          return Array.from(drawn.source, (source, k) => `${source} ${drawn.target[k]}`)
        }
        expect(draw(Math.max(a, b))).toEqual(expect.arrayContaining(draw(Math.min(a, b))))
      }),
    )
  })

  it('takes rows of the list, in their order, and turns them in reciprocal mode only', () => {
    const draws = fc.record({
      mode: fc.constantFrom(...SELECTION_MODES),
      seed: seeds,
      generator: fc.constantFrom(...GENERATORS),
      listed: fc.nat(50),
      fraction: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    fc.assert(
      fc.property(draws, ({ listed, fraction, ...options }) => {
        const pairs = numbered(listed)
        const drawn = drawConnections({ ...options, pairs, amount: { fraction } })
        expect(drawn.rows.length).toBe(drawnOf({ fraction }, listed))
        expect([...new Set(drawn.rows)].sort((a, b) => a - b)).toEqual([...drawn.rows])
        for (const [k, row] of drawn.rows.entries())
          expect([drawn.source[k], drawn.target[k]].sort()).toEqual([row, row + listed].sort())
        expect(flips(drawn).filter(Boolean).length).toBe(drawn.flipped)
        if (options.mode === 'directed') expect(drawn.flipped).toBe(0)
      }),
    )
  })

  it('with default_rng is the one of NumPy 2.4.6', () => {
    // rng = default_rng(9900); idx = rng.choice(40, 6, replace=False); bits = rng.choice([0, 1], 6)
    const drawn = drawConnections({
      pairs: numbered(40),
      mode: 'reciprocal',
      amount: { count: 6 },
      seed: 9900,
      generator: 'default_rng',
    })
    expect([...drawn.rows]).toEqual(DEFAULT_RNG.rows)
    expect(flips(drawn)).toEqual(DEFAULT_RNG.flips)
  })
})

const DEFAULT_RNG = { rows: [3, 13, 15, 16, 22, 34], flips: [1, 1, 1, 1, 1, 0] }

describe('amounts', () => {
  it.each([
    [{ fraction: 0.5 }, 5, 2, '0.5'],
    [{ fraction: 0.5 }, 7, 4, '0.5'],
    [{ fraction: 1 }, 7, 7, '1.0'],
    [{ fraction: 0 }, 7, 0, '0.0'],
    [{ fraction: 0.00001 }, 50_000, 0, '1e-05'],
    [{ fraction: 1.5e-12 }, 7, 0, '1.5e-12'],
    [{ fraction: 0.0001 }, 30_000, 3, '0.0001'],
    [{ count: 1 }, 7, 1, '1'],
    [{ count: 100 }, 7, 7, '100'],
    ['all', 7, 7, '7'],
  ] as const)('%o of %i: %i, printed %s', (amount, listed, count, text) => {
    expect(drawnOf(amount, listed)).toBe(count)
    expect(amountText(amount, listed)).toBe(text)
  })

  it.each([{ count: -1 }, { count: 1.5 }, { fraction: 1.01 }, { fraction: -0.1 }, { fraction: Number.NaN }])(
    '%o is refused',
    amount => {
      expect(() => drawnOf(amount, 5)).toThrow(RangeError)
    },
  )
})

describe('seed modes', () => {
  it.each([
    ['constant', 9900],
    ['add_sim_idx', 9903],
    ['add_sim_seed', 9907],
  ] as const)('%s', (mode, seed) => {
    expect(effectiveSeed(9900, mode, { index: 3, simulationSeed: 7 })).toBe(seed)
  })

  it('refuse what RandomState refuses, and a simulation without its seed', () => {
    expect(() => effectiveSeed(2 ** 32 - 1, 'add_sim_idx', { index: 1 })).toThrow(/found 4294967296/)
    expect(() => effectiveSeed(-1, 'constant', { index: 0 })).toThrow(RangeError)
    expect(() => effectiveSeed(1, 'add_sim_seed', { index: 0 })).toThrow(/needs the seed/)
  })
})
