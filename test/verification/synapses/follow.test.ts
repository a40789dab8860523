/** A walk along pairs of rows that are known finds what a walk that looks for them finds. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareSynapses } from '../../../src/verification/synapses/compare.ts'
import { UNCHANGED } from '../../../src/verification/synapses/expectation.ts'
import { canFollow } from '../../../src/verification/synapses/follow.ts'
import { COLUMNS, edgesOf, NODES, type Row, rows, sorted } from './tables.ts'

const isGone = (gone: readonly number[], { source, target }: Row): boolean =>
  gone.includes(source * NODES + target)

/** One triple per row, or one per run of rows. */
function pairsOf(original: readonly Row[], gone: readonly number[], joined: boolean): Float64Array {
  const runs: number[][] = []
  for (const [k, row] of original.entries()) {
    if (isGone(gone, row)) continue
    const last = runs.at(-1)
    const [first = 0, , length = 0] = last ?? []
    if (joined && last !== undefined && first + length === k) last[2] = length + 1
    else runs.push([k, runs.reduce((sum, run) => sum + (run[2] ?? 0), 0), 1])
  }
  return Float64Array.from(runs.flat())
}

const changes = fc.array(
  fc.record({ row: fc.nat(59), column: fc.constantFrom(...Object.keys(COLUMNS)), byte: fc.nat(11) }),
  { maxLength: 4 },
)

function change(all: readonly Row[], what: readonly { row: number; column: string; byte: number }[]): Row[] {
  const changed = [...all]
  for (const { row, column, byte } of what) {
    const old = changed[row]
    if (old === undefined) continue
    const bytes = Buffer.from(old.values[column] ?? '', 'hex')
    const at = byte % bytes.length
    bytes[at] = (bytes[at] ?? 0) ^ 1
    changed[row] = { ...old, values: { ...old.values, [column]: bytes.toString('hex') } }
  }
  return changed
}

describe('a walk along known pairs', () => {
  it('finds the same, whatever the windows and however the pairs are cut', async () => {
    const one = fc.tuple(
      rows(),
      fc.uniqueArray(fc.nat(NODES * NODES - 1)),
      changes,
      fc.integer({ min: 1, max: 20 }),
      fc.boolean(),
    )
    let differing = 0
    await fc.assert(
      fc.asyncProperty(one, async ([all, gone, what, windowRows, joined]) => {
        const original = sorted(all)
        const left = original.filter(row => !isGone(gone, row))
        const manipulated = change(left, what)
        const [before, after] = [edgesOf(original, { edgeType: -1 }), edgesOf(manipulated, { edgeType: 0 })]
        const options = { windowRows, sortedByTarget: true, multiplicityKnown: true }
        const found = await compareSynapses(before, after, UNCHANGED, {
          ...options,
          kernels: 'checked',
          paired: pairsOf(original, gone, joined),
        })
        expect(found).toEqual(await compareSynapses(before, after, UNCHANGED, options))
        if (found.findings.length > 0) differing++
      }),
      { numRuns: 500 },
    )
    expect(differing).toBeGreaterThan(50)
  })

  it('reads only rows of pairs, and no id of rows that do not differ', async () => {
    const all = sorted(
      Array.from({ length: 50 }, (_, k) => ({ source: k % NODES, target: 1, values: valuesOf(k) })),
    )
    const [before, after] = [edgesOf(all), edgesOf(all)]
    const refuse = (): never => {
      throw new Error('an id was read')
    }
    const blind = (edges: typeof before) => ({
      ...edges,
      source: { ...edges.source, readInto: refuse },
      target: { ...edges.target, readInto: refuse },
    })
    const found = await compareSynapses(blind(before), blind(after), UNCHANGED, {
      sortedByTarget: true,
      multiplicityKnown: true,
      paired: Float64Array.of(0, 0, 50),
    })
    expect(found.findings).toEqual([])
    expect(found.edges.kept).toBe(50)
  })
})

const valuesOf = (k: number): Record<string, string> =>
  Object.fromEntries(
    Object.entries(COLUMNS).map(([name, { bytes }]) => [name, Buffer.alloc(bytes, k).toString('hex')]),
  )

describe('a walk that looks for pairs', () => {
  it('of an original with more targets leaves their rows without a counterpart', async () => {
    // Many, so that a table of the fewer targets would be left far behind.
    const targets = 3_000_000
    const original = [5, targets - 1, 2, 6, 1].map((target, k) => ({
      source: k,
      target,
      values: valuesOf(k),
    }))
    const manipulated = original
      .filter(({ target }) => target < NODES)
      .toSorted((a, b) => a.target - b.target)
    const before = { ...edgesOf(original), targetCount: targets }
    const found = await compareSynapses(before, edgesOf(manipulated), UNCHANGED, {
      multiplicityKnown: true,
      kernels: 'checked',
    })
    expect(found.findings).toEqual([])
    expect(found.edges).toEqual({ original: 5, manipulated: 4, kept: 4, gone: 1, new: 0 })
  })
})

describe('pairs that a walk may follow', () => {
  const edges = edgesOf(Array.from({ length: 6 }, (_, k) => ({ source: k, target: 0, values: valuesOf(k) })))
  const four = edgesOf(Array.from({ length: 4 }, (_, k) => ({ source: k, target: 0, values: valuesOf(k) })))
  const may = (...paired: number[]): boolean =>
    canFollow(Float64Array.from(paired), {
      original: edges,
      manipulated: four,
      pairs: [],
      remain: undefined,
    } as unknown as Parameters<typeof canFollow>[1])

  it('are all rows of the manipulated, ascending in both', () => {
    expect(may(0, 0, 4)).toBe(true)
    expect(may(1, 0, 2, 4, 2, 2)).toBe(true)
    expect(may(0, 0, 3)).toBe(false) // one row of the manipulated is left over
    expect(may(0, 0, 5)).toBe(false)
    expect(may(3, 0, 4)).toBe(false) // behind the end of the original
    expect(may(0, 1, 4)).toBe(false)
    expect(may(0, 0, 2, 2, 3, 2)).toBe(false)
    expect(may(2, 0, 2, 3, 2, 2)).toBe(false) // one row of the original twice
    expect(may(0, 0, 2, 2, 2, 0, 2, 2, 2)).toBe(false)
    expect(may()).toBe(false)
  })
})
