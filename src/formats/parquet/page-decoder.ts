/** Values of one column chunk, decoded in kernel memory: u32 ids, a page at a time, in blocks. */
import { InputError } from '../../errors.ts'
import * as abi from '../../kernels/abi.ts'
import type { KernelMemory } from '../../kernels/memory.ts'
import type { Decompress } from './codecs.ts'
import type { IntegerColumn } from './columns.ts'
import type { Hyparquet } from './hyparquet.ts'
import { type DataPage, type Encoded, PageBytes, type Span } from './page-bytes.ts'
import { isCount, MAX_PAGE, type Page, type PageSource, Region } from './page-source.ts'
import { unusualEncoding } from './unusual-encodings.ts'

/** A column chunk that is being read. */
export interface OpenChunk {
  readonly column: Pick<IntegerColumn, 'file' | 'name' | 'type' | 'physical' | 'nullable'>
  readonly codec: string
  /** `undefined` for the codecs that need none. */
  readonly decompress: Decompress | undefined
}

export class PageDecoder {
  /** Values of the open page that were not taken. */
  left = 0
  readonly #library: Hyparquet
  readonly #memory: KernelMemory
  readonly #source: PageSource
  readonly #bytes: PageBytes
  readonly #dictionary: Region
  readonly #hybrid: number
  #dictionaryLength: number | undefined
  #dictionaryHasStrangers = false
  #chunk: OpenChunk | undefined
  /** Where the next value is, of a plain page; `undefined`: the page is dictionary-encoded. */
  #plain: number | undefined

  constructor(library: Hyparquet, memory: KernelMemory, source: PageSource) {
    this.#library = library
    this.#memory = memory
    this.#source = source
    this.#bytes = new PageBytes(memory, source)
    this.#dictionary = new Region(memory)
    this.#hybrid = memory.allocate(abi.HYBRID_BYTES)
  }

  /** The source stands at the first page of this chunk. */
  start(chunk: OpenChunk): void {
    this.#chunk = chunk
    this.#dictionaryLength = undefined
    this.left = 0
  }

  /**
   * Go to the next page that has values; `rows`: how many the chunk has from there on, `row`: which row of the file
   * the first of them is. A page of at most `skip` values is left out unread.
   *
   * @returns values that were left out, 0 if a page is open
   */
  nextPage(rows: number, row: number, skip: number): number {
    this.left = 0
    for (;;) {
      const page = this.#source.next()
      const { type, data_page_header: v1, data_page_header_v2: v2 } = page.header
      if (type === 'DICTIONARY_PAGE') this.#readDictionary(page)
      else if (type === 'DATA_PAGE' || type === 'DATA_PAGE_V2') {
        const { num_values: count, encoding } = (type === 'DATA_PAGE' ? v1 : v2) ?? {}
        if (!isCount(count) || encoding === undefined) throw this.#source.damaged('an incomplete page header')
        if (count > rows) throw this.#source.damaged(`a page of ${count} rows where ${rows} are left`)
        if (count > 0 && count <= skip) return count
        if (count > 0) {
          this.#openData(page, { count, encoding }, row)
          return 0
        }
      } else if (type !== 'INDEX_PAGE') throw this.#source.damaged('a page of unknown type')
    }
  }

