/**
 * Which connections a simulation creates, and with which weight: neurodamus 4.2.9's rules for `connection_overrides`,
 * taken from its sources (`connection_manager.py`, `target_manager.py`, `core/configuration.py`).
 *
 * - *Creation*, for each pair of node populations: where no override meets the pair, all connections to simulated
 *   cells are created; where one alone does and its weight is 0, none at all, whichever it names; else those that an
 *   override without delay names, no others.
 * - *Configuration*, in the order of the file: each override sets weight, `spont_minis` and `synapse_delay_override` of
 *   the connections that it names, those that it does not give to their defaults; `modoverride` and
 *   `synapse_configure` stay until another takes their place or joins them. A delayed one sets the weight at its time.
 */
import { InputError } from '../errors.ts'
import { Membership } from './membership.ts'
import type { SimulationConfig, SimulationOverride } from './simulation-config.ts'

/** Where the nodes of a simulation come from. */
export interface SimulatedNodes {
  /** Node populations of the circuit. */
  readonly populations: readonly string[]
  /** Nodes of a set in one population: ascending, 0-based; none where an attribute of the set is not there. */
  ids(set: string, population: string): Promise<Uint32Array>
  /** Nodes of a population that are simulated: all of a virtual one. */
  simulated(population: string): Promise<NodeBits>
}

/** Some of the nodes of a population. */
export interface NodeBits {
  /** 1 for each node that is meant; its place is its id. */
  readonly bits: Uint8Array
  readonly count: number
}

/** What becomes of one connection of the circuit. */
export type Effect =
  /** It has a weight, be it later or only for a time. */
  | 'effective'
  /** It is created with weight 0, and keeps it. */
  | 'weight 0'
  /** No override that creates connections names it. */
  | 'not created'
  /** Its target (of gap junctions also its source) is not simulated. */
  | 'not simulated'
  /** Weight 0, but `modoverride` gives it synapses of another model. */
  | 'modoverride'
  /** A `synapse_configure` sets to 0 what its conductance is made of. */
  | 'synapse_configure'
  /** Whether it is created depends on the cells that the process of its target has. */
  | 'processes'

/** One override on one pair of populations. */
interface Reach {
  readonly override: SimulationOverride
  readonly sources: Uint32Array
  readonly targets: Uint32Array
  /** Whether it takes part in the choice of what is created, where one process has all cells. */
  readonly meets: boolean
  /**
   * Whether each process may find otherwise, by its own cells of the source (or target) population: the node set has
   * nodes of several populations, and not all of this one.
   */
  readonly spread: { readonly source: boolean; readonly target: boolean }
}

/** What a simulation makes of the connections from one node population to another. */
export class Pathway {
  readonly reaches: readonly Reach[]
  readonly #sources: Membership
  readonly #targets: Membership
  readonly #simulated: NodeBits | undefined
  readonly #simulatedSources: NodeBits | undefined
  readonly #creation: 'all' | 'none' | 'named'
  /** Overrides that every process meets, and those that some may not. */
  readonly #always: readonly Reach[]
  readonly #sometimes: readonly Reach[]

  /**
   * @param targets simulated nodes of the target population; `undefined`: all of them
   * @param sources likewise, where a connection needs its source: without it there are only spikes that do not come
   */
  constructor(reaches: readonly Reach[], targets?: NodeBits, sources?: NodeBits) {
    this.reaches = reaches
    this.#sources = new Membership(reaches.map(({ sources }) => sources))
    this.#targets = new Membership(reaches.map(({ targets }) => targets))
    this.#simulated = targets
    this.#simulatedSources = sources
    const meeting = reaches.filter(({ meets }) => meets)
    this.#always = meeting.filter(({ spread }) => !spread.source && !spread.target)
    this.#sometimes = meeting.filter(({ spread }) => spread.source || spread.target)
    const [only, another] = meeting
    const invariablyZero = only !== undefined && another === undefined && isZero(only)
    this.#creation = only === undefined ? 'all' : invariablyZero ? 'none' : 'named'
  }

  /** Whether no override of the simulation says what is created. */
  get createsAll(): boolean {
    return this.#creation === 'all'
  }

  /** Overrides whose part in the creation depends on the cells that a process has. */
  get dependsOnProcesses(): string[] {
    return this.#sometimes.map(({ override }) => override.name)
  }

