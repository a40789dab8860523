/** Number columns of Parquet files, value by value, as pyarrow wrote them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, describe, expect, it } from 'vitest'
import { columnNames, numberColumn } from '../../src/formats/parquet/columns.ts'
import { readParquetFile } from '../../src/formats/parquet/footer.ts'
import { definedRows } from '../../src/formats/parquet/levels.ts'
import { openValueColumn } from '../../src/formats/parquet/value-column.ts'
import { openParquetTable } from '../../src/inputs/parquet-table.ts'
import { EXPECTED, fixture } from './parquet-fixtures.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-values-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function read(path: string, name: string) {
  const column = await openValueColumn([numberColumn(await readParquetFile(path), name)], name, name)
  const bytes = new Uint8Array(column.length * column.bytes)
  // In windows that do not fall together with pages.
  for (let first = 0; first < column.length; first += 37) {
    const count = Math.min(37, column.length - first)
    column.readInto(first, count, bytes.subarray(first * column.bytes, (first + count) * column.bytes))
  }
  column.close()
  return { type: column.type, bytes }
}

const NAMED = Object.keys(EXPECTED)

describe('a float column', () => {
  it.each(NAMED)('of %s', async name => {
    const file = await readParquetFile(fixture(name))
    if (!columnNames(file).includes('delay')) return
    const { type, bytes } = await read(fixture(name), 'delay')
    const rows = EXPECTED[name]?.source.length ?? 0
    expect(type).toBe('f32')
    expect([...new Float32Array(bytes.buffer)]).toEqual(
      // Two tables, one behind the other.
      Array.from({ length: rows }, (_, k) => (name === 'empty_row_group' && k > 4 ? k - 5 : k)),
    )
  })

  it('with missing values has NaN there, as pandas reads it, and nothing moves', async () => {
    const path = join(folder, 'null.parquet')
    const data = [1.5, null, 2.5, null, null, 3.5]
    const columnData = [
      { name: 'delay', data, type: 'FLOAT' as const, nullable: true },
      { name: 'u', data, type: 'DOUBLE' as const, nullable: true },
      { name: 'n', data: [1, null, 2, 3, 4, 5], type: 'INT32' as const, nullable: true },
    ]
    writeFileSync(path, new Uint8Array(parquetWriteBuffer({ columnData })))
    const wanted = [1.5, Number.NaN, 2.5, Number.NaN, Number.NaN, 3.5]
    const { bytes } = await read(path, 'delay')
    expect([...new Float32Array(bytes.buffer)]).toEqual(wanted)
    expect([...bytes.subarray(4, 8)]).toEqual([0, 0, 0xc0, 0x7f])
    expect([...new Float64Array((await read(path, 'u')).bytes.buffer)]).toEqual(wanted)
    await expect(read(path, 'n')).rejects.toThrow(/row 1 has no value/)
  })
})

describe('an integer column', () => {
  it.each([
    ['int16', 'i16', Int16Array],
    ['int32', 'i32', Int32Array],
  ] as const)('%s keeps its type', async (name, type, array) => {
    const found = await read(fixture(name), 'source_node_id')
    expect(found.type).toBe(type)
    expect([...new array(found.bytes.buffer)]).toEqual(EXPECTED[name]?.source)
  })

  it.each(['default', 'delta_binary_packed_int64', 'byte_stream_split_int64', 'many_pages_v2'])(
    'of %s, 64 bits wide',
    async name => {
      const { type, bytes } = await read(fixture(name), 'source_node_id')
      expect(type).toBe('i64')
      expect(Array.from(new BigInt64Array(bytes.buffer), Number)).toEqual(EXPECTED[name]?.source)
    },
  )
})

describe('a table', () => {
  it('has all columns but the ids, and says which ones are no numbers', async () => {
    const path = join(folder, 'table.parquet')
    const columnData = [
      { name: 'source_node_id', data: [1n, 2n], type: 'INT64' as const },
      { name: '__index_level_0__', data: [0n, 1n], type: 'INT64' as const },
      { name: 'delay', data: [1, 2], type: 'FLOAT' as const },
      { name: 'rule', data: ['a', 'b'], type: 'STRING' as const },
    ]
    writeFileSync(path, new Uint8Array(parquetWriteBuffer({ columnData })))
    const table = await openParquetTable([await readParquetFile(path)], 2, ['source_node_id'])
    expect(table.columns.map(({ name, type }) => [name, type])).toEqual([['delay', 'f32']])
    expect(table.unreadable.map(({ name }) => name)).toEqual(['rule'])
    table.close()
  })

  it('of splits that disagree is refused', async () => {
    const write = async (
      name: string,
      columnData: Parameters<typeof parquetWriteBuffer>[0]['columnData'],
    ) => {
      writeFileSync(join(folder, name), new Uint8Array(parquetWriteBuffer({ columnData })))
      return readParquetFile(join(folder, name))
    }
    const one = await write('a.parquet', [{ name: 'delay', data: [1], type: 'FLOAT' }])
    const wide = await write('b.parquet', [{ name: 'delay', data: [1], type: 'DOUBLE' }])
    const other = await write('c.parquet', [{ name: 'u', data: [1], type: 'FLOAT' }])
    await expect(openParquetTable([one, wide], 2, [])).rejects.toThrow(/type f64, in other splits f32/)
    await expect(openParquetTable([one, other], 2, [])).rejects.toThrow(/no column/)
  })

  it('refuses a file whose row groups lack a column of its schema: that is damage, no other type', async () => {
    const bytes = readFileSync(join(import.meta.dirname, '../fixtures/synapses/edges.2-1.parquet'))
    const footer = bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8)
    bytes.write('spIne', bytes.indexOf('spine', footer))
    const path = join(folder, 'renamed.parquet')
    writeFileSync(path, bytes)
    const file = await readParquetFile(path)
    await expect(openParquetTable([file], file.rows, [])).rejects.toMatchObject({
      file: path,
      field: 'spIne',
    })
  })
})

it('definition levels are read as they are, or found to end too early', () => {
  expect(definedRows(Uint8Array.of(6, 1, 4, 0), 5)).toEqual(Uint8Array.of(1, 1, 1, 0, 0))
  expect(definedRows(Uint8Array.of(3, 0b101), 4)).toEqual(Uint8Array.of(1, 0, 1, 0))
  expect(definedRows(Uint8Array.of(6, 1), 4)).toBeUndefined()
  expect(definedRows(Uint8Array.of(0, 1, 0, 1), 4)).toBeUndefined()
  expect(definedRows(Uint8Array.of(), 1)).toBeUndefined()
})
