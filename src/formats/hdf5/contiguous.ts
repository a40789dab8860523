import { readSync } from 'node:fs'
import { InputError, InternalError } from '../../errors.ts'
import { NotUnderstood } from './bytes.ts'
import type { Located, Locator } from './locate.ts'
import { DamagedText, fixedStrings } from './strings.ts'
import type { Hdf5Attribute, Hdf5Dataset, Hdf5Type } from './types.ts'

/** One `read` call moves less than 2 GiB. */
const MAX_READ = 1024 * 1024 * 1024
/** Text is decoded in pieces of this many bytes. */
const TEXT_PIECE = 1024 * 1024

/** What a dataset needs from the file it is in. */
export interface Home {
  path: string
  fd: number
  locator: Locator
  attribute(path: string, name: string): Promise<Hdf5Attribute | undefined>
}

/** A dataset read straight from its place in the file. */
export class ContiguousDataset implements Hdf5Dataset {
  readonly reader = 'contiguous'
  readonly path: string
  readonly shape: readonly number[] | undefined
  readonly type: Hdf5Type
  /** Offset of the first element in the file; `undefined` where there are no elements. */
  readonly offset: number | undefined
  readonly #home: Home
  readonly #located: Located
  readonly #read: (at: number, into: Uint8Array) => void

  /** `read`: fills the room from an offset, instead of the file itself. */
  constructor(home: Home, path: string, located: Located, read?: (at: number, into: Uint8Array) => void) {
    this.path = path
    this.shape = located.shape
    this.type = located.datatype.type
    this.offset = located.offset
    this.#home = home
    this.#located = located
    this.#read = read ?? ((at, into) => readFrom(home, path, at, into))
  }

  readInto(first: number, count: number, into: Uint8Array): void {
    checkWindow(this.#home.path, this, first, count, into)
    this.#read((this.offset ?? 0) + first * this.#located.datatype.size, into)
  }

  async strings(): Promise<string[]> {
    checkText(this.#home.path, this)
    try {
      return this.#ownStrings()
    } catch (error) {
      if (!(error instanceof NotUnderstood || error instanceof DamagedText)) throw error
      throw damagedText(this.#home.path, this.path, error)
    }
  }

  attribute(name: string): Promise<Hdf5Attribute | undefined> {
    return this.#home.attribute(this.path, name)
  }

  #ownStrings(): string[] {
    const { datatype, offset = 0, size } = this.#located
    const step = Math.max(1, Math.floor(TEXT_PIECE / datatype.size)) * datatype.size
    const texts: string[] = []
    for (let at = 0; at < size; at += step) {
      const piece = new Uint8Array(Math.min(step, size - at))
      this.#read(offset + at, piece)
      const decoded = isVariable(this.type)
        ? this.#home.locator.heap.strings(piece)
        : fixedStrings(piece, datatype.size, datatype.pad)
      for (const text of decoded) texts.push(text)
    }
    return texts
  }
}

/** Fill `into` with the bytes at `at` of the file. InputError naming the dataset where the file ends before. */
export function readFrom(
  home: Pick<Home, 'fd' | 'path'>,
  dataset: string,
  at: number,
  into: Uint8Array,
): void {
  for (let done = 0; done < into.length; ) {
    const wanted = Math.min(into.length - done, MAX_READ)
    const got = readSync(home.fd, into, done, wanted, at + done)
    if (got === 0) throw truncated(home.path, dataset, `the file ends at byte ${at + done}`)
    done += got
  }
}

const isVariable = (type: Hdf5Type): boolean => type.kind === 'string' && type.variable

export function truncated(file: string, field: string | undefined, found: string): InputError {
  return new InputError(`truncated HDF5 file: ${found}`, {
    file,
    field,
    hint: 'The file was not written or copied completely; get it again.',
  })
}

export function damagedText(file: string, field: string, error: Error): InputError {
  return new InputError(`damaged text: ${error.message}`, {
    file,
    field,
    hint: 'Text must be UTF-8 and lie inside the file; compare the file with its source.',
    cause: error,
  })
}

export function elementCount(shape: readonly number[] | undefined): number {
  return shape === undefined ? 0 : shape.reduce((all, n) => all * n, 1)
}

/** A caller that asks for other elements than there are, or brings other room, is a bug of ours. */
export function checkWindow(
  file: string,
  dataset: Hdf5Dataset,
  first: number,
  count: number,
  into: Uint8Array,
): void {
  const { type } = dataset
  if (type.kind !== 'int' && type.kind !== 'float') throw wrongType(file, dataset, 'numbers')
  if (!(first >= 0 && count >= 0 && first + count <= elementCount(dataset.shape))) {
    throw new InternalError(
      `${dataset.path}: elements ${first}..${first + count} of ${elementCount(dataset.shape)}`,
    )
  }
  if (into.length !== count * type.bytes) {
    throw new InternalError(`${dataset.path}: ${into.length} bytes of room for ${count} elements`)
  }
}

export function checkText(file: string, dataset: Hdf5Dataset): void {
  if (dataset.type.kind !== 'string') throw wrongType(file, dataset, 'text')
}

function wrongType(file: string, dataset: Hdf5Dataset, expected: string): InputError {
  return new InputError(`expected ${expected}, found ${describeType(dataset.type)}`, {
    file,
    field: dataset.path,
  })
}

/** `uint64`, `float32`, `text`, `compound of 12 bytes`. */
export function describeType(type: Hdf5Type): string {
  if (type.kind === 'int') return `${type.signed ? 'int' : 'uint'}${8 * type.bytes}`
  if (type.kind === 'float') return `float${8 * type.bytes}`
  return type.kind === 'string' ? 'text' : type.description
}
