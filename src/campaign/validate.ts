/** A campaign file against its schema: the first fault by line, with the nearest name that would have fitted. */
import type { ErrorObject } from 'ajv'
import { InputError, type InputErrorDetails, nearestName } from '../errors.ts'
import { type JsonValue, jsonKind } from '../formats/json.ts'
import type { Path, TextDocument } from './document.ts'

/** Throw an error that names file, line and key. */
export function refuse(document: TextDocument, path: Path, message: string, hint?: string): never {
  throw faultAt(document, path, message, { hint })
}

export function faultAt(
  { file, lineOf }: TextDocument,
  path: Path,
  message: string,
  details: InputErrorDetails = {},
): InputError {
  return new InputError(message, { ...details, file, field: `line ${lineOf(path)}, ${written(path)}` })
}

/** `manipulations[2].seed`. */
export const written = (path: Path): string =>
  path.length === 0
    ? 'the whole file'
    : path.map((step, k) => (typeof step === 'number' ? `[${step}]` : k === 0 ? step : `.${step}`)).join('')

/**
 * @param schema JSON Schema, draft-07
 * @throws InputError for the first fault in the file: unknown keys before what may follow from them
 */
export async function validate(document: TextDocument, schema: object): Promise<void> {
  // Lazily: building a validator takes longer than most runs.
  const { Ajv } = await import('./ajv.ts')
  const check = new Ajv({ allErrors: true, verbose: true, strict: false }).compile(schema)
  if (check(document.value)) return
  const faults = telling(check.errors ?? []).map(error => describe(document, error))
  const first = faults.sort((a, b) => a.rank - b.rank || a.line - b.line)[0]
  if (first === undefined) return
  throw faultAt(document, first.path, first.message, { hint: first.hint })
}

interface Fault {
  readonly path: Path
  readonly line: number
  /** Lower: rather the cause than a consequence. */
  readonly rank: number
  readonly message: string
  readonly hint?: string | undefined
}

const RANKS: Readonly<Record<string, number>> = { additionalProperties: 0, required: 2 }

/** Of several allowed forms: what is wrong inside the one that was meant, or else only that none was. */
function telling(errors: readonly ErrorObject[]): ErrorObject[] {
  const dropped = new Set<ErrorObject>()
  for (const any of errors.filter(error => error.keyword === 'anyOf')) {
    const within = errors.filter(error => error.schemaPath.startsWith(`${any.schemaPath}/`))
    const shallow = within.filter(
      error => error.instancePath === any.instancePath && ['type', 'const', 'enum'].includes(error.keyword),
    )
    for (const error of within.length > shallow.length ? [any, ...shallow] : within) dropped.add(error)
  }
  return errors.filter(error => !dropped.has(error))
}

function describe(document: TextDocument, error: ErrorObject): Fault {
  const at = error.instancePath.split('/').slice(1).map(step)
  const path = error.keyword === 'additionalProperties' ? [...at, error.params.additionalProperty] : at
  const words = sentence(error, path)
  return { path, line: document.lineOf(path), rank: RANKS[error.keyword] ?? 1, ...words }
}

function step(pointer: string): string | number {
  const text = pointer.replaceAll('~1', '/').replaceAll('~0', '~')
  return /^\d+$/.test(text) ? Number(text) : text
}

function sentence(error: ErrorObject, path: Path): Pick<Fault, 'message' | 'hint'> {
  const { params, parentSchema } = error
  const found = error.data as JsonValue
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownKey(String(path.at(-1)), Object.keys(parentSchema?.properties ?? {}))
    case 'required':
      return { message: `the key "${params.missingProperty}" is missing` }
    case 'type':
      return { message: `expected ${kinds(params.type)}, found ${jsonKind(found)}${shown(found)}` }
    case 'enum':
    case 'const': {
      const allowed: unknown[] = error.keyword === 'enum' ? params.allowedValues : [params.allowedValue]
      return {
        message: `expected ${allowed.join(' or ')}, found ${JSON.stringify(found)}`,
        hint: suggestion(String(found), allowed.map(String)),
      }
    }
    case 'pattern':
      return {
        message: `${JSON.stringify(found)} cannot be used here`,
        hint: parentSchema?.description,
      }
    case 'minimum':
    case 'maximum':
      return { message: `expected a number ${params.comparison} ${params.limit}, found ${found}` }
    case 'anyOf':
      return {
        message: `expected ${formsOf(parentSchema?.anyOf)}, found ${jsonKind(found)}${shown(found)}`,
        hint: parentSchema?.description,
      }
    case 'minItems':
      return { message: params.limit === 1 ? 'must not be empty' : `expected ${params.limit} entries` }
    case 'maxItems':
    case 'maxProperties':
      return { message: `expected ${params.limit}` }
    case 'minLength':
    case 'minProperties':
      return { message: 'must not be empty' }
    default:
      return { message: error.message ?? 'does not fit', hint: parentSchema?.description }
  }
}

/** Said whenever the notebook's own word is used. */
const BARE_AMOUNT =
  'a bare amount is refused: to the notebook 1 means one connection and 1.0 means all of them'

function unknownKey(key: string, known: readonly string[]): Pick<Fault, 'message' | 'hint'> {
  if (key === 'amount' && known.includes('count'))
    return { message: BARE_AMOUNT, hint: 'write count: 100, fraction: 0.1 or all: true' }
  return {
    message: `unknown key "${key}"`,
    hint: suggestion(key, known) ?? `known here: ${known.join(', ')}`,
  }
}

const suggestion = (name: string, known: readonly string[]): string | undefined => {
  const nearest = nearestName(name, known)
  return nearest === undefined ? undefined : `did you mean "${nearest}"?`
}

const kinds = (types: string | readonly string[]): string =>
  [types]
    .flat()
    .map(type => WORDS[type] ?? type)
    .join(' or ')

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  object: 'an object',
  array: 'a list',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
}

const shown = (value: JsonValue): string =>
  typeof value === 'string' || typeof value === 'number' ? ` (${JSON.stringify(value)})` : ''

const formsOf = (forms: readonly { type?: string; const?: string }[] | undefined): string =>
  (forms ?? []).map(form => form.const ?? kinds(form.type ?? '')).join(' or ')
