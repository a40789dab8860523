import { existsSync, mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { InputError } from '../errors.ts'

const HINTS: Partial<Record<string, string>> = {
  EDQUOT: 'Your quota is used up; make room or write elsewhere.',
  ENOSPC: 'The disk is full; make room or write elsewhere.',
  ENOTDIR: 'There is a file where a folder is needed.',
}

/**
 * Make a folder and those above it. Node's own way (`recursive`) never comes back where a file system says that a
 * folder is missing which is there, as /proc does.
 *
 * @throws InputError naming the folder that cannot be made
 */
export function makeFolders(folder: string): void {
  const missing: string[] = []
  for (let path = resolve(folder); !existsSync(path); path = dirname(path)) missing.unshift(path)
  for (const path of missing) {
    try {
      mkdirSync(path)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
      // Somebody else was faster.
      if (code === 'EEXIST') continue
      throw new InputError(`the folder cannot be made (${code})`, {
        file: path,
        hint: HINTS[code] ?? 'Check the folder above it and its permissions.',
        cause: error,
      })
    }
  }
}
