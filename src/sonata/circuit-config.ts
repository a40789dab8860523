/**
 * circuit_config.json of SONATA, AIBS and BBP flavour, as typed data. Only what connectivity needs is looked
 * at; `components`, simulator and simulation keys are left alone. No HDF5 file is opened here.
 */
import { dirname } from 'node:path'
import { InputError, isInputError } from '../errors.ts'
import { FilesRead } from '../formats/files-read.ts'
import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  jsonKind,
  readJsonFile,
} from '../formats/json.ts'
import { Manifest } from './manifest.ts'

/** One population of `networks.nodes` or `networks.edges`. */
export interface PopulationEntry {
  /** `undefined`: the entry lists none, so every population found in the file belongs to the circuit. */
  readonly population: string | undefined
  /** HDF5 file, resolved; whether it exists is seen when it is opened. */
  readonly file: string
  /** `biophysical`, `virtual`, ..., `chemical`, ...; the defaults of libsonata where absent. */
  readonly type: string
  /** CSV of the AIBS flavour: attributes by node type (of edges not used). */
  readonly typesFile: string | undefined
}

export interface CircuitConfig {
  /** The file that holds `networks` (not the AIBS file that points to it). */
  readonly file: string
  readonly nodes: readonly PopulationEntry[]
  readonly edges: readonly PopulationEntry[]
  readonly nodeSetsFile: string | undefined
}

const SIDES = {
  nodes: { fileKey: 'nodes_file', typesKey: 'node_types_file', defaultType: 'biophysical' },
  edges: { fileKey: 'edges_file', typesKey: 'edge_types_file', defaultType: 'chemical' },
} as const

/**
 * Read a circuit configuration. A file without `networks` but with a `network` path (AIBS `config.json`,
 * simulation configs) is followed once.
 *
 * Source of the format: SONATA developer guide, sonata-extension, libsonata 0.2.2.
 * @param file path of the JSON file; relative paths inside it are relative to its folder.
 * @param reads where the files that are read are noted
 * @throws InputError naming file and key.
 */
export async function readCircuitConfig(file: string, reads = new FilesRead()): Promise<CircuitConfig> {
  const config = await readConfigObject(file, reads)
  if (config.networks !== undefined || typeof config.network !== 'string') return parseConfig(config, file)
  const circuitFile = new Manifest(config.manifest, file).path(config.network, 'network')
  const circuit = parseConfig(await readConfigObject(circuitFile, reads), circuitFile)
  return circuit.nodeSetsFile === undefined
    ? { ...circuit, nodeSetsFile: await simulationNodeSets(config, file, reads) }
    : circuit
}

/** AIBS circuits name their node sets in the simulation configuration, which nothing else here depends on. */
async function simulationNodeSets(
  config: JsonObject,
  file: string,
  reads: FilesRead,
): Promise<string | undefined> {
  const manifest = new Manifest(config.manifest, file)
  if (typeof config.simulation !== 'string')
    return optionalPath(config.node_sets_file, 'node_sets_file', manifest)
  try {
    const simulationFile = manifest.path(config.simulation, 'simulation')
    const simulation = await readConfigObject(simulationFile, reads)
    return optionalPath(
      simulation.node_sets_file,
      'node_sets_file',
      new Manifest(simulation.manifest, simulationFile),
    )
  } catch (error) {
    if (isInputError(error)) return undefined
    throw error
  }
}

async function readConfigObject(file: string, reads: FilesRead): Promise<JsonObject> {
  reads.note(file)
  const json = await readJsonFile(file)
  if (!isJsonObject(json))
    throw new InputError(`expected a circuit configuration (a JSON object), found ${jsonKind(json)}`, {
      file,
    })
  return json
}

function parseConfig(config: JsonObject, file: string): CircuitConfig {
  const networks = config.networks
  if (!isJsonObject(networks))
    throw new InputError(`expected an object "networks", found ${jsonKind(networks)}`, {
      file,
      field: 'networks',
      hint: 'Give the circuit_config.json of a SONATA circuit.',
    })
  const manifest = new Manifest(config.manifest, file)
  return {
    file,
    nodes: parseEntries(networks.nodes, 'nodes', manifest),
    edges: parseEntries(networks.edges, 'edges', manifest),
    nodeSetsFile: optionalPath(config.node_sets_file, 'node_sets_file', manifest),
  }
}

/** Absent and null lists are empty: partial circuits and one-cell circuits have no edges. */
function parseEntries(
  value: JsonValue | undefined,
  side: 'nodes' | 'edges',
  manifest: Manifest,
): PopulationEntry[] {
  const list = value ?? []
  if (!isJsonArray(list)) throw expected('a list', list, `networks.${side}`, manifest.file)
  const entries = list.flatMap((entry, i) => parseEntry(entry, side, `networks.${side}[${i}]`, manifest))
  refuseDuplicates(entries, side, manifest.file)
  return entries
}

function parseEntry(
  entry: JsonValue,
  side: 'nodes' | 'edges',
  field: string,
  manifest: Manifest,
): PopulationEntry[] {
  const { fileKey, typesKey, defaultType } = SIDES[side]
  if (!isJsonObject(entry)) throw expected('an object', entry, field, manifest.file)
  const path = entry[fileKey]
  if (typeof path !== 'string' || path === '')
    throw expected('a path', path, `${field}.${fileKey}`, manifest.file)
  const file = manifest.path(path, `${field}.${fileKey}`)
  const typesFile = optionalPath(entry[typesKey], `${field}.${typesKey}`, manifest)
  const populations = entry.populations ?? {}
  if (!isJsonObject(populations))
    throw expected('an object', populations, `${field}.populations`, manifest.file)
  const listed = Object.entries(populations)
  if (listed.length === 0) return [{ population: undefined, file, type: defaultType, typesFile }]
  return listed.map(([population, properties]) => {
    const type = isJsonObject(properties) ? (properties.type ?? defaultType) : defaultType
    if (typeof type !== 'string')
      throw expected('text', type, `${field}.populations.${population}.type`, manifest.file)
    return { population, file, type, typesFile }
  })
}

/** Node and edge populations have separate names; within one kind a name may occur once. */
export function refuseDuplicates(
  entries: readonly PopulationEntry[],
  side: 'nodes' | 'edges',
  file: string,
): void {
  const seen = new Map<string, string>()
  for (const { population, file: where } of entries) {
    if (population === undefined) continue
    const before = seen.get(population)
    if (before !== undefined)
      throw new InputError(
        `${side} population "${population}" is listed twice (in ${before} and in ${where})`,
        {
          file,
          field: `networks.${side}`,
          hint: 'A population name may occur once among the nodes and once among the edges.',
        },
      )
    seen.set(population, where)
  }
}

function optionalPath(value: JsonValue | undefined, field: string, manifest: Manifest): string | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value !== 'string') throw expected('a path', value, field, manifest.file)
  return manifest.path(value, field)
}

const expected = (what: string, found: JsonValue | undefined, field: string, file: string) =>
  new InputError(`expected ${what} at ${field}, found ${found === '' ? 'an empty text' : jsonKind(found)}`, {
    file,
    field,
  })

/** Folder that relative paths of a configuration refer to. */
export const configFolder = (file: string): string => dirname(file)
