/** A SONATA circuit: its configuration, and the files behind it, opened when they are needed. */
import { basename, dirname, extname, resolve } from 'node:path'
import type { Circuit, FileRead, NamedBy, SelectOptions } from '../connectome/circuit.ts'
import type { EdgeSource } from '../connectome/edges.ts'
import type { NodeSelection } from '../connectome/selection.ts'
import { InputError, isInputError } from '../errors.ts'
import { FilesRead } from '../formats/files-read.ts'
import { openHdf5 } from '../formats/hdf5/open.ts'
import type { Hdf5File } from '../formats/hdf5/types.ts'
import { statPath } from '../formats/stat-path.ts'
import {
  type EdgePopulationInfo,
  type Named,
  namedPopulation,
  onlyPopulation,
  type PopulationInfo,
  refuseOtherEnds,
} from './choose-population.ts'
import {
  type CircuitConfig,
  type PopulationEntry,
  readCircuitConfig,
  refuseDuplicates,
} from './circuit-config.ts'
import { bareConfig, circuitFile, isConfig } from './circuit-file.ts'
import {
  type CircuitParts,
  type NodeFiles,
  type NodeSetSource,
  SONATA_NODES,
  unreadableSets,
} from './circuit-parts.ts'
import { type EndsOptions, listEdgePopulations, openEdgePopulation, readEdgeEnds } from './edges.ts'
import { NodeSets } from './node-sets.ts'
import { CountedNodes, type Nodes } from './nodes.ts'
import { resolveSelection } from './selection.ts'

export interface CircuitOptions {
  /** Edge population that {@link SonataCircuit.edgePopulation} gives where no other is named. */
  readonly edges?: string | undefined
  /** Only edge populations between these; they also stand in where the id columns do not name theirs. */
  readonly source?: string | undefined
  readonly target?: string | undefined
  /** Nodes by population, for a bare edges file without nodes. */
  readonly nodeCounts?: Readonly<Record<string, number>> | undefined
  /** Whose nodes those of unconverted edges are, which have no nodes beside them: the original's. */
  readonly nodesFrom?: { readonly circuit: Circuit; readonly edges: EdgeSource } | undefined
}

/**
 * Open a circuit: a `circuit_config.json` (or an AIBS `config.json` that points to one), a folder that holds
 * one, or a bare HDF5 file with `/edges`, `/nodes` or both. Of a bare edges file without nodes the number of
 * nodes is not known: its EdgeSource has `nodeCounts` of the options, else MAX_NODES (no id is out of range),
 * and nodes can be selected only where the options give the count.
 *
 * @throws InputError if `path` is none of these. Faults of single populations show when they are used.
 */
export async function openCircuit(path: string, options: CircuitOptions = {}): Promise<SonataCircuit> {
  const file = resolve(await circuitFile(path))
  const reads = new FilesRead()
  if (await isConfig(file))
    return new SonataCircuit(file, await readCircuitConfig(file, reads), options, new Map(), { reads })
  const h5 = await openHdf5(file, reads)
  const files = new Map([[file, Promise.resolve(h5)]])
  try {
    return new SonataCircuit(file, await bareConfig(h5), options, files, { reads, namedBy: 'edges file' })
  } catch (error) {
    h5.close()
    throw error
  }
}

export class SonataCircuit implements Circuit {
  readonly name: string
  readonly file: string
  readonly config: CircuitConfig
  readonly #options: CircuitOptions
  readonly #files: Map<string, Promise<Hdf5File>>
  readonly #bare: boolean
  readonly #parts: CircuitParts
  /** The files that are read for it: who reads another one for this circuit notes it here. */
  readonly reads: FilesRead
  readonly #nodes = new Map<string, Promise<Nodes>>()
  #nodeSets: Promise<NodeSetSource | undefined> | undefined

  /** Use {@link openCircuit}. `files`: HDF5 files already open, by path; closed with the circuit. */
  constructor(
    file: string,
    config: CircuitConfig,
    options: CircuitOptions,
    files: Map<string, Promise<Hdf5File>>,
    parts: CircuitParts = {},
  ) {
    this.file = file
    this.name = parts.name ?? circuitName(config.file)
    this.#parts = parts
    this.reads = parts.reads ?? new FilesRead()
    this.config = config
    this.#options = options
    this.#files = files
    this.#bare = files.has(file)
  }

