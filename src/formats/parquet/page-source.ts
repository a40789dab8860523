/** Pages of one column chunk, one after the other, as bytes in kernel memory. */
import { closeSync, openSync, readSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import type { PageHeader } from 'hyparquet'
import type { DataReader } from 'hyparquet/src/types.js'
import { InputError } from '../../errors.ts'
import { PAGE_SLACK } from '../../kernels/abi.ts'
import type { KernelMemory } from '../../kernels/memory.ts'
import type { IntegerChunk } from './columns.ts'
import type { Hyparquet } from './hyparquet.ts'

/** Room in kernel memory that grows and never shrinks; what was in it is lost when it grows. */
export class Region {
  pointer = 0
  #bytes = 0
  readonly #memory: KernelMemory

  constructor(memory: KernelMemory) {
    this.#memory = memory
  }

  /** The pointer, with room for `bytes` and the slack behind them. */
  require(bytes: number): number {
    if (bytes > this.#bytes) {
      this.#bytes = Math.max(bytes, 2 * this.#bytes)
      this.pointer = this.#memory.allocate(this.#bytes + PAGE_SLACK)
    }
    return this.pointer
  }
}

export interface Page {
  readonly header: PageHeader
  /** Where the bytes of the page are, as stored; good until the next page. */
  readonly pointer: number
  readonly length: number
}

/** Bytes read at once. Pages are about 40 KiB where pyarrow wrote them. */
const BLOCK = 256 * 1024
/** Headers are below 100 bytes, statistics of integers included. */
const MAX_HEADER = 8 * 1024
/** The usual limit of writers is 1 MiB. */
export const MAX_PAGE = 256 * 1024 * 1024

export class PageSource {
  readonly #library: Hyparquet
  readonly #memory: KernelMemory
  readonly #block: Region
  #file: { path: string; descriptor: number } | undefined
  #chunk: Pick<IntegerChunk, 'start' | 'end'> = { start: 0, end: 0 }
  #field = ''
  /** Next byte of the chunk. */
  #at = 0
  /** Bytes of the file that the block holds. */
  #first = 0
  #last = 0

  constructor(library: Hyparquet, memory: KernelMemory) {
    this.#library = library
    this.#memory = memory
    this.#block = new Region(memory)
  }

  /** Start at the first page of a chunk. */
  open(path: string, field: string, chunk: Pick<IntegerChunk, 'start' | 'end'>): void {
    if (this.#file?.path !== path) {
      this.close()
      this.#file = { path, descriptor: openToRead(path) }
    }
    this.#chunk = chunk
    this.#field = field
    this.#at = chunk.start
    this.#first = 0
    this.#last = 0
  }

  close(): void {
    if (this.#file) closeSync(this.#file.descriptor)
    this.#file = undefined
  }

  next(): Page {
    const pointer = this.#load(Math.min(MAX_HEADER, this.#chunk.end - this.#at))
    const room = Math.min(MAX_HEADER, this.#chunk.end - this.#at)
    if (room === 0) throw this.damaged('its pages end before its rows')
    const bytes = this.#memory.bytes(pointer, room)
    const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, room), offset: 0 }
    const header = this.#parse(reader)
    this.#at += reader.offset
    const { compressed_page_size: length, uncompressed_page_size: size, crc } = header
    if (!isCount(length) || length > this.#chunk.end - this.#at)
      throw this.damaged(`a page of ${length} bytes where ${this.#chunk.end - this.#at} are left`)
    if (!isCount(size) || Math.max(size, length) > MAX_PAGE)
      throw this.damaged(`a page of ${Math.max(size, length)} bytes; at most ${MAX_PAGE} are read`)
    const body = this.#load(length)
    this.#at += length
    if (crc !== undefined && (crc32(this.#memory.bytes(body, length)) | 0) !== (crc | 0))
      throw this.damaged('the checksum of a page is wrong')
    return { header, pointer: body, length }
  }

  damaged(what: string, cause?: unknown): InputError {
    return new InputError(`damaged Parquet file: ${what}`, {
      file: this.#file?.path,
      field: this.#field,
      hint: 'The file was not written or copied completely; make it again.',
      cause,
    })
  }

  #parse(reader: DataReader): PageHeader {
    try {
      return this.#library.parquetHeader(reader)
    } catch (error) {
      throw this.damaged(`no page header at byte ${this.#at}`, error)
    }
  }

  /** The next `length` bytes, or more, of the chunk in kernel memory; they are in the chunk. */
  #load(length: number): number {
    if (this.#at < this.#first || this.#at + length > this.#last) {
      const wanted = Math.max(length, Math.min(BLOCK, this.#chunk.end - this.#at))
      const pointer = this.#block.require(wanted)
      this.#read(this.#memory.bytes(pointer, wanted))
      this.#first = this.#at
      this.#last = this.#at + wanted
    }
    return this.#block.pointer + (this.#at - this.#first)
  }

  #read(into: Uint8Array): void {
    if (this.#file === undefined) throw this.damaged('no page is open')
    for (let done = 0; done < into.length; ) {
      const got = readSync(this.#file.descriptor, into, done, into.length - done, this.#at + done)
      if (got === 0) throw this.damaged(`the file ends at byte ${this.#at + done}`)
      done += got
    }
  }
}

export const isCount = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 0

function openToRead(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (cause) {
    throw new InputError('cannot be read any more', { file: path, cause })
  }
}
