/**
 * From ids to values: rows that the pass over connections pairs are compared property by property. Several manipulated
 * circuits at once, in parts, in windows of one row, with columns of any width: the verdict is that of a slow look at
 * each connection.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EdgeSource } from '../../src/connectome/edges.ts'
import { type CompareOptions, compareEdges } from '../../src/verification/compare.ts'
import type { Comparison } from '../../src/verification/comparison.ts'
import { pairColumns } from '../../src/verification/synapses/columns.ts'
import { compareSynapses } from '../../src/verification/synapses/compare.ts'
import { type SynapseComparison, UNCHANGED } from '../../src/verification/synapses/expectation.ts'
import { joinParts, sumUp } from '../../src/verification/synapses/part.ts'
import { compareTargets } from '../../src/verification/synapses/target-range.ts'
import { runs, seeded } from '../counts.ts'
import {
  COLUMNS,
  connectionOf,
  edgesOf,
  NODES,
  type Row,
  sorted,
  type TableFacts,
} from './synapses/tables.ts'

const EVERYONE = {
  population: 'default',
  populationSize: NODES,
  ids: Uint32Array.from({ length: NODES }, (_, k) => k),
  expression: 'all',
}
const NOTHING = {
  source: new Uint32Array(0),
  target: new Uint32Array(0),
  kind: new Uint8Array(0),
  removals: 0,
  additions: 0,
}

/** Bytes 1, 12 and 24 wide among others. */
const WIDE: TableFacts['columns'] = { ...COLUMNS, matrix: { type: 'f64', bytes: 24 } }
const valuesOf = (seed: number): Record<string, string> =>
  Object.fromEntries(
    Object.entries(WIDE ?? {}).map(([name, { bytes }]) => {
      const value = Buffer.alloc(bytes)
      value[0] = seed & 3
      value[bytes - 1] = (seed >> 2) & 1
      return [name, value.toString('hex')]
    }),
  )

/** Few nodes and values, so that connections have many edges, equal ones among them. */
const rows = fc
  .array(fc.tuple(fc.nat(2), fc.nat(NODES - 1), fc.nat(7)), { maxLength: 50 })
  .map(all => sorted(all.map(([source, target, seed]) => ({ source, target, values: valuesOf(seed) }))))

interface Harm {
  readonly gone: readonly number[]
  /** Rows that are lost or doubled, values that are others. */
  readonly rows: readonly { readonly row: number; readonly how: 'lost' | 'doubled' }[]
  readonly values: readonly { readonly row: number; readonly column: string; readonly byte: number }[]
}
const harm: fc.Arbitrary<Harm> = fc.record({
  gone: fc.uniqueArray(fc.nat(3 * NODES - 1), { maxLength: 8 }),
  rows: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    fc.array(fc.record({ row: fc.nat(49), how: fc.constantFrom('lost' as const, 'doubled' as const) }), {
      maxLength: 2,
    }),
  ),
  values: fc.array(
    fc.record({
      row: fc.nat(49),
      column: fc.constantFrom(...Object.keys(WIDE ?? {})),
      byte: fc.nat(23),
    }),
    { maxLength: 3 },
  ),
})

function harmed(original: readonly Row[], { gone, rows, values }: Harm): Row[] {
  const left = original.filter(({ source, target }) => !gone.includes(source * NODES + target))
  for (const { row, column, byte } of values) {
    const old = left[row]
    if (old === undefined) continue
    const bytes = Buffer.from(old.values[column] ?? '', 'hex')
    const at = byte % bytes.length
    bytes[at] = (bytes[at] ?? 0) ^ 1
    left[row] = { ...old, values: { ...old.values, [column]: bytes.toString('hex') } }
  }
  return left.flatMap((one, k) => {
    const how = rows.find(({ row }) => row === k)?.how
    return how === undefined ? [one] : how === 'lost' ? [] : [one, one]
  })
}

const text = (row: Row | undefined): string => JSON.stringify(row)

/** Whether each connection that is left has all of its edges, in their order. */
function sameConnections(original: readonly Row[], manipulated: readonly Row[]): boolean {
  const there = new Set(manipulated.map(connectionOf))
  const kept = original.filter(row => there.has(connectionOf(row)))
  return kept.length === manipulated.length && kept.every((row, k) => text(row) === text(manipulated[k]))
}

interface Plan extends Partial<CompareOptions> {
  readonly windowRows: number
}

async function connections(
  original: EdgeSource,
  manipulated: readonly EdgeSource[],
  plan: Plan,
): Promise<Comparison[]> {
  const asked = manipulated.map(edges => ({ edges, asked: NOTHING }))
  const options = { keep: 5, kernels: 'checked', pairs: true, ...plan } as const
  const outcomes = await compareEdges(original, asked, EVERYONE, EVERYONE, options)
  return outcomes.map(({ comparison, error }) => {
    if (comparison === undefined) throw error
    return comparison
  })
}

/** As `deepen` does with what the pass over connections found. */
const synapses = (
  original: EdgeSource,
  manipulated: EdgeSource,
  { paired, changedTargets }: Comparison,
  windowRows: number,
): Promise<SynapseComparison> =>
  compareSynapses(original, manipulated, UNCHANGED, {
    windowRows,
    kernels: 'checked',
    multiplicityKnown: true,
    sortedByTarget: true,
    paired,
    suspects: changedTargets,
  })

