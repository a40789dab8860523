/** Is a file a campaign? Verbs that take circuits or lists too must tell them apart. */
import { stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { isJsonObject, readJsonFile } from '../formats/json.ts'

/** YAML is always one; JSON if it has `manipulations`. Not reading what is large, missing or no file. */
export async function isCampaignFile(path: string): Promise<boolean> {
  const extension = extname(path).toLowerCase()
  if (extension === '.yaml' || extension === '.yml') return true
  if (extension !== '.json' || !(await stat(path).catch(() => undefined))?.isFile()) return false
  const value = await readJsonFile(path).catch(() => undefined)
  return isJsonObject(value) && value.manipulations !== undefined
}
