/** Connections found from rows that are kept are those that a comparison with these rows finds. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { edgesFromArrays } from '../../src/connectome/memory-edges.ts'
import { ASK_ADD, ASK_REMOVE } from '../../src/kernels/abi.ts'
import { compareEdges } from '../../src/verification/compare.ts'
import { compareKept } from '../../src/verification/kept.ts'
import { addBit, noEdges } from '../../src/verification/synapses/bits.ts'
import { runs } from '../counts.ts'

const NODES = 40
/** Those of small cases: many rows of a connection. */
const FEW = 6
type Row = readonly [source: number, target: number, kept: boolean]

const id = fc.nat(FEW - 1)
const rows = fc.array(fc.tuple(id, id, fc.boolean()) as fc.Arbitrary<Row>, { maxLength: 90 })
const subset = fc.uniqueArray(id).map(ids => Uint32Array.from(ids).sort())
const storages = {
  u64: (ids: number[]) => BigUint64Array.from(ids.map(BigInt)),
  i64: (ids: number[]) => BigInt64Array.from(ids.map(BigInt)),
  u32: (ids: number[]) => Uint32Array.from(ids),
  i32: (ids: number[]) => Int32Array.from(ids),
  u8: (ids: number[]) => Uint8Array.from(ids),
}

const edgesOf = (all: readonly Row[], storage: keyof typeof storages) =>
  edgesFromArrays({
    source: storages[storage](all.map(([s]) => s)),
    target: storages[storage](all.map(([, t]) => t)),
    sourceCount: NODES,
    targetCount: NODES,
  })

const selection = (ids: Uint32Array) => ({
  population: 'default',
  populationSize: NODES,
  ids,
  expression: 'test',
})

function askedOf(pairs: readonly (readonly [number, number, boolean])[]) {
  const all = pairs.toSorted((a, b) => a[1] - b[1] || a[0] - b[0])
  const removals = all.filter(([, , remove]) => remove).length
  return {
    source: Uint32Array.from(all, ([s]) => s),
    target: Uint32Array.from(all, ([, t]) => t),
    kind: Uint8Array.from(all, ([, , remove]) => (remove ? ASK_REMOVE : ASK_ADD)),
    removals,
    additions: all.length - removals,
  }
}

const cases = fc.record({
  all: rows,
  storage: fc.constantFrom(...(Object.keys(storages) as (keyof typeof storages)[])),
  sources: subset,
  targets: subset,
  asked: fc.uniqueArray(fc.tuple(id, id, fc.boolean()), { selector: ([s, t]) => `${s},${t}`, maxLength: 12 }),
  windowRows: fc.integer({ min: 1, max: 20 }),
  bucketRows: fc.integer({ min: 1, max: 30 }),
  memory: fc.constantFrom(0, 100, 2 ** 20),
  kernels: fc.constantFrom('release', 'checked'),
  sorted: fc.boolean(),
})

type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never

/** Long stretches of rows that are kept, with connections of one row or of hundreds. */
const stretches: fc.Arbitrary<Case> = fc
  .tuple(
    cases,
    fc.record({
      nodes: fc.constantFrom(2, 3, NODES),
      seed: fc.integer({ min: 1, max: 2 ** 30 }),
      count: fc.nat(1500),
      gone: fc.array(fc.nat(1499), { maxLength: 4 }),
      windowRows: fc.constantFrom(20, 300, 3000),
      bucketRows: fc.constantFrom(30, 400, 3000),
    }),
  )
  .map(([one, { nodes, seed, count, gone, windowRows, bucketRows }]) => {
    let state = seed
    const next = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return Math.floor((state / 2 ** 32) * nodes)
    }
    const all = Array.from({ length: count }, (_, k): Row => [next(), next(), !gone.includes(k)])
    return { ...one, all, windowRows, bucketRows, memory: 2 ** 20 }
  })

describe('connections of rows that are kept', () => {
  it.each([
    ['few rows', cases, runs(300, 1000)],
    ['long stretches', stretches, runs(50, 150)],
  ])(
    'are those of the rows themselves, whatever the windows, buckets and storage: %s',
    async (_, given, numRuns) => {
      await fc.assert(
        fc.asyncProperty(given, async ({ all, storage, sources, targets, asked, sorted, ...options }) => {
          const original = sorted ? all.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]) : all
          const kept = noEdges(original.length)
          for (const [k, [, , is]] of original.entries()) if (is) addBit(kept, k)
          const before = edgesOf(original, storage)
          const left = original.filter(([, , is]) => is)
          const manipulated = { edges: edgesOf(left, storage), asked: askedOf(asked) }
          const selections = [selection(sources), selection(targets)] as const
          const common = { keep: 4, all: true, ...options, kernels: options.kernels as 'release' | 'checked' }
          const unsorted = [true, true]
          const [outcome] = await compareEdges(before, [manipulated], ...selections, { ...common, unsorted })
          const found = await compareKept(before, kept, manipulated, ...selections, common)
          // Of rows that ascend by target nobody asks it.
          const isSorted = (some: readonly Row[]): boolean =>
            some.every(([, target], k) => target >= (some[k - 1]?.[1] ?? 0))
          const expected = outcome?.comparison
          if (isSorted(original) || isSorted(left))
            expect({ ...found, order: 0 }).toEqual({ ...expected, order: 0 })
          else expect(found).toEqual(expected)
        }),
        { numRuns },
      )
    },
  )

  it('are not looked for where ids leave no bit free', async () => {
    const one = { sourceCount: NODES, targetCount: NODES }
    const many = edgesFromArrays({ source: Uint32Array.of(1), target: Uint32Array.of(0), ...one })
    const all = selection(Uint32Array.of(0))
    const edges = { ...many, sourceCount: 2 ** 31 }
    const manipulated = { edges, asked: askedOf([]) }
    const kept = noEdges(edges.edgeCount)
    expect(await compareKept(edges, kept, manipulated, all, all, { keep: 1 })).toBeUndefined()
  })
})
