/** Pages of a column chunk without their headers, levels and compression, as bytes in kernel memory. */
import type { PageHeader } from 'hyparquet'
import type { KernelMemory } from '../../kernels/memory.ts'
import type { Decompress } from './codecs.ts'
import { isCount, type Page, type PageSource, Region } from './page-source.ts'

/** A column chunk that is being read. */
export interface Encoded {
  readonly codec: string
  /** `undefined` for the codecs that need none. */
  readonly decompress: Decompress | undefined
  readonly nullable: boolean
}

/** Bytes in kernel memory. */
export interface Span {
  readonly at: number
  readonly end: number
}

/** A data page; good until the next one. */
export interface DataPage extends Span {
  readonly count: number
  readonly encoding: string
  /** Definition levels of a nullable column, one bit each in the RLE / bit-packed hybrid. */
  readonly levels: Span | undefined
}

/** One byte of snappy gives 64 / 3 at most. */
const SNAPPY_RATIO = 22

export class PageBytes {
  readonly #memory: KernelMemory
  readonly #source: PageSource
  readonly #page: Region

  constructor(memory: KernelMemory, source: PageSource) {
    this.#memory = memory
    this.#source = source
    this.#page = new Region(memory)
  }

  /** Where `bytes` of a page may be put that are not as stored. */
  room(bytes: number): number {
    return this.#page.require(bytes)
  }

  /** The plain values of a dictionary page of `width` bytes each. */
  dictionary(page: Page, width: number, chunk: Encoded): { pointer: number; count: number } {
    const { num_values: count, encoding } = page.header.dictionary_page_header ?? {}
    if (encoding !== 'PLAIN' && encoding !== 'PLAIN_DICTIONARY')
      throw this.#source.damaged(`a dictionary encoded as ${encoding}`)
    const { pointer, length } = this.#decompressed(page, 0, true, chunk)
    if (!isCount(count) || count * width > length)
      throw this.#source.damaged(`a dictionary of ${count} values in ${length} bytes`)
    return { pointer, count }
  }

  data(page: Page, { count, encoding }: Pick<DataPage, 'count' | 'encoding'>, chunk: Encoded): DataPage {
    const { levels, ...span } =
      page.header.type === 'DATA_PAGE' ? this.#v1(page, chunk) : this.#v2(page, chunk)
    return { count, encoding, levels: chunk.nullable ? levels : undefined, ...span }
  }

  #v1(page: Page, chunk: Encoded): Span & { levels: Span } {
    const { pointer: at, length } = this.#decompressed(page, 0, true, chunk)
    const end = at + length
    if (!chunk.nullable) return { at, end, levels: { at, end: at } }
    const encoding = page.header.data_page_header?.definition_level_encoding
    if (encoding !== 'RLE') throw this.#source.damaged(`nulls encoded as ${encoding}`)
    const bytes = length < 4 ? 0 : this.#word(at)
    if (length < 4 || bytes > length - 4) throw this.#source.damaged('a page that ends in its levels')
    return { at: at + 4 + bytes, end, levels: { at: at + 4, end: at + 4 + bytes } }
  }

  #v2(page: Page, chunk: Encoded): Span & { levels: Span } {
    const header = page.header.data_page_header_v2
    const bytes = header?.definition_levels_byte_length ?? 0
    if (!isCount(bytes) || bytes > page.length || header?.repetition_levels_byte_length)
      throw this.#source.damaged('a page that ends in its levels')
    const { pointer, length } = this.#decompressed(page, bytes, header?.is_compressed !== false, chunk)
    return { at: pointer, end: pointer + length, levels: { at: page.pointer, end: page.pointer + bytes } }
  }

  /** The bytes of a page behind its first `skip`, which are never compressed. */
  #decompressed(
    page: Page,
    skip: number,
    compressed: boolean,
    { codec, decompress }: Encoded,
  ): { pointer: number; length: number } {
    const from = { pointer: page.pointer + skip, length: page.length - skip }
    const length = sizeOf(page.header) - skip
    if (!compressed || codec === 'UNCOMPRESSED') {
      if (length === from.length) return from
      throw this.#source.damaged(`${from.length} bytes in a page of ${length}`)
    }
    if (length === 0) return { pointer: from.pointer, length }
    if (length < 0) throw this.#source.damaged('a page that ends in its levels')
    if (codec === 'SNAPPY') return this.#snappy(from, length)
    try {
      const bytes = decompress?.(this.#memory.bytes(from.pointer, from.length), length)
      if (bytes?.length !== length) throw new Error(`${bytes?.length} bytes instead of ${length}`)
      const pointer = this.#page.require(length)
      this.#memory.bytes(pointer, length).set(bytes)
      return { pointer, length }
    } catch (error) {
      throw this.#source.damaged(`a page that cannot be decompressed (${reason(error)})`, error)
    }
  }

  #snappy(from: { pointer: number; length: number }, length: number): { pointer: number; length: number } {
    // Before memory is taken for a size that is a lie.
    const possible = length <= from.length * SNAPPY_RATIO
    const pointer = possible ? this.#page.require(length) : 0
    if (possible && this.#memory.kernels.snappyDecode(from.pointer, from.length, pointer, length))
      return { pointer, length }
    throw this.#source.damaged('a page that cannot be decompressed (snappy)')
  }

  #word(pointer: number): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.#memory.bytes(pointer, 4)
    return a + b * 2 ** 8 + c * 2 ** 16 + d * 2 ** 24
  }
}

const sizeOf = (header: PageHeader): number => header.uncompressed_page_size
const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))
