import { readAttribute, readAttributeNames } from './attributes.ts'
import { Contradiction, type FileBytes, NotUnderstood } from './bytes.ts'
import { type Chunks, locateChunks } from './chunks.ts'
import { readExternalFiles, type Slot } from './external.ts'
import { type Links, readLinks } from './groups.ts'
import type { Link } from './links.ts'
import { type Datatype, readDataspace, readDatatype, readLayout } from './messages.ts'
import { MESSAGE, type Message, only, readObjectHeader } from './object-header.ts'
import { GlobalHeap } from './strings.ts'
import { readSuperblock } from './superblock.ts'
import type { Hdf5Attribute } from './types.ts'
import { type Mapping, readMappings } from './virtual.ts'

/** A dataset whose bytes lie in the file in one piece, as they are wanted, or in chunks that we can decode. */
export interface Located {
  shape: readonly number[] | undefined
  datatype: Datatype
  /** Offset of the first byte in the file; `undefined` where there are no bytes (zero elements). */
  offset: number | undefined
  /** Number of bytes. */
  size: number
  /** Instead of both, where the dataset is chunked. */
  chunks: Chunks | undefined
  /** Instead of all three, where the bytes lie in other files. */
  slots?: readonly Slot[] | undefined
}

/**
 * Finds objects in the metadata of a file, and throws {@link NotUnderstood} for everything that is not
 * plain: the caller then asks h5wasm. An answer, also "nothing there", is meant to be always right.
 */
export class Locator {
  /** One past the last byte the file claims to have. */
  readonly endOfFile: number
  readonly heap: GlobalHeap
  readonly #file: FileBytes
  readonly #root: number
  readonly #headers = new Map<number, Message[]>()
  readonly #links = new Map<number, Links | undefined>()

  constructor(file: FileBytes) {
    const superblock = readSuperblock(file)
    this.endOfFile = superblock.endOfFile
    this.heap = new GlobalHeap(file)
    this.#file = file
    this.#root = superblock.rootHeader
  }

  /** Names in a group, in no particular order; `undefined` if there is no such group. */
  members(names: readonly string[]): string[] | undefined {
    const at = this.#find(names)
    const links = at === undefined ? undefined : this.#linksAt(at)
    if (at !== undefined && links === undefined) this.#mustBeDataset(at)
    return links && [...links.keys()]
  }

  /** `undefined` if nothing is there, or a group. Throws {@link Contradiction} if it cannot be as it says. */
  dataset(names: readonly string[]): Located | undefined {
    const at = this.#find(names)
    if (at === undefined || this.#linksAt(at) !== undefined) return undefined
    return readDataset(this.#file, this.#headerAt(at))
  }

  /** The dataset whose header another reader has found, if its data lies in other files. */
  externalAt(address: number): Located | undefined {
    const header = this.#headerAt(address)
    return header.some(m => m.type === MESSAGE.externalFiles) ? readDataset(this.#file, header) : undefined
  }

  /** What the virtual dataset is made of whose header another reader has found. */
  mappingsAt(address: number): Mapping[] {
    const layout = only(this.#headerAt(address), MESSAGE.layout)
    layout?.expect(4)
    layout?.expect(3)
    const block = layout && this.heap.object(layout.u64(), layout.u32())
    if (block === undefined) throw new NotUnderstood('virtual dataset without mappings')
    return readMappings(block)
  }

  attribute(names: readonly string[], name: string): Hdf5Attribute | undefined {
    const at = this.#find(names)
    return at === undefined ? undefined : readAttribute(this.#headerAt(at), name, this.heap)
  }

  attributeNames(names: readonly string[]): string[] {
    const at = this.#find(names)
    return at === undefined ? [] : readAttributeNames(this.#headerAt(at))
  }

  /** Address of the object header; `undefined` if nothing is there. */
  address(names: readonly string[]): number | undefined {
    return this.#find(names)
  }

  /** What `name` in a group leads to; `undefined` if there is no such name. */
  link(group: readonly string[], name: string): Link | undefined {
    const at = this.#find(group)
    const links = at === undefined ? undefined : this.#linksAt(at)
    if (at !== undefined && links === undefined) this.#mustBeDataset(at)
    if (links?.has(name) !== true) return undefined
    return links.get(name) ?? unknownLink(name)
  }

  /** Whether no soft and no external link stands on the way, as far as there is one. */
  isDirect(names: readonly string[]): boolean {
    try {
      this.#find(names)
      return true
    } catch (error) {
      if (error instanceof Indirect) return false
      throw error
    }
  }

  /** Address of the object header; `undefined` if a name is not there. */
  #find(names: readonly string[]): number | undefined {
    let at = this.#root
    for (const name of names) {
      const links = this.#linksAt(at)
      if (links === undefined) this.#mustBeDataset(at)
      if (!links?.has(name)) return undefined
      const next = links.get(name) ?? unknownLink(name)
      if (next.kind !== 'hard' || next.address === undefined) throw new Indirect(`link ${name}`)
      at = next.address
    }
    return at
  }

  /** "No group" is only said of an object that is certainly something else. */
  #mustBeDataset(at: number): void {
    if (!this.#headerAt(at).some(m => m.type === MESSAGE.layout))
      throw new NotUnderstood('neither group nor dataset')
  }

  #headerAt(at: number): Message[] {
    const known = this.#headers.get(at)
    if (known !== undefined) return known
    const read = readObjectHeader(this.#file, at)
    this.#headers.set(at, read)
    return read
  }

  #linksAt(at: number): Links | undefined {
    if (this.#links.has(at)) return this.#links.get(at)
    const links = readLinks(this.#file, this.#headerAt(at))
    this.#links.set(at, links)
    return links
  }
}

/** A soft or an external link: who asks for names follows them first. */
class Indirect extends NotUnderstood {}

function unknownLink(name: string): never {
  throw new NotUnderstood(`link ${name}`)
}

function readDataset(file: FileBytes, messages: readonly Message[]): Located {
  const [space, type, layout] = [MESSAGE.dataspace, MESSAGE.datatype, MESSAGE.layout].map(m =>
    only(messages, m),
  )
  if (space === undefined || type === undefined || layout === undefined)
    throw new NotUnderstood('not a dataset')
  const shape = readDataspace(space)
  const datatype = readDatatype(type)
  const nowhere = { shape, datatype, offset: undefined, size: 0, chunks: undefined }
  if (datatype.type.kind === 'other') return nowhere
  const external = only(messages, MESSAGE.externalFiles)
  const filters = only(messages, MESSAGE.filters)
  const place = readLayout(layout)
  if (external !== undefined) {
    if (place.kind === 'chunked' || filters !== undefined) throw new NotUnderstood('external chunks')
    const size = shape === undefined ? 0 : shape.reduce((all, n) => all * n, datatype.size)
    return { ...nowhere, size, slots: readExternalFiles(file, external) }
  }
  if (place.kind === 'chunked') {
    return { ...nowhere, chunks: locateChunks(file, shape, datatype, place, filters) }
  }
  if (filters !== undefined) throw new NotUnderstood('filters without chunks')
  const needed = shape === undefined ? 0 : shape.reduce((all, n) => all * n, datatype.size)
  // libhdf5 before 1.14 believes the shape and reads whatever lies behind the data.
  if (place.address !== undefined && place.size !== needed)
    throw new Contradiction(`${needed} bytes by its shape, but ${place.size} bytes of storage`)
  if (needed === 0) return nowhere
  if (place.address === undefined) throw new NotUnderstood('never written')
  if (place.address === 0) throw new NotUnderstood('data at the superblock')
  return { ...nowhere, offset: place.address, size: place.size }
}
