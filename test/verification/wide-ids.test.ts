/** Ids that do not fit, at every place of a window: in the lanes that are looked at four at a time and behind them. */
import { describe, expect, it } from 'vitest'
import { edgesFromArrays, type IdArray } from '../../src/connectome/memory-edges.ts'
import { compareEdges } from '../../src/verification/compare.ts'

const ROWS = 11
const all = {
  population: 'All',
  populationSize: 20,
  ids: Uint32Array.from({ length: 20 }, (_, k) => k),
  expression: 'all nodes',
}
const nothing = {
  source: new Uint32Array(0),
  target: new Uint32Array(0),
  kind: new Uint8Array(0),
  removals: 0,
  additions: 0,
}
const edges = (source: IdArray, target: IdArray, file: string) =>
  edgesFromArrays({ source, target, sourceCount: 20, targetCount: 20, file })

const ids = (side: 'source' | 'target') =>
  BigUint64Array.from({ length: ROWS }, (_, k) => BigInt(side === 'source' ? k : 3))
const good = edges(ids('source'), ids('target'), 'good.h5')

/** The right low word under a wrong high word: what wraps where nobody looks. */
const wrong: [what: string, spoil: (id: bigint) => bigint][] = [
  ['2^32 too large', id => id + 2n ** 32n],
  ['2^63 too large', id => id + 2n ** 63n],
  ['the sentinel', () => 2n ** 32n - 1n],
]

describe.each(wrong)('an id that is %s', (_, spoil) => {
  it.each(Array.from({ length: ROWS }, (_, row) => row))('in row %i is refused on either side', async row => {
    for (const side of ['source', 'target'] as const) {
      const spoilt = { source: ids('source'), target: ids('target') }
      spoilt[side][row] = spoil(spoilt[side][row] ?? 0n)
      const bad = edges(spoilt.source, spoilt.target, 'bad.h5')
      const message = new RegExp(`row ${row} holds a node id that is negative or not below 2\\^32-1`)
      const [outcome] = await compareEdges(good, [{ edges: bad, asked: nothing }], all, all, { keep: 1 })
      expect(outcome?.error?.message).toMatch(message)
      await expect(
        compareEdges(bad, [{ edges: good, asked: nothing }], all, all, { keep: 1 }),
      ).rejects.toThrow(message)
    }
  })
})

it.each(Array.from({ length: ROWS - 1 }, (_, row) => row + 1))(
  'a target that falls back in row %i is seen',
  async row => {
    // Rows that ascend but for one: read as sorted they would count one connection too many.
    const target = BigUint64Array.from({ length: ROWS }, (_, k) => (k === row ? 0n : 3n))
    const unsorted = edges(ids('source'), target, 'unsorted.h5')
    const [outcome] = await compareEdges(unsorted, [{ edges: good, asked: nothing }], all, all, { keep: 50 })
    expect(outcome?.comparison?.order.original).not.toBe('tgt,src')
    expect(outcome?.comparison?.classes).toMatchObject({ lost_not_asked: 1, added_not_asked: 1 })
  },
)
