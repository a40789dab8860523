import { InputError } from '../../errors.ts'
import type { FilesRead } from '../files-read.ts'
import { callH5wasm, H5G, type H5Metadata, type H5Module } from './h5wasm-module.ts'
import { linkedFile } from './links.ts'

const HINT = 'Put the sources beside this file, or copy the data into one dataset.'

/**
 * HDF5 fills a virtual dataset with its fill value where a source is missing, and says nothing. Refuse
 * that: every source must be there, and together they must hold at least as many elements as are promised.
 */
export function checkVirtualSources(
  module: H5Module,
  file: { readonly path: string; readonly absolute: string },
  path: string,
  metadata: H5Metadata,
  reads: FilesRead,
): void {
  const refuse = (message: string): InputError =>
    new InputError(message, { file: file.path, field: path, hint: HINT })
  const sources = new Map<string, number>()
  for (const { file_name, dset_name } of metadata.virtual_sources ?? []) {
    const name = `${file_name}:${dset_name}`
    if (name.includes('%')) throw refuse(`virtual dataset with a pattern of sources (${name})`)
    if (sources.has(name)) continue
    const source = file_name === '.' ? file.absolute : linkedFile(file_name, file.absolute)
    if (source !== undefined) reads.note(source)
    const found = source === undefined ? undefined : sourceElements(module, source, dset_name)
    if (found === undefined) throw refuse(`virtual dataset whose source ${name} is missing`)
    sources.set(name, found)
  }
  const found = [...sources.values()].reduce((all, n) => all + n, 0)
  if (found < metadata.total_size) {
    throw refuse(`virtual dataset of ${metadata.total_size} elements whose sources hold ${found}`)
  }
}

/** `undefined` if there is no such source, or it is virtual itself and so no more certain. */
function sourceElements(module: H5Module, file: string, path: string): number | undefined {
  return callH5wasm(file, path, () => {
    const id = module.open(file, 0, false, -1, -1)
    try {
      if (module.get_type(id, path) !== H5G.dataset) return undefined
      const metadata = module.get_dataset_metadata(id, path)
      return metadata.virtual_sources === undefined ? metadata.total_size : undefined
    } finally {
      module.close_file(id)
    }
  })
}
