import { InputError } from '../../errors.ts'
import type { FilesRead } from '../files-read.ts'
import { callH5wasm, H5G, type H5Metadata, type H5Module } from './h5wasm-module.ts'
import { linkedFile } from './links.ts'
import type { Mapping } from './virtual.ts'

const HINT = 'Put the sources beside this file, or copy the data into one dataset.'

/** The virtual dataset, for messages and for where its sources are. */
export interface VirtualPlace {
  readonly path: string
  /** Path of the file, absolute. */
  readonly absolute: string
  readonly dataset: string
}

/**
 * HDF5 fills a virtual dataset with its fill value where a source is missing, and gives whatever lies in memory where
 * a source is shorter than what is taken of it (seen with 2.0.0); it says nothing. Refuse both.
 *
 * @param mappings what is taken of each source; where that could not be read, the sources must hold just as many
 *   elements as the dataset has
 */
export function checkVirtualSources(
  module: H5Module,
  place: VirtualPlace,
  metadata: H5Metadata,
  mappings: readonly Mapping[] | undefined,
  reads: FilesRead,
): void {
  const refuse = (message: string): InputError =>
    new InputError(message, { file: place.path, field: place.dataset, hint: HINT })
  const found = new Map<string, readonly number[]>()
  const sources: readonly Pick<Mapping, 'file' | 'dataset'>[] =
    mappings ??
    (metadata.virtual_sources ?? []).map(({ file_name, dset_name }) => ({
      file: file_name,
      dataset: dset_name,
    }))
  for (const { file, dataset } of sources) {
    const name = `${file}:${dataset}`
    if (name.includes('%')) throw refuse(`virtual dataset with a pattern of sources (${name})`)
    if (found.has(name)) continue
    const path = file === '.' ? place.absolute : linkedFile(file, place.absolute)
    if (path !== undefined) reads.note(path)
    const shape = path === undefined ? undefined : sourceShape(module, path, dataset)
    if (shape === undefined) throw refuse(`virtual dataset whose source ${name} is missing`)
    found.set(name, shape)
  }
  if (mappings === undefined) {
    const held = [...found.values()].reduce((all, shape) => all + product(shape), 0)
    if (held === metadata.total_size) return
    throw refuse(`virtual dataset of ${metadata.total_size} elements whose sources hold ${held}`)
  }
  for (const { file, dataset, end, elements } of mappings) {
    const shape = found.get(`${file}:${dataset}`) ?? []
    const short = end?.some((stop, axis) => stop > (shape[axis] ?? 0)) ?? product(shape) < (elements ?? 0)
    if (!short) continue
    const wanted = end ?? [elements]
    throw refuse(
      `virtual dataset whose source ${file}:${dataset} holds (${shape}) instead of (${wanted}) elements`,
    )
  }
}

const product = (shape: readonly number[]): number => shape.reduce((all, n) => all * n, 1)

/** `undefined` if there is no such source, or it is virtual itself and so no more certain. */
function sourceShape(module: H5Module, file: string, path: string): readonly number[] | undefined {
  return callH5wasm(file, path, () => {
    const id = module.open(file, 0, false, -1, -1)
    try {
      if (module.get_type(id, path) !== H5G.dataset) return undefined
      const metadata = module.get_dataset_metadata(id, path)
      return metadata.virtual_sources === undefined ? (metadata.shape ?? [0]) : undefined
    } finally {
      module.close_file(id)
    }
  })
}
