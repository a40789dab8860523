/** A file of the user, opened for reading: every way this can fail is an InputError naming the file. */

import { type FileHandle, open, stat } from 'node:fs/promises'
import { InputError } from '../errors.ts'
import { didYouMean } from './nearest-path.ts'

/** Where something is, for messages: the file and the member, dataset or key inside it. */
export interface Place {
  readonly file: string
  readonly field?: string | undefined
}

export class InputFile {
  readonly path: string
  /** Bytes. */
  readonly size: number
  readonly #handle: FileHandle

  private constructor(path: string, size: number, handle: FileHandle) {
    this.path = path
    this.size = size
    this.#handle = handle
  }

  /** Only regular files: opening a pipe would wait for its writer. */
  static async open(path: string): Promise<InputFile> {
    try {
      const status = await stat(path)
      if (!status.isFile()) {
        throw new InputError(
          `expected a file, found a ${status.isDirectory() ? 'folder' : 'device or pipe'}`,
          {
            file: path,
          },
        )
      }
      const handle = await open(path, 'r')
      return new InputFile(path, (await handle.stat()).size, handle)
    } catch (error) {
      throw asInputError(error, path)
    }
  }

  /** Fill `into` with the bytes at `position`. Throws InputError when the file ends before that. */
  async readInto(position: number, into: Uint8Array): Promise<void> {
    let done = 0
    while (done < into.length) {
      // One read takes less than 2^31 bytes; Linux returns even less without saying so.
      const length = Math.min(into.length - done, MAX_READ)
      const bytesRead = await this.#read(into, done, length, position + done)
      if (bytesRead === 0) {
        throw new InputError(
          `expected ${into.length} bytes at offset ${position}, found ${done} before the end of the file`,
          { file: this.path, hint: 'the file is truncated, or was changed while it was read' },
        )
      }
      done += bytesRead
    }
  }

  /** `length` bytes at `position`; the caller has checked `length` against {@link size}. */
  async read(position: number, length: number): Promise<Uint8Array> {
    const bytes = allocate(length, { file: this.path })
    await this.readInto(position, bytes)
    return bytes
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }

  async #read(into: Uint8Array, offset: number, length: number, position: number): Promise<number> {
    try {
      return (await this.#handle.read(into, offset, length, position)).bytesRead
    } catch (error) {
      throw asInputError(error, this.path)
    }
  }
}

const MAX_READ = 64 * 1024 * 1024

/** Node 20: no Uint8Array above this length. */
export const MAX_ARRAY_BYTES = 2 ** 32

/** Zeroed bytes, or an InputError where the machine (or the engine) has no room for them. */
export function allocate(length: number, place: Place): Uint8Array<ArrayBuffer> {
  try {
    if (length > MAX_ARRAY_BYTES) throw new RangeError(`more than ${MAX_ARRAY_BYTES} bytes in one array`)
    return new Uint8Array(length)
  } catch (cause) {
    throw new InputError(`needs ${length} bytes of memory, which this machine does not give`, {
      ...place,
      cause,
    })
  }
}

function asInputError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error
  const reason = REASONS.get(String(error.code)) ?? `cannot be read (${error.message})`
  const hint = reason === REASONS.get('ENOENT') ? didYouMean(path) : undefined
  return new InputError(reason, { file: path, hint, cause: error })
}

const REASONS = new Map([
  ['ENOENT', 'no such file'],
  ['ENOTDIR', 'no such file (a part of its path is not a folder)'],
  ['EACCES', 'no permission to read it'],
])
