/** The nodes of a simulation, as neurodamus 4.2.9 resolves its node sets (`NodeSetReader.read_nodeset`). */
import { InputError, nearestName } from '../errors.ts'
import { openHdf5 } from '../formats/hdf5/open.ts'
import type { Hdf5File } from '../formats/hdf5/types.ts'
import type { SonataCircuit } from '../sonata/circuit.ts'
import { SONATA_NODES } from '../sonata/circuit-parts.ts'
import type { NodeSets } from '../sonata/node-sets.ts'
import type { Nodes } from '../sonata/nodes.ts'
import type { NodeBits, SimulatedNodes } from './override-model.ts'
import type { SimulationConfig } from './simulation-config.ts'

/** Node sets of a simulation on the node populations of its circuit, each evaluated once. */
export class SimulationNodes implements SimulatedNodes {
  readonly populations: readonly string[]
  readonly #simulation: SimulationConfig
  readonly #sets: NodeSets
  readonly #nodes: ReadonlyMap<string, Nodes>
  readonly #virtual: ReadonlySet<string>
  readonly #typed: ReadonlySet<string>
  readonly #files: readonly Hdf5File[]
  readonly #known = new Map<string, Promise<Uint32Array>>()

  private constructor(simulation: SimulationConfig, sets: NodeSets, found: Found) {
    this.#simulation = simulation
    this.#sets = sets
    this.#nodes = found.nodes
    this.#virtual = found.virtual
    this.#typed = found.typed
    this.#files = found.files
    this.populations = [...found.nodes.keys()]
  }

  /**
   * @throws InputError for node populations that neurodamus cannot use, and naming the override whose node set is
   *   not there
   */
  static async open(
    simulation: SimulationConfig,
    circuit: SonataCircuit,
    sets: NodeSets,
  ): Promise<SimulationNodes> {
    requireSets(simulation, sets)
    return new SimulationNodes(simulation, sets, await findNodes(circuit))
  }

  /** Virtual populations have no cells: nothing can be connected to them. */
  isVirtual(population: string): boolean {
    return this.#virtual.has(population)
  }

  ids(set: string, population: string): Promise<Uint32Array> {
    const key = JSON.stringify([set, population])
    const known = this.#known.get(key) ?? this.#evaluate(set, population)
    this.#known.set(key, known)
    return known
  }

  async simulated(population: string): Promise<NodeBits> {
    const { size = 0 } = this.#nodes.get(population) ?? {}
    const bits = new Uint8Array(size)
    const { nodeSet } = this.#simulation
    if (nodeSet === undefined || this.#virtual.has(population)) return { bits: bits.fill(1), count: size }
    const ids = await this.ids(nodeSet, population)
    for (const id of ids) bits[id] = 1
    return { bits, count: ids.length }
  }

  close(): void {
    for (const file of this.#files) file.close()
  }

  async #evaluate(set: string, population: string): Promise<Uint32Array> {
    const nodes = this.#nodes.get(population)
    if (nodes === undefined) return new Uint32Array(0)
    const attributes = this.#sets.attributes(set)
    const there = new Set(await nodes.attributeNames())
    // neurodamus leaves a population out where libsonata finds no such attribute.
    if ([...attributes].some(attribute => !there.has(attribute))) return new Uint32Array(0)
    if (attributes.size > 0 && this.#typed.has(population))
      throw new InputError(
        `node set "${set}" looks at attributes, and population "${population}" has a table of node types, which libsonata does not read`,
        { file: nodes.file, field: population, hint: 'Write the attributes into the nodes file.' },
      )
    return this.#sets.evaluate(set, nodes)
  }
}

interface Found {
  readonly nodes: ReadonlyMap<string, Nodes>
  readonly virtual: ReadonlySet<string>
  readonly typed: ReadonlySet<string>
  readonly files: readonly Hdf5File[]
}

/** Every population in the nodes files, also those that the circuit does not name: neurodamus looks at all of them. */
async function findNodes(circuit: SonataCircuit): Promise<Found> {
  const nodes = new Map<string, Nodes>()
  const [virtual, typed] = [new Set<string>(), new Set<string>()]
  const files = new Map<string, Hdf5File>()
  try {
    for (const { population, file, type, typesFile, problem, listed } of await circuit.nodePopulations()) {
      if (problem !== undefined) throw problem
      if (population === undefined || !listed)
        throw new InputError('the circuit does not list its node populations, which neurodamus needs', {
          file: circuit.file,
          field: 'networks.nodes',
        })
      if (type === 'vasculature') continue
      if (type === 'virtual') virtual.add(population)
      if (typesFile !== undefined) typed.add(population)
      nodes.set(population, await circuit.nodes(population))
      if (!files.has(file)) files.set(file, await openHdf5(file, circuit.reads))
    }
    for (const h5 of files.values())
      for (const name of await SONATA_NODES.list(h5))
        if (!nodes.has(name)) nodes.set(name, await SONATA_NODES.open(h5, name, undefined))
    return { nodes, virtual, typed, files: [...files.values()] }
  } catch (error) {
    for (const h5 of files.values()) h5.close()
    throw error
  }
}

/** neurodamus stops where a node set that it needs is not there. */
function requireSets({ overrides, nodeSet, file }: SimulationConfig, sets: NodeSets): void {
  const known = new Set(sets.names)
  const asked = overrides.flatMap(({ source, target, name }, k) => [
    { set: source, field: `connection_overrides[${k}].source`, who: `override "${name}"` },
    { set: target, field: `connection_overrides[${k}].target`, who: `override "${name}"` },
  ])
  if (nodeSet !== undefined) asked.push({ set: nodeSet, field: 'node_set', who: 'the simulation' })
  for (const { set, field, who } of asked) {
    if (known.has(set)) continue
    const nearest = nearestName(set, known)
    throw new InputError(`neurodamus stops: ${who} names node set "${set}", which is not there`, {
      file,
      field,
      hint: nearest === undefined ? 'Add it to node_sets_file.' : `Did you mean "${nearest}"?`,
    })
  }
}
