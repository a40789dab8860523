/** Id columns of files that pyarrow wrote, with every option that changes their pages. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { parquetReadObjects } from 'hyparquet'
import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/errors.ts'
import { columnNames, integerColumn } from '../../src/formats/parquet/columns.ts'
import { readParquetFile } from '../../src/formats/parquet/footer.ts'
import { openIdColumn } from '../../src/formats/parquet/id-column.ts'
import { EXPECTED, fixture, readFile, readIds } from './parquet-fixtures.ts'

const names = Object.keys(EXPECTED)
const open = async (name: string, column = 'source_node_id') =>
  openIdColumn([integerColumn(await readParquetFile(fixture(name)), column)], name)

describe('Parquet id columns', () => {
  it.each(names)('%s: the ids that pyarrow wrote', async name => {
    const ids = await readFile(fixture(name))
    expect(ids).toEqual(EXPECTED[name])
    expect(await readFile(fixture(name), 'checked')).toEqual(ids)
  })

  it.each([
    'default',
    'many_pages_v2',
    'overflow',
    'uint64',
    'row_groups',
    'delta_binary_packed_int64',
    'required',
  ])('%s: the ids that hyparquet reads', async name => {
    const bytes = readFileSync(fixture(name))
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
    const rows = await parquetReadObjects({ file })
    const { source, target } = await readFile(fixture(name))
    expect(source).toEqual(rows.map(row => Number(row.source_node_id)))
    expect(target).toEqual(rows.map(row => Number(row.target_node_id)))
  })

  it.each(['many_pages', 'row_groups', 'overflow_zstd_v2', 'byte_stream_split_int32'])(
    '%s: any window, forwards and backwards',
    async name => {
      const column = await open(name)
      const all = EXPECTED[name]?.source ?? []
      const window = fc.tuple(fc.nat(all.length), fc.nat(200))
      await fc.assert(
        fc.asyncProperty(fc.array(window, { maxLength: 12 }), async windows => {
          for (const [first, wanted] of windows) {
            const count = Math.min(wanted, all.length - first)
            expect(await readIds(column, first, count)).toEqual(all.slice(first, first + count))
          }
        }),
        { numRuns: 60 },
      )
      column.close()
    },
  )

  it('of several files are one column', async () => {
    const parts = ['many_pages', 'empty', 'uint32_large', 'empty_row_group', 'int32', 'zstd_v2']
    const columns = []
    for (const name of parts)
      columns.push(integerColumn(await readParquetFile(fixture(name)), 'source_node_id'))
    const column = await openIdColumn(columns, 'all')
    const all = parts.flatMap(name => EXPECTED[name]?.source ?? [])
    expect(column.length).toBe(all.length)
    expect(await readIds(column)).toEqual(all)
    expect(await readIds(column, 690, 30)).toEqual(all.slice(690, 720))
    expect(await readIds(column, 1400, 20)).toEqual(all.slice(1400, 1420))
    column.close()
    // Closed files are opened again.
    expect(await readIds(column, 5, 3)).toEqual(all.slice(5, 8))
    column.close()
  })

  it('names its columns and its metadata', async () => {
    const file = await readParquetFile(fixture('nested'))
    expect(columnNames(file)).toEqual(['source_node_id', 'target_node_id'])
    const { metadata, rows } = await readParquetFile(fixture('_metadata').replace('.parquet', ''))
    expect(metadata.get('source_population_name')).toBe('All')
    expect(metadata.get('target_population_size')).toBe('300')
    expect(rows).toBe(0)
  })
})

describe('ids that are none', () => {
  it.each(['negative', 'too_large', 'sentinel', 'negative_plain', 'too_large_plain', 'sentinel_plain'])(
    '%s: refused by row',
    async name => {
      const column = await open(name)
      expect(await readIds(column, 0, 650)).toHaveLength(650)
      const error = await readIds(column, 600, 80).catch(reason => reason)
      // Asked again, the answer is the same.
      expect(await readIds(column, 600, 80).catch(reason => reason)).toEqual(error)
      expect(await readIds(column, 650, 1).catch(reason => reason)).toEqual(error)
      expect(error).toBeInstanceOf(InputError)
      expect(error).toMatchObject({ file: fixture(name), field: 'source_node_id' })
      expect(error.message).toMatch(/^row 650 holds a node id that is negative or not below 2\^32-1$/)
      // The rows before can still be read.
      expect(await readIds(column, 640, 10)).toHaveLength(10)
    },
  )

  it.each(['null', 'null_plain', 'null_v2'])('%s: refused by row', async name => {
    const column = await open(name)
    await expect(readIds(column)).rejects.toThrow(/^row 650 has no node id: it is null$/)
  })

  it.each([
    ['floats', 'expected one integer per row, found DOUBLE'],
    ['times', 'expected one integer per row, found TIMESTAMP (stored as INT64)'],
    ['nested', 'expected one integer per row, found nested columns'],
    ['two_columns', 'two columns source_node_id'],
    ['no_target', 'no column target_node_id', 'target_node_id'],
  ])('%s: %s', async (name, message, column = 'source_node_id') => {
    const error = await open(name, column).catch(reason => reason)
    expect(error).toBeInstanceOf(InputError)
    expect(error).toMatchObject({ message, file: fixture(name), field: column })
  })
})
