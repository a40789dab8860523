import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { InputError } from '../errors.ts'
import { hasEnded, runTag } from './run-tag.ts'

/** Temporary files that are neither finished nor given up. */
const unfinished = new Set<AtomicFile>()

/**
 * A file that appears under its name only when it is complete. Until then it is a hidden temporary file in
 * the same folder (so the last step is a rename, which no reader can see half done).
 */
export class AtomicFile {
  readonly path: string
  readonly #temporary: string
  readonly #fd: number
  #open = true

  /** Throws InputError if the folder cannot be written to. */
  constructor(path: string) {
    this.path = path
    const folder = dirname(path)
    removeLeft(folder)
    this.#temporary = join(folder, `.${basename(path)}.${runTag()}.${randomBytes(6).toString('hex')}.tmp`)
    this.#fd = this.#guard(() => openSync(this.#temporary, 'wx'))
    unfinished.add(this)
  }

  /** Write all of `bytes` at file offset `at`. Throws InputError if the disk is full or fails. */
  write(bytes: Uint8Array, at: number): void {
    this.#guard(() => {
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(this.#fd, bytes, done, bytes.length - done, at + done)
      }
    })
  }

  /** Wait until everything written so far is on the disk. */
  sync(): void {
    this.#guard(() => fsyncSync(this.#fd))
  }

  /** Give the file its name, replacing what had it. */
  commit(): void {
    this.#guard(() => {
      fsyncSync(this.#fd)
      renameSync(this.#temporary, this.path)
    })
    this.#leave()
  }

  /** Give the file its name. Throws InputError if something has it by now. */
  commitNew(): void {
    this.#guard(() => {
      fsyncSync(this.#fd)
      this.#nameOnce()
    })
    this.abort()
  }

  /** By a second name, which no file system gives twice; some know none. */
  #nameOnce(): void {
    try {
      linkSync(this.#temporary, this.path)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : ''
      if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code)) throw error
      closeSync(openSync(this.path, 'wx'))
      renameSync(this.#temporary, this.path)
    }
  }

  /** Remove the temporary file. Harmless after {@link commit} and when called twice. */
  abort(): void {
    if (!this.#open) return
    this.#leave()
    try {
      unlinkSync(this.#temporary)
    } catch {
      // It is already gone, or its folder is: nothing is left to remove.
    }
  }

  #leave(): void {
    this.#open = false
    unfinished.delete(this)
    closeSync(this.#fd)
  }

  #guard<T>(step: () => T): T {
    try {
      return step()
    } catch (error) {
      if (unfinished.has(this)) this.abort()
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
      throw new InputError(`cannot be written (${code})`, {
        file: this.path,
        hint: HINTS[code] ?? 'Check the folder and its permissions.',
        cause: error,
      })
    }
  }
}

const HINTS: Partial<Record<string, string>> = {
  EEXIST: 'Another run has written it meanwhile; look at what it is.',
  EDQUOT: 'Your quota is used up; make room or write elsewhere.',
  EFBIG: 'No file may be that large here: ulimit -f.',
  ENOSPC: 'The disk is full; make room or write elsewhere.',
  ENOENT: 'The folder does not exist; create it first.',
  EISDIR: 'There is a folder of that name.',
}

const TEMPORARY = /^\..+\.([0-9a-f]+-\d+)\.[0-9a-f]{12}\.tmp$/
const looked = new Set<string>()

/** What runs that were killed have left in a folder, which may be gigabytes: looked for once by each run. */
function removeLeft(folder: string): void {
  const absolute = resolve(folder)
  if (looked.has(absolute)) return
  looked.add(absolute)
  try {
    for (const name of readdirSync(folder)) {
      const tag = TEMPORARY.exec(name)?.[1]
      if (tag !== undefined && hasEnded(tag)) unlinkSync(join(folder, name))
    }
  } catch {
    // Nobody misses what cannot be removed; that the folder cannot be written is told by the writer.
  }
}

/** For a program that is told to stop: remove every temporary file that is still being written. */
export function discardUnfinished(): void {
  for (const file of [...unfinished]) file.abort()
}

/** Write a file that must not be there yet, whole or not at all. Throws InputError, also where another run was faster. */
export function createFile(path: string, content: Uint8Array | string): void {
  const file = new AtomicFile(path)
  file.write(typeof content === 'string' ? Buffer.from(content) : content, 0)
  file.commitNew()
}

/** Write a whole file so that it is there completely or not at all. Text is UTF-8. Throws InputError. */
export function writeFileAtomic(path: string, content: Uint8Array | string): void {
  const file = new AtomicFile(path)
  file.write(typeof content === 'string' ? Buffer.from(content) : content, 0)
  file.commit()
}
