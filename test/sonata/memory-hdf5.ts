import { FilesRead } from '../../src/formats/files-read.ts'
import type { Hdf5Attribute, Hdf5Dataset, Hdf5File, Hdf5Type } from '../../src/formats/hdf5/types.ts'

type Numbers =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array

export interface MemoryDataset {
  readonly data: Numbers | readonly string[]
  readonly shape?: readonly number[] | undefined
  readonly attributes?: Readonly<Record<string, Hdf5Attribute>>
}

/** An HDF5 file that never was: datasets by absolute path. */
export class MemoryHdf5 implements Hdf5File {
  readonly path: string
  readonly reads = new FilesRead()
  readonly #datasets: ReadonlyMap<string, MemoryDataset>

  constructor(path: string, datasets: Readonly<Record<string, MemoryDataset>>) {
    this.path = path
    this.#datasets = new Map(Object.entries(datasets))
  }

  async members(group: string): Promise<string[] | undefined> {
    const prefix = group === '/' ? '/' : `${group}/`
    const below = [...this.#datasets.keys()].filter(path => path.startsWith(prefix))
    if (below.length === 0) return undefined
    return [...new Set(below.map(path => path.slice(prefix.length).split('/')[0] ?? ''))].sort()
  }

  async dataset(path: string): Promise<Hdf5Dataset | undefined> {
    const found = this.#datasets.get(path)
    return found && memoryDataset(path, found)
  }

  async identity(path: string): Promise<string | undefined> {
    return path
  }

  async attributeNames(path: string): Promise<string[]> {
    return Object.keys(this.#datasets.get(path)?.attributes ?? {}).sort()
  }

  async attribute(path: string, name: string): Promise<Hdf5Attribute | undefined> {
    return this.#datasets.get(path)?.attributes?.[name]
  }

  close(): void {}
}

function memoryDataset(path: string, { data, shape, attributes }: MemoryDataset): Hdf5Dataset {
  const numbers = Array.isArray(data) ? undefined : (data as Numbers)
  return {
    path,
    shape: shape ?? [data.length],
    type: typeOf(data),
    reader: 'h5wasm',
    async readInto(first, count, into) {
      const bytes = new Uint8Array(numbers?.buffer ?? new ArrayBuffer(0))
      const width = numbers?.BYTES_PER_ELEMENT ?? 0
      if (into.length !== count * width)
        throw new Error(`window of ${into.length} bytes for ${count} elements`)
      into.set(bytes.subarray(first * width, (first + count) * width))
    },
    strings: async () => [...(data as readonly string[])],
    attribute: async name => attributes?.[name],
  }
}

function typeOf(data: MemoryDataset['data']): Hdf5Type {
  if (data instanceof Float32Array || data instanceof Float64Array)
    return { kind: 'float', bytes: data.BYTES_PER_ELEMENT as 4 | 8 }
  if (!ArrayBuffer.isView(data)) return { kind: 'string', variable: true }
  const signed = /^(Big)?Int/.test(data.constructor.name)
  return { kind: 'int', bytes: data.BYTES_PER_ELEMENT as 1 | 2 | 4 | 8, signed }
}
