import { InputError } from '../../errors.ts'
import { numbers } from './attributes.ts'
import { H5wasmDataset } from './h5wasm-dataset.ts'
import { callH5wasm, H5G, type H5Metadata, type H5Module, loadH5wasm } from './h5wasm-module.ts'
import { readTexts } from './h5wasm-text.ts'
import { typeOf } from './h5wasm-types.ts'
import { checkVirtualSources } from './h5wasm-virtual.ts'
import type { Hdf5Attribute, Hdf5Dataset } from './types.ts'

/** A file as h5wasm sees it: everything that our own reader leaves to it. */
export class H5wasmFile {
  readonly path: string
  readonly #module: H5Module
  readonly #id: bigint
  readonly #datasets: H5wasmDataset[] = []

  private constructor(path: string, module: H5Module, id: bigint) {
    this.path = path
    this.#module = module
    this.#id = id
  }

  static async open(path: string, absolute: string): Promise<H5wasmFile> {
    const module = await loadH5wasm()
    return new H5wasmFile(
      path,
      module,
      callH5wasm(path, undefined, () => module.open(absolute, 0, false, -1, -1)),
    )
  }

  members(names: readonly string[]): string[] | undefined {
    if (this.#find(names) !== H5G.group) return undefined
    return this.#call(join(names), path => this.#module.get_names(this.#id, path, false))
  }

  dataset(names: readonly string[]): Hdf5Dataset | undefined {
    if (this.#find(names) !== H5G.dataset) return undefined
    const path = join(names)
    const metadata = this.#call(path, () => this.#module.get_dataset_metadata(this.#id, path))
    this.#refuseUnknownFilters(path)
    if (metadata.virtual_sources !== undefined) checkVirtualSources(this.#module, this.path, path, metadata)
    const dataset = new H5wasmDataset(this.#module, this.#id, this.path, path, metadata, name =>
      Promise.resolve(this.attribute(names, name)),
    )
    this.#datasets.push(dataset)
    return dataset
  }

  attribute(names: readonly string[], name: string): Hdf5Attribute | undefined {
    if (this.#find(names) === undefined) return undefined
    const path = join(names)
    const known = this.#call(path, () => this.#module.get_attribute_names(this.#id, path))
    if (!known.includes(name)) return undefined
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
      const path = join(names.slice(0, i))
      const kind = this.#call(path, () => this.#module.get_type(this.#id, path))
      if (kind < 0) return undefined
      if (kind === H5G.softLink || kind === H5G.userLink) throw this.#dangling(path, kind)
      if (i === names.length) return kind
      if (kind !== H5G.group) return undefined
    }
    return H5G.group
  }

  #dangling(path: string, kind: number): InputError {
    const external = kind === H5G.userLink
    return new InputError(`${external ? 'external' : 'soft'} link to something that is not there`, {
      file: this.path,
      field: path,
      hint: external
        ? 'Put the file that the link names beside this one, or use the file itself.'
        : 'The file names an object that it does not hold.',
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

const join = (names: readonly string[]): string => `/${names.join('/')}`
