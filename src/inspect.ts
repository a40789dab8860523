/** What a circuit or an edges file holds: the facts a reader wants before believing anything about it. */
import { requireArguments, requirePath, stopIfAborted } from './arguments.ts'
import type { EdgeSource } from './connectome/edges.ts'
import { severalSynapses } from './connectome/table.ts'
import { isInputError } from './errors.ts'
import { openHdf5 } from './formats/hdf5/open.ts'
import type { Hdf5File } from './formats/hdf5/types.ts'
import { refuseChanged } from './identify.ts'
import type { PairOptions } from './inputs/pairs.ts'
import { inspectList } from './inspect-list.ts'
import { openCircuit } from './open-circuit.ts'
import { measured } from './same-nodes.ts'
import type { EdgePopulationInfo } from './sonata/choose-population.ts'
import type { SonataCircuit } from './sonata/circuit.ts'
import { checkIndices } from './sonata/edge-index.ts'
import { type IndexLayout, readEdgeLayout } from './sonata/edge-layout.ts'
import { openUnnamed } from './sonata/missing-ends.ts'
import type { Trouble } from './verification/proof.ts'
import { summarizeEdges } from './verification/summary.ts'

/** One edge population. The names are the keys of `inspect --json`, in its order. */
export interface EdgeFacts {
  readonly file: string
  readonly population: string
  /** Node populations; null where the file does not say. */
  readonly source: string | null
  readonly target: string | null
  readonly edges: number
  readonly index: IndexLayout | null
  readonly groups: readonly string[]
  readonly dtype: readonly string[]
  /** Properties that the table of edge types gives; absent where there is none. */
  readonly types?: readonly string[]
  /** Absent, as all that follows, where there are no edges or they could not be read. */
  readonly connections?: number
  readonly multi?: number
  readonly max_per_conn?: number
  /** Only where source and target are the same population. */
  readonly autapses?: number
  readonly reciprocal_pairs?: number
  readonly order?: string
  /** SHA-256 over the distinct pairs, see {@link summarizeEdges}. */
  readonly sha256_pairs_tgtsrc?: string
  /** What is wrong with the file, though the numbers stand. Absent where nothing is. */
  readonly warnings?: readonly string[]
  /** Why the numbers are missing. */
  readonly problem?: Trouble
}

export interface NodeFacts {
  readonly file: string
  readonly population: string
  readonly type: string
  readonly nodes: number
  readonly attributes: readonly string[]
  readonly problem?: Trouble
}

export interface Inspection {
  readonly file: string
  readonly edges: readonly EdgeFacts[]
  readonly nodes: readonly NodeFacts[]
  /** Names of the sets that can be asked for. */
  readonly nodeSets: readonly string[]
  /** Why libsonata refuses the file of the node sets, or why it cannot be read. */
  readonly nodeSetsProblem?: Trouble | undefined
}

