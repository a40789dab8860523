/** Files that a campaign names and that must be there. */
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { nearestName } from '../errors.ts'
import type { JsonValue } from '../formats/json.ts'
import type { Path, TextDocument } from './document.ts'
import { refuse } from './validate.ts'

/**
 * Absolute path of the file that the document names at `path`.
 *
 * @throws InputError with the line and the nearest name in its folder, if it is not there
 */
export async function requireFile(
  document: TextDocument,
  path: Path,
  folder: string,
  what: 'file' | 'file or folder',
): Promise<string> {
  const written = String(valueAt(document.value, path))
  const file = resolve(folder, written)
  const found = await stat(file).catch(() => undefined)
  if (found?.isFile() || (what === 'file or folder' && found?.isDirectory())) return file
  if (found !== undefined) return refuse(document, path, `expected a file, found something else: ${written}`)
  const near = nearestName(basename(file), await readdir(dirname(file)).catch(() => []))
  return refuse(
    document,
    path,
    `no such file: ${written}`,
    near === undefined ? `looked for ${file}` : `did you mean "${near}"?`,
  )
}

const valueAt = (value: JsonValue, path: Path): JsonValue | undefined =>
  path.reduce<JsonValue | undefined>(
    (inner, step) => (inner as Record<string | number, JsonValue> | undefined)?.[step],
    value,
  )
