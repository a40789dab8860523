import { closeSync, fstatSync, openSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { InputError, isInputError } from '../../errors.ts'
import { FilesRead } from '../files-read.ts'
import { didYouMean } from '../nearest-path.ts'
import { Contradiction, FileBytes, NotUnderstood } from './bytes.ts'
import { ChunkedDataset } from './chunked.ts'
import { ContiguousDataset, damagedText, type Home, truncated } from './contiguous.ts'
import { closeAll, RawFiles } from './external.ts'
import type { H5wasmFile } from './h5wasm-file.ts'
import { type Link, linkedFile, MAX_LINKS, namesOf, pathOf } from './links.ts'
import { type Located, Locator } from './locate.ts'
import { DamagedText } from './strings.ts'
import { findSignature } from './superblock.ts'
import type { Hdf5Attribute, Hdf5Dataset, Hdf5File } from './types.ts'

/**
 * Open an HDF5 file for reading. Whatever our own small reader understands fully is read straight from the
 * file; each object that it does not is read through h5wasm, which is loaded at that moment. Links are followed here:
 * h5wasm 0.10.3 looks for attributes of what an external link leads to in the file that holds the link.
 *
 * @param reads where this file and all that are opened because of it are noted
 * @throws InputError (file, hint) if there is no such file, or it is not HDF5, or it is truncated.
 */
export async function openHdf5(path: string, reads = new FilesRead()): Promise<Hdf5File> {
  return openOne(path, reads, new Map())
}

function openOne(path: string, reads: FilesRead, linked: Map<string, OpenFile>): OpenFile {
  const fd = openFile(path)
  try {
    return new OpenFile(path, fd, reads, linked)
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
      hint:
        code === 'ENOENT' ? (didYouMean(path) ?? 'Check the path.') : 'Check that it is a file you may read.',
      cause: error,
    })
  }
  throw new InputError('not a file', { file: path, hint: 'Name the HDF5 file itself.' })
}

/** An object by names that are all hard links, in the file that holds it. */
interface Place {
  readonly file: OpenFile
  readonly names: readonly string[]
}

class OpenFile implements Hdf5File {
  readonly path: string
  readonly reads: FilesRead
  /** The working directory may change before h5wasm is asked. */
  readonly #absolute: string
  readonly #fd: number
  readonly #size: number
  readonly #locator: Locator | undefined
  /** Files that links lead to, by absolute path: one map for all that belong together. */
  readonly #linked: Map<string, OpenFile>
  readonly #rawFiles: number[] = []
  #second: Promise<H5wasmFile> | undefined
  #closed = false

