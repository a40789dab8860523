/** The map of rows as a file, for whatever else names edges by their rows. */
import { realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { InputError } from './errors.ts'
import { AtomicFile } from './formats/atomic-write.ts'
import { fileKey } from './formats/file-key.ts'
import { encodeNpyHeader } from './formats/npy.ts'
import { statPath } from './formats/stat-path.ts'
import { ROWS_NOT_COMPARED } from './row-maps.ts'
import type { EdgeMap, Level, Proof } from './verification/proof.ts'
import { isRowMap, type NoRowMap, type RowMap } from './verification/rows/row-map.ts'

/** Checks of what lies around the edges: whatever they found, rows are what they are. */
const AROUND: readonly string[] = [
  'populations.same',
  'indices.consistent',
  'nodes.files',
  'populations.others',
  'references.sound',
  'config.sound',
]

export interface EdgeMapOptions {
  readonly edgeMaps?: readonly (string | undefined)[] | undefined
  readonly force?: boolean | undefined
  readonly level?: Level | undefined
  readonly manipulated: readonly unknown[]
}

/** The files of one verification. They have their names only once all is proven. */
export class EdgeMaps {
  readonly #files: (AtomicFile | undefined)[] = []
  readonly #complete: AtomicFile[] = []

  /**
   * Begin the files.
   *
   * @param inputs files that must not be overwritten, `force` or not
   * @throws InputError if one exists (without `force`), is an input, or cannot be written
   */
  open(
    { edgeMaps = [], force = false, level, manipulated }: EdgeMapOptions,
    inputs: readonly string[],
  ): void {
    if (edgeMaps.length === 0) return
    if (level === 'connections')
      throw new InputError('rows are matched by all that they hold: level synapses or full', {
        field: 'edgeMaps',
      })
    if (edgeMaps.length > manipulated.length)
      throw new InputError(`${edgeMaps.length} files for ${manipulated.length} circuits`, {
        field: 'edgeMaps',
      })
    const taken = new Set(inputs.map(realPath))
    for (const path of edgeMaps) {
      if (path !== undefined) refuse(path, taken, force)
      this.#files.push(path === undefined ? undefined : new AtomicFile(path))
    }
  }

  /**
   * Write a map where all edges are as they should be; else it is given up. One window of rows is in memory at a time;
   * of populations that are compared connection by connection half of `memory`.
   *
   * @throws InputError if the disk is full, or edges cannot be read again
   */
  async write(
    k: number,
    rows: RowMap | NoRowMap = ROWS_NOT_COMPARED,
    { checks, trouble }: Pick<Proof, 'checks' | 'trouble'>,
  ): Promise<EdgeMap | undefined> {
    const file = this.#files[k]
    if (file === undefined) return undefined
    if (checks.some(({ id, status }) => status === 'failed' && !AROUND.includes(id)))
      return this.drop(k, 'edges are not as they should be')
    if (!isRowMap(rows)) return this.drop(k, trouble?.message ?? rows.reason)
    const header = encodeNpyHeader('<i8', [rows.length])
    file.write(header, 0)
    await rows.each((first, some) =>
      file.write(new Uint8Array(some.buffer, some.byteOffset, some.byteLength), header.length + 8 * first),
    )
    return { file: file.path, written: true, rows: rows.length, kept: rows.kept }
  }

  /** What {@link commit} gives its name. */
  keep(k: number, map: EdgeMap | undefined): EdgeMap | undefined {
    const file = this.#files[k]
    if (file !== undefined && map?.written === true) this.#complete.push(file)
    return map
  }

  drop(k: number, reason: string): EdgeMap | undefined {
    const file = this.#files[k]
    file?.abort()
    return file && { file: file.path, written: false, reason }
  }

  /**
   * @param read every file that was read by now: links and raw files are known only then
   * @throws InputError if one of these would be overwritten
   */
  commit(read: readonly string[]): void {
    const taken = new Set(read.map(fileKey))
    const lost = this.#complete.find(({ path }) => {
      const key = fileKey(path)
      return key !== undefined && taken.has(key)
    })
    if (lost !== undefined)
      throw new InputError('was read, and would be overwritten', {
        file: lost.path,
        field: 'edgeMaps',
        hint: 'give another name',
      })
    for (const file of this.#complete) file.commit()
  }

  /** Leave nothing else behind. */
  abort(): void {
    for (const file of this.#files) file?.abort()
  }
}

function refuse(file: string, taken: Set<string>, force: boolean): void {
  const place = { file, field: 'edgeMaps' }
  const real = realPath(file)
  if (taken.has(real))
    throw new InputError('is an input or another output of this run', { ...place, hint: 'give another name' })
  taken.add(real)
  const found = statPath(file)
  if (found !== undefined && !found.isFile())
    throw new InputError('exists and is not a file', { ...place, hint: 'give another name' })
  if (found !== undefined && !force)
    throw new InputError('exists already', { ...place, hint: 'allow it to be overwritten with force' })
}

/** Of a file that need not exist: its folder may still be a link. */
function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    try {
      return join(realpathSync(dirname(path)), basename(path))
    } catch {
      return resolve(path)
    }
  }
}
