/** Which files were read for an answer: a circuit is more than the file that it was opened from. */
import type { Stats } from 'node:fs'
import { resolve } from 'node:path'
import type { FileRead } from '../connectome/circuit.ts'
import { statPath } from './stat-path.ts'

/**
 * The files that were opened so far, each as it was before anything of it was read. Who reads a file because another
 * one names it (a linked HDF5 file, a table of types, node sets) notes it here, before it is read.
 *
 * @example
 * const reads = new FilesRead()
 * const h5 = await openHdf5('edges.h5', reads)
 * reads.note('edge_types.csv')
 * reads.list() // edges.h5, edge_types.csv, and later the files that links in edges.h5 lead to
 */
export class FilesRead {
  readonly #files = new Map<string, FileRead>()

  /** `stats`: of the open file; else it is asked for. What is there twice stays as it was first; what is not there is none. */
  note(path: string, stats?: Stats): void {
    const file = resolve(path)
    if (this.#files.has(file)) return
    const found = stats ?? statPath(file)
    if (found?.isFile() !== true) return
    this.#files.set(file, { file, bytes: found.size, modified: new Date(found.mtimeMs).toISOString() })
  }

  /** What was noted elsewhere, as it was noted there. */
  noteAll(other: FilesRead): void {
    for (const one of other.list()) this.add(one)
  }

  add(one: FileRead): void {
    if (!this.#files.has(one.file)) this.#files.set(one.file, one)
  }

  /** In the order of their paths. */
  list(): FileRead[] {
    return [...this.#files.values()].sort((a, b) => (a.file < b.file ? -1 : 1))
  }
}
