/**
 * BlueConfig and CircuitConfig: the text configuration of bluepy, Brion and neurodamus.
 *
 * ```
 * Run Default
 * {
 *     CircuitPath /some/folder   # comment
 * }
 * ```
 * Grammar: Brion's documentation of BlueConfig.
 */
import { InputError } from '../errors.ts'
import { readTextFile } from '../formats/json.ts'

export interface ConfigEntry {
  /** The rest of the line, trimmed; may be empty. */
  readonly value: string
  /** From 1. */
  readonly line: number
}

export interface ConfigSection {
  /** `Run`, `Connection`, ... Unknown types are kept. */
  readonly type: string
  readonly name: string
  readonly line: number
  readonly entries: ReadonlyMap<string, ConfigEntry>
}

export interface BlueConfig {
  readonly file: string
  /** In the order of the file. Of two with the same type and name only the first is here, as in Brion. */
  readonly sections: readonly ConfigSection[]
}

/** @throws InputError naming file and line */
export const readBlueConfig = async (file: string): Promise<BlueConfig> =>
  parseBlueConfig(await readTextFile(file), file)

/** @throws InputError naming line, section and key: unfinished or nameless sections, keys that occur twice */
export function parseBlueConfig(text: string, file: string): BlueConfig {
  const sections = new Map<string, ConfigSection>()
  let header: Header | undefined
  let open: (ConfigSection & { entries: Map<string, ConfigEntry> }) | undefined
  const fail = (message: string, line: number, hint?: string): InputError =>
    new InputError(`line ${line}: ${message}`, { file, field: open ? describe(open) : `line ${line}`, hint })
  for (const [k, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const line = k + 1
    const content = raw.replace(/#.*/, '').trim()
    if (content === '') continue
    if (open !== undefined) {
      if (content === '}') {
        const id = `${open.type} ${open.name}`
        if (!sections.has(id)) sections.set(id, open)
        open = undefined
      } else addEntry(open.entries, content, line, fail)
    } else if (header !== undefined) {
      if (content !== '{') throw fail(`expected "{" after ${describe(header)}, found "${content}"`, line)
      open = { ...header, entries: new Map() }
      header = undefined
    } else {
      const parsed = parseHeader(content, line)
      if (parsed === undefined)
        throw fail(`expected a section such as "Run Default", found "${content.slice(0, 60)}"`, line)
      if (parsed.opens) open = { ...parsed.header, entries: new Map() }
      else header = parsed.header
    }
  }
  const unfinished = open ?? header
  if (unfinished !== undefined)
    throw fail(`${describe(unfinished)} has no ${open ? 'closing "}"' : 'body'}`, unfinished.line)
  return { file, sections: [...sections.values()] }
}

/** Whether a text is a BlueConfig: it begins with a section header and a brace. */
export function looksLikeBlueConfig(text: string): boolean {
  const lines = text
    .split(/\r\n|\n|\r/)
    .map(line => line.replace(/#.*/, '').trim())
    .filter(line => line !== '')
  const first = parseHeader(lines[0] ?? '', 1)
  return first !== undefined && (first.opens || lines[1] === '{') && first.header.type !== 'Target'
}

/** The first section of a type. */
export const sectionOf = (config: BlueConfig, type: string): ConfigSection | undefined =>
  config.sections.find(section => section.type === type)

interface Header {
  readonly type: string
  readonly name: string
  readonly line: number
}

/** The brace may stand on the line of the header. */
function parseHeader(content: string, line: number): { header: Header; opens: boolean } | undefined {
  const match = /^([\w-]+)\s+([^\s{}]+)\s*(\{?)$/.exec(content)
  const [, type, name, brace] = match ?? []
  if (type === undefined || name === undefined) return undefined
  return { header: { type, name, line }, opens: brace === '{' }
}

function addEntry(
  entries: Map<string, ConfigEntry>,
  content: string,
  line: number,
  fail: (message: string, line: number, hint?: string) => InputError,
): void {
  const [, key = '', value = ''] = /^(\S+)\s*(.*)$/.exec(content) ?? []
  if (/[{}]/.test(key))
    throw fail(
      `expected a key and its value, found "${content}"`,
      line,
      'Is a closing "}" missing before it?',
    )
  const before = entries.get(key)
  if (before !== undefined)
    throw fail(`the key ${key} occurs twice, first in line ${before.line}`, line, 'Keep one of them.')
  entries.set(key, { value, line })
}

const describe = ({ type, name }: { type: string; name: string }): string => `${type} ${name}`
