import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { IdColumn } from '../../src/connectome/edges.ts'
import { columnNames, integerColumn } from '../../src/formats/parquet/columns.ts'
import { readParquetFile } from '../../src/formats/parquet/footer.ts'
import { openIdColumn } from '../../src/formats/parquet/id-column.ts'
import type { KernelBuild } from '../../src/kernels/load.ts'

export const FIXTURES = fileURLToPath(new URL('../fixtures/parquet', import.meta.url))
export const fixture = (name: string): string => join(FIXTURES, `${name}.parquet`)

export interface ExpectedIds {
  source: readonly number[]
  target: readonly number[]
}

export const EXPECTED = (
  JSON.parse(readFileSync(join(FIXTURES, 'expected.json'), 'utf8')) as { files: Record<string, ExpectedIds> }
).files

/** Rows of a column of u32, all of them where no window is named. */
export async function readIds(column: IdColumn, first = 0, count = column.length - first): Promise<number[]> {
  const ids = new Uint32Array(count)
  await column.readInto(first, count, new Uint8Array(ids.buffer))
  return [...ids]
}

/** The first two columns of a file, whatever they are called. */
export async function readFile(path: string, build?: KernelBuild): Promise<ExpectedIds> {
  const file = await readParquetFile(path)
  const [source = '', target = ''] = columnNames(file)
  const read = async (name: string): Promise<number[]> => {
    const column = await openIdColumn([integerColumn(file, name)], name, build)
    try {
      return await readIds(column)
    } finally {
      column.close()
    }
  }
  return { source: await read(source), target: await read(target) }
}
