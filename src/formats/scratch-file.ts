/** A temporary file that nobody else sees and that no exit leaves behind. */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InputError } from '../errors.ts'

export class ScratchFile {
  readonly #descriptor: number
  readonly #folder: string

  /**
   * `bytes`: what will be written at most. The name is removed as soon as the file is open, so the space comes back
   * whatever ends the process.
   *
   * @throws InputError if the folder has not that much free space or cannot be written
   */
  constructor(bytes: number, folder = tmpdir()) {
    this.#folder = folder
    const hint = 'give a folder with more space with --tmp, or more memory with --memory'
    try {
      const { bavail, bsize } = statfsSync(folder)
      const free = bavail * bsize
      if (free < bytes) {
        throw new InputError(`needs ${bytes} bytes of temporary space, ${free} are free`, {
          file: folder,
          hint,
        })
      }
      const own = mkdtempSync(join(folder, 'connproof-'))
      this.#descriptor = openSync(join(own, 'rows'), 'wx+')
      rmSync(own, { recursive: true })
    } catch (cause) {
      if (cause instanceof InputError) throw cause
      throw new InputError('cannot make a temporary file', { file: folder, hint, cause })
    }
  }

  write(bytes: Uint8Array, position: number): void {
    for (let done = 0; done < bytes.length; ) {
      try {
        done += writeSync(this.#descriptor, bytes, done, bytes.length - done, position + done)
      } catch (cause) {
        throw new InputError('cannot write temporary data', {
          file: this.#folder,
          hint: 'is the disk full?',
          cause,
        })
      }
    }
  }

  read(into: Uint8Array, position: number): void {
    for (let done = 0; done < into.length; ) {
      const got = readSync(this.#descriptor, into, done, into.length - done, position + done)
      if (got === 0) throw new InputError('temporary data is missing', { file: this.#folder })
      done += got
    }
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}
