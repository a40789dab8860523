/**
 * Arguments of the public functions, made sure of in one place: JavaScript callers have no types, and a wrong argument
 * must be neither a default, nor an endless run, nor a fault of a file.
 */
import { InputError } from './errors.ts'
import { LEVELS } from './verification/proof.ts'

/** What is expected of an argument, where it is not that; undefined where it is. */
type Rule = (value: unknown) => string | undefined

const expected =
  (what: string, holds: (value: unknown) => boolean): Rule =>
  value =>
    holds(value) ? undefined : what
const whole = (least: number, most = Number.MAX_SAFE_INTEGER): Rule =>
  expected(
    `a whole number ${most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`}`,
    value => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most,
  )
const positive = expected(
  'a number above 0',
  value => typeof value === 'number' && value > 0 && !Number.isNaN(value),
)
const text = expected('a text that is not empty', value => typeof value === 'string' && value !== '')
const flag = expected('true or false', value => typeof value === 'boolean')
const list = expected('a list', Array.isArray)
const call = expected('a function', value => typeof value === 'function')
const object = expected('an object', value => typeof value === 'object' && value !== null)
const oneOf = (...values: readonly unknown[]): Rule =>
  expected(values.join(' or '), value => values.includes(value))

/** By name: the same argument means the same in every function. */
const RULES: Readonly<Record<string, Rule>> = {
  original: object,
  manipulated: list,
  requests: list,
  removed: object,
  added: object,
  population: text,
  manipulatedPopulation: text,
  sourcePopulation: text,
  targetPopulation: text,
  idBase: oneOf(0, 1),
  level: oneOf(...LEVELS),
  allow: list,
  keep: whole(0),
  show: whole(0),
  all: flag,
  connectionsOnly: flag,
  oneProcess: flag,
  force: flag,
  dryRun: flag,
  memory: positive,
  folder: text,
  jobs: whole(1, 256),
  // 0: no such limit, as where somebody says how many threads.
  rowsPerJob: expected('a number of at least 0', value => typeof value === 'number' && value >= 0),
  windowRows: whole(1),
  blockRows: whole(1),
  edgeMaps: list,
  config: text,
  splits: whole(1),
  logs: text,
  mode: oneOf('directed', 'reciprocal'),
  signal: expected(
    'an AbortSignal',
    value =>
      typeof value === 'object' &&
      value !== null &&
      'aborted' in value &&
      'throwIfAborted' in value &&
      'addEventListener' in value,
  ),
  onProgress: call,
}

/**
 * Make sure of the options of a public function, and that nobody wants it stopped already.
 *
 * @param required options that must be there
 * @throws InputError naming the first that is wrong; what the signal was aborted with
 */
export function requireArguments(options: unknown, required: readonly string[] = []): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new InputError(`expected an object with options, found ${shown(options)}`, { field: 'options' })
  const given = new Map(Object.entries(options))
  for (const name of required)
    if (given.get(name) === undefined) throw new InputError('is missing', { field: name })
  for (const [name, value] of given) {
    const wanted = value === undefined ? undefined : RULES[name]?.(value)
    if (wanted !== undefined)
      throw new InputError(`expected ${wanted}, found ${shown(value)}`, { field: name })
  }
  stopIfAborted(options)
}

/** Whoever stopped it gets no answer, however little was left to do. */
export const stopIfAborted = (options: { readonly signal?: AbortSignal | undefined }): void =>
  options.signal?.throwIfAborted()

/** A path, where one is expected. */
export function requirePath(value: unknown, field: string): void {
  const wanted = text(value)
  if (wanted !== undefined) throw new InputError(`expected ${wanted}, found ${shown(value)}`, { field })
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object'
  return typeof value === 'function' ? 'a function' : String(value)
}
