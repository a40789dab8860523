/** A simulation with its circuit and its nodes, opened together. */
import { FilesRead } from '../formats/files-read.ts'
import type { JsonObject } from '../formats/json.ts'
import { openCircuit, type SonataCircuit } from '../sonata/circuit.ts'
import { modelPathway, type Pathway, type ProcessOptions } from './override-model.ts'
import { SimulationNodes } from './simulated-nodes.ts'
import { readSimulation, type SimulationConfig, simulationNodeSets } from './simulation-config.ts'

export interface OpenSimulation {
  readonly simulation: SimulationConfig
  readonly circuit: SonataCircuit
  readonly nodes: SimulationNodes
  /** The node sets of the simulation's own file, as they stand there, without those that define nothing. */
  readonly ownSets: JsonObject
  /** Names of all its node sets. */
  readonly setNames: ReadonlySet<string>
  /** Files that say what is simulated, beside those of the circuit. */
  readonly reads: FilesRead
  /** See {@link ProcessOptions}. */
  readonly oneProcess: boolean
  /** Its rules from one node population to another. */
  pathway(source: string, target: string): Promise<Pathway>
  close(): void
}

/**
 * Open `simulation_config.json`, the circuit that it names, and the node sets of both.
 *
 * @throws InputError for what neurodamus 4.2.9 would stop at
 * @example
 * const simulation = await openSimulation('simulation_config.json')
 * const pathway = await simulation.pathway('All', 'All')
 * pathway.effect(3, 7) // 'weight 0': connection 3 -> 7 is silenced
 */
export async function openSimulation(file: string, options: ProcessOptions = {}): Promise<OpenSimulation> {
  const reads = new FilesRead()
  const simulation = await readSimulation(file, reads)
  const circuit = await openCircuit(simulation.network)
  try {
    const { sets, own } = await simulationNodeSets(simulation, circuit.config.nodeSetsFile, reads)
    const nodes = await SimulationNodes.open(simulation, circuit, sets)
    return {
      simulation,
      circuit,
      nodes,
      ownSets: own,
      setNames: new Set(sets.names),
      reads,
      oneProcess: options.oneProcess === true,
      pathway: (source, target) => modelPathway(simulation, nodes, source, target, options),
      close() {
        nodes.close()
        circuit.close()
      },
    }
  } catch (error) {
    circuit.close()
    throw error
  }
}
