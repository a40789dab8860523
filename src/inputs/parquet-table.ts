/** Properties of unconverted edges: the columns of their Parquet files beside the ids. */
import type { EdgeTable } from '../connectome/table.ts'
import { InputError, isInputError } from '../errors.ts'
import { columnNames, type NumberColumn, numberColumn, numberType } from '../formats/parquet/columns.ts'
import type { ParquetFile } from '../formats/parquet/footer.ts'
import { openValueColumn, type ParquetValueColumn } from '../formats/parquet/value-column.ts'

export interface ParquetTable extends EdgeTable {
  close(): void
}

/** The index of a pandas table says nothing of edges. */
const PANDAS_INDEX = /^__index_level_\d+__$/

/**
 * Columns of all files, one behind the other. Files without rows need not have them.
 *
 * @param ids names of columns that are no properties
 * @throws InputError if a file lacks a column that another has, or has it in another type
 */
export async function openParquetTable(
  files: readonly ParquetFile[],
  rows: number,
  ids: readonly string[],
): Promise<ParquetTable> {
  const some = files.filter(file => file.rows > 0)
  const filled = some.length > 0 ? some : files.slice(0, 1)
  const isProperty = (name: string): boolean => !ids.includes(name) && !PANDAS_INDEX.test(name)
  const names = [...new Set(filled.flatMap(columnNames))].filter(isProperty).sort()
  const columns: ParquetValueColumn[] = []
  const unreadable: { name: string; reason: string }[] = []
  for (const name of names) {
    const lacking = filled.find(file => !columnNames(file).includes(name))
    if (lacking !== undefined)
      throw new InputError(`no column ${name}, which other splits have`, { file: lacking.path, field: name })
    const parts = filled.map(file => partOf(file, name))
    const refused = parts.find(isInputError)
    if (refused !== undefined) unreadable.push({ name, reason: refused.message })
    else {
      const numbers = parts.flatMap(part => (isInputError(part) ? [] : [part]))
      refuseMixed(numbers)
      columns.push(await openValueColumn(numbers, name, `${filled[0]?.path}: ${name}`))
    }
  }
  const close = (): void => {
    for (const column of columns) column.close()
  }
  return { rows, columns, traits: [], unreadable, close }
}

/** What is no number is a property that cannot be read; a column that lacks its pages is damage. */
function partOf(file: ParquetFile, name: string): NumberColumn | InputError {
  try {
    numberType(file, name)
  } catch (error) {
    if (isInputError(error)) return error
    throw error
  }
  return numberColumn(file, name)
}

function refuseMixed(parts: readonly NumberColumn[]): void {
  const other = parts.find(part => part.type !== parts[0]?.type)
  if (other === undefined) return
  throw new InputError(`values of type ${other.type}, in other splits ${parts[0]?.type}`, {
    file: other.file,
    field: other.name,
  })
}
