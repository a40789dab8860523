/** Which rows belong together, as the pass over connections finds it. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { edgesFromArrays } from '../../src/connectome/memory-edges.ts'
import { type CompareOptions, compareEdges } from '../../src/verification/compare.ts'
import type { Comparison } from '../../src/verification/comparison.ts'
import { joinComparisons } from '../../src/verification/join.ts'
import type { Pair } from '../reference/compare.ts'

const NODES = 5
const id = fc.nat(NODES - 1)
const pairs = fc.array(fc.tuple(id, id) as fc.Arbitrary<Pair>, { maxLength: 80 })
const byTargetSource = (a: Pair, b: Pair): number => a[1] - b[1] || a[0] - b[0]

const edgesOf = (rows: readonly Pair[], wide: boolean) => {
  const ids = (side: 0 | 1) => rows.map(row => row[side])
  const store = (values: number[]) =>
    wide ? BigInt64Array.from(values.map(BigInt)) : Uint32Array.from(values)
  return edgesFromArrays({
    source: store(ids(0)),
    target: store(ids(1)),
    sourceCount: NODES,
    targetCount: NODES,
  })
}

const everything = {
  population: 'default',
  populationSize: NODES,
  ids: Uint32Array.from({ length: NODES }, (_, k) => k),
  expression: 'all',
}
const nothingAsked = {
  source: new Uint32Array(0),
  target: new Uint32Array(0),
  kind: new Uint8Array(0),
  removals: 0,
  additions: 0,
}

async function compare(
  original: readonly Pair[],
  manipulated: readonly Pair[],
  options: Partial<CompareOptions> & { wide?: boolean } = {},
): Promise<Comparison> {
  const { wide = true, ...rest } = options
  const one = { edges: edgesOf(manipulated, wide), asked: nothingAsked }
  const [outcome] = await compareEdges(edgesOf(original, wide), [one], everything, everything, {
    keep: 3,
    kernels: 'checked',
    pairs: true,
    ...rest,
  })
  if (outcome?.comparison === undefined) throw outcome?.error ?? new Error('no outcome')
  return outcome.comparison
}

/** The original's row of each row of the manipulated, or undefined where a kept connection lost or gained edges. */
function expected(original: readonly Pair[], manipulated: readonly Pair[]): number[] | undefined {
  const rowsOf = (all: readonly Pair[], [s, t]: Pair): number[] =>
    all.flatMap((row, k) => (row[0] === s && row[1] === t ? [k] : []))
  const found: number[] = []
  for (const [k, pair] of manipulated.entries()) {
    const before = rowsOf(original, pair)
    const after = rowsOf(manipulated, pair)
    if (before.length !== after.length) return undefined
    found.push(before[after.indexOf(k)] ?? -1)
  }
  return found
}

function rowByRow(paired: Float64Array | undefined): number[] | undefined {
  if (paired === undefined) return undefined
  const rows: number[] = []
  for (let k = 0; k < paired.length; k += 3) {
    const [first = 0, other = 0, length = 0] = paired.subarray(k, k + 3)
    expect(other).toBe(rows.length)
    for (let r = 0; r < length; r++) rows.push(first + r)
  }
  return rows
}

const windows = fc.integer({ min: 1, max: 9 })

describe('pairs of rows', () => {
  it('are those of connections that keep all of their edges, whatever the windows', async () => {
    const one = fc.tuple(pairs, fc.uniqueArray(fc.nat(NODES * NODES - 1)), windows, fc.boolean())
    await fc.assert(
      fc.asyncProperty(one, async ([all, gone, windowRows, wide]) => {
        const original = [...all].sort(byTargetSource)
        const manipulated = original.filter(([s, t]) => !gone.includes(s * NODES + t))
        const { paired } = await compare(original, manipulated, { windowRows, wide })
        expect(rowByRow(paired)).toEqual(expected(original, manipulated))
      }),
      { numRuns: 500 },
    )
  })

  it('are not told where a connection lost or gained edges and is still there', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, pairs, windows, async (a, b, windowRows) => {
        const [original, manipulated] = [[...a].sort(byTargetSource), [...b].sort(byTargetSource)]
        const { paired } = await compare(original, manipulated, { windowRows })
        expect(rowByRow(paired)).toEqual(expected(original, manipulated))
      }),
      { numRuns: 500 },
    )
  })

  it('of parts follow each other', async () => {
    const one = fc.tuple(pairs, fc.uniqueArray(fc.nat(NODES * NODES - 1)), fc.integer({ min: 1, max: 4 }))
    await fc.assert(
      fc.asyncProperty(one, async ([all, gone, cut]) => {
        const original = [...all].sort(byTargetSource)
        const manipulated = original.filter(([s, t]) => !gone.includes(s * NODES + t))
        const parts = [
          await compare(original, manipulated, { range: { from: 0, to: cut } }),
          await compare(original, manipulated, { range: { from: cut, to: NODES } }),
        ]
        expect(rowByRow(joinComparisons(parts, 3)?.paired)).toEqual(expected(original, manipulated))
        const unpaired = parts.map((part, k) => (k === 0 ? { ...part, paired: undefined } : part))
        expect(joinComparisons(unpaired, 3)?.paired).toBeUndefined()
      }),
      { numRuns: 200 },
    )
  })

  it('are told only where they are asked for, and rows are as stored', async () => {
    const rows: Pair[] = [
      [0, 1],
      [0, 0],
    ]
    expect((await compare([...rows].sort(byTargetSource), [], { pairs: false })).paired).toBeUndefined()
    expect((await compare(rows, rows)).paired).toBeUndefined()
    expect((await compare([], [])).paired).toEqual(new Float64Array(0))
  })
})