/** As `deepenPart` does, of parts that meet at `cuts`. */
async function inParts(
  original: EdgeSource,
  manipulated: EdgeSource,
  cuts: readonly number[],
  windowRows: number,
): Promise<SynapseComparison> {
  const columns = await pairColumns(original, manipulated, UNCHANGED)
  const parts = []
  for (const [k, to] of [...cuts, NODES].entries()) {
    const range = { from: cuts[k - 1] ?? 0, to }
    const [comparison] = await connections(original, [manipulated], { windowRows, range })
    if (comparison === undefined) throw new Error('no comparison')
    const { order, paired, changedTargets: suspects } = comparison
    const sides = { original, manipulated, pairs: columns.pairs, order }
    parts.push(await compareTargets(sides, range, { windowRows, multiplicityKnown: true, paired, suspects }))
  }
  const edges = { original: original.edgeCount, manipulated: manipulated.edgeCount }
  const part = joinParts(parts, 10)
  return sumUp({ edges, columns, expectation: UNCHANGED, remaining: undefined, part, keep: 10 })
}

const facts = fc.record({
  idType: fc.constantFrom('u64', 'i64', 'u32' as const),
  edgeType: fc.constantFrom(0, -1),
}) as fc.Arbitrary<Pick<TableFacts, 'idType' | 'edgeType'>>

describe('rows that are paired by their ids and followed by their values', () => {
  it('get the verdict of a slow look, of several circuits in one pass', async () => {
    let paired = 0
    let differing = 0
    const one = fc.tuple(
      rows,
      fc.array(harm, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(1, 2, 3, 7, 64),
      facts,
    )
    await fc.assert(
      fc.asyncProperty(one, async ([original, harms, windowRows, how]) => {
        const before = edgesOf(original, { ...how, columns: WIDE })
        const tables = harms.map(each => harmed(original, each))
        const after = tables.map(table => edgesOf(table, { idType: 'i64', edgeType: 0, columns: WIDE }))
        const found = await connections(before, after, { windowRows })
        for (const [k, table] of tables.entries()) {
          const [edges, comparison] = [after[k], found[k]]
          if (edges === undefined || comparison === undefined) throw new Error('no outcome')
          const told = await synapses(before, edges, comparison, windowRows)
          const complete = comparison.classes.multiplicity_changed === 0
          expect(told.findings.length === 0 && complete).toBe(sameConnections(original, table))
          const walked = await synapses(before, edges, { ...comparison, paired: undefined }, windowRows)
          expect(told).toEqual(walked)
          expect(await inParts(before, edges, [2, 3], windowRows)).toEqual(told)
          if (comparison.paired !== undefined) paired++
          if (told.findings.length > 0) differing++
        }
      }),
      seeded(80, 250),
    )
    expect(paired).toBeGreaterThan(runs(32, 100))
    expect(differing).toBeGreaterThan(runs(13, 40))
  })

  it('are told all or none, however few runs there is room for', async () => {
    const one = fc.tuple(rows, harm, fc.constantFrom(1, 3, 64), fc.integer({ min: 1, max: 8 }))
    await fc.assert(
      fc.asyncProperty(one, async ([original, each, windowRows, mostPairs]) => {
        const table = harmed(original, each)
        const [before, after] = [edgesOf(original, { columns: WIDE }), edgesOf(table, { columns: WIDE })]
        const [roomy] = await connections(before, [after], { windowRows })
        const [tight] = await connections(before, [after], { windowRows, mostPairs })
        const runs = (roomy?.paired?.length ?? 0) / 3
        expect(tight).toEqual({ ...roomy, paired: runs > mostPairs ? undefined : roomy?.paired })
        if (tight === undefined) throw new Error('no outcome')
        const told = await synapses(before, after, tight, windowRows)
        const complete = tight.classes.multiplicity_changed === 0
        expect(told.findings.length === 0 && complete).toBe(sameConnections(original, table))
      }),
      seeded(80, 250),
    )
  })

  it('may have values wider than what is read at once', async () => {
    const columns = { kind: { type: 'u8', bytes: 1 }, trace: { type: 'f32', bytes: 128 * 1024 + 4 } } as const
    const original = Array.from({ length: 7 }, (_, k) => ({
      source: k >> 1,
      target: 1,
      values: { kind: '07', trace: Buffer.alloc(columns.trace.bytes, k + 1).toString('hex') },
    }))
    const gone = original.filter(({ source }) => source !== 1)
    for (const row of [0, 3, 4]) {
      const table = gone.map((one, k) => {
        const trace = Buffer.from(one.values.trace, 'hex')
        if (k === row) trace[trace.length - 1] = 99
        return { ...one, values: { ...one.values, trace: trace.toString('hex') } }
      })
      const [before, after] = [edgesOf(original, { columns }), edgesOf(table, { columns })]
      const [comparison] = await connections(before, [after], { windowRows: 64 })
      if (comparison === undefined) throw new Error('no outcome')
      expect(comparison.paired).toEqual(Float64Array.of(0, 0, 2, 4, 2, 3))
      const told = await synapses(before, after, comparison, 64)
      expect(told.findings).toMatchObject([
        { code: 'property.changed', property: 'trace', count: 1, culprits: [{ manipulatedEdge: row }] },
      ])
    }
  })

  it('may be none at all', async () => {
    for (const [a, b] of [
      [0, 0],
      [3, 0],
      [0, 3],
    ]) {
      const some = (count = 0): Row[] =>
        Array.from({ length: count }, (_, k) => ({ source: 0, target: k, values: valuesOf(k) }))
      const [before, after] = [edgesOf(some(a), { columns: WIDE }), edgesOf(some(b), { columns: WIDE })]
      const [comparison] = await connections(before, [after], { windowRows: 1 })
      if (comparison === undefined) throw new Error('no outcome')
      expect(comparison.classes.added_not_asked).toBe(b)
      expect((await synapses(before, after, comparison, 1)).findings).toEqual([])
    }
  })
})
