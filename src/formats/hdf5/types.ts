/** The one interface above both HDF5 readers: our own small one, and h5wasm for everything else. */

import type { FilesRead } from '../files-read.ts'

export type Hdf5Type =
  | {
      kind: 'int'
      bytes: 1 | 2 | 4 | 8
      signed: boolean
      /** Values and names of an enumeration (h5py's bool is one), ascending by value; absent for plain integers. */
      members?: readonly (readonly [value: number, name: string])[]
      /** Stored the other way round than it is read; absent for what libsonata reads as a property. */
      bigEndian?: true
    }
  | { kind: 'float'; bytes: 2 | 4 | 8; bigEndian?: true }
  | { kind: 'string'; variable: boolean }
  | { kind: 'other'; description: string }

export type Hdf5Attribute = string | number | bigint | readonly (string | number | bigint)[]

export interface Hdf5Dataset {
  /** Absolute path inside the file that holds it, `/edges/default/source_node_id`; links on the way are followed. */
  readonly path: string
  /** Dimensions; `[]` for a scalar; `undefined` for a dataset without data (H5S_NULL). */
  readonly shape: readonly number[] | undefined
  readonly type: Hdf5Type
  /** `contiguous`: read straight from the file; `chunked`: chunks decoded by ourselves; `h5wasm`: all else. */
  readonly reader: 'contiguous' | 'chunked' | 'h5wasm'
  /**
   * Fill `into` with elements `first .. first+count-1` in row-major order, little-endian, as stored:
   * exactly `count * bytes` bytes. Numeric types only. Throws or rejects with InputError naming file and
   * dataset if the bytes cannot be had (short file, corrupt chunk, missing filter).
   */
  readInto(first: number, count: number, into: Uint8Array): void | Promise<void>
  /** All elements of a text dataset, decoded as UTF-8. */
  strings(): Promise<string[]>
  attribute(name: string): Promise<Hdf5Attribute | undefined>
}

/**
 * Soft and external links are followed wherever a path leads over them; attributes are those of the object that a link
 * leads to. InputError naming the link where it leads nowhere, or too many follow each other.
 */
export interface Hdf5File {
  readonly path: string
  /** Every file that was opened for it: itself, linked files, sources of virtual datasets, raw files of data. */
  readonly reads: FilesRead
  /** Names of the members of a group, ascending; `undefined` if there is no such group. */
  members(group: string): Promise<string[] | undefined>
  /** `undefined` if nothing is there. Throws InputError if it is there and cannot be read. */
  dataset(path: string): Promise<Hdf5Dataset | undefined>
  /** Attribute of a group (or dataset). */
  attribute(path: string, name: string): Promise<Hdf5Attribute | undefined>
  /** Names of all attributes of a group or dataset, ascending; none where nothing is there. */
  attributeNames(path: string): Promise<string[]>
  /**
   * Which object stands at a path: the same text for the same object of the same file, by whatever links it is
   * reached. Who walks groups ends circles by it. `undefined` if nothing is there.
   */
  identity(path: string): Promise<string | undefined>
  close(): void
}
