/** Which edge population the package manipulates, and which it drops with it. */
import { isJsonArray, isJsonObject, readJsonFile } from '../../formats/json.ts'
import { onlyPopulation } from '../../sonata/choose-population.ts'
import type { SonataCircuit } from '../../sonata/circuit.ts'
import { packageName } from '../../sonata/facing.ts'
import type { ManipConfig } from './parse.ts'

/** Tried by the package where several populations are there and none is named. */
export const DEFAULT_EDGES: readonly string[] = ['default__default__chemical', 'default']

/**
 * Name of the edge population of `circuit` that the package takes: the one that the configuration names, else the
 * only one, else one of {@link DEFAULT_EDGES}.
 *
 * @throws InputError listing the populations where none of these says it
 */
export async function manipulatedBy(
  { edgesPopulation, sourcePopulation, targetPopulation }: ManipConfig,
  circuit: Pick<SonataCircuit, 'edgePopulations' | 'file'>,
): Promise<string> {
  if (edgesPopulation !== undefined) return edgesPopulation
  const infos = await circuit.edgePopulations()
  const names = infos.map(({ population }) => population)
  const taken = infos.length > 1 ? DEFAULT_EDGES.find(name => names.includes(name)) : undefined
  const between = { source: sourcePopulation, target: targetPopulation }
  return taken ?? onlyPopulation(infos, between, circuit.file).population
}

export interface Dropped {
  /** Edge populations of the same entry of `networks.edges`: the package takes the whole entry away. */
  readonly siblings: readonly string[]
  /** Another one that is called as the result will be: a name may occur once. */
  readonly namesake: string | undefined
}

/** What the manipulation of `population` does to the others. Nothing is known where no configuration names them. */
export async function droppedWith(
  circuit: Pick<SonataCircuit, 'edgePopulations' | 'namedBy' | 'config'>,
  population: string,
): Promise<Dropped> {
  if (circuit.namedBy !== 'configuration') return { siblings: [], namesake: undefined }
  const config = await readJsonFile(circuit.config.file)
  const networks = isJsonObject(config) ? config.networks : undefined
  const entries = isJsonObject(networks) && isJsonArray(networks.edges) ? networks.edges : []
  const listed = entries.map(entry =>
    isJsonObject(entry) && isJsonObject(entry.populations) ? Object.keys(entry.populations) : [],
  )
  const siblings = listed.find(names => names.includes(population))?.filter(name => name !== population) ?? []
  const infos = await circuit.edgePopulations()
  const ends = infos.find(info => info.population === population)?.ends
  const result = ends && packageName(ends)
  const stays = (name: string): boolean => name !== population && !siblings.includes(name)
  const namesake = infos.find(info => info.population === result)?.population
  return { siblings, namesake: namesake !== undefined && stays(namesake) ? namesake : undefined }
}

/** Sentences about it, for people: before a run. */
export function droppedSentences(population: string, { siblings, namesake }: Dropped): string[] {
  const lost =
    siblings.length === 0
      ? []
      : [
          `the package takes ${siblings.join(', ')} out of the circuit together with ${population}: they share an entry of networks.edges`,
        ]
  const twice =
    namesake === undefined
      ? []
      : [`the result will be called ${namesake}, as another edge population that stays: no reader opens both`]
  return [...lost, ...twice]
}
