import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeNpy } from '../../src/formats/npy.ts'
import { writeMaskNpz } from '../../src/formats/scipy-sparse.ts'
import { pairListOf, readPairList } from '../../src/inputs/pair-list.ts'
import { cooToCsc } from '../../src/kernels/csc.ts'
import { temporaryFolder } from './helpers.ts'

type Row = readonly [number, number]

const row = fc.tuple(fc.integer({ min: 1, max: 2 ** 32 - 2 }), fc.integer({ min: 1, max: 50 }))
const listOf = (list: { source: Uint32Array; target: Uint32Array }): Row[] =>
  Array.from(list.source, (source, k) => [source, list.target[k] ?? -1])
const nodeIds = (rows: readonly Row[]): Row[] => rows.map(([source, target]) => [source - 1, target - 1])
const data = (values: readonly number[]): BigInt64Array => BigInt64Array.from(values, BigInt)

describe('a list of GIDs', () => {
  const folder = temporaryFolder()

  it('is the same in every form it is written in', async () => {
    const [file, text] = [join(folder, 'list.npy'), join(folder, 'list.csv')]
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 3, maxLength: 20 }), async rows => {
        const [sources, targets] = [rows.map(([source]) => source), rows.map(([, target]) => target)]
        const alternating = data(rows.flat())
        const forms = [
          { shape: [2, rows.length], data: data([...sources, ...targets]) },
          { shape: [2, rows.length], fortranOrder: true, data: alternating },
          { shape: [rows.length, 2], data: alternating },
          { shape: [rows.length, 2], fortranOrder: true, data: data([...sources, ...targets]) },
        ]
        for (const form of forms) {
          writeFileSync(file, encodeNpy(form))
          expect(listOf(await readPairList(file))).toEqual(nodeIds(rows))
        }
        writeFileSync(text, rows.map(([source, target]) => `${source},${target}\n`).join(''))
        expect(listOf(await readPairList(text))).toEqual(nodeIds(rows))
        expect(listOf(pairListOf(rows, 1, { file: 'campaign.yaml' }))).toEqual(nodeIds(rows))
        expect(listOf(await readPairList(text, { idBase: 0 }))).toEqual(rows)
      }),
      { numRuns: 30 },
    )
  })

  it('says where its first wrong entry is', async () => {
    const file = join(folder, 'zero.csv')
    writeFileSync(file, '3,4\n0,7\n')
    await expect(readPairList(file)).rejects.toThrow('row 1 holds 0, but GIDs count from 1')
    const place = { file: 'campaign.yaml', field: 'pairs' }
    expect(() => pairListOf([[1, 2], [3]], 1, place)).toThrow('expected two GIDs, found [3]')
    expect(() => pairListOf([[1, 0]], 1, place)).toThrow('found [1, 0]')
    expect(() => pairListOf([[0, 1.5]], 0, place)).toThrow('expected two node ids, found [0, 1.5]')
    await expect(readPairList('list.json')).rejects.toThrow('found a file ".json"')
  })
})

it('a matrix lists its entries by source, then target', async () => {
  const file = join(temporaryFolder(), 'adjacency.npz')
  const matrix = cooToCsc({
    rows: 4,
    columns: 4,
    row: Uint32Array.of(3, 0, 0),
    column: Uint32Array.of(0, 3, 1),
  })
  await writeMaskNpz(file, { ...matrix, label: 'test' })
  const list = await readPairList(file)
  expect(listOf(list)).toEqual([
    [0, 1],
    [0, 3],
    [3, 0],
  ])
  expect(list.order).toBe('ascending by (source, target)')
})
