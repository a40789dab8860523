/** What a name in a group leads to, and where HDF5 looks for the file of an external link. */
import { realpathSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import { statPath } from '../stat-path.ts'

export type Link =
  /** The address is absent where only h5wasm has seen the link. */
  | { readonly kind: 'hard'; readonly address?: number | undefined }
  | { readonly kind: 'soft'; readonly path: string }
  | { readonly kind: 'external'; readonly file: string; readonly path: string }

/** Soft and external links on the way to one object: more are too many for the HDF5 library as well (H5L_NUM_LINKS). */
export const MAX_LINKS = 16

/**
 * The file that `name` stands for in the file `holder` (absolute): an absolute name as it is, else beside `holder`,
 * else in the working directory, else beside what `holder` is a symbolic link to. Of an absolute name that is not
 * there the last part is looked for in the same places. `undefined` if there is none. As HDF5 does it
 * (H5F_prefix_open_file), apart from prefixes in environment variables.
 *
 * @example
 * linkedFile('parts/edges.h5', '/data/circuit/edges.h5') // '/data/circuit/parts/edges.h5'
 */
export function linkedFile(name: string, holder: string): string | undefined {
  if (isAbsolute(name) && isFile(name)) return name
  const relative = isAbsolute(name) ? basename(name) : name
  const places = [join(dirname(holder), relative), resolve(relative)]
  return places.find(isFile) ?? [join(dirname(realpathSync(holder)), relative)].find(isFile)
}

export const isFile = (path: string): boolean => statPath(path)?.isFile() === true

/** The names of a path inside a file. */
export const namesOf = (path: string): string[] => path.split('/').filter(name => name !== '' && name !== '.')

export const pathOf = (names: readonly string[]): string => `/${names.join('/')}`
