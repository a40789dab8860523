/** Several files of one folder that belong together: overwritten whole, or not at all. */

import { createHash } from 'node:crypto'
import { readFileSync, statSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { InputError } from '../errors.ts'
import { AtomicFile } from './atomic-write.ts'
import { makeFolders } from './make-folder.ts'
import { statPath } from './stat-path.ts'

export interface FileContent<Name extends string = string> {
  readonly name: Name
  /** Text is written as UTF-8. */
  readonly content: Uint8Array | string
}

export interface WrittenFile {
  readonly path: string
  /** `removed`: belonged to what was there before, and not to this. */
  readonly change: 'written' | 'unchanged' | 'removed'
  /** Bytes and their digest (hex); of a removed file 0 and none. */
  readonly size: number
  readonly sha256: string | undefined
}

export interface FileSetOptions {
  /** Every name that such a set may have; those that this one does not have are removed. */
  readonly names: readonly string[]
  /** Names of files that only describe the others: that one of them differs makes it no other set. */
  readonly notes?: readonly string[] | undefined
  /** Replace what differs. Without it a file of other content is refused; the same content is left alone. */
  readonly force?: boolean | undefined
  /** Say what would happen, and do nothing. */
  readonly dryRun?: boolean | undefined
}

/**
 * Write `files` into `folder`, made if need be. All of them are written under temporary names first; then the last
 * one of the set is taken away, and all get their names in order. A run that dies in between leaves a set without
 * its last file, never a last file that belongs to another set: put the one that the others are judged by last.
 *
 * @throws InputError if a file of the set is there with other content (without `force`), or cannot be written
 */
export function writeFileSet(
  folder: string,
  files: readonly FileContent[],
  options: FileSetOptions,
): WrittenFile[] {
  const plan = files.map(file => planFile(folder, file))
  const stale = options.names
    .filter(name => !files.some(file => file.name === name))
    .map(name => join(folder, name))
    .filter(path => exists(path))
  const result: WrittenFile[] = [
    ...plan.map(({ path, bytes, change, sha256 }) => ({ path, change, size: bytes.length, sha256 })),
    ...stale.map(path => ({ path, change: 'removed' as const, size: 0, sha256: undefined })),
  ]
  if (options.force !== true)
    refuseOther([...plan.filter(isOther(options.notes)), ...stale.map(path => ({ path }))])
  const pending = plan.filter(({ change }) => change === 'written')
  if (options.dryRun === true || pending.length + stale.length === 0) return result
  makeFolders(folder)
  const opened: AtomicFile[] = []
  try {
    for (const { path, bytes } of pending) {
      const file = new AtomicFile(path)
      opened.push(file)
      file.write(bytes, 0)
      file.sync()
    }
    const last = plan.at(-1)
    for (const path of [...stale, ...(last?.there ? [last.path] : [])]) remove(path)
    for (const [k, file] of opened.entries()) {
      // Without `force` nothing of another content was there: what is there by now, another run has just written.
      if (options.force === true || pending[k]?.there === true) file.commit()
      else file.commitNew()
    }
  } finally {
    for (const file of opened) file.abort()
  }
  return result
}

const isOther =
  (notes: readonly string[] = []) =>
  ({ name, there }: Planned): boolean =>
    there && !notes.includes(name)

interface Planned {
  readonly name: string
  readonly path: string
  readonly bytes: Uint8Array
  readonly sha256: string
  readonly change: 'written' | 'unchanged'
  /** There is a file of other content. */
  readonly there: boolean
}

function planFile(folder: string, { name, content }: FileContent): Planned {
  const path = join(folder, name)
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const same =
    exists(path) && statSync(path).size === bytes.length && Buffer.compare(readFileSync(path), bytes) === 0
  return { name, path, bytes, sha256, change: same ? 'unchanged' : 'written', there: !same && exists(path) }
}

/** @throws InputError for what is there and no file: it would be lost, or in the way */
function exists(path: string): boolean {
  const found = statPath(path)
  if (found === undefined || found.isFile()) return found !== undefined
  throw new InputError('exists and is not a file', { file: path, hint: 'give another folder' })
}

function refuseOther(there: readonly { path: string }[]): void {
  const [first, ...more] = there
  if (first === undefined) return
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`
  throw new InputError(`exists already, from another selection${others}`, {
    file: first.path,
    hint: 'add --force to overwrite all of them, or give another folder',
  })
}

function remove(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    throw new InputError('cannot be removed', { file: path, cause: error })
  }
}
