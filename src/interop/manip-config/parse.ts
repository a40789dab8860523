/**
 * manip_config.json of connectome-manipulator, either generation, into one typed description. A (up to 0.0.4) hands
 * `fcts[].kwargs` to the operation; B (from 0.0.5) its flat keys and `model_config`. No version checks its file:
 * unknown keys are ignored, and an argument that is ignored means the default, often "everything". So nothing here
 * is forgiven that the package would take in another sense than the file seems to have.
 */
import { InputError, nearestName } from '../../errors.ts'
import { readTextFile } from '../../formats/json.ts'
import {
  isPythonList,
  isPythonObject,
  type PythonDocument,
  type PythonJson,
  type PythonObject,
  parsePythonJson,
} from '../../formats/python-json.ts'
import { type Diagnostic, describeValue, Findings, hasErrors } from './diagnostics.ts'
import { integer, type KeyType, text } from './key-types.ts'
import type { OperationCall } from './operations.ts'
import { generationOfEntry, parseCall } from './parse-call.ts'

/** A1: called as a script, writes beside the circuit under new names. A2: 0.0.1 to 0.0.4. B: from 0.0.5. */
export type Generation = 'A1' | 'A2' | 'B'

/** Paths are as written: see {@link circuitFileOf}. */
export interface ManipConfig {
  readonly file: string
  readonly generation: Generation
  readonly circuitPath: string | undefined
  /** Relative to {@link circuitPath}, or else to the working directory of the process that runs it. */
  readonly circuitConfig: string
  /** `edges_popul_name` (B, since 0.0.7), `population_name` (A1); absent: the only one, or a default name. */
  readonly edgesPopulation: string | undefined
  readonly sourcePopulation: string | undefined
  readonly targetPopulation: string | undefined
  /** Seeds np.random at the start of split i (from 0) with seed * (i + 1); A1: once, before the first split. */
  readonly seed: number
  /** Target nodes are cut into that many blocks; the command line's `--splits` wins over it. */
  readonly splits: number
  readonly name: string
  /** Only for circuits without edges: property to dtype. */
  readonly synPropsInit: Readonly<Record<string, string>> | undefined
  /** A1: where the result goes; default {@link circuitPath}. */
  readonly outputPath: string | undefined
  readonly blueConfig: string | undefined
  readonly workflowTemplate: string | undefined
  /** Applied in this order, on one table per split. */
  readonly functions: readonly OperationCall[]
}

export interface ParsedManipConfig {
  /** Absent where something stands in it that the package refuses or takes in another sense (an error). */
  readonly config: ManipConfig | undefined
  readonly diagnostics: readonly Diagnostic[]
  readonly document: PythonDocument
}

/** The package's, where the file names none. */
export const DEFAULT_SEED = 123456

/**
 * Read a manip_config.json.
 *
 * @throws InputError with code, place and hint of the first error in it; `checkManipConfig` lists them all
 */
export async function readManipConfig(file: string): Promise<ManipConfig> {
  const { config, diagnostics } = parseManipConfig(await readTextFile(file), file)
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  const [first] = errors
  if (config !== undefined && first === undefined) return config
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
  throw new InputError(`${first?.message ?? 'not a manip_config'} [${first?.code ?? 'key.type'}]${more}`, {
    file,
    field: first === undefined ? undefined : `line ${first.line}, ${first.path}`,
    hint: first?.hint ?? 'connproof config --check FILE lists everything.',
  })
}

/** @throws InputError only if `text` is no JSON; everything else is a diagnostic. `file` is for messages. */
export function parseManipConfig(source: string, file: string): ParsedManipConfig {
  const document = parsePythonJson(source, file)
  const findings = new Findings(document)
  for (const path of document.duplicates)
    findings.error('json.duplicate-key', path, 'the key is there twice; the last one counts')
  const config = isPythonObject(document.value) ? readConfig(document.value, file, findings) : undefined
  if (!isPythonObject(document.value))
    findings.error('key.type', '', `expected an object, found ${describeValue(document.value)}`)
  return { config: hasErrors(findings.all) ? undefined : config, diagnostics: findings.all, document }
}

const A1_KEYS = ['output_path', 'blue_config_to_update', 'workflow_template', 'population_name']
/** Looked up with None as what stands for absent. */
const MAY_BE_NULL = [
  'edges_popul_name',
  'src_node_popul_name',
  'tgt_node_popul_name',
  'blue_config_to_update',
  'workflow_template',
  'population_name',
]
const KEYS = [
  'circuit_path',
  'circuit_config',
  'edges_popul_name',
  'src_node_popul_name',
  'tgt_node_popul_name',
  'seed',
  'N_split_nodes',
  'manip',
]

