/** For files that are not there: what may have been meant. */
import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { nearestName } from '../errors.ts'

/** The path that is there and nearest to one that is not: another name in its folder, or the same in one like it. */
export function nearestPath(path: string): string | undefined {
  const folder = dirname(path)
  if (existsSync(folder)) return nearestIn(folder, basename(path))
  const other = folder === path ? undefined : nearestPath(folder)
  if (other === undefined) return undefined
  const there = join(other, basename(path))
  return existsSync(there) ? there : nearestIn(other, basename(path))
}

function nearestIn(folder: string, name: string): string | undefined {
  try {
    const near = nearestName(name, readdirSync(folder))
    return near === undefined ? undefined : join(folder, near)
  } catch {
    // Not a folder, or not to be read.
    return undefined
  }
}

/** `did you mean PATH?`, as a hint. */
export function didYouMean(path: string): string | undefined {
  const near = nearestPath(path)
  return near === undefined ? undefined : `did you mean ${near}?`
}
