/** One entry of `manip.fcts` of either generation, into a typed call. */
import { nearestName } from '../../errors.ts'
import { entriesOf, isPythonObject, type PythonJson, type PythonObject } from '../../formats/python-json.ts'
import { describeValue, type Findings } from './diagnostics.ts'
import type { Key, Spot } from './key-types.ts'
import {
  isSource,
  keysOf,
  OPERATIONS,
  type OperationCall,
  RETIRED,
  SOURCES,
  type Source,
} from './operations.ts'
import { describeWindows } from './versions.ts'

export type EntryGeneration = 'A' | 'B' | 'dual' | 'none'

/** `kwargs` is what generation A reads, `model_config` what B insists on. */
export function generationOfEntry(entry: PythonObject): EntryGeneration {
  const a = Object.hasOwn(entry, 'kwargs')
  const b = Object.hasOwn(entry, 'model_config')
  return a ? (b ? 'dual' : 'A') : b ? 'B' : 'none'
}

const FRAME = ['source', 'kwargs', 'model_config', 'model_pathways']

/** An argument as it stands in the file. */
export interface Argument {
  readonly value: PythonJson
  readonly path: string
}

/** Arguments that generation B hands to the operation: flat keys, and over them those of `model_config`. */
export function flatArguments(entry: PythonObject, path: string): Map<string, Argument> {
  const found = new Map<string, Argument>()
  for (const [name, value] of entriesOf(entry))
    if (!FRAME.includes(name)) found.set(name, { value, path: `${path}.${name}` })
  const models = entry.model_config
  if (isPythonObject(models))
    for (const [name, value] of entriesOf(models))
      found.set(name, { value, path: `${path}.model_config.${name}` })
  return found
}

/** Arguments that generation A hands to the operation. */
export function nestedArguments(entry: PythonObject, path: string): Map<string, Argument> {
  const kwargs = isPythonObject(entry.kwargs) ? entriesOf(entry.kwargs) : []
  return new Map(kwargs.map(([name, value]) => [name, { value, path: `${path}.kwargs.${name}` }]))
}

/** Names in `kwargs` that generation B is not given, or given otherwise. */
export function lostArguments(entry: PythonObject): string[] {
  const flat = flatArguments(entry, '')
  return [...nestedArguments(entry, '')]
    .filter(([name, { value }]) => !sameJson(value, flat.get(name)?.value))
    .map(([name]) => name)
}

/** Arguments that stand beside `model_config` and in it: the latter count. */
export function overridden(entry: PythonObject): { readonly name: string; readonly same: boolean }[] {
  const models = isPythonObject(entry.model_config) ? entry.model_config : {}
  return Object.entries(models)
    .filter(([name]) => !FRAME.includes(name) && Object.hasOwn(entry, name))
    .map(([name, value]) => ({ name, same: sameJson(value, entry[name]) }))
}

export function checkOverridden(entry: PythonObject, path: string, findings: Findings): void {
  const models = isPythonObject(entry.model_config) ? entry.model_config : {}
  for (const { name, same } of overridden(entry))
    if (same) findings.note('key.conflict', `${path}.${name}`, `"${name}" is in model_config as well`)
    else
      findings.error(
        'key.conflict',
        `${path}.${name}`,
        `the package takes "${name}" of model_config, ${describeValue(models[name])}, and not ${describeValue(entry[name])} here`,
        'Keep the one that is meant.',
      )
}

/** `undefined` after an error. `generation`: that of the whole file. */
export function parseCall(
  entry: PythonJson,
  path: string,
  generation: 'A' | 'B',
  findings: Findings,
): OperationCall | undefined {
  if (!isPythonObject(entry)) {
    findings.error('key.type', path, `expected an object with "source", found ${describeValue(entry)}`)
    return undefined
  }
  const source = readSource(entry.source, `${path}.source`, findings)
  const framed = checkFrame(entry, path, source, findings)
  if (source === undefined) return undefined
  const given = generation === 'A' ? nestedArguments(entry, path) : flatArguments(entry, path)
  const values = readArguments(source, given, path, generation, findings)
  const pathways = entry.model_pathways
  if (pathways !== undefined && typeof pathways !== 'string') {
    findings.error('key.type', `${path}.model_pathways`, `expected a path, found ${describeValue(pathways)}`)
    return undefined
  }
  if (pathways !== undefined && (given.has('sel_src') || given.has('sel_dest')))
    findings.error(
      'key.conflict',
      `${path}.model_pathways`,
      'model_pathways does not go together with sel_src or sel_dest',
    )
  if (values === undefined || !framed) return undefined
  const place = { path, given: [...given.keys()], modelPathways: pathways }
  // Every key of the table was read by the type that the table gives it.
  return { source, ...place, ...values } as unknown as OperationCall
}

function readSource(value: PythonJson | undefined, path: string, findings: Findings): Source | undefined {
  if (typeof value !== 'string') {
    findings.error(
      value === undefined ? 'key.missing' : 'key.type',
      path,
      `expected the name of an operation, found ${describeValue(value)}`,
      `Operations: ${SOURCES.join(', ')}.`,
    )
    return undefined
  }
  if (isSource(value)) return value
  const retired = Object.hasOwn(RETIRED, value) ? RETIRED[value] : undefined
  if (retired !== undefined)
    findings.error(
      'operation.retired',
      path,
      `"${value}" is gone: it ran with ${describeWindows(retired.windows)}`,
      `Today's nearest operation is ${retired.instead}.`,
    )
  else {
    const nearest = nearestName(value, SOURCES)
    findings.error(
      'operation.unknown',
      path,
      `no operation "${value}"`,
      nearest === undefined ? `Operations: ${SOURCES.join(', ')}.` : `Did you mean "${nearest}"?`,
    )
  }
  return undefined
}

