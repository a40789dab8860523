/** Which content a file has: enough to notice that it is another one, cheap enough for files of any size. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'

export interface Identity {
  /** Relative to the folder of the lock file where it lies near it, else absolute. */
  readonly path: string
  readonly bytes: number
  /** ISO 8601, UTC. */
  readonly modified: string
  /** Of the whole file, hex; absent for files above {@link DIGEST_BYTES}. */
  readonly sha256?: string | undefined
}

/** Larger files are told apart by size and time alone. */
const DIGEST_BYTES = 64 * 1024 * 1024

/** Identities of files. Those that are not there are left out. */
export async function identify(files: readonly string[], home: string): Promise<Identity[]> {
  const sorted = [...new Set(files)].sort()
  return (await Promise.all(sorted.map(file => identifyFile(file, home)))).filter(one => one !== undefined)
}

/** Paths with folders replaced by all files in them: unconverted edges are several. */
export const withoutFolders = async (paths: readonly string[]): Promise<string[]> =>
  (await Promise.all(paths.map(filesAt))).flat()

async function filesAt(path: string): Promise<string[]> {
  const names = await readdir(path, { withFileTypes: true }).catch(() => undefined)
  return names === undefined
    ? [path]
    : names
        .filter(entry => entry.isFile())
        .map(entry => join(path, entry.name))
        .sort()
}

async function identifyFile(file: string, home: string): Promise<Identity | undefined> {
  const found = await stat(file).catch(() => undefined)
  if (!found?.isFile()) return undefined
  const identity = { path: shortPath(file, home), bytes: found.size, modified: found.mtime.toISOString() }
  return found.size > DIGEST_BYTES ? identity : { ...identity, sha256: await digest(file) }
}

async function digest(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

export type Change = 'missing' | 'changed'

/**
 * What has become of a file. Same size and time: nothing, unless `thorough`, which reads it; another time with the
 * same content: nothing either.
 */
export async function changeOf(
  before: Identity,
  home: string,
  { thorough = false } = {},
): Promise<Change | undefined> {
  const file = resolve(home, before.path)
  const found = await stat(file).catch(() => undefined)
  if (!found?.isFile()) return 'missing'
  if (found.size !== before.bytes) return 'changed'
  const sameTime = found.mtime.toISOString() === before.modified
  if (before.sha256 === undefined) return sameTime ? undefined : 'changed'
  if (sameTime && !thorough) return undefined
  return (await digest(file)) === before.sha256 ? undefined : 'changed'
}

/** Relative within the folder of the lock file and the one above it: a campaign may then be moved as a whole. */
export function shortPath(file: string, home: string): string {
  const near = relative(dirname(home), file)
  const inside = near !== '' && !isAbsolute(near) && near !== '..' && !near.startsWith(`..${sep}`)
  return inside ? relative(home, file) : file
}
