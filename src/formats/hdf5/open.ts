import { closeSync, fstatSync, openSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { InputError } from '../../errors.ts'
import { Contradiction, FileBytes, NotUnderstood } from './bytes.ts'
import { ChunkedDataset } from './chunked.ts'
import { ContiguousDataset, damagedText, type Home, truncated } from './contiguous.ts'
import type { H5wasmFile } from './h5wasm-file.ts'
import { type Located, Locator } from './locate.ts'
import { DamagedText } from './strings.ts'
import { findSignature } from './superblock.ts'
import type { Hdf5Attribute, Hdf5Dataset, Hdf5File } from './types.ts'

/**
 * Open an HDF5 file for reading. Whatever our own small reader understands fully is read straight from the
 * file; each object that it does not is read through h5wasm, which is loaded at that moment.
 * Throws InputError (file, hint) if there is no such file, or it is not HDF5, or it is truncated.
 */
export async function openHdf5(path: string): Promise<Hdf5File> {
  const fd = openFile(path)
  try {
    return new OpenFile(path, fd)
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

function openFile(path: string): number {
  try {
    // Asked first: opening a named pipe would wait for a writer.
    if (statSync(path).isFile()) return openSync(path, 'r')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    throw new InputError(code === 'ENOENT' ? 'no such file' : `cannot be opened (${String(code)})`, {
      file: path,
      hint: code === 'ENOENT' ? 'Check the path.' : 'Check that it is a file you may read.',
      cause: error,
    })
  }
  throw new InputError('not a file', { file: path, hint: 'Name the HDF5 file itself.' })
}

class OpenFile implements Hdf5File {
  readonly path: string
  /** The working directory may change before h5wasm is asked. */
  readonly #absolute: string
  readonly #fd: number
  readonly #size: number
  readonly #locator: Locator | undefined
  #second: Promise<H5wasmFile> | undefined
  #closed = false

  constructor(path: string, fd: number) {
    this.path = path
    this.#absolute = resolve(path)
    this.#fd = fd
    this.#size = fstatSync(fd).size
    const bytes = new FileBytes(fd, this.#size)
    if (findSignature(bytes) === undefined) {
      throw new InputError('not an HDF5 file', { file: path, hint: 'Expected an HDF5 (.h5) file.' })
    }
    this.#locator = understood(() => new Locator(bytes))
    const end = this.#locator?.endOfFile ?? 0
    if (end > this.#size) throw truncated(path, undefined, `it has ${this.#size} bytes and names ${end}`)
  }

  async members(group: string): Promise<string[] | undefined> {
    const names = split(group)
    const own = this.#ownOrDamaged(group, locator => locator.members(names))
    const all = own === undefined ? (await this.#h5wasm()).members(names) : own.answer
    return all?.sort()
  }

  async dataset(path: string): Promise<Hdf5Dataset | undefined> {
    const names = split(path)
    const own = this.#ownOrDamaged(path, locator => locator.dataset(names))
    if (own === undefined || this.#locator === undefined) return (await this.#h5wasm()).dataset(names)
    return own.answer && this.#ownDataset(this.#locator, `/${names.join('/')}`, own.answer)
  }

  async attribute(path: string, name: string): Promise<Hdf5Attribute | undefined> {
    const names = split(path)
    try {
      const own = this.#ownOrDamaged(path, locator => locator.attribute(names, name))
      return own === undefined ? (await this.#h5wasm()).attribute(names, name) : own.answer
    } catch (error) {
      throw error instanceof DamagedText ? damagedText(this.path, `${path}@${name}`, error) : error
    }
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    closeSync(this.#fd)
    this.#second?.then(
      file => file.close(),
      () => undefined,
    )
  }

  #ownDataset(locator: Locator, path: string, located: Located): Hdf5Dataset {
    const end = (located.offset ?? 0) + located.size
    if (end > this.#size) {
      throw truncated(this.path, path, `its data ends at byte ${end}, the file at ${this.#size}`)
    }
    const home: Home = {
      path: this.path,
      fd: this.#fd,
      locator,
      attribute: (at, name) => this.attribute(at, name),
    }
    const { chunks, datatype } = located
    return chunks === undefined
      ? new ContiguousDataset(home, path, located)
      : new ChunkedDataset(home, path, datatype, chunks)
  }

  /** Our own answer, or `undefined` for "ask h5wasm" (the answer itself may be undefined: nothing there). */
  #own<T>(ask: (locator: Locator) => T): { answer: T } | undefined {
    const locator = this.#locator
    return locator && understood(() => ({ answer: ask(locator) }))
  }

  #ownOrDamaged<T>(field: string, ask: (locator: Locator) => T): { answer: T } | undefined {
    try {
      return this.#own(ask)
    } catch (error) {
      if (!(error instanceof Contradiction)) throw error
      const hint = 'The file is damaged; compare it with its source.'
      throw new InputError(error.message, { file: this.path, field, hint, cause: error })
    }
  }

  #h5wasm(): Promise<H5wasmFile> {
    this.#second ??= import('./h5wasm-file.ts').then(({ H5wasmFile }) =>
      H5wasmFile.open(this.path, this.#absolute),
    )
    return this.#second
  }
}

function understood<T>(ask: () => T): T | undefined {
  try {
    return ask()
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined
    throw error
  }
}

const split = (path: string): string[] => path.split('/').filter(name => name !== '' && name !== '.')
