import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Coo,
  cooToCsc,
  mapGids,
  maskDifference,
  NOT_SELECTED,
  reciprocalPairs,
} from '../../src/kernels/index.ts'
import type { KernelBuild } from '../../src/kernels/load.ts'
import {
  entriesOf,
  referenceCooToCsc,
  referenceMapGids,
  referenceReciprocalPairs,
} from '../reference/kernels.ts'

const u32 = (values: readonly number[]) => Uint32Array.from(values)

/** Entries of a small matrix in any order, repeats included; `long` puts most of them into one column. */
const coo = fc
  .tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 9 }), fc.boolean())
  .chain(([rows, columns, long]) =>
    fc
      .array(fc.tuple(fc.nat(rows - 1), long ? fc.constant(columns - 1) : fc.nat(columns - 1)), {
        maxLength: 200,
      })
      .map(
        (entries): Coo => ({
          rows,
          columns,
          row: u32(entries.map(([r]) => r)),
          column: u32(entries.map(([, c]) => c)),
        }),
      ),
  )

describe.each<KernelBuild>(['release', 'checked'])('%s kernels', build => {
  it('map GIDs to ranks, unknown ones to the sentinel and never to 0', () => {
    const ids = fc.array(fc.nat(40), { maxLength: 60 })
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(30), { maxLength: 30 }), ids, (selected, wanted) => {
        const { indices, firstUnknown } = mapGids(u32(selected), u32(wanted), build)
        expect({ indices: [...indices], firstUnknown }).toEqual(referenceMapGids(selected, wanted))
      }),
    )
    expect(mapGids(u32([7]), u32([0, 0xffff_fffe]), build)).toEqual({
      indices: u32([NOT_SELECTED, NOT_SELECTED]),
      firstUnknown: 0,
    })
    expect(() => mapGids(u32([3, 1, 3]), u32([1]), build)).toThrow('id 3 is selected twice')
  })

  it('turn COO into canonical CSC', () => {
    fc.assert(
      fc.property(coo, matrix => {
        const { rows: _, columns: __, ...csc } = cooToCsc(matrix, build)
        expect(csc).toEqual(referenceCooToCsc(matrix))
      }),
      { numRuns: 400 },
    )
  })

  it('sort columns of every byte width', () => {
    for (const largest of [200, 60_000, 16_000_000, 0xffff_fff0]) {
      const row = Uint32Array.from(
        { length: 500 },
        (_, k) => largest - ((k * 7919) % 251) * Math.floor(largest / 251),
      )
      const matrix = { rows: 0xffff_ffff, columns: 1, row, column: new Uint32Array(500) }
      expect(cooToCsc(matrix, build).indices).toEqual(u32([...new Set(row)]).sort())
    }
  })

  it('refuse entries outside the matrix by position', () => {
    const matrix = { rows: 2, columns: 2, row: u32([0, 2]), column: u32([0, 0]) }
    expect(() => cooToCsc(matrix, build)).toThrow('entry 1 has row 2, there are 2 rows')
    expect(() => cooToCsc({ ...matrix, row: u32([0, 1]), column: u32([5, 0]) }, build)).toThrow(
      'entry 0 has column 5',
    )
  })

  it('count reciprocal pairs, autapses not among them', () => {
    const square = coo.map(matrix => {
      const nodes = Math.min(matrix.rows, matrix.columns)
      return {
        rows: nodes,
        columns: nodes,
        row: matrix.row.map(r => r % nodes),
        column: matrix.column.map(c => c % nodes),
      }
    })
    fc.assert(
      fc.property(square, matrix => {
        const csc = cooToCsc(matrix, build)
        expect(reciprocalPairs(csc, build)).toBe(referenceReciprocalPairs(csc))
      }),
      { numRuns: 400 },
    )
  })

  it('find the mask difference of canonical matrices', () => {
    const three = fc.tuple(fc.array(fc.nat(19)), fc.array(fc.nat(19)), fc.array(fc.nat(19)))
    const csc = (cells: readonly number[]) =>
      cooToCsc(
        {
          rows: 5,
          columns: 4,
          row: u32(cells.map(c => c % 5)),
          column: u32(cells.map(c => Math.floor(c / 5))),
        },
        build,
      )
    fc.assert(
      fc.property(three, ([o, m, mask]) => {
        const [original, manipulated, asked] = [csc(o), csc(m), csc(mask)]
        const [before, after, wanted] = [entriesOf(original), entriesOf(manipulated), entriesOf(asked)]
        const difference = maskDifference(original, manipulated, asked, build)
        const keys = (culprits: readonly { row: number; column: number }[]) =>
          culprits.map(c => `${c.row},${c.column}`).sort()
        const all = [...new Set([...before.keys(), ...after.keys(), ...wanted.keys()])].sort()
        const where = (test: (key: string) => boolean) => all.filter(test)
        expect(difference.removedAsAsked).toBe(
          where(k => wanted.has(k) && before.has(k) && !after.has(k)).length,
        )
        expect(keys(difference.stillThere)).toEqual(
          where(k => wanted.has(k) && before.has(k) && after.has(k)),
        )
        expect(keys(difference.absent)).toEqual(where(k => wanted.has(k) && !before.has(k)))
        expect(keys(difference.lost)).toEqual(where(k => !wanted.has(k) && before.has(k) && !after.has(k)))
        expect(keys(difference.added)).toEqual(where(k => !before.has(k) && after.has(k)))
        const changed = (k: string) => before.has(k) && after.has(k) && before.get(k) !== after.get(k)
        expect(keys(difference.multiplicity)).toEqual(where(k => !wanted.has(k) && changed(k)))
      }),
      { numRuns: 500 },
    )
    expect(() => maskDifference(csc([]), { ...csc([]), rows: 6 }, csc([]), build)).toThrow(
      'manipulated is 6 x 4, the original is 5 x 4',
    )
  })
})
