/** Values of one column chunk, a page at a time, as they were before they were written. */
import { VALUE_BYTES } from '../../connectome/table.ts'
import { InputError } from '../../errors.ts'
import * as abi from '../../kernels/abi.ts'
import type { KernelMemory } from '../../kernels/memory.ts'
import type { NumberColumn } from './columns.ts'
import type { Hyparquet } from './hyparquet.ts'
import { definedRows } from './levels.ts'
import { type DataPage, type Encoded, PageBytes } from './page-bytes.ts'
import { isCount, MAX_PAGE, type Page, type PageSource, Region } from './page-source.ts'
import { unusualEncoding } from './unusual-encodings.ts'

/** A column chunk that is being read. */
export interface OpenValues extends Omit<Encoded, 'nullable'> {
  readonly column: Pick<NumberColumn, 'file' | 'name' | 'type' | 'physical' | 'nullable'>
}

/** What pandas makes of a missing number, and Arrow takes for one: NaN as NumPy writes it. */
const MISSING: Readonly<Partial<Record<string, readonly number[]>>> = {
  f32: [0, 0, 0xc0, 0x7f],
  f64: [0, 0, 0, 0, 0, 0, 0xf8, 0x7f],
}

export class ValuePages {
  readonly #library: Hyparquet
  readonly #memory: KernelMemory
  readonly #source: PageSource
  readonly #bytes: PageBytes
  readonly #dictionary: Region
  readonly #identity: Region
  readonly #indices: Region
  readonly #values: Region
  readonly #hybrid: number
  #dictionaryLength: number | undefined

  constructor(library: Hyparquet, memory: KernelMemory, source: PageSource) {
    this.#library = library
    this.#memory = memory
    this.#source = source
    this.#bytes = new PageBytes(memory, source)
    this.#dictionary = new Region(memory)
    this.#identity = new Region(memory)
    this.#indices = new Region(memory)
    this.#values = new Region(memory)
    this.#hybrid = memory.allocate(abi.HYBRID_BYTES)
  }

  /** The source stands at the first page of a chunk. */
  start(): void {
    this.#dictionaryLength = undefined
  }

  /**
   * The values of the next page that has some, `VALUE_BYTES` each.
   *
   * @param rows how many the chunk has from there on; `row`: which row of the file the first of them is
   */
  next(chunk: OpenValues, rows: number, row: number): Uint8Array {
    for (;;) {
      const page = this.#source.next()
      const { type, data_page_header: v1, data_page_header_v2: v2 } = page.header
      if (type === 'DICTIONARY_PAGE') this.#readDictionary(page, chunk)
      else if (type === 'DATA_PAGE' || type === 'DATA_PAGE_V2') {
        const { num_values: count, encoding } = (type === 'DATA_PAGE' ? v1 : v2) ?? {}
        if (!isCount(count) || encoding === undefined) throw this.#source.damaged('an incomplete page header')
        if (count > rows) throw this.#source.damaged(`a page of ${count} rows where ${rows} are left`)
        if (count > 0) return this.#page(page, { count, encoding }, chunk, row)
      } else if (type !== 'INDEX_PAGE') throw this.#source.damaged('a page of unknown type')
    }
  }

  #readDictionary(page: Page, chunk: OpenValues): void {
    if (this.#dictionaryLength !== undefined) throw this.#source.damaged('two dictionaries of one column')
    const width = widthOf(chunk)
    const { pointer, count } = this.#bytes.dictionary(page, width, encodedOf(chunk))
    const into = this.#dictionary.require(count * width)
    this.#memory.bytes(into, count * width).set(this.#memory.bytes(pointer, count * width))
    const identity = this.#identity.require((count + 1) * 4)
    // Behind the last: what indices beyond the dictionary are taken for.
    const words = this.#memory.words(identity, count + 1)
    for (let k = 0; k < count; k++) words[k] = k
    words[count] = abi.NONE
    this.#dictionaryLength = count
  }

