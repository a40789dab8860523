import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { edgesFromArrays } from '../../src/connectome/memory-edges.ts'
import type { NodeSelection } from '../../src/connectome/selection.ts'
import { readPairList } from '../../src/inputs/pair-list.ts'
import { openEdges } from '../../src/open-edges.ts'
import { connectionList, reciprocalList } from '../../src/selection/circuit-lists.ts'
import { connectionsBetween, existing } from '../../src/verification/connections.ts'
import { hasShared, SHARED } from '../shared.ts'

type Pair = readonly [source: number, target: number]

const NODES = 9
const pair = fc.tuple(fc.nat(NODES - 1), fc.nat(NODES - 1)) as fc.Arbitrary<Pair>
const nodes = fc.uniqueArray(fc.nat(NODES - 1), { minLength: 1 })
const select = (ids: readonly number[]): NodeSelection => ({
  population: 'default',
  populationSize: NODES,
  ids: Uint32Array.from(ids).sort(),
  expression: 'test',
})
const all = select(Array.from({ length: NODES }, (_, id) => id))
const columns = (pairs: readonly Pair[]) => ({
  source: Uint32Array.from(pairs, ([source]) => source),
  target: Uint32Array.from(pairs, ([, target]) => target),
})
const edgesOf = (pairs: readonly Pair[]) =>
  edgesFromArrays({ ...columns(pairs), sourceCount: NODES, targetCount: NODES })
const pairsOf = (list: { source: Uint32Array; target: Uint32Array }): Pair[] =>
  Array.from(list.source, (source, k) => [source, list.target[k] ?? -1])
const byTarget = (a: Pair, b: Pair): number => a[1] - b[1] || a[0] - b[0]
const bySource = (a: Pair, b: Pair): number => a[0] - b[0] || a[1] - b[1]
const distinct = (pairs: readonly Pair[]): Pair[] =>
  [...new Map(pairs.map(one => [one.join(), one])).values()].sort(bySource)

/** Rows sorted, grouped by target or in any order, so that every way of reading them has its turn. */
const circuits = fc
  .tuple(fc.array(pair, { maxLength: 60 }), fc.nat(2))
  .map(([pairs, order]) =>
    order === 0 ? pairs : [...pairs].sort((a, b) => a[1] - b[1] || (order === 1 ? 0 : a[0] - b[0])),
  )
const windows = fc.record({
  windowRows: fc.integer({ min: 1, max: 9 }),
  bucketRows: fc.integer({ min: 1, max: 9 }),
})

describe('lists of a circuit', () => {
  it('are its connections between two selections, by target and source', async () => {
    await fc.assert(
      fc.asyncProperty(circuits, nodes, nodes, windows, async (pairs, sources, targets, options) => {
        const [from, to] = [select(sources), select(targets)]
        const list = connectionList(await connectionsBetween(edgesOf(pairs), from, to, options), from, to)
        const inside = pairs.filter(
          ([source, target]) => sources.includes(source) && targets.includes(target),
        )
        expect(pairsOf(list)).toEqual(distinct(inside).sort(byTarget))
      }),
    )
  })

  it('are its reciprocal pairs among selected nodes, in canonical order', async () => {
    await fc.assert(
      fc.asyncProperty(circuits, nodes, windows, async (pairs, selected, options) => {
        const some = select(selected)
        const list = reciprocalList(await connectionsBetween(edgesOf(pairs), some, some, options), some)
        const there = new Set(pairs.map(one => one.join()))
        const wanted = distinct(pairs).filter(
          ([u, v]) => u < v && there.has(`${v},${u}`) && selected.includes(u) && selected.includes(v),
        )
        expect(pairsOf(list)).toEqual(wanted)
      }),
    )
  })

  it('need the same nodes on both sides for reciprocal pairs', async () => {
    const mask = await connectionsBetween(edgesOf([[0, 1]]), select([0, 1]), all)
    expect(() => reciprocalList(mask, all)).toThrow('the same nodes')
  })

  it.skipIf(!hasShared)('of adj_r0c10: its 12534 reciprocal pairs are those of reciprocal.npy', async () => {
    const { edges, close } = await openEdges(`${SHARED}/data/adj_r0c10.npz`)
    const every = { ...all, ids: new Uint32Array(edges.sourceCount).map((_, id) => id) }
    const list = reciprocalList(await connectionsBetween(edges, every, every), every)
    await close()
    const wanted = await readPairList(`${SHARED}/data/selection/reciprocal.npy`)
    expect(list.source.length).toBe(12_534)
    expect([list.source, list.target]).toEqual([wanted.source, wanted.target])
  })
})

describe('whether connections exist', () => {
  it('is told of each, also of repeats and of ids that no node has', async () => {
    const any = fc.array(fc.tuple(fc.nat(NODES + 2), fc.nat(NODES + 2)) as fc.Arbitrary<Pair>, {
      maxLength: 30,
    })
    const wanted = fc
      .tuple(any, fc.boolean())
      .map(([list, sorted]) => (sorted ? [...list].sort(byTarget) : list))
    await fc.assert(
      fc.asyncProperty(circuits, wanted, windows, async (pairs, list, options) => {
        const there = new Set(pairs.map(one => one.join()))
        expect([...(await existing(edgesOf(pairs), columns(list), options))]).toEqual(
          list.map(one => (there.has(one.join()) ? 1 : 0)),
        )
      }),
    )
  })

  it('is not told of a circuit with ids out of range', async () => {
    const edges = edgesFromArrays({ ...columns([[0, 12]]), sourceCount: NODES, targetCount: NODES })
    await expect(existing(edges, columns([[0, 1]]))).rejects.toThrow('target node id 12 is out of range')
  })
})
