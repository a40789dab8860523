import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pieceAt, planPieces } from '../../src/formats/hdf5/pieces.ts'

const shapes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 0, maxLength: 4 })

/** Row-major numbers of the elements in a box. */
function numbersOf(box: readonly (readonly [number, number])[], shape: readonly number[]): number[] {
  let numbers = [0]
  box.forEach(([start, count], axis) => {
    const indices = Array.from({ length: count }, (_, i) => start + i)
    numbers = numbers.flatMap(n => indices.map(i => n * (shape[axis] ?? 1) + i))
  })
  return numbers
}

describe('pieces', () => {
  it('are boxes of consecutive elements that cover the dataset once', () => {
    fc.assert(
      fc.property(
        shapes,
        fc.array(fc.integer({ min: 1, max: 9 })),
        fc.integer({ min: 1, max: 60 }),
        (shape, chunks, wanted) => {
          const total = shape.reduce((all, n) => all * n, 1)
          const plan = planPieces(shape, chunks.length === shape.length ? chunks : null, wanted)
          const seen: number[] = []
          while (seen.length < total) {
            const piece = pieceAt(plan, seen.length)
            const numbers = numbersOf(piece.box, shape)
            expect(numbers).toEqual(Array.from({ length: piece.count }, (_, i) => piece.first + i))
            expect(piece.first).toBe(seen.length)
            expect(piece.count).toBeLessThanOrEqual(plan.largest)
            expect(pieceAt(plan, piece.first + piece.count - 1)).toEqual(piece)
            seen.push(...numbers)
          }
          expect(seen.length).toBe(total)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('are whole chunks near a million elements', () => {
    expect(planPieces([60_000_000], [65536]).run).toBe(1024 * 1024)
    expect(planPieces([60_000_000], [1000]).run).toBe(1_048_000)
    expect(planPieces([60_000_000], [3_000_000]).run).toBe(3_000_000)
    expect(planPieces([60_000_000], null).run).toBe(1024 * 1024)
    expect(planPieces([30_000_000, 2], [1024, 2])).toMatchObject({ axis: 0, run: 524288, largest: 1048576 })
  })

  it('stay bounded where chunks are enormous', () => {
    expect(planPieces([1e9], [5e8]).largest).toBeLessThanOrEqual(8 * 1024 * 1024)
    expect(planPieces([1e6, 1e6], [1000, 1000]).largest).toBeLessThanOrEqual(8 * 1024 * 1024)
    expect(planPieces([1, 1e9], [1, 1e9]).largest).toBeLessThanOrEqual(8 * 1024 * 1024)
  })
})