export interface InspectOptions extends PairOptions {
  /** Only this edge population. */
  readonly population?: string | undefined
  /** Only edge populations between these; they also stand in where the file does not name its own. */
  readonly sourcePopulation?: string | undefined
  readonly targetPopulation?: string | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/**
 * Inspect a circuit, a bare SONATA file, an adjacency matrix or a list of pairs. A population that cannot be read
 * has a `problem` instead of numbers and does not stop the others.
 *
 * @throws InputError if the file itself cannot be opened or is changed while it is read, or if `population` is not in it
 */
export async function inspect(path: string, options: InspectOptions = {}): Promise<Inspection> {
  requirePath(path, 'path')
  requireArguments(options)
  const inspection = await inspectAny(path, options)
  stopIfAborted(options)
  return inspection
}

async function inspectAny(path: string, options: InspectOptions): Promise<Inspection> {
  const list = await inspectList(path, options)
  if (list !== undefined) return { file: path, edges: [list], nodes: [], nodeSets: [] }
  const circuit = await openCircuit(path, {
    source: options.sourcePopulation,
    target: options.targetPopulation,
  })
  try {
    // A bare file is named as the caller named it; files behind a configuration by their absolute path.
    const nameOf = (file: string): string => (file === circuit.file ? path : file)
    const edges = await inspectEdges(circuit, nameOf, options)
    const nodes = await inspectNodes(circuit, nameOf)
    const sets = await setsOf(circuit)
    await refuseChanged(circuit.filesRead())
    return { file: path, edges, nodes, ...sets }
  } finally {
    circuit.close()
  }
}

async function inspectEdges(
  circuit: SonataCircuit,
  nameOf: (file: string) => string,
  options: InspectOptions,
): Promise<EdgeFacts[]> {
  const { population: wanted } = options
  const infos = await circuit.edgePopulations()
  // Refuses an unknown name with a suggestion.
  if (wanted !== undefined && !infos.some(info => info.population === wanted))
    await circuit.edgePopulation(wanted)
  const facts: EdgeFacts[] = []
  for (const info of infos.filter(({ population }) => wanted === undefined || population === wanted)) {
    if (!connectsAsked(info, options)) continue
    const { file, population, ends } = info
    const base = {
      file: nameOf(file),
      population: population ?? '',
      source: ends?.sourcePopulation ?? null,
      target: ends?.targetPopulation ?? null,
      edges: 0,
      index: null,
      groups: [],
      dtype: [],
    }
    const failed = (error: unknown): EdgeFacts => ({ ...base, problem: troubleOf(error) })
    facts.push({
      ...base,
      ...(await factsOf(circuit, info, options).catch(failed)),
      file: base.file,
    })
  }
  return facts
}

/** Those that cannot be read stay: they may be meant. */
const connectsAsked = ({ ends }: EdgePopulationInfo, options: InspectOptions): boolean =>
  ends === undefined ||
  ((options.sourcePopulation ?? ends.sourcePopulation) === ends.sourcePopulation &&
    (options.targetPopulation ?? ends.targetPopulation) === ends.targetPopulation)

async function factsOf(
  circuit: SonataCircuit,
  info: EdgePopulationInfo,
  options: InspectOptions,
): Promise<Partial<EdgeFacts>> {
  const { file, population, problem } = info
  if (population === undefined) throw problem
  if (circuit.unconverted && problem === undefined)
    return factsOfUnconverted(await circuit.edgePopulation(population), options)
  const h5 = await openHdf5(file, circuit.reads)
  try {
    if (problem === undefined) return await numbersOf(h5, await circuit.edgePopulation(population), options)
    const unnamed = await openUnnamed(h5, population)
    if (unnamed === undefined) throw problem
    const { edges, missing } = unnamed
    const sides = missing.map(side => `${side}_node_id`).join(' and ')
    const warning = `node_population is missing on ${sides}, so the node populations are not known`
    return {
      source: edges.sourcePopulation || null,
      target: edges.targetPopulation || null,
      ...(await numbersOf(h5, edges, options, [warning])),
    }
  } finally {
    h5.close()
  }
}

async function numbersOf(
  h5: Hdf5File,
  edges: EdgeSource,
  options: InspectOptions,
  noted: readonly string[] = [],
): Promise<Partial<EdgeFacts>> {
  const layout = await readEdgeLayout(h5, edges.population)
  const read = { edges: edges.edgeCount, ...layout }
  try {
    const problems = await checkIndices(h5, edges.population, edges, options)
    const several = await severalSynapses(edges.table)
    const types = await typesIn(edges)
    const warnings = [
      ...noted,
      ...problems.map(({ message }) => message),
      ...(several ? [several] : []),
      ...(types.warning === undefined ? [] : [types.warning]),
    ]
    const said = types.columns.length === 0 ? read : { ...read, types: types.columns }
    const found = warnings.length === 0 ? said : { ...said, warnings }
    if (edges.edgeCount === 0) return found
    return { ...found, ...(await summaryFacts(await measured(edges), options)) }
  } catch (error) {
    return { ...read, problem: troubleOf(error) }
  }
}

/** A table of types that cannot be read does not hide what the edges file holds. */
async function typesIn({ table }: EdgeSource): Promise<{ columns: readonly string[]; warning?: string }> {
  const opened = await table?.().catch((error: unknown) => {
    if (isInputError(error)) return undefined // the properties are not what is inspected
    throw error
  })
  try {
    const types = await opened?.types?.()
    const lost =
      types?.lost === true ? { warning: `the table of edge types is not there: ${types.file}` } : {}
    return { columns: [...(types?.columns.keys() ?? [])].sort(), ...lost }
  } catch (error) {
    if (!isInputError(error)) throw error
    const place = [error.file, error.field].filter(part => part !== undefined).join(': ')
    return { columns: [], warning: `the edge types cannot be read: ${place}: ${error.message}` }
  }
}

/** Unconverted edges have neither groups nor indices. */
async function factsOfUnconverted(edges: EdgeSource, options: InspectOptions): Promise<Partial<EdgeFacts>> {
  const ends = edges.unknown?.includes('nodes') ? { source: null, target: null } : {}
  const read = { ...ends, edges: edges.edgeCount }
  try {
    if (edges.edgeCount === 0) return read
    return { ...read, ...(await summaryFacts(await measured(edges), options)) }
  } catch (error) {
    return { ...read, problem: troubleOf(error) }
  }
}

async function summaryFacts(edges: EdgeSource, options: InspectOptions): Promise<Partial<EdgeFacts>> {
  const summary = await summarizeEdges(edges, options)
  return {
    connections: summary.connections,
    multi: summary.multi,
    max_per_conn: summary.maxPerConnection,
    ...(summary.autapses === undefined ? {} : { autapses: summary.autapses }),
    ...(summary.reciprocalPairs === undefined ? {} : { reciprocal_pairs: summary.reciprocalPairs }),
    order: summary.order,
    sha256_pairs_tgtsrc: summary.digest,
  }
}

async function inspectNodes(circuit: SonataCircuit, nameOf: (file: string) => string): Promise<NodeFacts[]> {
  const facts: NodeFacts[] = []
  for (const { file, population, type, problem } of await circuit.nodePopulations()) {
    const base = { file: nameOf(file), population: population ?? '', type, nodes: 0, attributes: [] }
    if (problem !== undefined || population === undefined) {
      facts.push({ ...base, problem: troubleOf(problem) })
      continue
    }
    const nodes = await circuit.nodes(population)
    facts.push({ ...base, nodes: nodes.size, attributes: await nodes.attributeNames() })
  }
  return facts
}

async function setsOf(circuit: SonataCircuit): Promise<Pick<Inspection, 'nodeSets' | 'nodeSetsProblem'>> {
  const { names = [], problem } = (await circuit.nodeSets()) ?? {}
  return { nodeSets: [...names], ...(problem && { nodeSetsProblem: troubleOf(problem) }) }
}

function troubleOf(error: unknown): Trouble {
  if (!isInputError(error)) throw error
  return { message: error.message, file: error.file, field: error.field, hint: error.hint }
}