  /**
   * Whether overrides that silence may join those of the simulation without a change of what each process creates:
   * in every process at least one override is met that does not keep everything from being created.
   */
  get takesMore(): boolean {
    const [only, another] = this.#always
    if (this.#sometimes.length === 0 || another !== undefined) return true
    return only !== undefined && !isZero(only)
  }

  /** Whether the simulation creates the connection, where one process has all cells. Node ids, 0-based. */
  creates(source: number, target: number): boolean {
    if (!this.#isSimulated(source, target) || this.#creation === 'none') return false
    if (this.#creation === 'all') return true
    return this.#sources.common(this.#targets, source, target, k => {
      const reach = this.reaches[k]
      return reach?.meets === true && reach.override.delay === 0
    })
  }

  /** What becomes of a connection, however its cells are spread over processes. Node ids, 0-based. */
  effect(source: number, target: number): Effect {
    if (!this.#isSimulated(source, target)) return 'not simulated'
    const effect = this.#effectIfCreated(source, target)
    const created = this.creates(source, target)
    if (effect === 'weight 0') return created ? effect : 'not created'
    if (this.#sometimes.length > 0 && this.#dependsOnProcess(source, target)) return 'processes'
    return created ? effect : 'not created'
  }

  #effectIfCreated(source: number, target: number): Effect {
    let weight: number | undefined
    let modoverride = false
    let zeroed = false
    let later = false
    this.#sources.common(this.#targets, source, target, k => {
      const override = this.reaches[k]?.override
      if (override === undefined) return false
      if (override.delay > 0) later ||= override.weight !== 0
      else {
        weight ??= override.weight
        modoverride ||= override.modoverride !== undefined
        zeroed ||= configuresToZero(override.synapseConfigure)
      }
      return false
    })
    if (weight === 0 && !later) return modoverride ? 'modoverride' : 'weight 0'
    return zeroed ? 'synapse_configure' : 'effective'
  }

  /** Whether one process may create the connection and another not, by the overrides that they meet. */
  #dependsOnProcess(source: number, target: number): boolean {
    const naming = new Set<Reach>()
    this.#sources.common(this.#targets, source, target, k => {
      const reach = this.reaches[k]
      if (reach?.meets && reach.override.delay === 0) naming.add(reach)
      return false
    })
    // The process has the target, so that one that names the connection is met as far as targets go.
    const certain = [...naming].filter(({ spread }) => !spread.source)
    const always = new Set([...this.#always, ...certain])
    const others = this.#sometimes.filter(reach => !always.has(reach))
    const [only] = always
    if (certain.length > 0)
      return always.size === 1 && only !== undefined && isZero(only) && others.length > 0
    if (always.size > 0) return others.some(reach => naming.has(reach))
    // Without any all connections are created; with one alone that does not name this one, or has weight 0, it is not.
    return others.some(reach => !naming.has(reach) || isZero(reach))
  }

  #isSimulated(source: number, target: number): boolean {
    const [from, to] = [this.#simulatedSources, this.#simulated]
    return (to === undefined || to.bits[target] === 1) && (from === undefined || from.bits[source] === 1)
  }
}

/** As np.isclose(weight, 0). */
const isZero = ({ override }: Reach): boolean => Math.abs(override.weight) <= 1e-8

/** Assignments as neurodamus finds them; names are parameters of synapses, `%s.Use`, or global, `Use_ProbAMPANMDA_EMS`. */
const ASSIGNMENT = /(\S+)\s*\*?=\s*(\S+)/g
const SCALES_ALL = /^(?:%s\.)?(?:Use|u0|g|gmax|weight|conductance)(?:\d|_|$)/i

function configuresToZero(text: string | undefined): boolean {
  if (text === undefined) return false
  return [...text.matchAll(ASSIGNMENT)].some(
    ([, name, value]) => SCALES_ALL.test(name ?? '') && Number(value) === 0,
  )
}

export interface ProcessOptions {
  /**
   * Whether the simulation runs in one process, or each process has cells of all node sets that overrides name. Else
   * what depends on it is not told; that each has a cell of each population is taken for granted.
   */
  readonly oneProcess?: boolean | undefined
}

/**
 * The rules of a simulation for the connections from `source` to `target`, two node populations.
 *
 * @throws InputError naming a node set that cannot be evaluated
 */
