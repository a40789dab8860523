/** What a file is, under whatever name or link. */
import { statSync } from 'node:fs'

/** The same of two names of one file; undefined where there is none, or none that can be reached. */
export function fileKey(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true })
    return `${dev}:${ino}`
  } catch {
    return undefined
  }
}
