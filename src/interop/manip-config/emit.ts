/**
 * Write a manip_config.json, of either generation, from plain data. What comes out is read again and checked: an
 * argument that the package would ignore or refuse never leaves this file.
 */
import { posix } from 'node:path'
import { InputError, InternalError } from '../../errors.ts'
import {
  dumpPythonJson,
  isPythonObject,
  numberOf,
  PythonFloat,
  type PythonJson,
  type PythonObject,
} from '../../formats/python-json.ts'
import { Findings } from './diagnostics.ts'
import type { Key } from './key-types.ts'
import { isSource, keysOf, SOURCES } from './operations.ts'
import { parseManipConfig } from './parse.ts'
import { checkRules } from './rules.ts'

export interface ConfigToWrite {
  readonly generation: 'A' | 'B'
  /** Absolute. Generation A: the folder that output, BlueConfig and edges are relative to. */
  readonly circuitPath?: string | undefined
  /** Absolute, or relative to `circuitPath`. Written relative to it, where there is one, as the notebook does. */
  readonly circuitConfig: string
  readonly edgesPopulation?: string | undefined
  readonly sourcePopulation?: string | undefined
  readonly targetPopulation?: string | undefined
  /** Generation A only. Default: `circuitPath` + `__` + `name`, the notebook's rule. */
  readonly outputPath?: string | undefined
  /** Generation A only: absolute or relative to `circuitPath`. */
  readonly blueConfig?: string | undefined
  /** Generation A only: relative to the folder the job is started in; written as given. */
  readonly workflowTemplate?: string | undefined
  readonly seed: number
  readonly splits: number
  readonly name: string
  readonly functions: readonly FunctionToWrite[]
}

export interface FunctionToWrite {
  readonly source: string
  /** By the names of the package (`sel_src`, `amount_pct`, `prob_model_spec`), in the order they are written. */
  readonly arguments: Readonly<Record<string, PythonJson>>
}

/**
 * The text as Python's `json.dump(config, file, indent=2)` writes it: no line break at the end. Numbers that the
 * package documents as floats print as floats (`100` as `100.0`).
 *
 * @throws InputError for what `config --check` calls an error, and for relative paths
 */
export function emitManipConfig(config: ConfigToWrite): string {
  const text = dumpPythonJson(config.generation === 'A' ? objectA(config) : objectB(config), 2)
  refuseErrors(text, config.name)
  return text
}

function objectA(config: ConfigToWrite): PythonObject {
  const { circuitPath, blueConfig, workflowTemplate, edgesPopulation, name } = config
  if (circuitPath === undefined)
    throw new InputError('generation A needs the folder of the circuit', { field: 'circuit_path' })
  const within = (path: string): string => (posix.isAbsolute(path) ? posix.relative(circuitPath, path) : path)
  return withoutAbsent({
    circuit_path: circuitPath,
    circuit_config: within(config.circuitConfig),
    output_path: config.outputPath ?? `${circuitPath}__${name}`,
    blue_config_to_update: blueConfig === undefined ? undefined : within(blueConfig),
    workflow_template: workflowTemplate,
    population_name: edgesPopulation,
    seed: config.seed,
    N_split_nodes: config.splits,
    manip: { name, fcts: config.functions.map(entryA) },
  })
}

function objectB(config: ConfigToWrite): PythonObject {
  const { circuitPath, circuitConfig } = config
  const within = circuitPath !== undefined && posix.isAbsolute(circuitConfig)
  return withoutAbsent({
    circuit_path: circuitPath,
    circuit_config: within ? posix.relative(circuitPath, circuitConfig) : circuitConfig,
    edges_popul_name: config.edgesPopulation,
    src_node_popul_name: config.sourcePopulation,
    tgt_node_popul_name: config.targetPopulation,
    seed: config.seed,
    N_split_nodes: config.splits,
    manip: { name: config.name, fcts: config.functions.map(entryB) },
  })
}

function entryA({ source, arguments: given }: FunctionToWrite): PythonObject {
  const entries = argumentsOf(source, given).map(([name, value, key]) => {
    if (key?.oldName === undefined) return [name, value] as const
    if (isPythonObject(value) && typeof value.file === 'string') return [key.oldName, value.file] as const
    throw new InputError(`generation A has models in files only, found one written out: ${name}`, {
      field: name,
      hint: 'Write the model into a file, or take generation B.',
    })
  })
  return { source, kwargs: Object.fromEntries(entries) }
}

function entryB({ source, arguments: given }: FunctionToWrite): PythonObject {
  const entries = argumentsOf(source, given)
  const some = (models: boolean): PythonObject =>
    Object.fromEntries(
      entries.filter(([, , key]) => (key?.model === true) === models).map(([name, value]) => [name, value]),
    )
  return { source, ...some(false), model_config: some(true) }
}

type Argument = readonly [name: string, value: PythonJson, key: Key<unknown, unknown> | undefined]

/** Unknown ones too: reading the text again refuses them with the right words. */
function argumentsOf(source: string, given: FunctionToWrite['arguments']): readonly Argument[] {
  if (!isSource(source))
    throw new InputError(`no operation "${source}"`, {
      field: 'source',
      hint: `Operations: ${SOURCES.join(', ')}.`,
    })
  return Object.entries(given).map(([name, value]) => {
    const key = keysOf(source).find(([, candidate]) => candidate.name === name)?.[1]
    return [name, key?.float === true ? asFloat(value) : value, key]
  })
}

function asFloat(value: PythonJson): PythonJson {
  const number = numberOf(value)
  return number === undefined ? value : new PythonFloat(number)
}

function withoutAbsent(object: Readonly<Record<string, PythonJson | undefined>>): PythonObject {
  const present = Object.entries(object).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  )
  return Object.fromEntries(present)
}

/** @throws InputError with the first error, or the first relative path, of a text that is about to be written */
export function refuseErrors(text: string, name: string): void {
  const { config, diagnostics, document } = parseManipConfig(text, name)
  const findings = new Findings(document)
  findings.all.push(...diagnostics)
  if (config !== undefined) checkRules(config, document, findings)
  const bad = findings.all.find(
    ({ severity, code }) => severity === 'error' || (severity === 'warning' && code === 'path.relative'),
  )
  if (bad !== undefined)
    throw new InputError(`${bad.message} [${bad.code}]`, { file: name, field: bad.path, hint: bad.hint })
  if (config === undefined) throw new InternalError('a configuration without errors was not understood')
}
