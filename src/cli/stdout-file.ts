/** `-` where a file is written: stdout. What is said otherwise goes to stderr, so that nothing else is in the stream. */
import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InputError } from '../errors.ts'
import type { AtomicFile } from '../formats/atomic-write.ts'
import type { Terminal } from './terminal.ts'

export const STDOUT = '-'

/** The part of {@link AtomicFile} that outputs need. */
export type Writable = Pick<AtomicFile, 'path' | 'write' | 'commit' | 'abort'>

/** Nothing is written before it is complete, as of a file. */
export class StdoutFile implements Writable {
  readonly path = STDOUT
  readonly #chunks: Uint8Array[] = []

  /** Calls come in the order of `at`. */
  write(bytes: Uint8Array, _at: number): void {
    this.#chunks.push(bytes)
  }

  commit(): void {
    for (const bytes of this.#chunks.splice(0)) process.stdout.write(bytes)
  }

  abort(): void {
    this.#chunks.length = 0
  }
}

/** Where a map of rows is written on its way to stdout: it is made as a file. */
export const STDOUT_MAP = join(tmpdir(), `connproof-rows-${process.pid}.npy`)

/** Send the map of rows and take its file away; nothing where none was made. */
export function sendMap(): void {
  try {
    process.stdout.write(readFileSync(STDOUT_MAP))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  rmSync(STDOUT_MAP, { force: true })
}

/**
 * Where text for people goes.
 *
 * @param written by flag: path, or undefined where nothing is asked for
 * @throws InputError if two files, or a file and `--json`, are to go to stdout
 */
export function saidOn(
  terminal: Pick<Terminal, 'out' | 'err'>,
  written: Readonly<Record<string, string | undefined>>,
  json: boolean | undefined,
): (text: string) => void {
  const [first, second] = Object.entries(written).flatMap(([flag, path]) => (path === STDOUT ? [flag] : []))
  if (first === undefined) return terminal.out
  if (second !== undefined || json)
    throw new InputError(`stdout takes one of ${first} and ${second ?? '--json'}`, {
      field: second ?? first,
      hint: 'give a file for the other',
    })
  return terminal.err
}
