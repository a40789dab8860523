/** Job scripts as files that somebody may have edited: what he wrote is never overwritten unasked. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { InputError } from '../errors.ts'
import { writeFileAtomic } from '../formats/atomic-write.ts'
import type { JobsFile } from './jobs-file.ts'

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
