/** Which files a proof is of. */
import { createHash } from 'node:crypto'
import { createReadStream, type Stats } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { FileRead } from './connectome/circuit.ts'
import { InputError } from './errors.ts'
import type { InputIdentity } from './verification/proof.ts'

/** Size and time of files, each with its role; those that are not there are left out. */
export async function identify(
  files: readonly (readonly [InputIdentity['role'], string])[],
): Promise<InputIdentity[]> {
  const identities = await Promise.all(
    files.map(async ([role, file]) => {
      const parts = await filesAt(file)
      if (parts.length === 0) return undefined
      const bytes = parts.reduce((all, { facts }) => all + facts.size, 0)
      const modified = new Date(Math.max(...parts.map(({ facts }) => facts.mtimeMs))).toISOString()
      return { role, file, bytes, modified }
    }),
  )
  return identities.filter(identity => identity !== undefined)
}

/**
 * The first of these files that is not any more what it was before it was read: then nobody knows of which of the two
 * an answer is.
 */
export async function changedSinceRead(before: readonly InputIdentity[]): Promise<InputIdentity | undefined> {
  const now = await identify(before.map(({ role, file }) => [role, file] as const))
  return before.find(
    ({ role, file, bytes, modified }, k) =>
      JSON.stringify({ role, file, bytes, modified }) !== JSON.stringify(now[k]),
  )
}

/** What is said of such a file by every verb. */
export const CHANGED = {
  message: 'was changed while it was read',
  hint: 'run the same command again',
} as const

/** @throws InputError if one of these files was changed since it was opened */
export async function refuseChanged(reads: readonly FileRead[] = []): Promise<void> {
  const changed = await changedSinceRead(reads.map(read => ({ role: 'original', ...read })))
  if (changed !== undefined) throw new InputError(CHANGED.message, { file: changed.file, hint: CHANGED.hint })
}

/** With the sha256 of each, for which all of it is read, one file after the other. */
export async function withDigests(inputs: readonly InputIdentity[]): Promise<InputIdentity[]> {
  const digested: InputIdentity[] = []
  for (const input of inputs) {
    const parts = await filesAt(input.file)
    digested.push(parts.length === 0 ? input : { ...input, sha256: await sha256Of(parts) })
  }
  return digested
}

interface Part {
  readonly path: string
  /** In its folder; empty where it is the file that was named. */
  readonly name: string
  readonly facts: Stats
}

/** The file, or all files in the folder: unconverted edges are several. */
async function filesAt(path: string): Promise<Part[]> {
  const names = await readdir(path).catch(() => [''])
  const found = await Promise.all(
    names.sort().map(async name => {
      const part = join(path, name)
      return { path: part, name, facts: await stat(part).catch(() => undefined) }
    }),
  )
  return found.flatMap(({ facts, ...rest }) => (facts?.isFile() ? [{ ...rest, facts }] : []))
}

async function sha256Of(parts: readonly Part[]): Promise<string> {
  const [first] = parts
  if (first?.name === '') return digestOf(first.path)
  const lines: string[] = []
  for (const { path, name } of parts) lines.push(`${await digestOf(path)}  ${name}\n`)
  return createHash('sha256').update(lines.join('')).digest('hex')
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
