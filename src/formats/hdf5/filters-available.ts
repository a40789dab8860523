/** Which filters the HDF5 library in h5wasm has: found out by writing a small chunk with each. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { loadH5wasm } from './h5wasm-module.ts'

/** Registered numbers: HDF5's own below 256, those of plugins above. Parameters as a writer gives them. */
const FILTERS: readonly (readonly [name: string, id: number, parameters: readonly number[]])[] = [
  ['deflate', 1, [4]],
  ['shuffle', 2, []],
  ['fletcher32', 3, []],
  ['szip', 4, [4, 32]],
  ['nbit', 5, []],
  ['scaleoffset', 6, [2, 0]],
  ['lzf', 32000, []],
  ['blosc', 32001, []],
  ['lz4', 32004, []],
  ['bitshuffle', 32008, []],
  ['zstd', 32015, [3]],
  ['bzip2', 307, [9]],
]

export interface FilterProbe {
  readonly name: string
  readonly available: boolean
}

/** @param folder where a small file may be written for a moment */
export async function probeFilters(folder: string): Promise<FilterProbe[]> {
  await loadH5wasm()
  const { File } = await import('h5wasm/node')
  const path = join(folder, 'filter.h5')
  return FILTERS.map(([name, id, parameters]) => {
    try {
      const file = new File(path, 'w')
      try {
        file.create_dataset({
          name: 'data',
          data: new Int32Array(64),
          shape: [64],
          chunks: [64],
          compression: id,
          compression_opts: [...parameters],
        })
        return { name, available: true }
      } finally {
        file.close()
      }
    } catch {
      return { name, available: false }
    } finally {
      rmSync(path, { force: true })
    }
  })
}
