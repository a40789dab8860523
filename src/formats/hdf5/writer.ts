import { InternalError } from '../../errors.ts'
import { AtomicFile } from '../atomic-write.ts'
import * as encode from './encode.ts'
import { encodeGroup, INTERNAL_K, type Member, symbolEntry } from './encode-group.ts'
import { HeapWriter } from './encode-heap.ts'
import { MESSAGE } from './object-header.ts'
import type { Hdf5Type } from './types.ts'

/** Integers are written as int64, other numbers as float64, text as variable-length UTF-8. */
export type WritableAttribute = string | number | bigint | readonly number[]

export interface DatasetOptions {
  type: Hdf5Type
  shape: readonly number[]
  attributes?: Readonly<Record<string, WritableAttribute>>
}

/** The open end of a dataset: takes its elements in row-major order, little-endian, in pieces of any size. */
export interface DatasetWriter {
  write(bytes: Uint8Array): void
  /** Bytes still to be written. */
  readonly missing: number
}

const SUPERBLOCK_SIZE = 96
const PAGE = 4096

/**
 * Begin an HDF5 file of the kind the SONATA tools write: superblock 0, old-style groups, contiguous data
 * without filters. Datasets stream with flat memory and may be filled in turns; the metadata is written
 * last, into a temporary file that takes the name `path` only in {@link Hdf5Writer.close}.
 * Throws InputError if the file cannot be written.
 */
export function createHdf5(path: string): Hdf5Writer {
  return new Hdf5Writer(path)
}

interface GroupNode {
  members: Map<string, GroupNode | DatasetNode>
  attributes: Map<string, WritableAttribute>
}

interface DatasetNode {
  type: Hdf5Type
  shape: readonly number[]
  address: number | undefined
  size: number
  written: number
  attributes: Map<string, WritableAttribute>
}

export class Hdf5Writer {
  readonly path: string
  readonly #file: AtomicFile
  readonly #root: GroupNode = { members: new Map(), attributes: new Map() }
  readonly #heap = new HeapWriter(bytes => this.#append(bytes))
  #end = SUPERBLOCK_SIZE

  constructor(path: string) {
    this.path = path
    this.#file = new AtomicFile(path)
  }

  /** Make a group, and those above it; groups above a dataset come by themselves. */
  group(path: string, attributes: Readonly<Record<string, WritableAttribute>> = {}): void {
    const group = this.#groupAt(split(path))
    for (const [name, value] of Object.entries(attributes)) group.attributes.set(name, value)
  }

