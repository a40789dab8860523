/** Whether two paths lead to the same: one file or folder, or two with the same in them. */
import { type FileHandle, open, readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isInputError } from '../errors.ts'
import { FilesRead } from '../formats/files-read.ts'
import { openHdf5 } from '../formats/hdf5/open.ts'
import { readJsonFile } from '../formats/json.ts'
import { sniff } from '../formats/sniff.ts'
import type { ReadsOfBoth } from './full-checks.ts'
import { leadsElsewhere } from './leads-elsewhere.ts'
import { compareTrees } from './same-tree.ts'

export type PathComparison =
  | { readonly result: 'same' }
  | { readonly result: 'differs' | 'unknown'; readonly what: string }

const SAME: PathComparison = { result: 'same' }
/** Read at a time of each of two files. */
const PIECE_BYTES = 2 ** 20

/**
 * Compare what is at two paths: files byte by byte (else JSON and HDF5 by what they hold), folders with all below them,
 * links followed. `unknown`: what is not on this machine, or may not be read.
 *
 * @param reads where the files of each are noted before they are read, those below a folder one by one; a file that both
 *   have is not read
 */
export async function comparePaths(
  a: string,
  b: string,
  reads: ReadsOfBoth = [new FilesRead(), new FilesRead()],
): Promise<PathComparison> {
  return new PathWalk(reads).compare(a, b)
}

/** Links followed. */
export async function isSameFile(a: string, b: string): Promise<boolean> {
  if (a === b) return true
  const real = (path: string): Promise<string | undefined> => realpath(path).catch(() => undefined)
  const [x, y] = [await real(a), await real(b)]
  return x !== undefined && x === y
}

class PathWalk {
  readonly #reads: ReadsOfBoth
  /** Pairs of folders on the way: links may lead back. */
  readonly #seen = new Set<string>()

  constructor(reads: ReadsOfBoth) {
    this.#reads = reads
  }

  async compare(a: string, b: string): Promise<PathComparison> {
    try {
      return await this.#compare(a, b)
    } catch (error) {
      if (isInputError(error)) return { result: 'unknown', what: `${error.file ?? b}: ${error.message}` }
      if (error instanceof Error && 'code' in error)
        return { result: 'unknown', what: `${b} cannot be read (${String(error.code)})` }
      throw error
    }
  }

  async #compare(a: string, b: string): Promise<PathComparison> {
    if (await isSameFile(a, b)) return SAME
    const [one, other] = [await stat(a).catch(absent), await stat(b).catch(absent)]
    if (one === undefined) return { result: 'unknown', what: `${a} is not on this machine` }
    if (other === undefined) return { result: 'differs', what: `${b}, which does not exist` }
    if (one.isDirectory() && other.isDirectory()) return this.#folders(a, b)
    if (!one.isFile() || !other.isFile())
      return one.isFile() || other.isFile() || one.isDirectory() || other.isDirectory()
        ? { result: 'differs', what: `${b}, which is something else than ${a}` }
        : { result: 'unknown', what: `${b} is neither file nor folder` }
    this.#reads[0].note(a, one)
    this.#reads[1].note(b, other)
    if (one.size === other.size && (await isEqualFile(a, b))) return SAME
    return differentFiles(a, b, this.#reads)
  }

  async #folders(a: string, b: string): Promise<PathComparison> {
    const pair = `${await realpath(a)}\n${await realpath(b)}`
    if (this.#seen.has(pair)) return SAME
    this.#seen.add(pair)
    const [here, there] = [await readdir(a), await readdir(b)]
    const inB = new Set(there)
    const lost = here.find(name => !inB.has(name))
    if (lost !== undefined) return { result: 'differs', what: `${join(b, lost)}, which does not exist` }
    const inA = new Set(here)
    const added = there.find(name => !inA.has(name))
    if (added !== undefined) return { result: 'differs', what: `${join(b, added)}, which ${a} does not have` }
    let unknown: PathComparison | undefined
    for (const name of here.sort()) {
      const found = await this.compare(join(a, name), join(b, name))
      if (found.result === 'differs') return found
      if (found.result === 'unknown') unknown ??= found
    }
    return unknown ?? SAME
  }
}

/** Nothing there is an answer; anything else that hinders is none. */
function absent(error: unknown): undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
  throw error
}

/** What no reader can open is what its bytes are. */
function unopened(error: unknown): boolean {
  if (isInputError(error)) return false
  throw error
}

/** One file, or two of the same bytes that need no others: equal HDF5 files may lead to others, each beside itself. */
export const isEqualFile = async (a: string, b: string): Promise<boolean> =>
  (await isSameFile(a, b)) ||
  ((await sameBytes(a, b)) && !((await sniff(a)) === 'hdf5' && (await leadsElsewhere(a).catch(unopened))))

/** Whether two files hold the same bytes, a piece of each at a time. */
export async function sameBytes(a: string, b: string): Promise<boolean> {
  const one = await open(a, 'r')
  try {
    const other = await open(b, 'r')
    try {
      const [x, y] = [Buffer.alloc(PIECE_BYTES), Buffer.alloc(PIECE_BYTES)]
      for (;;) {
        const [here, there] = [await fill(one, x), await fill(other, y)]
        if (here !== there || x.compare(y, 0, there, 0, here) !== 0) return false
        if (here < PIECE_BYTES) return true
      }
    } finally {
      await other.close()
    }
  } finally {
    await one.close()
  }
}

async function fill(file: FileHandle, into: Buffer): Promise<number> {
  let length = 0
  while (length < into.length) {
    const { bytesRead } = await file.read(into, length, into.length - length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return length
}

/** Other bytes may say the same, where it is known how to read them. */
async function differentFiles(
  a: string,
  b: string,
  [reads, readsAfter]: ReadsOfBoth,
): Promise<PathComparison> {
  const differs = { result: 'differs', what: `${b}, which holds something else than ${a}` } as const
  const [x, y] = [await sniff(a), await sniff(b)]
  if (x === 'json' && y === 'json') return (await sameJson(a, b)) ? SAME : differs
  if (x !== 'hdf5' || y !== 'hdf5') return differs
  const one = await openHdf5(a, reads)
  try {
    const other = await openHdf5(b, readsAfter)
    try {
      const { differences, unchecked } = await compareTrees(one, other, '')
      const [first] = differences
      if (first !== undefined) return { result: 'differs', what: `${b}: ${first.path} ${first.what}` }
      return unchecked.length === 0 ? SAME : { result: 'unknown', what: `${b}: ${unchecked.join(', ')}` }
    } finally {
      other.close()
    }
  } finally {
    one.close()
  }
}

async function sameJson(a: string, b: string): Promise<boolean> {
  try {
    return canonical(await readJsonFile(a)) === canonical(await readJsonFile(b))
  } catch (error) {
    if (isInputError(error)) return false
    throw error
  }
}

/** The order of keys says nothing. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) =>
    one !== null && typeof one === 'object' && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  ) ?? ''
