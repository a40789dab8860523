/**
 * JSON as Python's json module reads and writes it: `100.0` is a float and stays one, `100` is an int. Needed for
 * files that a Python program compares, hashes or was tested with byte for byte.
 */
import { InputError } from '../errors.ts'
import { parseJson } from './json.ts'

/** A Python float. A plain `number` is an int, a `bigint` an int that doubles do not hold. */
export class PythonFloat {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }
}

export type PythonJson =
  | null
  | boolean
  | number
  | bigint
  | string
  | PythonFloat
  | readonly PythonJson[]
  | PythonObject
export interface PythonObject {
  readonly [key: string]: PythonJson
}

export const isPythonObject = (value: PythonJson | undefined): value is PythonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof PythonFloat)

export const isPythonList = (value: PythonJson | undefined): value is readonly PythonJson[] =>
  Array.isArray(value)

/** The number that an int or a float is; `undefined` for everything else (a bool too). */
export function numberOf(value: PythonJson | undefined): number | undefined {
  if (value instanceof PythonFloat) return value.value
  if (typeof value === 'bigint') return Number(value)
  return typeof value === 'number' ? value : undefined
}

export interface PythonDocument {
  readonly value: PythonJson
  /** Keys that an object has twice (the last one wins), as paths. */
  readonly duplicates: readonly string[]
  /** Line (from 1) of the value at a path (`manip.fcts[0].source`), or of what holds it. */
  lineOf(path: string): number
}

/** Deeper nesting is no configuration. */
const MAX_DEPTH = 200

/** @throws InputError naming `file`, line and column. Python's NaN and Infinity are refused: they are not JSON. */
export function parsePythonJson(text: string, file: string): PythonDocument {
  parseJson(text, file)
  return new Walk(text, file).document()
}

/** Keys as they stood in the text, of objects whose keys JavaScript orders otherwise. */
const ORDER = new WeakMap<PythonObject, readonly string[]>()

/** Entries of an object as `Object.entries` has them, in the order of the text. */
export const entriesOf = (object: PythonObject): (readonly [key: string, value: PythonJson])[] =>
  (ORDER.get(object) ?? Object.keys(object)).map(key => [key, object[key] ?? null] as const)

/** An object that is written in this order. JavaScript puts keys such as "10" first, ascending; Python does not. */
export function inOrder(entries: Iterable<readonly [key: string, value: PythonJson]>): PythonObject {
  const unique = new Map(entries)
  const object = Object.fromEntries(unique)
  if ([...unique.keys()].some(key => /^\d+$/.test(key))) ORDER.set(object, [...unique.keys()])
  return object
}

const TOKEN = /[ \t\n\r]*([{}[\],:]|"(?:[^"\\]|\\.)*"|[^\s{}[\],:"]+)/y

/** Over a text that is known to be JSON. */
class Walk {
  readonly #text: string
  readonly #file: string
  readonly #lines = new Map<string, number>()
  readonly #duplicates: string[] = []
  #at = 0
  #line = 1

  constructor(text: string, file: string) {
    this.#text = text
    this.#file = file
  }