/** The parts that make the generation: is what the operation is handed what the file seems to say? */
function checkFrame(
  entry: PythonObject,
  path: string,
  source: Source | undefined,
  findings: Findings,
): boolean {
  for (const part of ['kwargs', 'model_config'] as const)
    if (Object.hasOwn(entry, part) && !isPythonObject(entry[part])) {
      findings.error('key.type', `${path}.${part}`, `expected an object, found ${describeValue(entry[part])}`)
      return false
    }
  const generation = generationOfEntry(entry)
  if (generation === 'none') {
    findings.error(
      'generation.none',
      path,
      'neither "model_config" (0.0.5 and later insist on it) nor "kwargs" (up to 0.0.4)',
      'Add "model_config": {} for today\'s versions.',
    )
    return false
  }
  return generation === 'dual' ? checkDual(entry, path, source, findings) : true
}

function checkDual(
  entry: PythonObject,
  path: string,
  source: Source | undefined,
  findings: Findings,
): boolean {
  const flat = flatArguments(entry, path)
  const nested = nestedArguments(entry, path)
  const tolerant = source === undefined || OPERATIONS[source].tolerant
  const lost = lostArguments(entry)
  if (lost.length > 0) {
    const names = lost.join(', ')
    findings.error(
      'generation.half-migrated',
      `${path}.kwargs`,
      tolerant
        ? `half migrated: versions from 0.0.5 on ignore "kwargs" without a message and run with defaults instead of ${names}`
        : `half migrated: versions from 0.0.5 on do not know "kwargs" (${names})`,
      'Move the arguments of "kwargs" up beside "source" (connproof config --migrate B).',
    )
    return false
  }
  if (!tolerant && entry.kwargs !== undefined) {
    findings.error(
      'generation.dual',
      `${path}.kwargs`,
      `${source} refuses arguments it does not know, "kwargs" among them`,
      'Keep one generation: connproof config --migrate B.',
    )
    return false
  }
  const onlyFlat = [...flat.keys()].filter(name => !nested.has(name))
  if (onlyFlat.length > 0)
    findings.warning(
      'generation.dual',
      path,
      `versions up to 0.0.4 would run without ${onlyFlat.join(', ')}, which "kwargs" does not have`,
    )
  else findings.note('generation.dual', path, 'written for both generations: "kwargs" repeats the flat keys')
  return true
}

function readArguments(
  source: Source,
  given: ReadonlyMap<string, Argument>,
  path: string,
  generation: 'A' | 'B',
  findings: Findings,
): Record<string, unknown> | undefined {
  const { tolerant } = OPERATIONS[source]
  const values: Record<string, unknown> = {}
  const names = new Set<string>()
  let usable = true
  for (const [typed, key] of keysOf(source)) {
    names.add(key.name)
    if (generation === 'A' && key.oldName !== undefined) names.add(key.oldName)
    const argument =
      given.get(key.name) ?? (generation === 'A' && key.oldName ? given.get(key.oldName) : undefined)
    const value = readArgument(key, argument, { path, findings, generation })
    values[typed] = value.read
    usable &&= value.usable
  }
  for (const [name, { path: at }] of given) {
    if (names.has(name)) continue
    usable = false
    const nearest = nearestName(name, names)
    // The functions of generation A have no **kwargs.
    const ignored = tolerant && generation === 'B'
    const happens = ignored ? 'ignores it without a message and uses the default' : 'stops at it'
    findings.error(
      'key.unknown',
      at,
      `${source} has no argument "${name}": the package ${happens}`,
      nearest === undefined ? argumentsHint(names) : `Did you mean "${nearest}"?`,
    )
  }
  return usable ? values : undefined
}

const argumentsHint = (names: ReadonlySet<string>): string =>
  names.size === 0 ? 'It takes none.' : `Arguments: ${[...names].join(', ')}.`

function readArgument(
  key: Key<unknown, unknown>,
  argument: Argument | undefined,
  at: Spot,
): { readonly read: unknown; readonly usable: boolean } {
  // None is the default of every argument that has no other.
  const absent = argument === undefined || (argument.value === null && key.absent === undefined)
  if (absent && !key.required) return { read: key.absent, usable: true }
  if (absent) {
    at.findings.error('key.missing', at.path, `expected "${key.name}": ${key.type.expected}`)
    return { read: undefined, usable: false }
  }
  const read = key.type.read(argument.value, { ...at, path: argument.path })
  return { read, usable: read !== undefined }
}

/** Equal as Python sees it: 1 equals 1.0, keys in any order. */
function sameJson(a: PythonJson, b: PythonJson | undefined): boolean {
  return b !== undefined && canonical(a) === canonical(b)
}

const canonical = (value: PythonJson): string =>
  JSON.stringify(value, (_, item: unknown) => {
    if (typeof item === 'bigint') return String(item)
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item
    // A PythonFloat is its number.
    if (!isPythonObject(item as PythonJson)) return (item as { value: number }).value
    return Object.fromEntries(Object.entries(item).sort(([x], [y]) => (x < y ? -1 : 1)))
  })
