import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { edgesFromArrays } from '../../src/connectome/memory-edges.ts'
import { ASK_ADD, ASK_REMOVE } from '../../src/kernels/abi.ts'
import { KernelMemory } from '../../src/kernels/memory.ts'
import { compareEdges } from '../../src/verification/compare.ts'
import { residentEdges } from '../../src/verification/resident-edges.ts'
import { runs } from '../counts.ts'
import { byClassAndPlace, type Pair, type ReferenceInput, referenceCompare } from '../reference/compare.ts'

const NODES = 7
const id = fc.nat(NODES - 1)
const pair = fc.tuple(id, id) as fc.Arbitrary<Pair>
const subset = fc.uniqueArray(id, { maxLength: NODES }).map(ids => ids.sort((a, b) => a - b))
const byTargetSource = (a: Pair, b: Pair): number => a[1] - b[1] || a[0] - b[0]

/** Any original, any manipulated, anything asked: every class comes up. */
const anything = fc
  .record({
    original: fc.array(pair, { maxLength: 60 }),
    change: fc.array(fc.tuple(pair, fc.constantFrom('drop', 'drop all', 'add')), { maxLength: 12 }),
    sources: subset,
    targets: subset,
    asked: fc.uniqueArray(fc.tuple(pair, fc.boolean()), { selector: ([p]) => p.join(), maxLength: 12 }),
  })
  .map(({ original, change, sources, targets, asked }): ReferenceInput => {
    const manipulated = [...original]
    for (const [edge, what] of change) {
      const same = (other: Pair) => other[0] === edge[0] && other[1] === edge[1]
      if (what === 'add') manipulated.push(edge)
      for (
        let at = manipulated.findIndex(same);
        what !== 'add' && at >= 0;
        at = manipulated.findIndex(same)
      ) {
        manipulated.splice(at, 1)
        if (what === 'drop') break
      }
    }
    const inside = asked.filter(([[s, t]]) => sources.includes(s) && targets.includes(t))
    const pick = (remove: boolean) => inside.filter(([, kind]) => kind === remove).map(([p]) => p)
    return { original, manipulated, sources, targets, remove: pick(true), add: pick(false) }
  })

type Ids = (ids: number[]) => Uint32Array | BigUint64Array | BigInt64Array | Int16Array
const storages: Record<string, Ids> = {
  u32: ids => Uint32Array.from(ids),
  u64: ids => BigUint64Array.from(ids.map(BigInt)),
  i64: ids => BigInt64Array.from(ids.map(BigInt)),
  i16: ids => Int16Array.from(ids),
}

function edges(
  rows: readonly Pair[],
  store: Ids,
  order: (a: Pair, b: Pair) => number,
  memory?: KernelMemory,
) {
  const sorted = [...rows].sort(order)
  const arrays = {
    source: store(sorted.map(([s]) => s)),
    target: store(sorted.map(([, t]) => t)),
    sourceCount: NODES,
    targetCount: NODES,
  }
  return memory === undefined ? edgesFromArrays(arrays) : residentEdges(memory, arrays)
}

const selection = (ids: readonly number[]) => ({
  population: 'default',
  populationSize: NODES,
  ids: Uint32Array.from(ids),
  expression: 'test',
})

function askedOf(input: ReferenceInput) {
  const all = [
    ...input.remove.map(p => [p, ASK_REMOVE] as const),
    ...input.add.map(p => [p, ASK_ADD] as const),
  ]
  all.sort(([a], [b]) => byTargetSource(a, b))
  return {
    source: Uint32Array.from(all, ([[s]]) => s),
    target: Uint32Array.from(all, ([[, t]]) => t),
    kind: Uint8Array.from(all, ([, kind]) => kind),
    removals: input.remove.length,
    additions: input.add.length,
  }
}

const orders: Record<string, (a: Pair, b: Pair) => number> = {
  'tgt,src': byTargetSource,
  tgt: (a, b) => a[1] - b[1] || ((a[0] * 5 + 3) % NODES) - ((b[0] * 5 + 3) % NODES),
  'src,tgt': (a, b) => a[0] - b[0] || a[1] - b[1],
  none: (a, b) => ((a[0] * 5 + a[1] * 3) % 8) - ((b[0] * 5 + b[1] * 3) % 8),
}

describe('compareEdges gives what maps of pairs give', () => {
  const storage = fc.constantFrom(...Object.keys(storages))
  const order = fc.constantFrom(...Object.keys(orders))
  const cases = fc.record({
    input: anything,
    windowRows: fc.integer({ min: 1, max: 9 }),
    bucketRows: fc.integer({ min: 1, max: 12 }),
    memory: fc.constantFrom(0, 150, 2 ** 20),
    a: storage,
    b: storage,
    oa: order,
    ob: order,
    // Columns that lie in the memory that the pass works in, in another one, or in none.
    resident: fc.constantFrom('here', 'elsewhere', 'nowhere'),
  })

  for (const kernels of ['release', 'checked'] as const) {
    it(`with ${kernels} kernels, any storage, order and window`, async () => {
      await fc.assert(
        fc.asyncProperty(cases, async ({ input, windowRows, bucketRows, memory, a, b, oa, ob, resident }) => {
          const kernelMemory = new KernelMemory(kernels)
          const place = { here: kernelMemory, elsewhere: new KernelMemory(kernels), nowhere: undefined }[
            resident
          ]
          const original = edges(input.original, storages[a] as Ids, orders[oa] as never, place)
          const manipulated = edges(input.manipulated, storages[b] as Ids, orders[ob] as never, place)
          const { used } = kernelMemory
          const [outcome] = await compareEdges(
            original,
            [{ edges: manipulated, asked: askedOf(input) }],
            selection(input.sources),
            selection(input.targets),
            {
              keep: 1000,
              all: true,
              windowRows,
              bucketRows,
              memory,
              kernelMemory,
            },
          )
          expect(kernelMemory.used).toBe(used)
          if (outcome?.comparison === undefined) throw outcome?.error ?? new Error('no outcome')
          const { classes, differences, connections, allConnections } = outcome.comparison
          const got = {
            classes,
            differences: [...(differences ?? [])].sort(byClassAndPlace),
            connections,
            allConnections,
          }
          expect(got).toEqual(referenceCompare(input))
        }),
        { numRuns: runs(400, 1500) },
      )
    })
  }
})