  document(): PythonDocument {
    const value = this.#value(this.#next(), '', 0)
    const lines = this.#lines
    return { value, duplicates: this.#duplicates, lineOf: path => lineOf(path, lines) }
  }

  #next(): string {
    TOKEN.lastIndex = this.#at
    const token = TOKEN.exec(this.#text)?.[1] ?? ''
    for (let k = this.#at; k < TOKEN.lastIndex; k++) if (this.#text.charCodeAt(k) === 10) this.#line++
    this.#at = TOKEN.lastIndex
    return token
  }

  #value(token: string, path: string, depth: number): PythonJson {
    if (depth > MAX_DEPTH)
      throw new InputError(`nested deeper than ${MAX_DEPTH} levels`, { file: this.#file, field: path })
    if (token === '{') return this.#object(path, depth)
    if (token === '[') return this.#list(path, depth)
    return scalar(token)
  }

  #object(path: string, depth: number): PythonObject {
    const entries = new Map<string, PythonJson>()
    for (let token = this.#next(); token !== '}'; token = this.#next()) {
      if (token === ',') continue
      const key = JSON.parse(token) as string
      const inner = path === '' ? key : `${path}.${key}`
      this.#next()
      this.#lines.set(inner, this.#line)
      if (entries.has(key)) this.#duplicates.push(inner)
      entries.set(key, this.#value(this.#next(), inner, depth + 1))
    }
    return inOrder(entries)
  }

  #list(path: string, depth: number): PythonJson[] {
    const items: PythonJson[] = []
    for (let token = this.#next(); token !== ']'; token = this.#next()) {
      if (token === ',') continue
      const inner = `${path}[${items.length}]`
      if (token === '{' || token === '[') this.#lines.set(inner, this.#line)
      items.push(this.#value(token, inner, depth + 1))
    }
    return items
  }
}

function scalar(token: string): PythonJson {
  if (!/^-?\d/.test(token)) return JSON.parse(token) as string | boolean | null
  if (/[.eE]/.test(token)) return new PythonFloat(Number(token))
  const number = Number(token)
  return Number.isSafeInteger(number) ? number : BigInt(token)
}

function lineOf(path: string, lines: ReadonlyMap<string, number>): number {
  for (let at = path; at !== ''; at = at.replace(/(\[\d+\]|(^|\.)[^.[]*)$/, '')) {
    const line = lines.get(at)
    if (line !== undefined) return line
  }
  return 1
}

/**
 * Text as `json.dumps(value, indent=indent)` gives it: ASCII, floats as Python's repr prints them.
 * Numbers that are no integers are floats; an integral float must be a {@link PythonFloat}.
 */
export function dumpPythonJson(value: PythonJson, indent: number): string {
  const write = (item: PythonJson, margin: string): string => {
    const inner = `${margin}${' '.repeat(indent)}`
    if (isPythonList(item)) {
      if (item.length === 0) return '[]'
      return `[\n${item.map(each => `${inner}${write(each, inner)}`).join(',\n')}\n${margin}]`
    }
    if (isPythonObject(item)) {
      const entries = entriesOf(item)
      if (entries.length === 0) return '{}'
      const lines = entries.map(([key, each]) => `${inner}${pythonString(key)}: ${write(each, inner)}`)
      return `{\n${lines.join(',\n')}\n${margin}}`
    }
    if (item instanceof PythonFloat) return pythonFloat(item.value)
    if (typeof item === 'number') return Number.isInteger(item) ? String(BigInt(item)) : pythonFloat(item)
    return typeof item === 'string' ? pythonString(item) : String(item)
  }
  return write(value, '')
}

/** Python's `repr` of a float: shortest digits that read back, an exponent below 1e-4 and from 1e16. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value < 0 ? '-Infinity' : 'Infinity'
  const [digits = '0', exponent = '0'] = value.toExponential().split('e')
  const power = Number(exponent)
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  if (power < -4 || power >= 16)
    return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
  const plain = power < 0 ? fixedSmall(digits, power) : fixedLarge(digits, power)
  return plain.includes('.') ? plain : `${plain}.0`
}

const bare = (digits: string): string => digits.replace('-', '').replace('.', '')
const sign = (digits: string): string => (digits.startsWith('-') ? '-' : '')

const fixedSmall = (digits: string, power: number): string =>
  `${sign(digits)}0.${'0'.repeat(-power - 1)}${bare(digits)}`

function fixedLarge(digits: string, power: number): string {
  const all = bare(digits).padEnd(power + 1, '0')
  const fraction = all.slice(power + 1)
  return `${sign(digits)}${all.slice(0, power + 1)}${fraction === '' ? '' : `.${fraction}`}`
}

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\f': '\\f',
  '\b': '\\b',
}

const pythonString = (text: string): string =>
  `"${text.replace(/[^ !#-[\]-~]/g, c => SHORT[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`