function readConfig(root: PythonObject, file: string, findings: Findings): ManipConfig | undefined {
  refuseUnknown(root, [...KEYS, ...A1_KEYS], '', findings)
  const read = <T>(name: string, type: KeyType<T>): T | undefined => {
    const value = root[name]
    const absent = value === undefined || (value === null && MAY_BE_NULL.includes(name))
    return absent ? undefined : type.read(value, { path: name, findings, generation: 'B' })
  }
  if (root.circuit_config === undefined)
    findings.error('key.missing', 'circuit_config', 'expected "circuit_config": the circuit to manipulate')
  const manip = readManip(root.manip, findings)
  const circuitConfig = read('circuit_config', text)
  const a1 = A1_KEYS.some(name => root[name] !== undefined)
  const config = {
    circuitPath: read('circuit_path', text),
    sourcePopulation: read('src_node_popul_name', text),
    targetPopulation: read('tgt_node_popul_name', text),
    seed: read('seed', integer(0)) ?? DEFAULT_SEED,
    splits: Math.max(1, read('N_split_nodes', integer(Number.MIN_SAFE_INTEGER)) ?? 1),
    outputPath: read('output_path', text),
    blueConfig: read('blue_config_to_update', text),
    workflowTemplate: read('workflow_template', text),
  }
  if (manip === undefined || circuitConfig === undefined) return undefined
  const populations = { A1: read('population_name', text), B: read('edges_popul_name', text), A2: undefined }
  const generation = manip.generation === 'B' ? 'B' : a1 ? 'A1' : 'A2'
  return {
    file,
    ...config,
    generation,
    circuitConfig,
    edgesPopulation: populations[generation],
    ...manip.read,
  }
}

interface Manip {
  readonly generation: 'A' | 'B'
  readonly read: Pick<ManipConfig, 'name' | 'functions' | 'synPropsInit'>
}

function readManip(manip: PythonJson | undefined, findings: Findings): Manip | undefined {
  if (!isPythonObject(manip)) {
    const code = manip === undefined ? 'key.missing' : 'key.type'
    findings.error(code, 'manip', `expected an object with "name" and "fcts", found ${describeValue(manip)}`)
    return undefined
  }
  refuseUnknown(manip, ['name', 'fcts', 'syn_props_init'], 'manip', findings)
  const name = text.read(manip.name ?? null, { path: 'manip.name', findings, generation: 'B' })
  const entries = manip.fcts
  if (!isPythonList(entries)) {
    findings.error('key.type', 'manip.fcts', `expected a list of functions, found ${describeValue(entries)}`)
    return undefined
  }
  if (entries.length === 0) findings.error('key.missing', 'manip.fcts', 'expected at least one function')
  const generation = generationOf(entries, findings)
  const functions = entries.flatMap(
    (entry, k) => parseCall(entry, `manip.fcts[${k}]`, generation, findings) ?? [],
  )
  const synPropsInit = readDtypes(manip.syn_props_init, findings)
  return name === undefined ? undefined : { generation, read: { name, functions, synPropsInit } }
}

/** One for all: a version reads either "kwargs" or "model_config" of every function, or stops. */
function generationOf(entries: readonly PythonJson[], findings: Findings): 'A' | 'B' {
  const kinds = entries.filter(isPythonObject).map(generationOfEntry)
  if (kinds.includes('A') && kinds.includes('B'))
    findings.error(
      'generation.mixed',
      'manip.fcts',
      'some functions have only "kwargs", others only "model_config": every version stops at one of them',
      'connproof config --migrate B.',
    )
  return kinds.includes('A') ? 'A' : 'B'
}

function readDtypes(value: PythonJson | undefined, findings: Findings): Record<string, string> | undefined {
  if (value === undefined) return undefined
  const entries = isPythonObject(value) ? Object.entries(value) : [['', null] as const]
  const texts = entries.flatMap(([name, dtype]) =>
    typeof dtype === 'string' ? [[name, dtype] as const] : [],
  )
  if (texts.length === entries.length) return Object.fromEntries(texts)
  findings.error('key.type', 'manip.syn_props_init', 'expected an object of dtypes by property name')
  return undefined
}

/** Ignored by every version: a mistake if it looks like a known key, else somebody's remark. */
function refuseUnknown(
  object: PythonObject,
  known: readonly string[],
  path: string,
  findings: Findings,
): void {
  for (const name of Object.keys(object)) {
    if (known.includes(name)) continue
    const at = path === '' ? name : `${path}.${name}`
    const nearest = nearestName(name, known)
    if (nearest === undefined) findings.warning('key.unknown', at, `no version reads "${name}"`)
    else findings.error('key.unknown', at, `no version reads "${name}"`, `Did you mean "${nearest}"?`)
  }
}
