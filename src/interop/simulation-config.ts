/**
 * `simulation_config.json` as neurodamus 4.2.9 sees it through libsonata 0.2.2, as far as it decides which connections
 * of a circuit are created and with which weight: circuit, node sets, `connection_overrides`.
 */
import { InputError } from '../errors.ts'
import type { FilesRead } from '../formats/files-read.ts'
import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  jsonKind,
  readJsonFile,
} from '../formats/json.ts'
import { Manifest } from '../sonata/manifest.ts'
import { NodeSets } from '../sonata/node-sets.ts'

/** One element of `connection_overrides`, with the defaults of libsonata. */
export interface SimulationOverride {
  readonly name: string
  /** Node sets. */
  readonly source: string
  readonly target: string
  /** Factor of the weights of its synapses. */
  readonly weight: number
  /** Milliseconds; above 0 the weight alone is set, at that time. */
  readonly delay: number
  readonly modoverride: string | undefined
  readonly synapseConfigure: string | undefined
  /** As it stands in the file. */
  readonly json: JsonObject
}

export interface SimulationConfig {
  readonly file: string
  /** The circuit configuration. */
  readonly network: string
  /** The cells that are simulated; `undefined`: all. */
  readonly nodeSet: string | undefined
  /** Its own file of node sets, whose sets replace the circuit's of the same name. */
  readonly nodeSetsFile: string | undefined
  /** In their order; names are unique. */
  readonly overrides: readonly SimulationOverride[]
}

/** Whether JSON is a simulation configuration: it says how to run, and is no circuit. */
export const isSimulation = (json: JsonValue): json is JsonObject =>
  isJsonObject(json) && isJsonObject(json.run) && json.networks === undefined

/**
 * Read a simulation configuration.
 *
 * @param reads where the file is noted
 * @throws InputError for what libsonata refuses, or what neurodamus stops at, naming the key
 * @example
 * const { overrides } = await readSimulation('simulation_config.json', new FilesRead())
 */
export async function readSimulation(file: string, reads: FilesRead): Promise<SimulationConfig> {
  reads.note(file)
  const json = await readJsonFile(file)
  if (!isSimulation(json))
    throw new InputError('expected a simulation configuration (a JSON object with "run")', {
      file,
      hint: 'Give the simulation_config.json of a SONATA simulation.',
    })
  const manifest = new Manifest(json.manifest, file)
  const text = (key: string): string | undefined => {
    const value = json[key]
    if (value === undefined || typeof value === 'string') return value || undefined
    throw new InputError(`expected text at ${key}, found ${jsonKind(value)}`, { file, field: key })
  }
  const nodeSetsFile = text('node_sets_file')
  return {
    file,
    network: manifest.path(text('network') ?? 'circuit_config.json', 'network'),
    nodeSet: text('node_set'),
    nodeSetsFile: nodeSetsFile === undefined ? undefined : manifest.path(nodeSetsFile, 'node_sets_file'),
    overrides: parseOverrides(json.connection_overrides, file),
  }
}

function parseOverrides(value: JsonValue | undefined, file: string): SimulationOverride[] {
  if (value === undefined) return []
  const field = 'connection_overrides'
  if (!isJsonArray(value))
    throw new InputError(`expected a list at ${field}, found ${jsonKind(value)}`, { file, field })
  const names = new Set<string>()
  return value.map((element, k) => {
    const override = parseOverride(element, `${field}[${k}]`, file)
    if (names.has(override.name))
      throw new InputError(`two overrides are called "${override.name}", which libsonata refuses`, {
        file,
        field: `${field}[${k}].name`,
      })
    names.add(override.name)
    return override
  })
}

function parseOverride(json: JsonValue, field: string, file: string): SimulationOverride {
  const fail = (message: string, key = ''): InputError =>
    new InputError(message, { file, field: `${field}${key && `.${key}`}` })
  if (!isJsonObject(json)) throw fail(`expected an object, found ${jsonKind(json)}`)
  const text = (key: string): string => {
    const value = json[key]
    if (typeof value === 'string' && value !== '') return value
    throw fail(`expected text, found ${value === '' ? 'an empty text' : jsonKind(value)}`, key)
  }
  const number = (key: string, absent: number): number => {
    const value = json[key]
    if (value === undefined) return absent
    if (typeof value === 'number') return value
    throw fail(`expected a number, found ${jsonKind(value)}`, key)
  }
  const optional = (key: string): string | undefined =>
    json[key] === undefined || json[key] === null ? undefined : json[key] === '' ? '' : text(key)
  const minis = json.spont_minis ?? 0
  if (typeof minis !== 'number') throw fail(`expected a number, found ${jsonKind(minis)}`, 'spont_minis')
  if (minis < 0) throw fail(`neurodamus stops at a negative rate, ${minis}`, 'spont_minis')
  const delay = number('delay', 0)
  if (delay < 0)
    throw fail(`a delay of ${delay} ms: what neurodamus makes of negative ones is not modelled`, 'delay')
  return {
    name: text('name'),
    source: text('source'),
    target: text('target'),
    weight: number('weight', 1),
    delay,
    modoverride: optional('modoverride'),
    synapseConfigure: optional('synapse_configure'),
    json,
  }
}

/**
 * The node sets of a simulation: those of the circuit, replaced or joined by those of its own file. Both files must
 * be sound by themselves, as libsonata reads them one by one.
 *
 * @param circuitSets the file that the circuit configuration names
 * @throws InputError naming the file and the set that libsonata refuses
 */
export async function simulationNodeSets(
  simulation: SimulationConfig,
  circuitSets: string | undefined,
  reads: FilesRead,
): Promise<{ readonly sets: NodeSets; readonly own: JsonObject }> {
  const circuit = circuitSets === undefined ? {} : await readSets(circuitSets, reads)
  const { nodeSetsFile } = simulation
  // neurodamus takes another file for one of the format before SONATA, and leaves it out.
  const taken = nodeSetsFile?.endsWith('.json') === true && nodeSetsFile !== circuitSets
  const own = taken ? await readSets(nodeSetsFile, reads) : {}
  const file = taken ? nodeSetsFile : (circuitSets ?? simulation.file)
  return { sets: NodeSets.parse({ ...circuit, ...own }, file), own }
}

/** Without `{}`, which defines nothing and replaces nothing. */
async function readSets(file: string, reads: FilesRead): Promise<JsonObject> {
  reads.note(file)
  const json = await readJsonFile(file)
  const { problem } = NodeSets.parse(json, file)
  if (problem !== undefined) throw problem
  const defined = Object.entries(isJsonObject(json) ? json : {}).filter(
    ([, rule]) => !isJsonObject(rule) || Object.keys(rule).length > 0,
  )
  return Object.fromEntries(defined)
}
