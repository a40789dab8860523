/** Files made page by page: whatever the pages are, the ids come out; whatever lies in them, it is refused. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { integerColumn } from '../../src/formats/parquet/columns.ts'
import { readParquetFile } from '../../src/formats/parquet/footer.ts'
import { openIdColumn } from '../../src/formats/parquet/id-column.ts'
import { type HybridRun, hybridValues, varint } from '../reference/parquet.ts'
import { readIds } from './parquet-fixtures.ts'
import {
  type Chunk,
  type DataPage,
  indices,
  type Lies,
  parquetFile,
  plain,
  withFooter,
} from './parquet-writer.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-pages-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const path = join(folder, 'pages.parquet')

async function ids(bytes: Uint8Array): Promise<number[]> {
  writeFileSync(path, bytes)
  const column = await openIdColumn([integerColumn(await readParquetFile(path), 'id')], 'id')
  try {
    return await readIds(column)
  } finally {
    column.close()
  }
}

const id = fc.oneof(fc.nat(50), fc.integer({ min: 0, max: 0xffff_fffe }))
const dictionary = fc.array(id, { minLength: 1, maxLength: 40 })

/** A page and the ids in it. */
function page(among: readonly number[]): fc.Arbitrary<{ page: DataPage; holds: number[] }> {
  const index = fc.nat(among.length - 1)
  const run: fc.Arbitrary<HybridRun> = fc.oneof(
    fc.record({ kind: fc.constant('repeat' as const), value: index, count: fc.integer({ min: 1, max: 40 }) }),
    fc.record({
      kind: fc.constant('packed' as const),
      values: fc.array(index, { minLength: 1, maxLength: 40 }),
    }),
  )
  const coded = fc
    .record({ runs: fc.array(run, { maxLength: 5 }), more: fc.integer({ min: 0, max: 8 }), v2: fc.boolean() })
    .map(({ runs, more, v2 }) => {
      const width = Math.ceil(Math.log2(among.length)) + more
      const holds = hybridValues(runs).map(k => among[k] ?? Number.NaN)
      const values = indices(runs, width)
      return { page: { count: holds.length, encoding: 'RLE_DICTIONARY' as const, values, v2 }, holds }
    })
  const spelt = fc
    .record({ holds: fc.array(id, { maxLength: 60 }), v2: fc.boolean() })
    .map(({ holds, v2 }) => {
      const values = plain(holds.map(BigInt))
      return { page: { count: holds.length, encoding: 'PLAIN' as const, values, v2 }, holds }
    })
  return fc.oneof(coded, spelt)
}

const chunk = dictionary.chain(among =>
  fc.array(page(among), { maxLength: 6 }).map(pages => {
    const holds = pages.flatMap(one => one.holds)
    const made: Chunk = {
      dictionary: among.map(BigInt),
      pages: pages.map(one => one.page),
      rows: holds.length,
    }
    return { chunk: made, holds }
  }),
)

describe('pages of any kind', () => {
  it('give their ids, nullable or not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(chunk, { maxLength: 4 }), fc.boolean(), async (chunks, nullable) => {
        const file = parquetFile(
          chunks.map(one => one.chunk),
          { nullable },
        )
        expect(await ids(file)).toEqual(chunks.flatMap(one => one.holds))
      }),
      { numRuns: 200 },
    )
  })

  it('larger than what is decoded at once', async () => {
    const runs: HybridRun[] = [
      { kind: 'repeat', value: 2, count: 40_000 },
      { kind: 'packed', values: Array.from({ length: 20_000 }, (_, k) => k % 3) },
    ]
    const values = indices(runs, 2)
    const pages = [{ count: 60_000, encoding: 'RLE_DICTIONARY' as const, values }]
    const file = parquetFile([{ dictionary: [7n, 8n, 9n], pages, rows: 60_000 }])
    expect(await ids(file)).toEqual(hybridValues(runs).map(k => 7 + k))
  })
})

