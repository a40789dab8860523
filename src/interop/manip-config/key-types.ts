/** Types that arguments of an operation can have: each reads one value, or says why it is none. */
import { isPythonList, isPythonObject, numberOf, type PythonJson } from '../../formats/python-json.ts'
import { describeValue, type Findings } from './diagnostics.ts'
import { type Day, describeDay, type Window } from './versions.ts'

/** Where a value stands, and who hears about it. */
export interface Spot {
  readonly path: string
  readonly findings: Findings
  /** Selections mean other things in the old generation. */
  readonly generation: 'A' | 'B'
}

/** Reads a value; `undefined` after an error was reported. */
export interface KeyType<T> {
  readonly expected: string
  read(value: PythonJson, at: Spot): T | undefined
}

/** One argument: its name in the file, its type, and in which versions it exists. */
export interface Key<T, Absent> {
  readonly name: string
  readonly type: KeyType<T>
  /** What the operation uses where the key is absent. */
  readonly absent: Absent
  readonly required: boolean
  /** Stands in `model_config` in generation B. */
  readonly model: boolean
  /** A Python float: written with a decimal point. */
  readonly float: boolean
  /** Versions that know the key; absent: all that know the operation. */
  readonly windows?: readonly Window[]
  /** Versions that know a value of it. */
  readonly values?: Readonly<Record<string, readonly Window[]>>
  /** What generation A called it (a path there). */
  readonly oldName?: string
}

interface KeyOptions {
  readonly windows?: readonly Window[]
  readonly values?: Readonly<Record<string, readonly Window[]>>
}

export const key = <T, D extends T | undefined>(
  name: string,
  type: KeyType<T>,
  absent: D,
  options: KeyOptions = {},
): Key<T, D> => ({ name, type, absent, required: false, model: false, float: isFloat(type), ...options })

/** `never` as the absent value: what is read has the key, or it is refused. */
export const required = <T>(name: string, type: KeyType<T>, options: KeyOptions = {}): Key<T, never> => ({
  name,
  type,
  absent: undefined as never,
  required: true,
  model: false,
  float: isFloat(type),
  ...options,
})

/** A model specification in `model_config`; `oldName` is the path that generation A had instead. */
export const model = (
  name: string,
  oldName?: string,
  options: KeyOptions = {},
): Key<ModelSpec, undefined> => ({
  name,
  type: modelSpec,
  absent: undefined,
  required: false,
  model: true,
  float: false,
  ...(oldName === undefined ? {} : { oldName }),
  ...options,
})

const isFloat = (type: KeyType<unknown>): boolean => type === percent || type === number

export type ModelSpec =
  | { readonly file: string }
  | { readonly model: string; readonly parameters: Readonly<Record<string, PythonJson>> }

export function wrongType(value: PythonJson | undefined, expected: string, at: Spot): undefined {
  at.findings.error('key.type', at.path, `expected ${expected}, found ${describeValue(value)}`)
  return undefined
}

const typed = <T>(expected: string, read: (value: PythonJson, at: Spot) => T | undefined): KeyType<T> => ({
  expected,
  read: (value, at) => read(value, at) ?? wrongType(value, expected, at),
})

export const text = typed('a text', value => (typeof value === 'string' ? value : undefined))
export const flag = typed('true or false', value => (typeof value === 'boolean' ? value : undefined))
export const number = typed('a number', numberOf)

export const percent: KeyType<number> = {
  expected: 'a number from 0 to 100',
  read(value, at) {
    const read = numberOf(value)
    if (read === undefined) return wrongType(value, this.expected, at)
    if (read >= 0 && read <= 100) return read
    const hint = read > 0 && read < 1 ? 'It is a percentage, not a fraction.' : undefined
    at.findings.error('key.range', at.path, `expected a number from 0 to 100, found ${read}`, hint)
    return undefined
  },
}

/** Python's ints only: `1.0` is a float there. Safe integers of at least `least`. */
export const integer = (least: number): KeyType<number> => ({
  expected: `an int from ${least}, written without a decimal point`,
  read(value, at) {
    if (typeof value !== 'number' || !Number.isInteger(value)) return wrongType(value, this.expected, at)
    if (value >= least) return value
    at.findings.error('key.range', at.path, `expected ${this.expected}, found ${value}`)
    return undefined
  },
})

/** A bound on a count: the package compares only, so that a float will do. */
export const atLeastOne: KeyType<number> = {
  expected: 'a number from 1',
  read(value, at) {
    const read = numberOf(value)
    if (read === undefined) return wrongType(value, this.expected, at)
    if (read >= 1) return read
    at.findings.error('key.range', at.path, `expected ${this.expected}, found ${read}`)
    return undefined
  },
}

/** One of `values`; retired names say what they are called now. */
export const oneOf = <const V extends string>(
  values: readonly V[],
  retired: Readonly<Record<string, { readonly now: V; readonly day: Day }>> = {},
): KeyType<V> => ({
  expected: `one of ${values.join(', ')}`,
  read(value, at) {
    if (typeof value !== 'string') return wrongType(value, this.expected, at)
    const known = values.find(candidate => candidate === value)
    if (known !== undefined) return known
    const renamed = retired[value]
    if (renamed !== undefined) {
      if (at.generation === 'B')
        at.findings.warning(
          'key.renamed',
          at.path,
          `"${value}" is called "${renamed.now}" since ${describeDay(renamed.day)}; versions from then on stop at it`,
        )
      return renamed.now
    }
    at.findings.error('key.value', at.path, `expected ${this.expected}, found "${value}"`)
    return undefined
  },
})

export const textOrPair = typed('a path, or a list of two', (value): readonly string[] | undefined => {
  if (typeof value === 'string') return [value]
  if (!isPythonList(value) || value.length !== 2) return undefined
  const texts = value.filter(item => typeof item === 'string')
  return texts.length === 2 ? texts : undefined
})

const modelSpec: KeyType<ModelSpec> = {
  expected: 'an object with "file", or with "model" and its parameters',
  read(value, at) {
    // A path is what generation A had.
    if (typeof value === 'string' && at.generation === 'A') return { file: value }
    if (!isPythonObject(value)) return wrongType(value, this.expected, at)
    const { file, model: name, ...parameters } = value
    if (typeof file === 'string') {
      if (Object.keys(value).length === 1) return { file }
      at.findings.error(
        'key.conflict',
        at.path,
        'beside "file" nothing else may stand in a model specification',
      )
      return undefined
    }
    if (typeof name === 'string') return { model: name, parameters }
    return wrongType(value, this.expected, at)
  },
}
