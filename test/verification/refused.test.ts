/** What cannot be told is said, and the other circuits go on. */
import { describe, expect, it } from 'vitest'
import { edgesFromArrays, type IdArray } from '../../src/connectome/memory-edges.ts'
import { InputError } from '../../src/errors.ts'
import { compareEdges } from '../../src/verification/compare.ts'
import { summarizeEdges } from '../../src/verification/summary.ts'

const NODES = 9
const all = {
  population: 'All',
  populationSize: NODES,
  ids: Uint32Array.from({ length: NODES }, (_, k) => k),
  expression: 'all nodes',
}
const nothing = {
  source: new Uint32Array(0),
  target: new Uint32Array(0),
  kind: new Uint8Array(0),
  removals: 0,
  additions: 0,
}

const edges = (source: IdArray, target: IdArray, file = 'manipulated.h5', nodes = NODES) =>
  edgesFromArrays({ source, target, sourceCount: nodes, targetCount: nodes, file })
const u64 = (...ids: (number | bigint)[]) => BigUint64Array.from(ids, BigInt)
const i64 = (...ids: (number | bigint)[]) => BigInt64Array.from(ids, BigInt)

const original = edges(u64(1, 2, 2, 0, 5), u64(0, 0, 0, 3, 8), 'original.h5')

async function outcomes(...manipulated: ReturnType<typeof edges>[]) {
  const list = manipulated.map(one => ({ edges: one, asked: nothing }))
  return compareEdges(original, list, all, all, { keep: 5, windowRows: 2 })
}

describe('a manipulated population that cannot be judged', () => {
  const cases: [what: string, source: IdArray, target: IdArray, message: RegExp][] = [
    [
      'has a source out of range',
      u64(1, 2, 2, 0, 9),
      u64(0, 0, 0, 3, 8),
      /source node id 9 in row 4 is out of range.*9 nodes/,
    ],
    [
      'has a target out of range',
      u64(1, 2, 2, 0, 5),
      u64(0, 0, 0, 3, 12),
      /target node id 12 in row 4 is out of range/,
    ],
    [
      'has an id of 2^32',
      u64(1, 2, 2, 0, 2n ** 32n),
      u64(0, 0, 0, 3, 8),
      /row 4 holds a node id that is negative or not below 2\^32-1/,
    ],
    [
      'has an id of 2^32 + the right one',
      u64(1, 2n ** 32n + 2n, 2, 0, 5),
      u64(0, 0, 0, 3, 8),
      /row 1 holds a node id/,
    ],
    ['has a target of 2^32', u64(1, 2, 2, 0, 5), u64(0, 0, 0, 3, 2n ** 32n + 8n), /row 4 holds a node id/],
    ['has a negative id', i64(1, 2, 2, 0, -1), i64(0, 0, 0, 3, 8), /row 4 holds a node id/],
    [
      'has a negative small id',
      Int8Array.of(1, 2, -2, 0, 5),
      Int8Array.of(0, 0, 0, 3, 8),
      /row 2 holds a node id/,
    ],
    ['has the sentinel for an id', u64(1, 2, 2, 0, 0xffff_ffff), u64(0, 0, 0, 3, 8), /row 4 holds a node id/],
  ]
  it.each(cases)('%s', async (_, source, target, message) => {
    const good = edges(i64(1, 2, 2, 0, 5), i64(0, 0, 0, 3, 8))
    const [bad, fine] = await outcomes(edges(source, target, 'bad.h5'), good)
    expect(bad?.comparison).toBeUndefined()
    expect(bad?.error).toBeInstanceOf(InputError)
    expect(bad?.error?.message).toMatch(message)
    expect(`${bad?.error?.file} ${bad?.error?.field}`).toContain('bad.h5')
    expect(fine?.comparison?.classes.outside_changed).toBe(0)
    expect(fine?.comparison?.connections).toEqual({ original: 4, manipulated: 4 })
  })

  it.each([
    ['columns', u64(2, 1, 2, 0, 9), u64(0, 0, 0, 3, 8)],
    ['buckets', u64(2, 1, 2, 0, 9), u64(0, 0, 4, 3, 8)],
    ['buckets, for its target', u64(2, 1, 2, 0, 5), u64(0, 0, 4, 3, 9)],
  ])('also when its order sent it to %s', async (_, source, target) => {
    const fits = edges(u64(0, 2, 5, 1, 2), u64(3, 0, 8, 0, 0))
    const [bad, fine] = await outcomes(edges(source, target, 'bad.h5'), fits)
    expect(bad?.error?.message).toMatch(/node id 9 .*is out of range/)
    expect(bad?.error?.file).toBe('bad.h5')
    expect(fine?.comparison?.order).toEqual({ original: 'tgt,src', manipulated: 'none' })
    expect(fine?.comparison?.connections).toEqual({ original: 4, manipulated: 4 })
  })
})

describe('an original that cannot be judged', () => {
  const compareWith = (bad: ReturnType<typeof edges>) =>
    compareEdges(bad, [{ edges: original, asked: nothing }], all, all, { keep: 5, windowRows: 2 })

  it('ends everything with its own name', async () => {
    await expect(compareWith(edges(u64(0, 0, 9), u64(1, 2, 3), 'first.h5'))).rejects.toThrow(
      /source node id 9 is out of range/,
    )
    await expect(compareWith(edges(i64(0, 0, -3), i64(1, 2, 3), 'first.h5'))).rejects.toThrow(
      /row 2 holds a node id/,
    )
  })
})

describe('a column longer than any window', () => {
  it('is tallied by source, the rest goes on behind it', async () => {
    const long = Array.from({ length: 100 }, (_, k) => (k * 5) % NODES)
    const source = u64(3, 1, ...long, 4, 0)
    const target = u64(0, 0, ...long.map(() => 2), 2, 8)
    const summary = await summarizeEdges(edges(source, target), { windowRows: 4 })
    const counts = long.reduce(
      (sum, id) => sum.set(id, (sum.get(id) ?? 0) + 1),
      new Map<number, number>([[4, 1]]),
    )
    expect(summary).toMatchObject({
      edges: 104,
      connections: 12,
      multi: 9,
      maxPerConnection: Math.max(...counts.values()),
      order: 'tgt',
      autapses: 1,
    })
    const whole = await summarizeEdges(edges(source, target), { windowRows: 1000 })
    expect(whole).toEqual(summary)
  })
})