  get namedBy(): NamedBy {
    return this.#parts.namedBy ?? 'configuration'
  }

  /** Edges that are no SONATA file yet: nothing but ids is known of them. */
  get unconverted(): boolean {
    return this.#parts.edgeFiles !== undefined
  }

  /** Every node population, usable or not, in the order of the configuration. */
  async nodePopulations(): Promise<PopulationInfo[]> {
    const infos: PopulationInfo[] = []
    for (const info of await this.#list('nodes')) {
      const usable = info.problem === undefined && info.population !== undefined
      infos.push(usable ? { ...info, problem: await problemOf(this.nodes(info.population)) } : info)
    }
    return infos
  }

  /** Every edge population, usable or not, in the order of the configuration. */
  async edgePopulations(): Promise<EdgePopulationInfo[]> {
    const infos: EdgePopulationInfo[] = []
    for (const info of await this.#list('edges')) infos.push(await this.#withEnds(info))
    return infos
  }

  /** @throws InputError if there is no such node population, or it cannot be read */
  nodes(population: string): Promise<Nodes> {
    const open = this.#nodes.get(population) ?? this.#openNodes(population)
    this.#nodes.set(population, open)
    return open
  }

  /**
   * Node sets of the configuration (or what stands for them); `undefined` if it names no file. A file that cannot be
   * read gives no set and says why in `problem`.
   */
  async nodeSets(): Promise<NodeSetSource | undefined> {
    this.#nodeSets ??= this.#readNodeSets()
    return this.#nodeSets
  }

  async #readNodeSets(): Promise<NodeSetSource | undefined> {
    const { nodeSetsFile: file } = this.config
    const { nodeSets } = this.#parts
    if (nodeSets === undefined && file === undefined) return undefined
    if (file !== undefined) this.reads.note(file)
    try {
      return await (nodeSets === undefined ? NodeSets.read(file ?? '') : nodeSets())
    } catch (error) {
      if (!isInputError(error)) throw error
      return unreadableSets(nodeSets === undefined ? 'node set' : 'target', file ?? this.file, error)
    }
  }

  async edgePopulation(name = this.#options.edges): Promise<EdgeSource> {
    const { source, target } = this.#options
    if (name !== undefined) {
      requireText(name, 'population')
      const opened = await this.#openEdges(
        namedPopulation(await this.#list('edges'), 'edge', name, this.file),
      )
      refuseOtherEnds(opened, source, target)
      return opened
    }
    const list = await this.#list('edges')
    // Without a filter no file need be opened to see whether there is only one.
    const only = list.length === 1 && source === undefined && target === undefined
    const infos = only ? list.map(info => ({ ...info, ends: undefined })) : await this.edgePopulations()
    return this.#openEdges(onlyPopulation(infos, { source, target }, this.file))
  }

  async select(population: string, expression?: string, options: SelectOptions = {}): Promise<NodeSelection> {
    requireText(population, 'population')
    if (expression !== undefined) requireText(expression, 'expression')
    if (this.#parts.select) return this.#parts.select(population, expression, options)
    const nodes = this.#countedNodes(population) ?? (await this.nodes(population))
    const nodeSets = expression === undefined ? undefined : await this.nodeSets()
    return resolveSelection(expression, { nodes, nodeSets, ...options })
  }

  filesRead(): readonly FileRead[] {
    return this.reads.list()
  }

  close(): void {
    for (const file of this.#files.values())
      file.then(
        h5 => h5.close(),
        () => {}, // it was never open
      )
    this.#files.clear()
    this.#parts.edgeFiles?.close()
  }

  #open(path: string): Promise<Hdf5File> {
    const open = this.#files.get(path) ?? openHdf5(path, this.reads)
    this.#files.set(path, open)
    return open
  }

  /** The entries of the configuration; only files whose populations it does not name are opened. */
  async #list(side: 'nodes' | 'edges'): Promise<PopulationInfo[]> {
    const infos: PopulationInfo[] = []
    for (const entry of this.config[side]) {
      if (entry.population === undefined) infos.push(...(await this.#listFile(entry, side)))
      else infos.push({ ...entry, problem: undefined, listed: true })
    }
    refuseDuplicates(infos, side, this.file)
    return infos
  }

  async #listFile(entry: PopulationEntry, side: 'nodes' | 'edges'): Promise<PopulationInfo[]> {
    try {
      const h5 = await this.#open(entry.file)
      const names = side === 'nodes' ? await this.#nodeFiles.list(h5) : await listEdgePopulations(h5)
      return names.map(population => ({ ...entry, population, problem: undefined, listed: false }))
    } catch (error) {
      if (!isInputError(error)) throw error
      return [{ ...entry, problem: error, listed: false }]
    }
  }

  get #nodeFiles(): NodeFiles {
    return this.#parts.nodeFiles ?? SONATA_NODES
  }

