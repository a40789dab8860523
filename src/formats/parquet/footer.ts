/** What a Parquet file holds: its footer, checked against the bytes that are there. */
import type { SchemaElement } from 'hyparquet'
import { InputError } from '../../errors.ts'
import { InputFile } from '../input-file.ts'
import { type Hyparquet, loadHyparquet } from './hyparquet.ts'
import { checkThrift } from './thrift-check.ts'

export interface ParquetFile {
  readonly path: string
  readonly rows: number
  /** Key-value metadata of the footer. */
  readonly metadata: ReadonlyMap<string, string>
  /** Elements of the schema below the root, depth first. */
  readonly schema: readonly SchemaElement[]
  readonly rowGroups: readonly RowGroup[]
}

export interface RowGroup {
  readonly rows: number
  readonly columns: readonly ColumnChunk[]
}

/** The pages of one column in one row group. */
export interface ColumnChunk {
  readonly path: readonly string[]
  readonly codec: string
  /** Bytes `start .. end-1` of the file. */
  readonly start: number
  readonly end: number
}

const MAGIC = 0x31524150 // PAR1
/** `PARE`: the footer is encrypted. */
const ENCRYPTED = 0x45524150
const TAIL = 8
/** Read at once: footers of connectome-manipulator have about 20 KiB. */
const GUESSED_TAIL = 64 * 1024
/** 36 columns in 4,000 row groups. */
const MAX_FOOTER = 32 * 1024 * 1024

/**
 * Read the footer of a Parquet file. Format: apache/parquet-format, README.md and parquet.thrift.
 *
 * @throws InputError if this is no Parquet file, cut off, encrypted, or says of itself what its bytes do not bear out
 */
export async function readParquetFile(path: string): Promise<ParquetFile> {
  const library = await loadHyparquet()
  const file = await InputFile.open(path)
  try {
    if (file.size < 4 + TAIL) throw notParquet(path, `${file.size} bytes`)
    const head = view(await file.read(0, 4)).getUint32(0, true)
    const guessed = Math.min(file.size, GUESSED_TAIL)
    const tail = await file.read(file.size - guessed, guessed)
    const size = TAIL + footerSize(file, head, view(tail.subarray(-TAIL)))
    const whole = size <= guessed ? tail.subarray(guessed - size) : await file.read(file.size - size, size)
    return parseFooter(library, path, whole, file.size - size)
  } finally {
    await file.close()
  }
}

function footerSize(file: InputFile, head: number, tail: DataView): number {
  const last = tail.getUint32(4, true)
  if (last === ENCRYPTED) throw notParquet(file.path, 'an encrypted one')
  if (last !== MAGIC) {
    if (head === MAGIC) throw damaged(file.path, 'it has no footer: the file is truncated')
    throw notParquet(file.path, 'neither PAR1 at its start nor at its end')
  }
  if (head !== MAGIC) throw damaged(file.path, 'it does not start with PAR1')
  const size = tail.getUint32(0, true)
  if (size > file.size - 4 - TAIL)
    throw damaged(file.path, `a footer of ${size} bytes in a file of ${file.size}`)
  if (size > MAX_FOOTER) throw damaged(file.path, `a footer of ${size} bytes; at most ${MAX_FOOTER} are read`)
  return size
}

function parseFooter(library: Hyparquet, path: string, tail: Uint8Array, dataEnd: number): ParquetFile {
  try {
    checkThrift(tail.subarray(0, tail.length - TAIL))
    const footer = library.parquetMetadata(tail, { geoparquet: false })
    const [root, ...schema] = footer.schema
    if (root === undefined) throw new Error('it has no schema')
    const rowGroups = footer.row_groups.map((group): RowGroup => {
      const rows = count(group.num_rows, 'rows')
      return {
        rows,
        columns: group.columns.map(column => columnChunk(column.meta_data, rows, dataEnd, column.file_path)),
      }
    })
    const rows = count(footer.num_rows, 'rows')
    const sum = rowGroups.reduce((all, group) => all + group.rows, 0)
    if (sum !== rows) throw new Error(`${rows} rows, but ${sum} in its row groups`)
    const pairs = footer.key_value_metadata ?? []
    return {
      path,
      rows,
      schema,
      rowGroups,
      metadata: new Map(pairs.map(({ key, value }) => [key, value ?? ''])),
    }
  } catch (error) {
    // Whatever hyparquet stumbles over is in the bytes of the file.
    throw damaged(
      path,
      `its footer cannot be read (${error instanceof Error ? error.message : error})`,
      error,
    )
  }
}

type MetaData = NonNullable<
  ReturnType<Hyparquet['parquetMetadata']>['row_groups'][number]['columns'][number]['meta_data']
>

function columnChunk(
  data: MetaData | undefined,
  rows: number,
  dataEnd: number,
  elsewhere: string | undefined,
): ColumnChunk {
  if (data === undefined) throw new Error('a column without metadata')
  if (elsewhere !== undefined) throw new Error(`a column in another file, ${elsewhere}`)
  const path = data.path_in_schema
  const name = path.join('.')
  const codec = data.codec ?? 'unknown'
  // Without rows there may be no page, and no place for one.
  if (rows === 0) return { path, codec, start: 0, end: 0 }
  const size = count(data.total_compressed_size, 'bytes')
  const pages = count(data.data_page_offset, 'offset')
  const dictionary = count(data.dictionary_page_offset ?? 0n, 'offset')
  // Some writers say 0 where there is no dictionary.
  const start = dictionary > 0 ? Math.min(dictionary, pages) : pages
  if (start < 4 || start + size > dataEnd)
    throw new Error(`column ${name} at bytes ${start} to ${start + size}, outside the data`)
  if (path.length === 1 && count(data.num_values, 'values') !== rows)
    throw new Error(`${data.num_values} values of column ${name} in a row group of ${rows} rows`)
  return { path, codec, start, end: start + size }
}

function count(value: bigint | number | undefined, what: string): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`${value} ${what}`)
  return number
}

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const notParquet = (file: string, found: string): InputError =>
  new InputError(`expected a Parquet file, found ${found}`, { file })

function damaged(file: string, what: string, cause?: unknown): InputError {
  return new InputError(`damaged Parquet file: ${what}`, {
    file,
    hint: 'The file was not written or copied completely; make it again.',
    cause,
  })
}
