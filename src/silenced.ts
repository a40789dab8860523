/** Which connections a simulation leaves without effect, by the rules of neurodamus 4.2.9. */
import { requireArguments, requirePath, stopIfAborted } from './arguments.ts'
import type { EdgeSource } from './connectome/edges.ts'
import { InputError, isInputError } from './errors.ts'
import { refuseChanged } from './identify.ts'
import { type OpenSimulation, openSimulation } from './interop/open-simulation.ts'
import {
  type Effect,
  Pathway,
  type ProcessOptions,
  refusePartialOverrides,
} from './interop/override-model.ts'
import type { EdgePopulationInfo } from './sonata/choose-population.ts'
import type { Trouble } from './verification/proof.ts'
import { passRows, type RowVisitor } from './verification/row-pass.ts'

export interface SilencedOptions extends ProcessOptions {
  /** Only this edge population. */
  readonly population?: string | undefined
  /** Silenced connections to list of each edge population; default 10. */
  readonly keep?: number
  /** List them all. */
  readonly all?: boolean
  /** Bytes for rows that must be brought into order; more go to a temporary file. */
  readonly memory?: number | undefined
  /** Folder for that file; default that of the system. */
  readonly folder?: string | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/** Connections of one edge population, each counted once. */
export interface SilencedCounts {
  readonly connections: number
  /** Without effect: `weight 0` and `not created`. */
  readonly silenced: number
  /** Created with weight 0, which they keep. */
  readonly zeroWeight: number
  /** Named by no override that creates connections, though others between the two populations are. */
  readonly notCreated: number
  /** Their target is not in the node set of the simulation; not counted as silenced. */
  readonly notSimulated: number
  /**
   * Neither silenced nor not: synapses of a `modoverride` with weight 0, a `synapse_configure` that sets what its
   * conductance is made of to 0, or created or not by the cells of a process.
   */
  readonly cannotTell: number
}

export interface SilencedPopulation extends Partial<SilencedCounts> {
  readonly population: string
  /** Node populations; empty where the file does not say. */
  readonly source: string
  readonly target: string
  /** The first (or all) that are silenced, ascending by (target, source); node ids, 0-based. */
  readonly pairs: readonly (readonly [source: number, target: number])[]
  /** Overrides whose part in what is created depends on the cells that a process has. */
  readonly dependsOnProcesses: readonly string[]
  /** Why nothing is counted. */
  readonly problem?: Trouble
}

export interface Silenced {
  readonly file: string
  readonly network: string
  /** Overrides of the simulation. */
  readonly overrides: number
  readonly populations: readonly SilencedPopulation[]
}

/**
 * Count and list, for each edge population of a simulation's circuit, the connections that the simulation leaves
 * without effect: created with weight 0, or not created because `connection_overrides` name others only.
 *
 * @param file `simulation_config.json`
 * @throws InputError for what neurodamus or libsonata would stop at, naming file and key; what cannot be told of one
 *   population is its `problem` or counted in `cannotTell`
 * @example
 * const { populations } = await silenced('simulation_config.json')
 * populations[0].silenced // 81540
 */
export async function silenced(file: string, options: SilencedOptions = {}): Promise<Silenced> {
  requirePath(file, 'file')
  requireArguments(options)
  const opened = await openSimulation(file, { oneProcess: options.oneProcess })
  try {
    await refusePartialOverrides(opened.simulation, opened.nodes)
    const { population: wanted } = options
    if (wanted !== undefined) await opened.circuit.edgePopulation(wanted)
    const populations: SilencedPopulation[] = []
    for (const info of await opened.circuit.edgePopulations())
      if (wanted === undefined || info.population === wanted)
        populations.push(await silencedIn(opened, info, options))
    await refuseChanged([...opened.reads.list(), ...opened.circuit.filesRead()])
    stopIfAborted(options)
    const { network, overrides } = opened.simulation
    return { file, network, overrides: overrides.length, populations }
  } finally {
    opened.close()
  }
}

async function silencedIn(
  opened: OpenSimulation,
  info: EdgePopulationInfo,
  options: SilencedOptions,
): Promise<SilencedPopulation> {
  const { population = '', ends, problem } = info
  const named = { population, source: ends?.sourcePopulation ?? '', target: ends?.targetPopulation ?? '' }
  try {
    if (problem !== undefined) throw problem
    const pathway = await pathwayOf(opened, info)
    const edges = await opened.circuit.edgePopulation(population)
    const { keep = 10, all = false } = options
    const pairs: [number, number][] = []
    const counts = await countEffects(edges, pathway, options, () => {
      pairs.length = 0
      return (source, target, effect) => {
        if (isSilenced(effect) && (all || pairs.length < keep)) pairs.push([source, target])
      }
    })
    return { ...named, ...counts, pairs, dependsOnProcesses: pathway.dependsOnProcesses }
  } catch (error) {
    if (!isInputError(error)) throw error
    const { message, file, field, hint } = error
    return { ...named, pairs: [], dependsOnProcesses: [], problem: { message, file, field, hint } }
  }
}

/** Without effect by the overrides. */
export const isSilenced = (effect: Effect): boolean => effect === 'weight 0' || effect === 'not created'

/** What neither has an effect for certain nor has none. */
export const isUncertain = (effect: Effect): boolean =>
  effect === 'modoverride' || effect === 'synapse_configure' || effect === 'processes'

/** Types of edges whose connections overrides create and configure. */
const CONFIGURED: readonly string[] = ['chemical', 'point_process', 'Exp2Syn_synapse']

/**
 * The rules of a simulation for one edge population.
 *
 * @throws InputError where they cannot be told: edges of a type that is configured in another way, virtual targets
 */
export async function pathwayOf(opened: OpenSimulation, info: EdgePopulationInfo): Promise<Pathway> {
  const { population = '', type, ends, listed } = info
  const { circuit, nodes } = opened
  const fail = (message: string, hint?: string): InputError =>
    new InputError(message, { file: circuit.file, field: population, hint })
  if (info.problem !== undefined) throw info.problem
  if (ends === undefined || !listed)
    throw fail('the circuit does not list this edge population, which neurodamus needs')
  const { sourcePopulation: source, targetPopulation: target } = ends
  for (const name of [source, target])
    if (!nodes.populations.includes(name)) throw fail(`node population "${name}" is not in the circuit`)
  if (nodes.isVirtual(target)) throw fail(`neurodamus stops: its targets, "${target}", are virtual`)
  if (CONFIGURED.includes(type)) return opened.pathway(source, target)
  if (type === 'electrical') {
    // Without a name neurodamus takes the cells of the process for those that are simulated.
    if (opened.simulation.nodeSet === undefined && !opened.oneProcess)
      throw fail(
        'gap junctions between cells of different processes are not created where the simulation names no node_set',
        'Give it a node_set, such as one of all cells; or --one-process if there is one only.',
      )
    // Overrides neither create nor configure them; both of their cells must be simulated.
    return new Pathway([], await nodes.simulated(target), await nodes.simulated(source))
  }
  throw fail(
    `what overrides do to edges of type "${type}" is not modelled`,
    'Name the population that is meant with --population.',
  )
}

/**
 * Look at every connection once, ascending by (target, source).
 *
 * @param begin makes who sees them; made again where the pass begins again, as rows may be in another order than hoped
 * @throws InputError if the edges cannot be read
 */
export function countEffects(
  edges: EdgeSource,
  pathway: Pathway,
  options: Pick<SilencedOptions, 'memory' | 'folder' | 'signal' | 'onProgress'>,
  begin: () => (source: number, target: number, effect: Effect) => void,
): Promise<SilencedCounts> {
  const { memory, folder, signal, onProgress } = options
  const start = (): RowVisitor<SilencedCounts> => {
    const visit = begin()
    const seen = new Map<Effect, number>()
    let [source, target, connections] = [-1, -1, 0]
    return {
      rows(sources, targets) {
        for (let k = 0; k < sources.length; k++) {
          const [from, to] = [sources[k] ?? 0, targets[k] ?? 0]
          if (from === source && to === target) continue
          source = from
          target = to
          connections++
          const effect = pathway.effect(from, to)
          seen.set(effect, (seen.get(effect) ?? 0) + 1)
          visit(from, to, effect)
        }
      },
      close: () => countsOf(connections, seen),
    }
  }
  return passRows(edges, start, { memory, folder, signal, onProgress })
}

function countsOf(connections: number, seen: ReadonlyMap<Effect, number>): SilencedCounts {
  const of = (effect: Effect): number => seen.get(effect) ?? 0
  return {
    connections,
    silenced: of('weight 0') + of('not created'),
    zeroWeight: of('weight 0'),
    notCreated: of('not created'),
    notSimulated: of('not simulated'),
    cannotTell: of('modoverride') + of('synapse_configure') + of('processes'),
  }
}
