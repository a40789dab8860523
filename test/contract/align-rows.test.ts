/** Which row became which, against all ways to choose them. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alignRows } from '../../src/verification/contracts/align-rows.ts'
import { matchTarget } from '../../src/verification/contracts/row-match.ts'
import type { Property, RowsOf, TargetRows } from '../../src/verification/contracts/target-rows.ts'

/** A row: what cannot change, and what may. */
type Row = readonly [firm: number, loose: number]

const FIRM: Property = { name: 'firm', type: 'u8', bytes: 1, text: false }

function side(rows: readonly Row[]): RowsOf {
  const none = new Float64Array(rows.length)
  const columns = new Map([
    ['firm', Uint8Array.from(rows, ([firm]) => firm)],
    ['loose', Uint8Array.from(rows, ([, loose]) => loose)],
  ])
  const edge = Float64Array.from(rows, (_, k) => k)
  return {
    rows: { count: rows.length, source: none, target: none, edge, columns } as unknown as RowsOf['rows'],
    places: rows.map((_, k) => k),
  }
}

const blockOf = (before: readonly Row[], after: readonly Row[]): TargetRows => ({
  target: 0,
  before: side(before),
  after: side(after),
})

/** [new rows, cost] of the best of all ways, by trying each. */
function best(
  before: readonly Row[],
  after: readonly Row[],
  cost: (a: Row, b: Row) => number,
): readonly [number, number] {
  const [row, ...rest] = after
  if (row === undefined) return [0, 0]
  const [made, most] = best(before, rest, cost)
  let least: readonly [number, number] = [made + 1, most]
  for (const [k, old] of before.entries()) {
    if (old[0] !== row[0]) continue
    const [more, costs] = best(before.slice(k + 1), rest, cost)
    const found = [more, costs + cost(old, row)] as const
    if (found[0] < least[0] || (found[0] === least[0] && found[1] < least[1])) least = found
  }
  return least
}

const rows = (most: number) =>
  fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 3 })), { maxLength: most })

/** A change to 3 is one that nothing may make. */
const costOf = ([, old]: Row, [, now]: Row): number => (old === now ? 0 : now === 3 ? 100 : 1)

describe('rows of a connection', () => {
  it('are those that cost least, of which none stands before an earlier one', () => {
    fc.assert(
      fc.property(rows(6), rows(5), (before, after) => {
        // Of as many rows each is at its place, whatever that costs.
        fc.pre(before.length !== after.length)
        const at = (all: readonly Row[], k: number): Row => all[k] ?? [9, 9]
        const cost = (old: number, place: number): number => costOf(at(before, old), at(after, place))
        const matched = alignRows(blockOf(before, after), [FIRM], cost)
        const there = matched.filter(old => old >= 0)
        expect(there).toEqual([...new Set(there)].sort((a, b) => a - b))
        for (const [k, old] of matched.entries())
          if (old >= 0) expect(at(before, old)[0]).toBe(at(after, k)[0])
        const costs = matched.reduce((sum, old, k) => sum + (old < 0 ? 0 : cost(old, k)), 0)
        expect([matched.length - there.length, costs]).toEqual(best(before, after, costOf))
      }),
      { numRuns: 500 },
    )
  })

  it('that is left of several is the one that it equals', () => {
    const before: Row[] = [146, 119, 171].map(value => [0, value])
    const cost = (old: number, place: number): number => (before[old]?.[1] === [171][place] ? 0 : 1)
    expect(alignRows(blockOf(before, [[0, 171]]), [FIRM], cost)).toEqual([2])
  })
})

describe('rows of a target', () => {
  it('that became by chance what a later one was leave the others their place', () => {
    const before: Row[] = [
      [0, 1],
      [0, 2],
    ]
    // The first was changed to 2, the second to 5.
    const after: Row[] = [
      [0, 2],
      [0, 5],
    ]
    const value = (all: readonly Row[], k: number): number | undefined => all[k]?.[1]
    const rules = {
      same: (old: number, place: number) => value(before, old) === value(after, place),
      becomes: (_: number, place: number) => place >= 0,
      mayGo: () => true,
    }
    const third: Row = [0, 9]
    expect(matchTarget(blockOf([...before, third], after), { ...rules, becomes: old => old < 2 })).toEqual([
      0, 1,
    ])
    expect(matchTarget(blockOf([...before, third], after), rules)).toEqual([1, 2])
  })
})
