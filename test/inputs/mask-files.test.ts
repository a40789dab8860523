/** Masks in every form they are given in, and what their rows and columns mean to each verb. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { diff } from '../../src/diff.ts'
import type { NpyData } from '../../src/formats/npy.ts'
import { writeNpz } from '../../src/formats/npz.ts'
import { writeMaskNpz } from '../../src/formats/scipy-sparse.ts'
import { readPairList } from '../../src/inputs/pair-list.ts'
import { inspect } from '../../src/inspect.ts'
import { cooToCsc } from '../../src/kernels/csc.ts'
import { readMask } from '../../src/selection/mask.ts'
import { temporaryFolder, writeNpy, writeText } from './helpers.ts'

const folder = temporaryFolder()
afterAll(() => rmSync(folder, { recursive: true }))

const entriesOf = ({ row, column }: { row: Uint32Array; column: Uint32Array }): string[] =>
  Array.from(row, (r, k) => `${r} ${column[k]}`).sort()

async function writeCoo(row: number[], col: number[], data: NpyData, dtype?: string): Promise<string> {
  const file = join(folder, 'coo.npz')
  await writeNpz(file, [
    ['row', { shape: [row.length], data: Int32Array.from(row) }],
    ['col', { shape: [col.length], data: Int32Array.from(col) }],
    ['format', { dtype: '|S3', shape: [], data: Buffer.from('coo') }],
    ['shape', { shape: [2], data: BigInt64Array.of(4n, 4n) }],
    ['data', { ...(dtype === undefined ? {} : { dtype }), shape: [row.length], data }],
  ])
  return file
}

describe('entries of one place', () => {
  const many = <T>(value: T, count: number): T[] => Array.from({ length: count }, () => value)
  it.each<[string, NpyData, string[]]>([
    ['+1 and -1 of int8', Int8Array.of(1, -1, 1), ['3 0']],
    ['+1 and -1 of int64', BigInt64Array.of(1n, -1n, 1n), ['3 0']],
    ['+0.5 and -0.5', Float64Array.of(0.5, -0.5, 2), ['3 0']],
    ['255 and 1 of uint8', Uint8Array.of(255, 1, 1), ['3 0']],
    ['2^63 twice of uint64', BigUint64Array.of(2n ** 63n, 2n ** 63n, 1n), ['3 0']],
    ['3 and -1', Int32Array.of(3, -1, 1), ['1 2', '1 2', '3 0']],
    ['NaN and -1', Float32Array.of(Number.NaN, -1, 1), ['1 2', '1 2', '3 0']],
    ['1 and an explicit 0', Int16Array.of(1, 0, -1), ['1 2', '3 0']],
  ])('are summed as SciPy does: %s', async (_, data, entries) => {
    const file = await writeCoo([1, 1, 3], [2, 2, 0], data)
    expect(entriesOf(await readMask(file))).toEqual(entries)
    expect((await readPairList(file)).source.length).toBe(entries.length)
  })

  it('of bool are True however many there are; 256 of uint8 are 0', async () => {
    const row = many(1, 256)
    const ones = new Uint8Array(256).fill(1)
    expect((await readMask(await writeCoo(row, row, ones, '|b1'))).row.length).toBe(256)
    expect((await readMask(await writeCoo(row, row, ones))).row.length).toBe(0)
    expect((await readMask(await writeCoo(row, row, new Uint16Array(ones)))).row.length).toBe(256)
  })

  it('are summed in compressed matrices as well', async () => {
    for (const format of ['csc', 'csr']) {
      const file = join(folder, 'compressed.npz')
      await writeNpz(file, [
        ['indices', { shape: [3], data: Int32Array.of(2, 2, 0) }],
        ['indptr', { shape: [5], data: Int32Array.of(0, 0, 2, 2, 3) }],
        ['format', { dtype: '|S3', shape: [], data: Buffer.from(format) }],
        ['shape', { shape: [2], data: BigInt64Array.of(4n, 4n) }],
        ['data', { shape: [3], data: Int8Array.of(1, -1, 1) }],
      ])
      expect(entriesOf(await readMask(file)), format).toEqual([format === 'csr' ? '3 0' : '0 3'])
    }
  })
})

describe('a dense array', () => {
  const dense = (fortranOrder: boolean) => ({
    dtype: '|b1',
    shape: [2, 3],
    fortranOrder,
    data: Uint8Array.from(fortranOrder ? [0, 1, 0, 0, 1, 0] : [0, 0, 1, 1, 0, 0]),
  })

  it.each([false, true])('of bool is a mask (Fortran order: %s), with the ids beside it', async fortran => {
    const file = writeNpy(folder, 'dense.npy', dense(fortran))
    expect(await readMask(file)).toMatchObject({ rows: 2, columns: 3, sourceIds: undefined })
    expect(entriesOf(await readMask(file))).toEqual(['0 2', '1 0'])
    expect(await inspect(file)).toMatchObject({ edges: [{ edges: 2, connections: 2 }] })
    const beside = writeNpy(folder, 'named.npy', dense(fortran))
    writeNpy(folder, 'named_gids_source.npy', { shape: [2], data: Uint8Array.of(8, 3) })
    writeNpy(folder, 'named_gids_target.npy', { shape: [3], data: Uint8Array.of(1, 2, 9) })
    expect((await readMask(beside)).sourceIds?.ids).toEqual(Uint32Array.of(7, 2))
    const list = await readPairList(beside)
    expect([list.source, list.target]).toEqual([Uint32Array.of(2, 7), Uint32Array.of(0, 8)])
  })

  it.each([
    ['of integers', { shape: [2, 3], data: new Int32Array(6) }],
    ['of floats', { shape: [2, 3], data: new Float64Array(6) }],
    ['of bool in one dimension', { dtype: '|b1', shape: [6], data: new Uint8Array(6) }],
  ])('%s is refused with the line that saves it', async (_, array) => {
    const file = writeNpy(folder, 'other.npy', array)
    await expect(readMask(file)).rejects.toMatchObject({
      name: 'InputError',
      file,
      hint: 'scipy.sparse.save_npz("other.npz", scipy.sparse.csc_matrix(numpy.load("other.npy") != 0))',
    })
  })
})

it('a list of pairs is no mask, and the error says how to make one of it', async () => {
  const pairs = { shape: [2, 3], data: Int32Array.of(1, 2, 3, 4, 5, 6) }
  for (const file of [
    writeNpy(folder, 'pairs.npy', pairs),
    writeText(folder, 'pairs.csv', 'pre,post\n1,4\n'),
  ])
    await expect(readMask(file)).rejects.toMatchObject({
      file,
      message: expect.stringMatching('found a list of pairs'),
      hint: expect.stringMatching(/^make its mask with connproof select pairs/),
    })
})

describe('a mask beside its ids', () => {
  const coo = { rows: 3, columns: 3, row: Uint32Array.of(0, 2), column: Uint32Array.of(1, 0) }
  const write = async (name: string): Promise<string> => {
    const file = join(folder, `${name}_adjmat.npz`)
    await writeMaskNpz(file, { ...cooToCsc(coo), label: name })
    return file
  }

  it('means these ids in diff, inspect and select', async () => {
    const file = await write('mask')
    writeNpy(folder, 'mask_gids.npy', { shape: [3], data: Int32Array.of(11, 5, 8) })
    const list = writeText(folder, 'list.csv', 'pre_gid,post_gid\n11,5\n8,11\n')
    expect(await diff(list, file, { idBase: 1 })).toMatchObject({ equal: true, inBoth: 2 })
    const positions = writeText(folder, 'positions.csv', 'source,target\n0,1\n2,0\n')
    expect(await diff(positions, file, { idBase: 0 })).toMatchObject({ equal: false, inBoth: 0 })
    const digest = async (path: string) => (await inspect(path, { idBase: 1 })).edges[0]?.sha256_pairs_tgtsrc
    expect(await digest(file)).toBe(await digest(list))
    expect((await readPairList(file)).source).toEqual(Uint32Array.of(7, 10))
  })

  it('is refused where the ids are not its own', async () => {
    const file = await write('short')
    const ids = writeNpy(folder, 'short_gids.npy', { shape: [2], data: Int32Array.of(11, 5) })
    await expect(inspect(file)).rejects.toMatchObject({ file, field: ids })
    const half = await write('half')
    writeNpy(folder, 'half_gids_source.npy', { shape: [3], data: Int32Array.of(11, 5, 8) })
    await expect(diff(half, half)).rejects.toMatchObject({ file: half })
  })

  it.each([
    [
      'with one of them twice',
      { shape: [3], data: Int32Array.of(11, 5, 11) },
      /GID 11 occurs twice, in entries 0 and 2/,
    ],
    ['of a shape that may be a pair', { shape: [2, 1], data: Int32Array.of(11, 5) }, /two nodes or one pair/],
  ])('is refused with ids %s', async (_, ids, message) => {
    const file = await write('odd')
    const beside = writeNpy(folder, 'odd_gids.npy', ids)
    for (const verb of [
      () => diff(file, file),
      () => inspect(file),
      () => readPairList(file),
      () => readMask(file),
    ])
      await expect(verb()).rejects.toMatchObject({
        file: beside,
        message: expect.stringMatching(message),
        hint: expect.any(String),
      })
  })

  it('is not taken by a list of pairs of that name for one of ids', async () => {
    const file = await write('pairs')
    writeNpy(folder, 'pairs_gids.npy', { shape: [2, 2], data: Int32Array.of(1, 3, 2, 1) })
    expect(await diff(join(folder, 'pairs_gids.npy'), file, { pairs: 'columns' })).toMatchObject({
      equal: true,
    })
  })

  it('of all nodes in their order still says how many nodes there are', async () => {
    const file = await write('all')
    writeNpy(folder, 'all_gids.npy', { shape: [3], data: Int32Array.of(1, 2, 3) })
    writeFileSync(join(folder, 'pairs.csv'), 'source,target\n0,1\n2,0\n')
    expect(await diff(join(folder, 'pairs.csv'), file, { idBase: 0 })).toMatchObject({ equal: true })
  })
})