  #page(
    page: Page,
    header: Pick<DataPage, 'count' | 'encoding'>,
    chunk: OpenValues,
    row: number,
  ): Uint8Array {
    const data = this.#bytes.data(page, header, encodedOf(chunk))
    const defined = this.#defined(data, chunk, row)
    const count = defined === undefined ? data.count : defined.reduce((sum, is) => sum + is, 0)
    const width = widthOf(chunk)
    if (count > MAX_PAGE / width) throw this.#source.damaged(`a page of ${count} values`)
    const plain = this.#memory.bytes(this.#plain(data, count, chunk), count * width)
    const values = narrowed(plain, width, chunk.column.type)
    if (values === undefined) throw this.#source.damaged(`values that do not fit ${chunk.column.type}`)
    return defined === undefined ? values.slice() : spread(values, defined, chunk.column.type)
  }

  /** Which rows have a value; undefined: all. */
  #defined({ levels, count }: DataPage, { column }: OpenValues, row: number): Uint8Array | undefined {
    if (levels === undefined) return undefined
    const first = this.#memory.kernels.firstNull(levels.at, levels.end, count) >>> 0
    if (first === abi.NONE) return undefined
    const defined = definedRows(this.#memory.bytes(levels.at, levels.end - levels.at), count)
    if (first === count || defined === undefined) throw this.#source.damaged('a page that ends in its levels')
    if (MISSING[column.type] !== undefined) return defined
    throw new InputError(`row ${row + first} has no value: it is null`, {
      file: column.file,
      field: column.name,
    })
  }

  /** Where `count` values are, of the physical width each. */
  #plain({ at, end, encoding }: DataPage, count: number, chunk: OpenValues): number {
    const width = widthOf(chunk)
    if (encoding === 'PLAIN') {
      if (count * width > end - at) throw this.#source.damaged(`${count} values in ${end - at} bytes`)
      return at
    }
    if (encoding === 'RLE_DICTIONARY' || encoding === 'PLAIN_DICTIONARY')
      return this.#fromDictionary(at, end, count, width)
    try {
      // A copy: the numbers that hyparquet makes may be views of it, and must be aligned.
      const bytes = this.#memory.bytes(at, end - at).slice()
      const plain = unusualEncoding(this.#library, encoding, bytes, count, width === 8 ? 'INT64' : 'INT32')
      const pointer = this.#bytes.room(plain.length)
      this.#memory.bytes(pointer, plain.length).set(plain)
      return pointer
    } catch (error) {
      throw this.#source.damaged(`a page encoded as ${encoding} (${String(error)})`, error)
    }
  }

  #fromDictionary(at: number, end: number, count: number, width: number): number {
    const length = this.#dictionaryLength
    if (length === undefined) throw this.#source.damaged('a page without its dictionary')
    const bits = at < end ? (this.#memory.bytes(at, 1)[0] ?? 0) : count === 0 ? 0 : 33
    if (bits > 32) throw this.#source.damaged(`dictionary indices of ${bits} bits`)
    const indices = this.#indices.require(count * 4)
    const into = this.#values.require(count * width)
    const state = this.#memory.words(this.#hybrid, abi.HYBRID_BYTES / 4)
    state.fill(0)
    state[abi.HYBRID_AT / 4] = at + 1
    state[abi.HYBRID_END / 4] = end
    state[abi.HYBRID_WIDTH / 4] = bits
    const { kernels } = this.#memory
    const done = kernels.decodeIndices(this.#hybrid, count, this.#identity.pointer, length, indices) >>> 0
    if (done < count) throw this.#source.damaged('a page ends before its values')
    if (kernels.firstNone(indices, count) >>> 0 !== abi.NONE)
      throw this.#source.damaged(`an index beyond the dictionary of ${length} values`)
    kernels.collectValues(this.#dictionary.pointer, width, width, indices, count, into)
    return into
  }
}

const widthOf = ({ column }: OpenValues): 4 | 8 =>
  column.physical === 'INT64' || column.physical === 'DOUBLE' ? 8 : 4

const encodedOf = ({ codec, decompress, column }: OpenValues): Encoded => ({
  codec,
  decompress,
  nullable: column.nullable,
})

/** Small integers are stored as int32; undefined where one does not fit its type. */
function narrowed(plain: Uint8Array, width: number, type: NumberColumn['type']): Uint8Array | undefined {
  const bytes = VALUE_BYTES[type]
  if (bytes === width) return plain
  const count = plain.length / width
  const from = new DataView(plain.buffer, plain.byteOffset, plain.length)
  const into = new Uint8Array(count * bytes)
  const to = new DataView(into.buffer)
  const [least, most] = type.startsWith('u')
    ? [0, 256 ** bytes - 1]
    : [-(256 ** bytes) / 2, 256 ** bytes / 2 - 1]
  for (let k = 0; k < count; k++) {
    const value = from.getInt32(k * width, true)
    if (value < least || value > most) return undefined
    if (bytes === 1) to.setInt8(k, value)
    else to.setInt16(2 * k, value, true)
  }
  return into
}

function spread(values: Uint8Array, defined: Uint8Array, type: NumberColumn['type']): Uint8Array {
  const bytes = VALUE_BYTES[type]
  const into = new Uint8Array(defined.length * bytes)
  const missing = MISSING[type] ?? []
  let at = 0
  for (const [row, is] of defined.entries()) {
    into.set(is === 1 ? values.subarray(at, at + bytes) : missing, row * bytes)
    if (is === 1) at += bytes
  }
  return into
}
