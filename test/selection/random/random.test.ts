import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { highWord, lowWord } from '../../../src/selection/random/bits.ts'
import { DefaultRng } from '../../../src/selection/random/default-rng.ts'
import { RandomState } from '../../../src/selection/random/random-state.ts'
import { cumulative, searchRight } from '../../../src/selection/random/weights.ts'

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const words = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const ascending = (ids: Uint32Array): number[] => Array.from(ids.toSorted())
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

describe('RandomState', () => {
  it('nests amounts: what a smaller one draws, a larger one draws first', () => {
    fc.assert(
      fc.property(seeds, fc.nat(200), fc.nat(200), fc.nat(200), (seed, of, a, b) => {
        const [few, many] = [Math.min(a, b, of), Math.min(Math.max(a, b), of)]
        const state = () => new RandomState(seed)
        expect(state().choice(of, many).subarray(0, few)).toEqual(state().choice(of, few))
      }),
    )
  })

  it('chooses the head of a permutation, and goes on alike after both', () => {
    fc.assert(
      fc.property(seeds, fc.nat(300), fc.nat(300), (seed, of, wanted) => {
        const [whole, head] = [new RandomState(seed), new RandomState(seed)]
        const count = Math.min(of, wanted)
        expect(head.choice(of, count)).toEqual(whole.permutation(of).subarray(0, count))
        expect(head.u32()).toBe(whole.u32())
      }),
    )
  })

  it('goes on where it stopped, whatever was drawn at once', () => {
    fc.assert(
      fc.property(seeds, fc.nat(1400), fc.nat(1400), (seed, first, second) => {
        const [once, twice] = [new RandomState(seed), new RandomState(seed)]
        const all = once.randint(0, 1000, first + second)
        expect(all).toEqual(
          Float64Array.from([...twice.randint(0, 1000, first), ...twice.randint(0, 1000, second)]),
        )
        expect(once.u32()).toBe(twice.u32())
      }),
      { numRuns: 30 },
    )
  })

  it.each([-1, 2 ** 32, 0.5, Number.NaN])('takes no seed %s', seed => {
    expect(() => new RandomState(seed)).toThrow(RangeError)
  })

  it.each([
    [3, 4],
    [-1, 0],
    [2 ** 32, 1],
    [5, 1.5],
  ])('of %s draws not %s', (of, count) => {
    expect(() => new RandomState(1).choice(of, count)).toThrow(/cannot draw/)
  })

  it.each([
    [3, 3, 'int64'],
    [0, 129, 'int8'],
    [-1, 2, 'uint8'],
    [0, 2 ** 54, 'int64'],
  ] as const)('has no number in [%s, %s) of type %s', (low, high, type) => {
    expect(() => new RandomState(1).randint(low, high, 1, type)).toThrow(RangeError)
  })
})

describe('default_rng', () => {
  it('permutes, and chooses each at most once, by both of its ways', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 130n }), fc.nat(300), (seed, of) => {
        expect(ascending(new DefaultRng(seed).permutation(of))).toEqual(upTo(of))
        expect(ascending(new DefaultRng(seed).choice(of, of))).toEqual(upTo(of))
      }),
    )
    expect(ascending(new DefaultRng(4).choice(10_001, 10_001))).toEqual(upTo(10_001))
  })

  it.each([-1, 0.5, -1n])('takes no seed %s', seed => {
    expect(() => new DefaultRng(seed)).toThrow(RangeError)
  })
})

it('multiplies words exactly', () => {
  fc.assert(
    fc.property(words, words, (a, b) => {
      const product = BigInt(a) * BigInt(b)
      expect(BigInt(highWord(a, b))).toBe(product >> 32n)
      expect(BigInt(lowWord(a, b))).toBe(product & 0xffff_ffffn)
    }),
  )
})

describe('weights', () => {
  it('never choose what has none', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const drawn = new RandomState(seed).weightedChoice([0, 2, 0, 1, 0], 50)
        expect(drawn.every(i => i === 1 || i === 3)).toBe(true)
      }),
    )
  })

  it.each([[[]], [[0, 0]], [[1, -1]], [[Number.NaN]], [[Number.POSITIVE_INFINITY]]])('refuse %s', p => {
    expect(() => cumulative(p)).toThrow(/probabilit/)
  })

  it('find the first sum above a value', () => {
    expect([0, 0.25, 0.3, 0.99].map(value => searchRight(cumulative([1, 2, 1]), value))).toEqual([0, 1, 1, 2])
  })
})
