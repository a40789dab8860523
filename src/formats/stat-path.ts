import { type Stats, statSync } from 'node:fs'

/**
 * What is at a path; undefined where nothing can be: not there, below a file, a name that is too long, links in a
 * circle, a folder that is closed. Who opens or writes it then says which.
 */
export function statPath(path: string): Stats | undefined {
  try {
    return statSync(path)
  } catch {
    return undefined
  }
}