  /** Decode `count` values, at most {@link left}, to `ids` (u32 in kernel memory); `row`: as for the page. */
  take(count: number, ids: number, row: number): void {
    const { kernels } = this.#memory
    const { type, physical } = this.#open.column
    this.left -= count
    if (this.#plain !== undefined) {
      const bad = kernels.narrowIds(type, this.#plain, count, ids) >>> 0
      if (bad !== abi.NONE) throw this.#noId(row + bad)
      this.#plain += count * bytesOf(physical)
      return
    }
    const length = this.#dictionaryLength ?? 0
    const done = kernels.decodeIndices(this.#hybrid, count, this.#dictionary.pointer, length, ids) >>> 0
    if (done < count) throw this.#source.damaged('a page ends before its values')
    const bad = kernels.firstNone(ids, count) >>> 0
    if (bad === abi.NONE) return
    if (this.#dictionaryHasStrangers) throw this.#noId(row + bad)
    throw this.#source.damaged(`row ${row + bad} is not in the dictionary of ${length} ids`)
  }

  get #open(): OpenChunk {
    if (this.#chunk === undefined) throw this.#source.damaged('no column is open')
    return this.#chunk
  }

  get #encoded(): Encoded {
    const { codec, decompress, column } = this.#open
    return { codec, decompress, nullable: column.nullable }
  }

  #readDictionary(page: Page): void {
    const { column } = this.#open
    if (this.#dictionaryLength !== undefined) throw this.#source.damaged('two dictionaries of one column')
    const { pointer, count } = this.#bytes.dictionary(page, bytesOf(column.physical), this.#encoded)
    const ids = this.#dictionary.require((count + 1) * 4)
    const strangers = this.#memory.kernels.narrowDictionary(column.type, pointer, count, ids) >>> 0
    // Behind the last: what indices beyond the dictionary are taken for.
    this.#memory.words(ids + 4 * count, 1)[0] = abi.NONE
    this.#dictionaryLength = count
    this.#dictionaryHasStrangers = strangers > 0
  }

  #openData(page: Page, header: Pick<DataPage, 'count' | 'encoding'>, row: number): void {
    const data = this.#bytes.data(page, header, this.#encoded)
    const { count, encoding, at, end, levels } = data
    if (levels !== undefined) this.#refuseNulls(levels, count, row)
    const bytes = count * bytesOf(this.#open.column.physical)
    if (encoding === 'PLAIN' && bytes > end - at)
      throw this.#source.damaged(`${count} ids in ${end - at} bytes`)
    if (encoding === 'RLE_DICTIONARY' || encoding === 'PLAIN_DICTIONARY') this.#openIndices(at, end)
    else this.#plain = encoding === 'PLAIN' ? at : this.#unusual(data)
    this.left = count
  }

  #openIndices(at: number, end: number): void {
    if (this.#dictionaryLength === undefined) throw this.#source.damaged('a page without its dictionary')
    const width = at < end ? this.#memory.bytes(at, 1)[0] : undefined
    if (width === undefined || width > 32) throw this.#source.damaged(`dictionary indices of ${width} bits`)
    const state = this.#memory.words(this.#hybrid, abi.HYBRID_BYTES / 4)
    state.fill(0)
    state[abi.HYBRID_AT / 4] = at + 1
    state[abi.HYBRID_END / 4] = end
    state[abi.HYBRID_WIDTH / 4] = width
    this.#plain = undefined
  }

  /** Values of the encodings that pyarrow does not write by default, as if they were plain. */
  #unusual({ count, encoding, at, end }: DataPage): number {
    const width = bytesOf(this.#open.column.physical)
    if (count > MAX_PAGE / width) throw this.#source.damaged(`a page of ${count} rows encoded as ${encoding}`)
    let plain: Uint8Array
    try {
      // A copy: the numbers that hyparquet makes may be views of it, and must be aligned.
      const bytes = this.#memory.bytes(at, end - at).slice()
      plain = unusualEncoding(this.#library, encoding, bytes, count, this.#open.column.physical)
    } catch (error) {
      throw this.#source.damaged(`a page encoded as ${encoding} (${reason(error)})`, error)
    }
    const pointer = this.#bytes.room(plain.length)
    this.#memory.bytes(pointer, plain.length).set(plain)
    return pointer
  }

  #refuseNulls({ at, end }: Span, count: number, row: number): void {
    const first = this.#memory.kernels.firstNull(at, end, count) >>> 0
    if (first === abi.NONE) return
    if (first === count) throw this.#source.damaged('a page that ends in its levels')
    throw new InputError(`row ${row + first} has no node id: it is null`, {
      file: this.#open.column.file,
      field: this.#open.column.name,
      hint: 'Every edge needs a source and a target; this is not an edge table of connectome-manipulator.',
    })
  }

  #noId(row: number): InputError {
    return new InputError(`row ${row} holds a node id that is negative or not below 2^32-1`, {
      file: this.#open.column.file,
      field: this.#open.column.name,
      hint: 'Node ids are row numbers of the node population; this is not an edge table of connectome-manipulator.',
    })
  }
}

const bytesOf = (physical: 'INT32' | 'INT64'): 4 | 8 => (physical === 'INT64' ? 8 : 4)
const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))
