/**
 * Arguments of the public functions, made sure of in one place: JavaScript callers have no types, and a wrong argument
 * must be neither a default, nor an endless run, nor a fault of a file.
 */
import {
  anyText,
  both,
  call,
  either,
  expected,
  flag,
  ids,
  listOf,
  notNegative,
  objectOf,
  oneOf,
  positive,
  type Rule,
  sameLength,
  shown,
  text,
  whole,
} from './argument-rules.ts'
import { InputError } from './errors.ts'
import { LEVELS } from './verification/proof.ts'

const circuit = objectOf('a circuit, as openCircuit gives it', {
  file: text,
  edgePopulation: call,
  edgePopulations: call,
  select: call,
})
const maskIds = objectOf('ids beside a mask', { file: text, ids })
const mask = both(
  objectOf(
    'a mask, as readMask gives it',
    {
      file: text,
      rows: whole(0),
      columns: whole(0),
      row: ids,
      column: ids,
      sourceIds: maskIds,
      targetIds: maskIds,
    },
    ['sourceIds', 'targetIds'],
  ),
  sameLength('row', 'column'),
)
const request = objectOf('a request', { name: text, removed: mask, added: mask }, [
  'name',
  'removed',
  'added',
])
const nodes = objectOf('a selection of nodes, as select of a circuit gives it', {
  population: text,
  populationSize: whole(0),
  ids,
})
const edges = objectOf('edges, as edgePopulation of a circuit gives them', {
  file: text,
  edgeCount: whole(0),
  source: objectOf('a column', { readInto: call }),
  target: objectOf('a column', { readInto: call }),
})
/** What lists are drawn for: both ends, or the edges between them. */
const selectCircuit = objectOf('edges and nodes', { edges, source: nodes, target: nodes })
const mode = oneOf('directed', 'reciprocal')
const pairList = both(
  objectOf('a list of pairs, as readPairList gives it', { source: ids, target: ids, label: text }),
  sameLength('source', 'target'),
)
const codes = listOf(anyText)
const prepared = objectOf(
  'what prepareList gives',
  { list: pairList, mode, allow: codes, findings: listOf(objectOf('a finding', {})), circuit: selectCircuit },
  ['circuit'],
)
const amount: Rule = value =>
  value === 'all' || objectOf('', { count: whole(0) })(value) === undefined
    ? undefined
    : objectOf("'all', { count } or { fraction }", {
        fraction: expected('from 0 to 1', one => typeof one === 'number' && one >= 0 && one <= 1),
      })(value)
const fromCircuit: Rule = value =>
  objectOf('', { from: oneOf('reciprocal') })(value) === undefined
    ? undefined
    : objectOf("a list of pairs, or { from: 'reciprocal' } or { from: 'connections', source, target }", {
        from: oneOf('connections'),
        source: nodes,
        target: nodes,
      })(value)

/** What a single argument may be, where it is no option. */
const ARGUMENTS = {
  prepared,
  amount,
  selection: objectOf(
    'what selectFrom gives',
    {
      prepared,
      drawn: both(objectOf('what was drawn', { source: ids, target: ids }), sameLength('source', 'target')),
      masked: objectOf('a mask', { mask: objectOf('a mask', {}) }),
    },
    ['masked'],
  ),
  draw: objectOf('how to draw', { amount, seed: whole(0), generator: oneOf('RandomState', 'default_rng') }, [
    'generator',
  ]),
  source: (value: unknown) =>
    typeof value === 'object' && value !== null && 'from' in value ? fromCircuit(value) : pairList(value),
  rows: expected('a list', Array.isArray),
  idBase: oneOf(0, 1),
  place: objectOf('what stands for the file in messages', { file: text, field: text }, ['field']),
} as const satisfies Readonly<Record<string, Rule>>

/** By name: the same argument means the same in every function. */
const RULES: Readonly<Record<string, Rule>> = {
  original: circuit,
  manipulated: listOf(either(anyText, circuit)),
  requests: listOf(request),
  removed: mask,
  added: mask,
  population: text,
  manipulatedPopulation: text,
  sourcePopulation: text,
  targetPopulation: text,
  idBase: oneOf(0, 1),
  pairs: oneOf('rows', 'columns'),
  source: text,
  target: text,
  edges: text,
  circuit: selectCircuit,
  sha256: flag,
  record: anyText,
  level: oneOf(...LEVELS),
  allow: codes,
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
  rowsPerJob: notNegative,
  windowRows: whole(1),
  blockRows: whole(1),
  edgeMaps: listOf(text, true),
  config: text,
  splits: whole(1),
  logs: text,
  mode,
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
export const requirePath = (value: unknown, field: string): void => requireOne(text, value, field)

/** One argument that is no option. @throws InputError naming it */
export function requireArgument(name: keyof typeof ARGUMENTS, value: unknown): void {
  requireOne(ARGUMENTS[name], value, name)
}

function requireOne(rule: Rule, value: unknown, field: string): void {
  const wanted = rule(value)
  if (wanted !== undefined) throw new InputError(`expected ${wanted}, found ${shown(value)}`, { field })
}
