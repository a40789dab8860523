import { InputError } from '../../errors.ts'
import { FilesRead } from '../files-read.ts'
import { numbers } from './attributes.ts'
import { H5wasmDataset } from './h5wasm-dataset.ts'
import { callH5wasm, H5G, type H5Metadata, type H5Module, loadH5wasm } from './h5wasm-module.ts'
import { readTexts } from './h5wasm-text.ts'
import { typeOf } from './h5wasm-types.ts'
import { checkVirtualSources } from './h5wasm-virtual.ts'
import { type Link, pathOf } from './links.ts'
import type { Hdf5Attribute, Hdf5Dataset } from './types.ts'
import type { Mapping } from './virtual.ts'

/** A file as h5wasm sees it: everything that our own reader leaves to it. */
export class H5wasmFile {
  readonly path: string
  readonly #module: H5Module
  readonly #id: bigint
  readonly #datasets: H5wasmDataset[] = []
  readonly #absolute: string
  readonly #reads: FilesRead

  private constructor(path: string, absolute: string, module: H5Module, id: bigint, reads: FilesRead) {
    this.path = path
    this.#absolute = absolute
    this.#module = module
    this.#id = id
    this.#reads = reads
  }

  static async open(path: string, absolute: string, reads = new FilesRead()): Promise<H5wasmFile> {
    const module = await loadH5wasm()
    const id = callH5wasm(path, undefined, () => module.open(absolute, 0, false, -1, -1))
    return new H5wasmFile(path, absolute, module, id, reads)
  }

  /** What `name` in a group leads to, as {@link Locator.link} has it; the group is reached by hard links. */
  link(group: readonly string[], name: string): Link | undefined {
    if (this.members(group)?.includes(name) !== true) return undefined
    return this.#call(pathOf([...group, name]), path => {
      const soft = this.#module.get_symbolic_link(this.#id, path)
      if (soft !== null) return { kind: 'soft', path: soft }
      const { filename, obj_path } = this.#module.get_external_link(this.#id, path)
      if (filename === undefined || obj_path === undefined) return { kind: 'hard' }
      return { kind: 'external', file: filename, path: obj_path }
    })
  }

  /** Address of an object in the file, behind its user block; `undefined` if nothing is there. */
  address(names: readonly string[]): number | undefined {
    if (this.#find(names) === undefined) return undefined
    const bytes = this.#call(pathOf(names), path => this.#module.create_object_reference(this.#id, path))
    return Number(new DataView(Uint8Array.from(bytes).buffer).getBigUint64(0, true))
  }

  members(names: readonly string[]): string[] | undefined {
    if (this.#find(names) !== H5G.group) return undefined
    return this.#call(pathOf(names), path => this.#module.get_names(this.#id, path, false))
  }

  /** `mappings`: what of its sources a virtual dataset is made of, as far as another reader can tell. */
  dataset(
    names: readonly string[],
    mappings: (address: number) => readonly Mapping[] | undefined = () => undefined,
  ): Hdf5Dataset | undefined {
    if (this.#find(names) !== H5G.dataset) return undefined
    const path = pathOf(names)
    const metadata = this.#call(path, () => this.#module.get_dataset_metadata(this.#id, path))
    this.#refuseUnknownFilters(path)
    if (metadata.virtual_sources !== undefined) {
      const place = { path: this.path, absolute: this.#absolute, dataset: path }
      const address = this.address(names)
      const known = address === undefined ? undefined : mappings(address)
      checkVirtualSources(this.#module, place, metadata, known, this.#reads)
    }
    const dataset = new H5wasmDataset(this.#module, this.#id, this.path, path, metadata, name =>
      Promise.resolve(this.attribute(names, name)),
    )
    this.#datasets.push(dataset)
    return dataset
  }

  attributeNames(names: readonly string[]): string[] {
    if (this.#find(names) === undefined) return []
    return this.#call(pathOf(names), path => this.#module.get_attribute_names(this.#id, path))
  }

  attribute(names: readonly string[], name: string): Hdf5Attribute | undefined {
    if (!this.attributeNames(names).includes(name)) return undefined
    const path = pathOf(names)
    const metadata = this.#call(path, () => this.#module.get_attribute_metadata(this.#id, path, name))
    if (metadata.shape === null) return []
    const values = this.#attributeValues(path, name, metadata)
    const [first] = values
    return metadata.shape.length > 0 || first === undefined ? values : first
  }

  close(): void {
    for (const dataset of this.#datasets) dataset.free()
    // Nothing was written, so a failing close loses nothing.
    try {
      this.#module.close_file(this.#id)
    } catch {}
  }

  #attributeValues(path: string, name: string, metadata: H5Metadata): readonly (string | number | bigint)[] {
    const type = typeOf(metadata)
    const field = `${path}@${name}`
    if (type.kind === 'other') {
      throw new InputError(`attribute of an unexpected type: ${type.description}`, { file: this.path, field })
    }
    const size = metadata.size * metadata.total_size
    if (size === 0) return []
    return callH5wasm(this.path, field, () => {
      const pointer = this.#module._malloc(size)
      if (pointer === 0) throw new InputError(`no memory for ${size} bytes`, { file: this.path, field })
      try {
        this.#module.get_attribute_data(this.#id, path, name, BigInt(pointer))
        if (type.kind !== 'string') {
          return numbers(this.#module.HEAPU8.slice(pointer, pointer + size), type)
        }
        const texts = readTexts(this.#module.HEAPU8, pointer, metadata, metadata.total_size)
        if (metadata.vlen) this.#module.reclaim_vlen_memory(this.#id, path, name, BigInt(pointer))
        return texts
      } finally {
        this.#module._free(pointer)
      }
    })
  }

  /** What stands at the end of the names, one by one: h5wasm fails on names below a dataset. */
  #find(names: readonly string[]): number | undefined {
    for (let i = 1; i <= names.length; i++) {
      const path = pathOf(names.slice(0, i))
      const kind = this.#call(path, () => this.#module.get_type(this.#id, path))
      if (kind < 0) return undefined
      if (kind === H5G.softLink || kind === H5G.userLink) throw this.#unknownLink(path)
      if (i === names.length) return kind
      if (kind !== H5G.group) return undefined
    }
    return H5G.group
  }

  /** All that are known were followed before. */
  #unknownLink(path: string): InputError {
    return new InputError('a link of a kind of its own (user-defined), which cannot be followed', {
      file: this.path,
      field: path,
      hint: 'Put the object itself into the file.',
    })
  }

  #refuseUnknownFilters(path: string): void {
    const filters = this.#call(path, () => this.#module.get_dataset_filters(this.#id, path))
    const unknown = filters.find(filter => !BUILT_IN.has(filter.id))
    if (unknown === undefined) return
    throw new InputError(
      `compressed with ${unknown.name || 'a filter'} (HDF5 filter ${unknown.id}), which is not available`,
      {
        file: this.path,
        field: path,
        hint: 'Rewrite the file, for example with: h5repack -f GZIP=4 IN OUT',
      },
    )
  }

  #call<T>(path: string, call: (path: string) => T): T {
    return callH5wasm(this.path, path, () => call(path))
  }
}

/** deflate, shuffle, fletcher32, szip, nbit, scaleoffset: compiled into h5wasm. */
const BUILT_IN = new Set([1, 2, 3, 4, 5, 6])
