/** Rows of an unsorted population, regrouped: in order where some number of splits leaves them so, else not. */
import { describe, expect, it } from 'vitest'
import type { EdgeSource } from '../../../src/connectome/edges.ts'
import { edgesFromArrays } from '../../../src/connectome/memory-edges.ts'
import { splitBounds } from '../../../src/connectome/operations.ts'
import { compareSynapses } from '../../../src/verification/synapses/compare.ts'
import { UNCHANGED } from '../../../src/verification/synapses/expectation.ts'

const scatter = (k: number): number => ((Math.imul(k + 1, 0x9e3779b1) >>> 0) % 1000) / 1000

/** Rows in no order of their targets; with values, so that no two are alike. */
function rowsOf(nodes: number, count: number): { source: number; target: number; value: number }[] {
  return Array.from({ length: count }, (_, k) => ({
    source: Math.floor(scatter(3 * k) * nodes),
    target: Math.floor(scatter(7 * k + 1) * nodes),
    value: k,
  }))
}

function edgesOf(nodes: number, rows: ReturnType<typeof rowsOf>): EdgeSource {
  const edges = edgesFromArrays({
    source: Uint32Array.from(rows, row => row.source),
    target: Uint32Array.from(rows, row => row.target),
    sourceCount: nodes,
    targetCount: nodes,
  })
  const values = new Uint8Array(Float32Array.from(rows, row => row.value).buffer)
  const column = {
    name: 'w',
    type: 'f32' as const,
    length: rows.length,
    bytes: 4,
    label: 'w',
    readInto: (first: number, count: number, into: Uint8Array) =>
      into.set(values.subarray(first * 4, (first + count) * 4)),
  }
  return {
    ...edges,
    table: async () => ({ rows: rows.length, columns: [column], traits: [], unreadable: [] }),
  }
}

/** One group of rows after the other, by the first target of each. */
const grouped = (rows: ReturnType<typeof rowsOf>, nodes: number, begins: readonly number[]) =>
  begins.flatMap((from, k) =>
    rows.filter(({ target }) => target >= from && target < (begins[k + 1] ?? nodes)),
  )

const found = async (nodes: number, before: ReturnType<typeof rowsOf>, after: ReturnType<typeof rowsOf>) =>
  (await compareSynapses(edgesOf(nodes, before), edgesOf(nodes, after), UNCHANGED)).findings

type Finding = Awaited<ReturnType<typeof found>>[number] | undefined

const idsOf = (finding: Finding) => {
  const { source, target } = finding?.culprits[0] ?? {}
  return { source, target }
}

/** The row of either side that the culprit speaks of. */
const named = (finding: Finding, before: ReturnType<typeof rowsOf>, after: ReturnType<typeof rowsOf>) => {
  const { originalEdge, manipulatedEdge = -1 } = finding?.culprits[0] ?? {}
  return originalEdge === undefined ? after[manipulatedEdge] : before[originalEdge]
}

describe('rows regrouped by targets', () => {
  it.each([1, 2, 7, 9, 12])('are in order for every number of splits of %i targets', async nodes => {
    const rows = rowsOf(nodes, 60)
    for (let splits = 1; splits <= nodes + 1; splits++) {
      const begins = [...new Set(splitBounds(nodes, splits).map(([from]) => from))].filter(
        from => from < nodes,
      )
      expect({ splits, found: await found(nodes, rows, grouped(rows, nodes, begins)) }).toEqual({
        splits,
        found: [],
      })
      // Also where connections are gone.
      const fewer = rows.filter(({ source, target }) => (source + target) % 4 !== 0)
      expect(await found(nodes, rows, grouped(fewer, nodes, begins))).toEqual([])
    }
  })

  it.each([
    [9, [0, 2, 7]],
    [9, [0, 1]],
    [10, [0, 6]],
    [12, [0, 4, 9]],
  ])('are not where no number of splits of %i targets begins them at %j', async (nodes, begins) => {
    const rows = rowsOf(nodes, 60)
    const after = grouped(rows, nodes, begins)
    const [finding, ...others] = await found(nodes, rows, after)
    expect(others).toEqual([])
    expect(finding).toMatchObject({ code: 'synapse.order', count: 1 })
    // The culprit is a row that is there, with its connection.
    expect(named(finding, rows, after)).toMatchObject(idsOf(finding))
  })

  it('are in order where targets without rows hide where a split ends', async () => {
    const nodes = 9
    const rows = rowsOf(nodes, 60).filter(({ target }) => target !== 3 && target !== 2)
    expect(await found(nodes, rows, grouped(rows, nodes, [0, 3, 6]))).toEqual([])
    expect(await found(nodes, rows, grouped(rows, nodes, [0, 2, 6]))).toEqual([])
  })

  it('names the row where rows are out of order', async () => {
    const rows = rowsOf(9, 40)
    const after = [...rows]
    const at = after.findIndex(({ source, target }, k) => {
      const next = after[k + 1]
      return next !== undefined && (next.source !== source || next.target !== target) && k > 10
    })
    after.splice(at, 2, ...after.slice(at, at + 2).reverse())
    const [finding] = await found(9, rows, after)
    expect(finding?.code).toBe('synapse.order')
    expect(named(finding, rows, after)).toMatchObject(idsOf(finding))
  })
})