  async #openNodes(population: string): Promise<Nodes> {
    if (this.config.nodes.length === 0)
      throw new InputError(`the nodes of population "${population}" are not known: there is no nodes file`, {
        file: this.file,
        field: population,
        hint: 'Give the circuit_config.json, which names edges and nodes.',
      })
    const info = namedPopulation(await this.#list('nodes'), 'node', population, this.file)
    return this.#nodeFiles.open(await this.#open(info.file), population, info.typesFile)
  }

  async #withEnds(info: PopulationInfo): Promise<EdgePopulationInfo> {
    if (info.problem !== undefined || info.population === undefined) return { ...info, ends: undefined }
    try {
      const ends =
        (await this.#parts.edgeFiles?.ends(info.population)) ??
        (await readEdgeEnds(await this.#open(info.file), info.population, await this.#endsOptions()))
      return { ...info, ends }
    } catch (error) {
      if (!isInputError(error)) throw error
      return { ...info, ends: undefined, problem: error }
    }
  }

  async #openEdges(info: Named<PopulationInfo>): Promise<EdgeSource> {
    if (this.#parts.edgeFiles) return this.#parts.edgeFiles.open(info.population)
    const h5 = await this.#open(info.file)
    const options = await this.#endsOptions()
    const ends = await readEdgeEnds(h5, info.population, options)
    return openEdgePopulation(h5, info.population, {
      ...options,
      sourceCount: await this.#nodeCount(ends.sourcePopulation),
      targetCount: await this.#nodeCount(ends.targetPopulation),
      // A file by itself does not say whether there are types.
      types: this.#bare
        ? undefined
        : { configured: this.config.file, table: info.typesFile, reads: this.reads },
    })
  }

  async #endsOptions(): Promise<EndsOptions> {
    const names = (await this.#list('nodes')).flatMap(info => info.population ?? [])
    return { source: this.#options.source, target: this.#options.target, nodePopulations: names }
  }

  async #nodeCount(population: string): Promise<number | undefined> {
    if (this.config.nodes.length === 0) return this.#options.nodeCounts?.[population]
    return (await this.nodes(population)).size
  }

  /** Nodes without attributes, where only their number is known. */
  #countedNodes(name: string): Nodes | undefined {
    const size = this.config.nodes.length === 0 ? this.#options.nodeCounts?.[name] : undefined
    return size === undefined ? undefined : new CountedNodes(name, size, this.file)
  }
}

async function problemOf(opening: Promise<unknown>): Promise<InputError | undefined> {
  try {
    await opening
    return undefined
  } catch (error) {
    if (isInputError(error)) return error
    throw error
  }
}

/** `X` for `.../X/circuit_config.json`, else the file name without its extension. */
/** What a circuit is called whose path this is, also where it cannot be opened. */
export function nameOfPath(path: string): string {
  const isFolder = statPath(path)?.isDirectory() === true
  return isFolder ? basename(resolve(path)) : circuitName(resolve(path))
}

function circuitName(file: string): string {
  const folder = basename(dirname(file))
  return basename(file) === 'circuit_config.json' && folder !== '' ? folder : basename(file, extname(file))
}

/** JavaScript may give anything. */
function requireText(value: unknown, field: string): void {
  if (typeof value !== 'string') throw new InputError(`expected a text, found ${typeof value}`, { field })
}
