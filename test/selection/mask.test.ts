import { describe, expect, it } from 'vitest'
import type { NodeSelection } from '../../src/connectome/selection.ts'
import { bindMask, type MaskFile } from '../../src/selection/mask.ts'

const u32 = (...values: number[]) => Uint32Array.from(values)

const select = (ids: number[], more: Partial<NodeSelection> = {}): NodeSelection => ({
  population: 'All',
  populationSize: 100,
  ids: Uint32Array.from(ids).sort(),
  expression: 'set',
  ...more,
})

const mask = (
  rows: number,
  columns: number,
  entries: [row: number, column: number][],
  more: Partial<MaskFile> = {},
): MaskFile => ({
  file: 'mask.npz',
  rows,
  columns,
  row: Uint32Array.from(entries, ([row]) => row),
  column: Uint32Array.from(entries, ([, column]) => column),
  sourceIds: undefined,
  targetIds: undefined,
  ...more,
})

/** The connections a bound mask means, as node ids. */
function meaning(bound: ReturnType<typeof bindMask>, source: NodeSelection, target: NodeSelection): string[] {
  const pairs: string[] = []
  for (let column = 0; column < bound.columns; column++) {
    for (const row of bound.indices.subarray(bound.indptr[column], bound.indptr[column + 1])) {
      pairs.push(`${source.ids[row]}->${target.ids[column]}`)
    }
  }
  return pairs
}

describe('a mask bound to selections', () => {
  const source = select([10, 20, 30])
  const target = select([5, 7])

  it('has its rows and columns in ascending order of the ids, repeats collapsed', () => {
    const bound = bindMask(
      mask(3, 2, [
        [2, 1],
        [0, 1],
        [2, 1],
      ]),
      source,
      target,
    )
    expect(meaning(bound, source, target)).toEqual(['10->7', '30->7'])
  })

  it('has them in list order where the selection was an unordered list', () => {
    const list = select([10, 20, 30], { listOrder: u32(30, 10, 20) })
    const columns = select([5, 7], { listOrder: u32(7, 5) })
    const bound = bindMask(
      mask(3, 2, [
        [0, 0],
        [1, 0],
        [2, 1],
      ]),
      list,
      columns,
    )
    expect(meaning(bound, list, columns)).toEqual(['20->5', '10->7', '30->7'])
  })

  it('has them in the order of the ids beside it', () => {
    const beside = { file: 'mask_gids_source.npy', ids: u32(20, 10, 30) }
    const bound = bindMask(mask(3, 2, [[0, 0]], { sourceIds: beside }), source, target)
    expect(meaning(bound, source, target)).toEqual(['20->5'])
  })

  it.each([
    [4, 2],
    [3, 3],
    [2, 3],
  ])('is refused with the shape %i x %i', (rows, columns) => {
    expect(() => bindMask(mask(rows, columns, []), source, target)).toThrow(
      `mask is ${rows} x ${columns}, but the selection is 3 (set) x 2 (set)`,
    )
  })

  it.each([
    [u32(10, 20, 31), 'its ids have node id 31 (GID 32) where set has node id 30 (GID 31)'],
    [u32(10, 20, 20), 'its ids have node id 20 (GID 21) where set has node id 30 (GID 31)'],
    [u32(10, 20), 'its ids have no node where set has node id 30 (GID 31)'],
    [u32(10, 20, 30, 40), 'its ids have node id 40 (GID 41) where set has no node'],
  ])('is refused where the ids beside it are others: %j', (ids, message) => {
    const beside = { file: 'mask_gids.npy', ids }
    expect(() => bindMask(mask(3, 2, [], { sourceIds: beside }), source, target)).toThrow(message)
  })
})
