/** Circuits as bluepy opens them: BlueConfig, CircuitConfig, and bluepy's dictionary as JSON. */
import { basename, dirname, extname, resolve } from 'node:path'
import { FilesRead } from '../formats/files-read.ts'
import { openHdf5 } from '../formats/hdf5/open.ts'
import type { Hdf5File } from '../formats/hdf5/types.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../formats/json.ts'
import { type CircuitOptions, SonataCircuit } from '../sonata/circuit.ts'
import type { NodeFiles } from '../sonata/circuit-parts.ts'
import { listEdgePopulations, readEdgeEnds } from '../sonata/edges.ts'
import { type BlueConfig, sectionOf } from './blueconfig.ts'
import { type CircuitPaths, legacyEdges, pathsOfBlueConfig, pathsOfDictionary } from './circuit-paths.ts'
import { isMvd3, Mvd3Nodes } from './mvd3.ts'
import { Targets } from './targets.ts'

/** Whether a JSON file is bluepy's dictionary form, and not a SONATA configuration. */
export const isBluepyDictionary = (json: JsonValue): json is JsonObject =>
  isJsonObject(json) && json.networks === undefined && 'connectome' in json && 'cells' in json

/**
 * The circuit of a BlueConfig or CircuitConfig. Its targets stand where a SONATA circuit has node sets; they are
 * read when a selection needs them.
 *
 * @throws InputError naming file, section and key; legacy edges (nrn.h5) and cells (start.ncs, MVD2) are refused
 */
export async function openBlueConfig(
  config: BlueConfig,
  options: CircuitOptions = {},
): Promise<SonataCircuit> {
  const place = { file: config.file, field: fieldOf(config, 'nrnPath') }
  return openAt(config.file, await pathsOfBlueConfig(config), place, options)
}

/** Likewise for {@link isBluepyDictionary}. */
export async function openBluepyDictionary(
  config: JsonObject,
  file: string,
  options: CircuitOptions = {},
): Promise<SonataCircuit> {
  return openAt(file, await pathsOfDictionary(config, file), { file, field: 'connectome' }, options)
}

async function openAt(
  given: string,
  paths: CircuitPaths,
  edgesPlace: { file: string; field: string },
  options: CircuitOptions,
): Promise<SonataCircuit> {
  const file = resolve(given)
  const reads = new FilesRead()
  reads.note(file)
  const files = new Map<string, Promise<Hdf5File>>()
  const open = async (path: string): Promise<Hdf5File> => {
    const h5 = await openHdf5(path, reads)
    files.set(path, Promise.resolve(h5))
    return h5
  }
  try {
    const edges = await open(paths.edges)
    await refuseLegacyEdges(edges, edgesPlace)
    const cells = paths.cells === paths.edges ? edges : await open(paths.cells)
    const entry = { typesFile: undefined }
    return new SonataCircuit(
      file,
      {
        file,
        nodes: [{ ...entry, population: undefined, file: paths.cells, type: 'biophysical' }],
        edges: [{ ...entry, population: paths.edgePopulation, file: paths.edges, type: 'chemical' }],
        nodeSetsFile: undefined,
      },
      options,
      files,
      {
        name: circuitName(file),
        namedBy: 'BlueConfig',
        nodeSets: () => {
          for (const targets of paths.targets) reads.note(targets)
          return Targets.read(paths.targets, { file, circuitTarget: paths.circuitTarget })
        },
        reads,
        nodeFiles: (await isMvd3(cells)) ? mvd3Files(edges, paths.edgePopulation, options) : undefined,
      },
    )
  } catch (error) {
    for (const h5 of files.values()) (await h5).close()
    throw error
  }
}

/** Of MVD3 cells the edges say the name: all cells are one population, the postsynaptic one. */
function mvd3Files(edges: Hdf5File, edgePopulation: string | undefined, options: CircuitOptions): NodeFiles {
  const names = async (): Promise<string[]> => {
    const all = edgePopulation === undefined ? await listEdgePopulations(edges) : [edgePopulation]
    const found = new Set<string>()
    for (const population of all) found.add((await readEdgeEnds(edges, population, options)).targetPopulation)
    return [...found]
  }
  return {
    list: names,
    open: (h5, population) => Mvd3Nodes.open(h5, population),
  }
}

async function refuseLegacyEdges(h5: Hdf5File, place: { file: string; field: string }): Promise<void> {
  const members = (await h5.members('/')) ?? []
  if (members.includes('edges') || !members.some(name => /^a\d+$/.test(name))) return
  throw legacyEdges(h5.path, place)
}

const fieldOf = (config: BlueConfig, key: string): string => {
  const run = sectionOf(config, 'Run')
  return run === undefined ? 'Run' : `${run.type} ${run.name}, ${key}`
}

/** `X` for `.../X/CircuitConfig`, else the file name: as for `circuit_config.json`. */
function circuitName(file: string): string {
  const folder = basename(dirname(file))
  return ['CircuitConfig', 'BlueConfig'].includes(basename(file)) && folder !== ''
    ? folder
    : basename(file, extname(file))
}
