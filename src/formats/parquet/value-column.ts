/** Number columns of one or more Parquet files, one behind the other, as one property of edges. */
import { type PropertyColumn, VALUE_BYTES } from '../../connectome/table.ts'
import { InternalError } from '../../errors.ts'
import { KernelMemory } from '../../kernels/memory.ts'
import type { Decompress } from './codecs.ts'
import type { IntegerChunk, NumberColumn } from './columns.ts'
import { type Hyparquet, loadHyparquet } from './hyparquet.ts'
import { decompressorsOf } from './id-column.ts'
import { PageSource } from './page-source.ts'
import { ValuePages } from './value-pages.ts'

export interface ParquetValueColumn extends PropertyColumn {
  close(): void
}

/**
 * Values with the type that their files give them; all must give the same. Reading on is fast, reading back decodes a
 * row group again; memory is a few pages. Missing floats are NaN, missing integers make `readInto` throw an InputError.
 *
 * @throws InputError if the pages of a column are compressed in a way that cannot be read
 */
export async function openValueColumn(
  columns: readonly NumberColumn[],
  name: string,
  label: string,
): Promise<ParquetValueColumn> {
  return new ChainedValues(await loadHyparquet(), columns, name, label, await decompressorsOf(columns))
}

interface Segment {
  readonly column: NumberColumn
  readonly chunk: IntegerChunk
  /** First row of the whole column, and of its file, that this chunk holds. */
  readonly first: number
  readonly firstInFile: number
}

class ChainedValues implements ParquetValueColumn {
  readonly name: string
  readonly label: string
  readonly length: number
  readonly type: PropertyColumn['type']
  readonly bytes: number
  readonly #segments: readonly Segment[]
  readonly #decompressors: ReadonlyMap<string, Decompress | undefined>
  readonly #source: PageSource
  readonly #pages: ValuePages
  #segment: Segment | undefined
  /** The open page, and which row of the whole column its first value is. */
  #page: Uint8Array = new Uint8Array(0)
  #first = 0

  constructor(
    library: Hyparquet,
    columns: readonly NumberColumn[],
    name: string,
    label: string,
    decompressors: ReadonlyMap<string, Decompress | undefined>,
  ) {
    this.name = name
    this.label = label
    this.type = columns[0]?.type ?? 'f64'
    this.bytes = VALUE_BYTES[this.type]
    this.#segments = segmentsOf(columns)
    this.length = columns.reduce((all, { rows }) => all + rows, 0)
    this.#decompressors = decompressors
    const memory = new KernelMemory()
    this.#source = new PageSource(library, memory)
    this.#pages = new ValuePages(library, memory, this.#source)
  }

  readInto(first: number, count: number, into: Uint8Array): void {
    if (first < 0 || first + count > this.length || into.length !== count * this.bytes)
      throw new InternalError(`${this.label}: ${count} rows from ${first} of ${this.length}`)
    try {
      for (let done = 0; done < count; ) {
        const at = this.#seek(first + done) * this.bytes
        const part = this.#page.subarray(at, at + (count - done) * this.bytes)
        into.set(part, done * this.bytes)
        done += part.length / this.bytes
      }
    } catch (error) {
      // What was damaged is not read on from the middle.
      this.#segment = undefined
      throw error
    }
  }

  close(): void {
    this.#segment = undefined
    this.#source.close()
  }

  /** Make the page that holds a row the open one; returns its place in it. */
  #seek(row: number): number {
    const open = this.#segment
    if (open === undefined || row < this.#first || row >= endOf(open)) this.#open(row)
    while (row >= this.#first + this.#page.length / this.bytes) this.#nextPage()
    return row - this.#first
  }

  #open(row: number): void {
    const segment = this.#segments.find(candidate => row >= candidate.first && row < endOf(candidate))
    if (segment === undefined) throw new InternalError(`${this.label}: no row ${row}`)
    const { column, chunk } = segment
    this.#source.open(column.file, column.name, chunk)
    this.#pages.start()
    this.#segment = segment
    this.#first = segment.first
    this.#page = new Uint8Array(0)
  }

  #nextPage(): void {
    const segment = this.#segment
    if (segment === undefined) throw new InternalError(`${this.label}: nothing is open`)
    const { column, chunk, first, firstInFile } = segment
    const next = this.#first + this.#page.length / this.bytes
    const open = { column, codec: chunk.codec, decompress: this.#decompressors.get(chunk.codec) }
    this.#page = this.#pages.next(open, endOf(segment) - next, next - first + firstInFile)
    this.#first = next
  }
}

const endOf = ({ first, chunk }: Segment): number => first + chunk.rows

/** Row groups without rows are left out. */
function segmentsOf(columns: readonly NumberColumn[]): Segment[] {
  const segments: Segment[] = []
  let first = 0
  for (const column of columns) {
    let firstInFile = 0
    for (const chunk of column.chunks) {
      if (chunk.rows > 0) segments.push({ column, chunk, first, firstInFile })
      first += chunk.rows
      firstInFile += chunk.rows
    }
  }
  return segments
}
