/** JSON files as data from outside: read with a limit, parsed strictly, errors with line and column. */
import { InputError } from '../errors.ts'
import { InputFile } from './input-file.ts'

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject
export interface JsonObject {
  readonly [key: string]: JsonValue
}

/** A JSON text above this is not a configuration; V8 cannot hold strings much longer either. */
const MAX_TEXT_BYTES = 256 * 1024 * 1024

/**
 * Text of a UTF-8 file without its byte order mark.
 *
 * @throws InputError if there is no such file, it is not a regular file, above 256 MiB or not UTF-8.
 */
export async function readTextFile(path: string): Promise<string> {
  const file = await InputFile.open(path)
  try {
    if (file.size > MAX_TEXT_BYTES)
      throw new InputError(`${file.size} bytes; at most ${MAX_TEXT_BYTES} are read as text`, { file: path })
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.read(0, file.size))
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause
    throw new InputError('expected UTF-8 text', { file: path, cause })
  } finally {
    await file.close()
  }
}

/** Parse a JSON file. @throws InputError naming file, line and column. */
export const readJsonFile = async (file: string): Promise<JsonValue> =>
  parseJson(await readTextFile(file), file)

/**
 * Parse JSON (RFC 8259: no comments, no trailing commas). Of duplicate keys the last one wins. Numbers are
 * doubles: callers must refuse integers that are not safe.
 *
 * @throws InputError naming `file`, line and column (both from 1).
 */
export function parseJson(text: string, file: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue
  } catch (cause) {
    const offset = jsonErrorOffset(text)
    const before = text.slice(0, offset).split('\n')
    const where = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`
    const comment = /^\/[/*]/.test(text.slice(offset, offset + 2))
    throw new InputError(`not valid JSON at ${where}: found ${describe(text, offset)}`, {
      file,
      field: where,
      hint: comment ? 'JSON has no comments; remove them.' : undefined,
      cause,
    })
  }
}

export const isJsonObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isJsonArray = (value: JsonValue | undefined): value is readonly JsonValue[] =>
  Array.isArray(value)

/** What a value is, for messages: `an object`, `a number`, `nothing`. */
export function jsonKind(value: JsonValue | undefined): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (isJsonArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

function describe(text: string, offset: number): string {
  if (offset >= text.length) return 'the end of the file'
  return JSON.stringify(text.slice(offset, offset + 12).split('\n')[0])
}

const TOKEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON text may not hold them unescaped
  /[ \t\n\r]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null))/y

/**
 * Where `text` stops being JSON: the start of the first token that does not fit. Needed because V8 gives the
 * position only for some of its messages. Runs only after JSON.parse has failed.
 */
function jsonErrorOffset(text: string): number {
  const open: string[] = []
  let expect: 'value' | 'key' | 'colon' | 'separator' | 'end' = 'value'
  let justOpened = false
  let at = 0
  for (;;) {
    const start = at + (/^[ \t\n\r]*/.exec(text.slice(at, at + 4096))?.[0].length ?? 0)
    TOKEN.lastIndex = at
    const match = TOKEN.exec(text)
    if (!match) return start
    const [, punctuation, string] = match
    const closes = (punctuation === '}' || punctuation === ']') && punctuation === open.at(-1)
    const afterValue = (): typeof expect => (open.length > 0 ? 'separator' : 'end')
    if (closes && (expect === 'separator' || justOpened)) {
      open.pop()
      expect = afterValue()
      justOpened = false
    } else if (expect === 'value' && (punctuation === '{' || punctuation === '[')) {
      open.push(punctuation === '{' ? '}' : ']')
      expect = punctuation === '{' ? 'key' : 'value'
      justOpened = true
    } else {
      if (expect === 'value' && punctuation === undefined) expect = afterValue()
      else if (expect === 'key' && string !== undefined) expect = 'colon'
      else if (expect === 'colon' && punctuation === ':') expect = 'value'
      else if (expect === 'separator' && punctuation === ',') expect = open.at(-1) === '}' ? 'key' : 'value'
      else return start
      justOpened = false
    }
    at = TOKEN.lastIndex
  }
}