  constructor(path: string, fd: number, reads: FilesRead, linked: Map<string, OpenFile>) {
    this.path = path
    this.reads = reads
    this.#absolute = resolve(path)
    this.#fd = fd
    this.#linked = linked
    const stats = fstatSync(fd)
    reads.note(path, stats)
    this.#size = stats.size
    const bytes = new FileBytes(fd, this.#size)
    if (findSignature(bytes) === undefined) {
      throw new InputError('not an HDF5 file', { file: path, hint: 'Expected an HDF5 (.h5) file.' })
    }
    this.#locator = understood(() => new Locator(bytes))
    const end = this.#locator?.endOfFile ?? 0
    if (end > this.#size) throw truncated(path, undefined, `it has ${this.#size} bytes and names ${end}`)
    linked.set(this.#absolute, this)
  }

  async members(group: string): Promise<string[] | undefined> {
    const { file, names } = await this.#follow(group)
    return file.#membersAt(names)
  }

  async dataset(path: string): Promise<Hdf5Dataset | undefined> {
    const { file, names } = await this.#follow(path)
    return file.#datasetAt(names)
  }

  async attribute(path: string, name: string): Promise<Hdf5Attribute | undefined> {
    const { file, names } = await this.#follow(path)
    return file.#attributeAt(names, name)
  }

  async attributeNames(path: string): Promise<string[]> {
    const { file, names } = await this.#follow(path)
    const own = file.#ownOrDamaged(path, locator => locator.attributeNames(names))
    return (own === undefined ? (await file.#h5wasm()).attributeNames(names) : own.answer).sort()
  }

  async identity(path: string): Promise<string | undefined> {
    const { file, names } = await this.#follow(path)
    const address = await file.#addressAt(names)
    return address === undefined ? undefined : `${file.#absolute}@${address}`
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    closeSync(this.#fd)
    closeAll(this.#rawFiles)
    this.#second?.then(
      file => file.close(),
      () => undefined,
    )
    for (const file of this.#linked.values()) file.close()
  }

  async #membersAt(names: readonly string[]): Promise<string[] | undefined> {
    const own = this.#ownOrDamaged(pathOf(names), locator => locator.members(names))
    const all = own === undefined ? (await this.#h5wasm()).members(names) : own.answer
    return all?.sort()
  }

  async #datasetAt(names: readonly string[]): Promise<Hdf5Dataset | undefined> {
    const path = pathOf(names)
    const own = this.#ownOrDamaged(path, locator => locator.dataset(names))
    if (own !== undefined && this.#locator !== undefined)
      return own.answer && this.#ownDataset(this.#locator, path, own.answer)
    const h5wasm = await this.#h5wasm()
    const mappings = (at: number) => this.#own(locator => locator.mappingsAt(at))?.answer
    const dataset = h5wasm.dataset(names, mappings)
    // h5wasm cannot tell that the bytes lie in other files, and gives zeros for what these do not hold.
    const address = dataset && h5wasm.address(names)
    const external =
      address === undefined ? undefined : this.#ownOrDamaged(path, locator => locator.externalAt(address))
    return external?.answer === undefined || this.#locator === undefined
      ? dataset
      : this.#ownDataset(this.#locator, path, external.answer)
  }

  async #attributeAt(names: readonly string[], name: string): Promise<Hdf5Attribute | undefined> {
    const path = pathOf(names)
    try {
      const own = this.#ownOrDamaged(path, locator => locator.attribute(names, name))
      return own === undefined ? (await this.#h5wasm()).attribute(names, name) : own.answer
    } catch (error) {
      throw error instanceof DamagedText ? damagedText(this.path, `${path}@${name}`, error) : error
    }
  }

  async #addressAt(names: readonly string[]): Promise<number | undefined> {
    const own = this.#ownOrDamaged(pathOf(names), locator => locator.address(names))
    return own === undefined ? (await this.#h5wasm()).address(names) : own.answer
  }

  /** Where a path leads; where nothing is there, hard links that lead to nothing. */
  async #follow(path: string): Promise<Place> {
    const names = namesOf(path)
    const direct = this.#ownOrDamaged(path, locator => locator.isDirect(names))
    return direct?.answer === true ? { file: this, names } : this.#walk(names, { left: MAX_LINKS })
  }

  /** Name by name, each link with what it leads to before the next name. */
  async #walk(names: readonly string[], links: { left: number }): Promise<Place> {
    let at: Place = { file: this, names: [] }
    for (const [k, name] of names.entries()) {
      const link = await at.file.#linkAt(at.names, name)
      if (link === undefined) return { file: at.file, names: [...at.names, ...names.slice(k)] }
      if (link.kind === 'hard') at = { file: at.file, names: [...at.names, name] }
      else at = await at.file.#target(link, at.names, name, links)
    }
    return at
  }

  async #linkAt(group: readonly string[], name: string): Promise<Link | undefined> {
    const own = this.#ownOrDamaged(pathOf([...group, name]), locator => locator.link(group, name))
    return own === undefined ? (await this.#h5wasm()).link(group, name) : own.answer
  }

  /** What a link in a group of this file leads to. */
  async #target(
    link: Exclude<Link, { kind: 'hard' }>,
    group: readonly string[],
    name: string,
    links: { left: number },
  ): Promise<Place> {
    const field = pathOf([...group, name])
    const refuse = (message: string, hint: string, cause?: unknown): InputError =>
      new InputError(message, { file: this.path, field, hint, cause })
    if (links.left-- === 0)
      throw refuse(`more than ${MAX_LINKS} links one after the other`, 'Do the links lead to each other?')
    const inside = namesOf(link.path)
    const from = link.kind === 'soft' && !link.path.startsWith('/') ? group : []
    const file = link.kind === 'soft' ? this : this.#openLinked(link.file, refuse)
    const place = await file.#walk([...from, ...inside], links)
    if ((await place.file.#addressAt(place.names)) !== undefined) return place
    throw link.kind === 'soft'
      ? refuse(
          `soft link to something that is not there: ${link.path}`,
          'The file names an object that it does not hold.',
        )
      : refuse(
          `external link to something that is not there: ${file.path} has no ${link.path}`,
          'Put the file that was meant in its place, or make the link again.',
        )
  }

  /** @throws InputError naming the link where there is no such file, or it is none that can be read */
  #openLinked(
    name: string,
    refuse: (message: string, hint: string, cause?: unknown) => InputError,
  ): OpenFile {
    const path = linkedFile(name, this.#absolute)
    if (path === undefined)
      throw refuse(
        `external link to something that is not there: ${name}`,
        'Put the file that the link names beside this one, or use the file itself.',
      )
    const open = this.#linked.get(path)
    if (open !== undefined) return open
    try {
      return openOne(path, this.reads, this.#linked)
    } catch (error) {
      if (!isInputError(error)) throw error
      throw refuse(`external link to ${path}: ${error.message}`, error.hint ?? 'Use another file.', error)
    }
  }

  #ownDataset(locator: Locator, path: string, located: Located): Hdf5Dataset {
    const end = located.slots === undefined ? (located.offset ?? 0) + located.size : 0
    if (end > this.#size) {
      throw truncated(this.path, path, `its data ends at byte ${end}, the file at ${this.#size}`)
    }
    const home: Home = {
      path: this.path,
      fd: this.#fd,
      locator,
      attribute: (at, name) => this.attribute(at, name),
    }
    const { chunks, datatype, slots, size } = located
    if (slots !== undefined) {
      const close = (fd: number): void => void this.#rawFiles.push(fd)
      const raw = new RawFiles(this.#absolute, path, slots, size, close, this.reads)
      return new ContiguousDataset(home, path, located, (from, into) => raw.read(from, into))
    }
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
      H5wasmFile.open(this.path, this.#absolute, this.reads),
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
