/** A YAML or JSON file as plain data that remembers its lines. */
import { extname } from 'node:path'
import type { Document, LineCounter, Node } from 'yaml'
import { InputError } from '../errors.ts'
import { type JsonValue, parseJson, readTextFile } from '../formats/json.ts'

/** Steps from the top of a document to a value: keys and list positions. */
export type Path = readonly (string | number)[]

export interface TextDocument {
  readonly file: string
  /** Not checked: whatever the file holds. */
  readonly value: JsonValue
  /** Line (from 1) of the key or list entry at `path`, or of the nearest one around it. */
  lineOf(path: Path): number
}

/** Copies of one anchor; a file that wants more than this many is a trap. */
const MAX_ALIASES = 100

/**
 * Read a file that ends in `.json` as JSON, any other as YAML 1.2 (core schema: `yes` is text, dates are text).
 *
 * @throws InputError with the line, if there is no such file, it cannot be parsed, or a key stands twice
 */
export async function readDocument(file: string): Promise<TextDocument> {
  const text = await readTextFile(file)
  if (extname(file).toLowerCase() === '.json') parseJson(text, file)
  // Lazily: no other verb needs it.
  const { LineCounter, parseDocument } = await import('./yaml.ts')
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [error] = document.errors
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0])
    throw new InputError(error.message, {
      file,
      field: `line ${line}, column ${col}`,
      hint: error.code === 'DUPLICATE_KEY' ? 'keep one of the two' : undefined,
    })
  }
  return { file, value: plain(document, file), lineOf: path => lineOf(document, lines, path) }
}

function plain(document: Document, file: string): JsonValue {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES }) as JsonValue
  } catch (cause) {
    if (!(cause instanceof ReferenceError)) throw cause
    throw new InputError(cause.message, { file, cause })
  }
}

interface Placed {
  readonly key?: { readonly range?: readonly number[] | null } | null
  readonly range?: readonly number[] | null
}

function lineOf(document: Document, lines: LineCounter, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const at = startOf(document, path.slice(0, length))
    if (at !== undefined) return lines.linePos(at).line
  }
  return 1
}

function startOf(document: Document, path: Path): number | undefined {
  const parent = (path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)) as
    | (Node & { items?: unknown[] })
    | undefined
    | null
  const last = path.at(-1)
  const items = (parent?.items ?? []) as (Placed | undefined)[]
  const item =
    typeof last === 'number'
      ? items[last]
      : items.find(pair => (pair?.key as { value?: unknown } | undefined)?.value === last)
  return (item?.key?.range ?? item?.range)?.[0]
}
