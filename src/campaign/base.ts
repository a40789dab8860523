/** The base circuit of a campaign, opened once for all variants. */
import type { EdgeSource } from '../connectome/edges.ts'
import type { NodeSelection } from '../connectome/selection.ts'
import { InputError, isInputError, nearestName } from '../errors.ts'
import { openCircuit } from '../open-circuit.ts'
import { onlyPopulation } from '../sonata/choose-population.ts'
import type { SonataCircuit } from '../sonata/circuit.ts'
import { filesOfCircuit } from './circuit-files.ts'
import { asKeys } from './populations.ts'
import type { Campaign, NodeChoice } from './types.ts'

export class BaseCircuit {
  readonly circuit: SonataCircuit
  readonly edges: EdgeSource
  /** Every file of it, for its identity. */
  readonly files: readonly string[]
  readonly #selections = new Map<string, Promise<NodeSelection>>()

  private constructor(circuit: SonataCircuit, edges: EdgeSource, files: readonly string[]) {
    this.circuit = circuit
    this.edges = edges
    this.files = files
  }

  /** @throws InputError if the circuit, its edge population or its files cannot be used */
  static async open(campaign: Campaign): Promise<BaseCircuit> {
    const circuit = await openCircuit(campaign.circuit)
    try {
      const edges = await populationOf(circuit, campaign)
      return new BaseCircuit(circuit, edges, await filesOfCircuit(circuit))
    } catch (error) {
      circuit.close()
      throw error
    }
  }

  /** Nodes that a choice selects on one side. */
  async select(side: 'source' | 'target', choice: NodeChoice): Promise<NodeSelection> {
    try {
      return await this.#select(side, choice)
    } catch (error) {
      if (!isInputError(error) || choice.key === undefined) throw error
      const { message, file, field, hint } = error
      const said = `${choice.key} of the campaign file`
      const more = hint === undefined ? `see ${said}` : `${hint} (${said})`
      throw new InputError(message, { file, field, hint: more, cause: error })
    }
  }

  #select(side: 'source' | 'target', { expression }: NodeChoice): Promise<NodeSelection> {
    const { sourcePopulation, targetPopulation } = this.edges
    const population = side === 'source' ? sourcePopulation : targetPopulation
    const key = JSON.stringify([population, expression])
    const selection = this.#selections.get(key) ?? this.circuit.select(population, expression)
    this.#selections.set(key, selection)
    return selection
  }

  close(): void {
    this.circuit.close()
  }
}

/** @throws InputError that names the key of the campaign file where it is missing or names none */
async function populationOf(circuit: SonataCircuit, campaign: Campaign): Promise<EdgeSource> {
  const infos = await circuit.edgePopulations()
  const { population } = campaign
  if (population === undefined)
    return circuit.edgePopulation(
      onlyPopulation(infos, { wording: asKeys(campaign) }, circuit.file).population,
    )
  const names = infos.flatMap(info => info.population ?? [])
  if (names.includes(population)) return circuit.edgePopulation(population)
  const near = nearestName(population, names)
  throw new InputError(`the circuit has no edge population "${population}"`, {
    file: campaign.file,
    field: `line ${campaign.populationLine}, population`,
    hint: near === undefined ? `edge populations: ${names.join(', ')}` : `did you mean "${near}"?`,
  })
}