  /** Begin a dataset of numbers of the given shape; with `data` it is complete at once. */
  dataset(path: string, options: DatasetOptions, data?: Uint8Array): DatasetWriter {
    const size = options.shape.reduce((all, n) => all * n, encode.elementSize(options.type))
    if (!Number.isSafeInteger(size) || size < 0) throw new InternalError(`${path}: shape ${options.shape}`)
    const node: DatasetNode = {
      type: options.type,
      shape: [...options.shape],
      address: size === 0 ? undefined : this.#reserve(size),
      size,
      written: 0,
      attributes: new Map(Object.entries(options.attributes ?? {})),
    }
    this.#add(path, node)
    const writer = new Sink(this.#file, path, node)
    if (data !== undefined) writer.write(data)
    return writer
  }

  /** A dataset of variable-length UTF-8 text, one dimension. The texts must hold no NUL. */
  strings(
    path: string,
    texts: readonly string[],
    attributes: Readonly<Record<string, WritableAttribute>> = {},
  ): void {
    const references = this.#heap.store(texts)
    const type = { kind: 'string', variable: true } as const
    this.dataset(path, { type, shape: [texts.length], attributes }, references)
  }

  /** Write the metadata and give the file its name. InternalError if a dataset is not filled. */
  close(): void {
    try {
      const root = this.#writeGroup(this.#root, '', this.#leafK(this.#root))
      this.#file.sync()
      this.#file.write(this.#superblock(root), 0)
    } catch (error) {
      this.abort()
      throw error
    }
    this.#file.commit()
  }

  /** Give up; nothing is left of the file. Harmless after {@link close}. */
  abort(): void {
    this.#file.abort()
  }

  #superblock(root: Member): Uint8Array {
    const bytes = new encode.Bytes().u8(0x89).text('HDF').u8(0x0d, 0x0a, 0x1a, 0x0a)
    bytes.u8(0, 0, 0, 0, 0, 8, 8, 0).u16(this.#leafK(this.#root)).u16(INTERNAL_K).u32(0)
    bytes.u64(0).u64(undefined).u64(this.#end).u64(undefined)
    return bytes.raw(symbolEntry(0, root)).done()
  }

  /** Half the members of the largest group, so that each group needs one symbol table node. */
  #leafK(group: GroupNode): number {
    const below = [...group.members.values()].map(node => ('members' in node ? this.#leafK(node) : 0))
    return Math.max(4, Math.ceil(group.members.size / 2), ...below)
  }

  #writeGroup(group: GroupNode, name: string, leafK: number): Member {
    const members = [...group.members].map(([key, node]) =>
      'members' in node ? this.#writeGroup(node, key, leafK) : this.#writeDataset(node, key),
    )
    const at = aligned(this.#end, 8)
    const { tree, heap, bytes } = encodeGroup(members, leafK, at)
    this.#append(bytes)
    const table = new encode.Bytes().u64(tree).u64(heap).done()
    const messages = [{ type: MESSAGE.symbolTable, data: table }, ...this.#attributes(group.attributes)]
    return { name, header: this.#append(encode.objectHeader(messages)), group: { tree, heap } }
  }

  #writeDataset(node: DatasetNode, name: string): Member {
    if (node.written !== node.size) {
      throw new InternalError(`dataset ${name}: ${node.written} bytes written of ${node.size}`)
    }
    const header = encode.objectHeader([
      { type: MESSAGE.dataspace, data: encode.dataspace(node.shape) },
      { type: MESSAGE.datatype, data: encode.datatype(node.type) },
      { type: MESSAGE.fillValue, data: encode.fillValue() },
      { type: MESSAGE.layout, data: encode.contiguousLayout(node.address, node.size) },
      ...this.#attributes(node.attributes),
    ])
    return { name, header: this.#append(header) }
  }

  #attributes(attributes: ReadonlyMap<string, WritableAttribute>): encode.EncodedMessage[] {
    return [...attributes].map(([name, value]) => ({
      type: MESSAGE.attribute,
      data: this.#attribute(name, value),
    }))
  }

  #attribute(name: string, value: WritableAttribute): Uint8Array {
    if (typeof value === 'string') {
      return encode.attribute(name, { kind: 'string', variable: true }, [], this.#heap.store([value]))
    }
    const shape = typeof value === 'object' ? [value.length] : []
    const values = typeof value === 'object' ? value : [value]
    const bytes = new encode.Bytes()
    if (values.every(v => typeof v === 'bigint' || Number.isSafeInteger(v))) {
      for (const v of values) bytes.i64(BigInt(v))
      return encode.attribute(name, { kind: 'int', bytes: 8, signed: true }, shape, bytes.done())
    }
    for (const v of values) bytes.f64(Number(v))
    return encode.attribute(name, { kind: 'float', bytes: 8 }, shape, bytes.done())
  }

  #add(path: string, node: DatasetNode): void {
    const names = split(path)
    const name = names.pop()
    const group = this.#groupAt(names)
    if (name === undefined || group.members.has(name)) throw new InternalError(`${path} is there already`)
    group.members.set(name, node)
  }

  #groupAt(names: readonly string[]): GroupNode {
    let group = this.#root
    for (const name of names) {
      const next = group.members.get(name) ?? { members: new Map(), attributes: new Map() }
      if (!('members' in next)) throw new InternalError(`${name} is a dataset`)
      group.members.set(name, next)
      group = next
    }
    return group
  }

  /** Large data begins on a page, as readers like it best. */
  #reserve(size: number): number {
    const address = aligned(this.#end, size >= PAGE ? PAGE : 8)
    this.#end = address + size
    return address
  }

  #append(bytes: Uint8Array): number {
    const address = aligned(this.#end, 8)
    this.#file.write(bytes, address)
    this.#end = address + bytes.length
    return address
  }
}

class Sink implements DatasetWriter {
  readonly #file: AtomicFile
  readonly #path: string
  readonly #node: DatasetNode

  constructor(file: AtomicFile, path: string, node: DatasetNode) {
    this.#file = file
    this.#path = path
    this.#node = node
  }

  get missing(): number {
    return this.#node.size - this.#node.written
  }

  write(bytes: Uint8Array): void {
    if (bytes.length > this.missing) {
      throw new InternalError(`${this.#path}: ${bytes.length} bytes where ${this.missing} are missing`)
    }
    this.#file.write(bytes, (this.#node.address ?? 0) + this.#node.written)
    this.#node.written += bytes.length
  }
}

const aligned = (at: number, to: number): number => Math.ceil(at / to) * to
const split = (path: string): string[] => path.split('/').filter(name => name !== '')
