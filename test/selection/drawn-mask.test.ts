import { expect, it } from 'vitest'
import { maskOfPairs } from '../../src/selection/drawn-mask.ts'

const selection = (...ids: number[]) => ({
  population: 'A',
  populationSize: 20,
  ids: Uint32Array.from(ids),
  expression: 'test',
})

it('collapses repeats, and leaves out and names what is outside, never mapping it to 0', () => {
  const pairs = {
    source: Uint32Array.of(5, 2, 5, 3, 2, 3),
    target: Uint32Array.of(9, 4, 9, 4, 1, 4),
  }
  expect(maskOfPairs(pairs, selection(2, 5), selection(4, 7, 9))).toEqual({
    mask: {
      rows: 2,
      columns: 3,
      indptr: Uint32Array.of(0, 1, 1, 2),
      indices: Uint32Array.of(0, 1),
      label: 'selection',
    },
    distinct: 4,
    outside: [3, 4, 5],
  })
})