export async function modelPathway(
  simulation: SimulationConfig,
  nodes: SimulatedNodes,
  source: string,
  target: string,
  { oneProcess = false }: ProcessOptions = {},
): Promise<Pathway> {
  const from = await nodes.simulated(source)
  const to = await nodes.simulated(target)
  const whole = simulation.nodeSet === undefined
  const reaches: Reach[] = []
  for (const override of simulation.overrides) {
    const sources = await nodes.ids(override.source, source)
    const targets = await nodes.ids(override.target, target)
    // neurodamus does not look at the nodes of two sets of the same one population, unless both have names.
    const fromHere = await onlyIn(nodes, override.source, source)
    const toHere = whole && (await onlyIn(nodes, override.target, target))
    const near = fromHere ? 0 : countIn(sources, from)
    const far = toHere ? 0 : countIn(targets, to)
    const meets = (fromHere || near > 0) && (toHere || far > 0)
    const partly = {
      source: !oneProcess && !fromHere && near < from.count,
      target: !oneProcess && whole && !toHere && far < to.count,
    }
    reaches.push({ override, sources, targets, meets, spread: partly })
  }
  return new Pathway(reaches, whole ? undefined : to)
}

/** Whether a set has nodes of one population and of no other. */
async function onlyIn(nodes: SimulatedNodes, set: string, population: string): Promise<boolean> {
  for (const other of nodes.populations)
    if (other !== population && (await nodes.ids(set, other)).length > 0) return false
  return (await nodes.ids(set, population)).length > 0
}

function countIn(ids: Uint32Array, { bits }: NodeBits): number {
  let count = 0
  for (const id of ids) count += bits[id] ?? 0
  return count
}

/** Whether two ascending lists have an id in common. */
export function meet(a: Uint32Array, b: Uint32Array): boolean {
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [x, y] = [a[i] ?? 0, b[j] ?? 0]
    if (x === y) return true
    if (x < y) i++
    else j++
  }
  return false
}

/**
 * What neurodamus' check of the overrides stops at: a delayed override that meets one with weight 0 without being of
 * the same node sets (`check_connections_configure`).
 *
 * @throws InputError naming the override with weight 0
 */
export async function refusePartialOverrides(
  simulation: SimulationConfig,
  nodes: SimulatedNodes,
): Promise<void> {
  const { overrides, file } = simulation
  const delayed = overrides.filter(({ delay }) => delay > 0)
  if (delayed.length === 0) return
  const undelayed = overrides.filter(({ delay }) => delay === 0)
  for (const [k, zero] of undelayed.entries()) {
    if (zero.weight !== 0) continue
    let full = await fullyOverridden(undelayed, k, nodes)
    let partial: SimulationOverride | undefined
    for (const other of delayed) {
      if (full || !(await pathwaysOverlap(zero, other, nodes))) continue
      full = samePathway(zero, other)
      partial = full ? undefined : other
    }
    if (partial !== undefined)
      throw new InputError(
        `neurodamus stops: the delayed override "${partial.name}" covers a part of "${zero.name}", which has weight 0`,
        { file, field: 'connection_overrides', hint: 'Give both the same source and target.' },
      )
  }
}

/** Whether the next override that looks at this one first has the same node sets. */
async function fullyOverridden(
  undelayed: readonly SimulationOverride[],
  k: number,
  nodes: SimulatedNodes,
): Promise<boolean> {
  for (let later = k + 1; later < undelayed.length; later++) {
    const other = undelayed[later]
    const zero = undelayed[k]
    if (other === undefined || zero === undefined || !samePathway(zero, other)) continue
    // Each looks at the last one before it that it meets.
    let first = later - 1
    while (first > k && !(await pathwaysOverlap(undelayed[first] ?? other, other, nodes))) first--
    if (first === k) return true
  }
  return false
}

const samePathway = (a: SimulationOverride, b: SimulationOverride): boolean =>
  a.source === b.source && a.target === b.target

async function pathwaysOverlap(
  a: SimulationOverride,
  b: SimulationOverride,
  nodes: SimulatedNodes,
): Promise<boolean> {
  return (await setsMeet(a.source, b.source, nodes)) && (await setsMeet(a.target, b.target, nodes))
}

/** Sets of one name meet, whatever is in them. */
async function setsMeet(a: string, b: string, nodes: SimulatedNodes): Promise<boolean> {
  if (a === b) return true
  for (const population of nodes.populations)
    if (meet(await nodes.ids(a, population), await nodes.ids(b, population))) return true
  return false
}
