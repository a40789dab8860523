import fc from 'fast-check'
import { expect, it } from 'vitest'
import { edgesFromArrays } from '../../src/connectome/memory-edges.ts'
import { summarizeEdges } from '../../src/verification/summary.ts'
import type { Pair } from '../reference/compare.ts'
import { referenceSummary } from '../reference/summary.ts'

const NODES = 8
const row = fc.tuple(fc.nat(NODES - 1), fc.nat(NODES - 1)) as fc.Arbitrary<Pair>

const orders: Record<string, (a: Pair, b: Pair) => number> = {
  'tgt,src': (a, b) => a[1] - b[1] || a[0] - b[0],
  tgt: (a, b) => a[1] - b[1],
  'src,tgt': (a, b) => a[0] - b[0] || a[1] - b[1],
  src: (a, b) => a[0] - b[0],
  any: () => 0,
}

for (const kernels of ['release', 'checked'] as const) {
  it(`summarizes any population, any window and bucket, in memory or not (${kernels} kernels)`, async () => {
    const cases = fc.record({
      rows: fc.array(row, { maxLength: 80 }),
      order: fc.constantFrom('tgt,src', 'tgt', 'src,tgt', 'src', 'any'),
      bucketRows: fc.integer({ min: 1, max: 12 }),
      memory: fc.constantFrom(0, 2 ** 20),
      windowRows: fc.integer({ min: 1, max: 12 }),
    })
    await fc.assert(
      fc.asyncProperty(cases, async ({ rows, order, windowRows, bucketRows, memory }) => {
        // A stable sort by one side leaves the other as it came.
        const ordered = [...rows].sort(orders[order])
        const edges = edgesFromArrays({
          source: Uint32Array.from(ordered, ([source]) => source),
          target: Uint32Array.from(ordered, ([, target]) => target),
          sourceCount: NODES,
          targetCount: NODES,
        })
        expect(await summarizeEdges(edges, { windowRows, bucketRows, memory, kernels })).toEqual(
          referenceSummary(ordered),
        )
      }),
      { numRuns: 500 },
    )
  })
}

it('leaves autapses and reciprocal pairs out where source and target are different populations', async () => {
  const ids = { source: Uint32Array.of(0, 1), target: Uint32Array.of(0, 0), sourceCount: 2, targetCount: 2 }
  const summary = await summarizeEdges(edgesFromArrays({ ...ids, targetPopulation: 'other' }))
  expect(summary).toMatchObject({ connections: 2, autapses: undefined, reciprocalPairs: undefined })
})
