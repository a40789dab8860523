/** Datasets whose bytes lie in raw files beside the HDF5 file (H5Pset_external). */
import { closeSync, fstatSync, openSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { InputError } from '../../errors.ts'
import type { FilesRead } from '../files-read.ts'
import { type Cursor, type FileBytes, NotUnderstood, untilNul } from './bytes.ts'
import { readFrom } from './contiguous.ts'
import { localHeap } from './groups.ts'
import { isFile } from './links.ts'
import { decodeText } from './strings.ts'

/** A part of the data: `size` bytes (`undefined`: all that are left) from `offset` of a file. */
export interface Slot {
  readonly name: string
  readonly offset: number
  readonly size: number | undefined
}

/** External data files message, section IV.A.2.h. */
export function readExternalFiles(file: FileBytes, c: Cursor): Slot[] {
  c.expect(1)
  c.skip(3 + 2)
  const used = c.u16()
  const heap = localHeap(file, c.u64())
  return Array.from({ length: used }, () => {
    const name = decodeText(untilNul(heap.subarray(c.u64())))
    if (name === '') throw new NotUnderstood('external file without a name')
    return { name, offset: c.u64(), size: c.address() }
  })
}

interface Part {
  readonly file: string
  readonly fd: number
  /** Bytes of the dataset that it holds: `first .. first+size-1`, from `offset` of the file. */
  readonly first: number
  readonly size: number
  readonly offset: number
}

/**
 * The raw files of one dataset, open. The HDF5 library gives zeros for what such a file does not hold, without a
 * word; that is refused here before anything is read.
 */
export class RawFiles {
  readonly #parts: Part[] = []
  readonly #dataset: string

  /**
   * @param holder path of the HDF5 file, and `dataset` in it, for messages
   * @throws InputError naming dataset and raw file where one is missing or too short
   */
  constructor(
    holder: string,
    dataset: string,
    slots: readonly Slot[],
    size: number,
    /** Called with each file that is opened, so that somebody closes it. */
    opened: (fd: number) => void,
    reads: FilesRead,
  ) {
    this.#dataset = dataset
    const refuse = (message: string, hint: string): InputError =>
      new InputError(message, { file: holder, field: dataset, hint })
    let first = 0
    for (const slot of slots) {
      if (first >= size) break
      const file = rawFile(slot.name, holder)
      if (file === undefined)
        throw refuse(
          `its data lies in the raw file ${slot.name}, which is missing`,
          'Start in the folder that the name is relative to, put the raw file beside this one, or use a file that holds its data.',
        )
      const fd = openSync(file, 'r')
      opened(fd)
      const stats = fstatSync(fd)
      reads.note(file, stats)
      const held = Math.min(slot.size ?? Number.POSITIVE_INFINITY, size - first)
      if (slot.offset + held > stats.size)
        throw refuse(
          `its data lies in the raw file ${slot.name}, which ends at byte ${stats.size} instead of ${slot.offset + held}`,
          'The raw file was not written or copied completely; get it again.',
        )
      this.#parts.push({ file, fd, first, size: held, offset: slot.offset })
      first += held
    }
    if (first < size)
      throw refuse(
        `${size} bytes by its shape, but ${first} bytes in raw files`,
        'The file is damaged; compare it with its source.',
      )
  }

  /** Fill `into` with the bytes of the dataset from `at`. */
  read(at: number, into: Uint8Array): void {
    const end = at + into.length
    for (const { file, fd, first, size, offset } of this.#parts) {
      const [from, to] = [Math.max(at, first), Math.min(end, first + size)]
      if (from < to)
        readFrom({ fd, path: file }, this.#dataset, offset + from - first, into.subarray(from - at, to - at))
    }
  }
}

/** The HDF5 library looks in the working directory alone, unless it is told otherwise; who moves data looks beside the file. */
function rawFile(name: string, holder: string): string | undefined {
  const places = isAbsolute(name) ? [name] : [resolve(name), join(dirname(holder), name)]
  return places.find(isFile)
}

export const closeAll = (fds: readonly number[]): void => {
  for (const fd of fds) closeSync(fd)
}