describe('pages that lie', () => {
  const good: DataPage = { count: 3, encoding: 'PLAIN', values: plain([1n, 2n, 3n]) }
  const coded: DataPage = {
    count: 8,
    encoding: 'RLE_DICTIONARY',
    values: indices([{ kind: 'packed', values: [0, 1, 2, 0, 1, 2, 0, 1] }], 2),
  }
  const file = (
    pages: readonly DataPage[],
    rows: number,
    lies: Lies = {},
    among?: readonly bigint[],
  ): Uint8Array =>
    parquetFile([{ pages, rows, ...(among === undefined ? {} : { dictionary: among }) }], { lies })

  it('are not these', async () => {
    expect(await ids(file([good, good], 6))).toEqual([1, 2, 3, 1, 2, 3])
    expect(await ids(file([coded], 8, {}, [5n, 6n, 7n]))).toEqual([5, 6, 7, 5, 6, 7, 5, 6])
  })

  it.each<[string, Uint8Array, RegExp]>([
    ['more rows than the chunk', file([good, good], 5), /a page of 3 rows where 2 are left/],
    ['fewer rows than the chunk', file([good], 5), /its pages end before its rows/],
    ['fewer ids than rows', file([{ ...good, count: 4 }], 4), /4 ids in 24 bytes/],
    [
      'more indices than there are',
      file([{ ...coded, count: 9 }], 9, {}, [5n, 6n, 7n]),
      /a page ends before its values/,
    ],
    [
      'an index beyond the dictionary',
      file([coded], 8, {}, [5n, 6n]),
      /row 2 is not in the dictionary of 2 ids/,
    ],
    ['no dictionary', file([coded], 8), /a page without its dictionary/],
    [
      'indices of 33 bits',
      file([{ ...coded, values: Uint8Array.of(33, 3, 0) }], 8, {}, [5n]),
      /dictionary indices of 33 bits/,
    ],
    [
      'a page longer than the chunk',
      file([good], 3, { compressedSize: 5000 }),
      /a page of 5000 bytes where \d+ are left/,
    ],
    [
      'a page of 2 GiB',
      file([good], 3, { uncompressedSize: 2 ** 31 - 1 }),
      /a page of 2147483647 bytes; at most/,
    ],
    [
      'another size without compression',
      file([good], 3, { uncompressedSize: 99 }),
      /\d+ bytes in a page of 99/,
    ],
    [
      'rows that are not those of its row groups',
      file([good], 3, { rows: 4 }),
      /4 rows, but 3 in its row groups/,
    ],
    [
      'values that are not the rows',
      file([good], 3, { values: 4 }),
      /4 values of column id in a row group of 3 rows/,
    ],
    [
      'rows without end',
      file([good], 3, { rows: 1e6, groupRows: 1e6, values: 1e6 }),
      /its pages end before its rows/,
    ],
    [
      'a chunk outside the file',
      file([good], 3, { start: 100_000 }),
      /column id at bytes 100000 to \d+, outside the data/,
    ],
    ['a chunk in the mark', file([good], 3, { start: 1 }), /column id at bytes 1 to \d+, outside the data/],
    [
      'delta of another count',
      file([{ count: 3, encoding: 'DELTA_BINARY_PACKED', values: Uint8Array.of(128, 1, 4, 2, 0) }], 3),
      /2 values instead of 3/,
    ],
    [
      'delta of huge blocks',
      file(
        [{ count: 3, encoding: 'DELTA_BINARY_PACKED', values: Uint8Array.of(...varint(2 ** 31), 4, 3, 0) }],
        3,
      ),
      /blocks of 2147483648 values/,
    ],
    [
      'delta of many miniblocks',
      file(
        [
          {
            count: 3,
            encoding: 'DELTA_BINARY_PACKED',
            values: Uint8Array.of(128, 1, ...varint(2 ** 31), 3, 0),
          },
        ],
        3,
      ),
      /2147483648 miniblocks/,
    ],
    [
      'a footer with a number that does not end',
      withFooter([80, 65, 82, 49], [0x16, ...new Array<number>(300_000).fill(0x80)]),
      /a number that does not end/,
    ],
  ])('%s', async (_, bytes, message) => {
    await expect(ids(bytes)).rejects.toThrow(message)
  })
})
