/** Integer columns of one or more Parquet files, one behind the other, as one column of ids. */
import type { IdColumn } from '../../connectome/edges.ts'
import { InputError, InternalError } from '../../errors.ts'
import type { KernelBuild } from '../../kernels/load.ts'
import { KernelMemory } from '../../kernels/memory.ts'
import { type Decompress, decompressorOf } from './codecs.ts'
import type { IntegerChunk, IntegerColumn } from './columns.ts'
import { type Hyparquet, loadHyparquet } from './hyparquet.ts'
import { PageDecoder } from './page-decoder.ts'
import { PageSource } from './page-source.ts'

export interface ParquetIdColumn extends IdColumn {
  readonly type: 'u32'
  close(): void
}

/** Ids decoded at once. */
const BLOCK = 16_384

/**
 * Ids as u32, whatever type they are stored in. Reading on is fast, reading back decodes a row group again; memory is
 * a few pages. Rows that are null, negative or not below 2^32-1 make `readInto` throw an InputError naming file, column
 * and row of the file.
 *
 * @throws InputError if the pages of a column are compressed in a way that cannot be read
 */
export async function openIdColumn(
  columns: readonly IntegerColumn[],
  label: string,
  build: KernelBuild = 'release',
): Promise<ParquetIdColumn> {
  const decompressors = await decompressorsOf(columns)
  return new ChainedColumn(await loadHyparquet(), columns, label, decompressors, build)
}

/** What the pages of these columns are decompressed with. @throws InputError if that is something else */
export async function decompressorsOf(
  columns: readonly Pick<IntegerColumn, 'file' | 'name' | 'chunks'>[],
): Promise<ReadonlyMap<string, Decompress | undefined>> {
  const decompressors = new Map<string, Decompress | undefined>()
  for (const { file, name, chunks } of columns) {
    for (const { codec } of chunks) {
      if (decompressors.has(codec) || codec === 'UNCOMPRESSED' || codec === 'SNAPPY') continue
      const decompress = await decompressorOf(codec)
      if (decompress === undefined) throw otherCodec(file, name, codec)
      decompressors.set(codec, decompress)
    }
  }
  return decompressors
}

function otherCodec(file: string, field: string, codec: string): InputError {
  return new InputError(
    `compressed with ${codec}; expected snappy, zstd, gzip, brotli, lz4 or no compression`,
    {
      file,
      field,
      hint: 'Write the file again with another compression; pyarrow takes snappy where none is named.',
    },
  )
}

interface Segment {
  readonly column: IntegerColumn
  readonly chunk: IntegerChunk
  /** First row of the whole column, and of its file, that this chunk holds. */
  readonly first: number
  readonly firstInFile: number
}

class ChainedColumn implements ParquetIdColumn {
  readonly type = 'u32'
  readonly length: number
  readonly label: string
  readonly #segments: readonly Segment[]
  readonly #decompressors: ReadonlyMap<string, Decompress | undefined>
  readonly #memory: KernelMemory
  readonly #source: PageSource
  readonly #decoder: PageDecoder
  readonly #ids: number
  #segment: Segment | undefined
  /** Row that is decoded next. */
  #position = 0

  constructor(
    library: Hyparquet,
    columns: readonly IntegerColumn[],
    label: string,
    decompressors: ReadonlyMap<string, Decompress | undefined>,
    build: KernelBuild,
  ) {
    this.label = label
    this.#segments = segmentsOf(columns)
    this.length = columns.reduce((all, { rows }) => all + rows, 0)
    this.#decompressors = decompressors
    this.#memory = new KernelMemory(build)
    this.#ids = this.#memory.allocate(BLOCK * 4)
    this.#source = new PageSource(library, this.#memory)
    this.#decoder = new PageDecoder(library, this.#memory, this.#source)
  }

  readInto(first: number, count: number, into: Uint8Array): void {
    if (first < 0 || first + count > this.length || into.length !== count * 4)
      throw new InternalError(`${this.label}: ${count} rows from ${first} of ${this.length}`)
    try {
      if (count > 0) this.#seek(first)
      for (let done = 0; done < count; ) {
        const taken = this.#take(count - done)
        into.set(this.#memory.bytes(this.#ids, taken * 4), done * 4)
        done += taken
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

  #seek(row: number): void {
    const open = this.#segment
    if (open === undefined || row < this.#position || row >= endOf(open)) this.#open(row)
    while (this.#position < row) {
      const skip = row - this.#position
      if (this.#decoder.left === 0) this.#position += this.#nextPage(skip)
      else this.#take(Math.min(skip, this.#decoder.left))
    }
  }

  /** Decode at most `most` ids to the block; at least one. */
  #take(most: number): number {
    if (this.#segment === undefined || this.#position === endOf(this.#segment)) this.#open(this.#position)
    if (this.#decoder.left === 0) this.#nextPage(0)
    const count = Math.min(most, BLOCK, this.#decoder.left)
    this.#decoder.take(count, this.#ids, this.#rowInFile)
    this.#position += count
    return count
  }

  /** Returns the rows of pages that were left out, at most `skip`. */
  #nextPage(skip: number): number {
    const end = this.#segment === undefined ? 0 : endOf(this.#segment)
    return this.#decoder.nextPage(end - this.#position, this.#rowInFile, skip)
  }

  get #rowInFile(): number {
    return this.#position - (this.#segment?.first ?? 0) + (this.#segment?.firstInFile ?? 0)
  }

  #open(row: number): void {
    const segment = this.#segments.find(candidate => row >= candidate.first && row < endOf(candidate))
    if (segment === undefined) throw new InternalError(`${this.label}: no row ${row}`)
    const { column, chunk } = segment
    this.#source.open(column.file, column.name, chunk)
    this.#decoder.start({ column, codec: chunk.codec, decompress: this.#decompressors.get(chunk.codec) })
    this.#segment = segment
    this.#position = segment.first
  }
}

const endOf = ({ first, chunk }: Segment): number => first + chunk.rows

/** Row groups without rows are left out. */
function segmentsOf(columns: readonly IntegerColumn[]): Segment[] {
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
