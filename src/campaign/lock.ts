/** `connproof.lock.json`: what was done for a campaign, from what, with which result. Written last, and whole. */

import { existsSync, readFileSync, rmSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { InputError, isInputError } from '../errors.ts'
import { createFile, writeFileAtomic } from '../formats/atomic-write.ts'
import { isJsonObject, type JsonObject, type JsonValue, readJsonFile } from '../formats/json.ts'
import { makeFolders } from '../formats/make-folder.ts'
import { hasEnded, runTag } from '../formats/run-tag.ts'
import { statPath } from '../formats/stat-path.ts'
import { VERSION } from '../version.ts'
import type { Identity } from './identity.ts'
import { lockFile } from './lock-file.ts'
import { LOCK_SCHEMA } from './lock-schema.ts'

/** One thing that was done. */
export interface StepRecord {
  /** Version of connproof. */
  readonly tool: string
  /** ISO 8601, UTC. */
  readonly at: string
  /** All that decides the result, but for the files. */
  readonly parameters: JsonObject
  readonly inputs: readonly Identity[]
  readonly outputs: readonly Identity[]
  /** Files that turned out to be read on the way: links lead to them, or only some properties need them. */
  readonly reads?: readonly Identity[] | undefined
  /** Counts and verdicts. */
  readonly result: JsonObject
  /** Of all of the above; version 0.1.0 did not write it. */
  readonly sha256?: string | undefined
}

export interface Registration {
  readonly url: string
  readonly at: string
}

export interface Lock {
  readonly schema: 1
  readonly tool: { readonly name: 'connproof'; readonly version: string }
  /** By `<variant>/selection`, `<variant>/config`, `<variant>/proof`, and `targets`. */
  readonly steps: Readonly<Record<string, StepRecord>>
  /** By full name. */
  readonly registrations: Readonly<Record<string, Registration>>
}

const EMPTY: Lock = { schema: 1, tool: { name: 'connproof', version: VERSION }, steps: {}, registrations: {} }

/** The lock of a campaign that writes to `output`; an empty one where there is none yet. InputError if it is damaged. */
export async function readLock(output: string): Promise<Lock> {
  const file = lockFile(output)
  if ((await stat(file).catch(() => undefined)) === undefined) return EMPTY
  const value = await readJsonFile(file)
  const damage = isJsonObject(value) && value.schema !== 1 ? `schema ${value.schema}` : await damageOf(value)
  if (damage === undefined) return value as unknown as Lock
  throw new InputError(`expected the lock file of a campaign, found ${damage}`, {
    file,
    hint: isNewer(value)
      ? 'it is of a newer connproof: use that one'
      : 'remove it: everything is then done and proven anew (registrations are kept in it)',
  })
}

const isNewer = (value: JsonValue): boolean =>
  isJsonObject(value) && typeof value.schema === 'number' && value.schema > EMPTY.schema

async function damageOf(value: unknown): Promise<string | undefined> {
  const { Ajv } = await import('./ajv.ts')
  const check = new Ajv({ strict: false }).compile(LOCK_SCHEMA)
  if (check(value)) return undefined
  const [error] = check.errors ?? []
  return `${error?.instancePath || 'the whole file'}: ${error?.message}`
}

export function writeLock(output: string, lock: Lock): void {
  makeFolders(output)
  const sorted = { ...lock, tool: EMPTY.tool, steps: byKey(lock.steps) }
  writeFileAtomic(lockFile(output), `${JSON.stringify(sorted, undefined, 2)}\n`)
}

const byKey = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))

/**
 * Run `work` while no other process works on the same campaign. `owner` says who we are, for the other one's message.
 *
 * @param patience milliseconds to wait for another one to end; default 0
 * @throws InputError if another one does
 */
export async function alone<T>(
  output: string,
  owner: string,
  work: () => Promise<T>,
  patience = 0,
): Promise<T> {
  const file = `${lockFile(output)}.busy`
  makeFolders(output)
  const until = performance.now() + patience
  for (let busy = take(file, owner); busy !== undefined; busy = take(file, owner)) {
    if (performance.now() >= until) throw busy
    await setTimeout(LOOK_AGAIN)
  }
  try {
    return await work()
  } finally {
    // Somebody may have removed it, and another one taken it since.
    if (ownerOf(file) === owner) rmSync(file, { force: true })
  }
}

/** Milliseconds. */
const LOOK_AGAIN = 50

/** Undefined, or that another one has it. */
function take(file: string, owner: string): InputError | undefined {
  try {
    // Whole or not at all: on a full disk there would be an empty file, and nobody to remove it.
    createFile(file, `${owner}\n${runTag()}\n`)
    return undefined
  } catch (error) {
    if (!isInputError(error) || !existsSync(file)) throw error
    if (isLeft(file)) {
      rmSync(file, { force: true })
      return take(file, owner)
    }
    return new InputError(
      `another connproof works on this campaign: ${ownerOf(file) ?? 'it has just ended'}`,
      {
        file,
        hint: 'wait for it; if it is gone, remove this file',
        cause: error,
      },
    )
  }
}

/** Older than this, an empty file is of a run that could not write into it: of version 0.1.0, on a full disk. */
const WRITING = 10_000

const isLeft = (file: string): boolean => {
  const found = statPath(file)
  if (found === undefined) return false
  const [, tag = ''] = linesOf(file)
  return hasEnded(tag) || (found.size === 0 && Date.now() - found.mtimeMs > WRITING)
}

const ownerOf = (file: string): string | undefined => linesOf(file)[0]

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').trim().split('\n')
  } catch {
    return []
  }
}
