/** Job scripts as files that somebody may have edited: what he wrote is never overwritten unasked. */
import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { InputError } from '../errors.ts'
import { writeFileAtomic } from '../formats/atomic-write.ts'
import { makeFolders } from '../formats/make-folder.ts'
import { type JobsFile, writeJobs } from './jobs-file.ts'

export interface ScriptFile {
  readonly file: string
  readonly text: string
  readonly state: 'new' | 'same' | 'edited'
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** @throws InputError for a script that was edited and that other settings would now change */
export function planScripts(
  { scripts }: JobsFile,
  force: boolean | undefined,
  wanted: readonly (readonly [file: string, text: string])[],
): ScriptFile[] {
  return wanted.map(([file, text]) => {
    if (!existsSync(file)) return { file, text, state: 'new' }
    const there = readFileSync(file, 'utf8')
    if (there === text) return { file, text, state: 'same' }
    const written = scripts[basename(file)]
    if (force || written === sha256(there)) return { file, text, state: 'new' }
    // Edited, and what would be written is what was written: the edits are what is wanted.
    if (written === sha256(text)) return { file, text: there, state: 'edited' }
    throw new InputError('was edited, and the campaign file now asks for another script: it is kept', {
      file,
      hint: 'carry the change over by hand, or add --force to overwrite the script',
    })
  })
}

export function writeScripts(scripts: readonly ScriptFile[]): void {
  for (const { file, text, state } of scripts) if (state === 'new') writeFileAtomic(file, text)
}

/** Remember in `file` how these were written, so that edits can be told; what is remembered now. */
export function withScripts(file: string, before: JobsFile, scripts: readonly ScriptFile[]): JobsFile {
  const written = scripts.flatMap(one =>
    one.state === 'edited' ? [] : [[basename(one.file), sha256(one.text)] as const],
  )
  const jobs: JobsFile = { ...before, scripts: { ...before.scripts, ...Object.fromEntries(written) } }
  writeJobs(file, jobs)
  return jobs
}

/** @throws InputError if it cannot be made or written to */
export function makeFolder(folder: string): void {
  makeFolders(folder)
  try {
    accessSync(folder, constants.W_OK)
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    throw new InputError(`cannot be written to (${code})`, {
      file: folder,
      hint: 'job scripts and logs go there: give the campaign another output folder',
      cause,
    })
  }
}
