/** Which edge populations of two opened circuits face each other. */
import type { Circuit, EdgePopulationFacts } from './connectome/circuit.ts'
import type { EdgeSource } from './connectome/edges.ts'
import type { Wording } from './sonata/choose-population.ts'
import { type Facing, face } from './sonata/facing.ts'

/** How the caller names the pair that is compared. */
export interface NamedPair {
  /** Edge population of the original. */
  readonly population?: string | undefined
  /** Edge population of the manipulated circuit; default by the rule of `sonata/facing.ts`. */
  readonly manipulatedPopulation?: string | undefined
  /** For messages: how the caller's user names a pair; default by flags. */
  readonly wording?: Wording | undefined
}

/** The original, and which of its populations was manipulated. */
export interface FacingOriginal {
  readonly file: string
  readonly populations: readonly EdgePopulationFacts[]
  readonly edges: Pick<EdgeSource, 'population'>
}

/** @throws InputError as `face` does, or if the populations of the circuit cannot be listed */
export async function faceCircuit(
  original: FacingOriginal,
  manipulated: Pick<Circuit, 'file' | 'edgePopulations'>,
  { population, manipulatedPopulation, wording }: NamedPair,
): Promise<Facing> {
  const { populations, edges, file } = original
  // A list has no populations: the name can only be one of the other side.
  const isList = populations.every(({ ends, problem }) => ends === undefined && problem === undefined)
  return face({
    original: populations,
    compared: edges.population,
    manipulated: await manipulated.edgePopulations(),
    named: manipulatedPopulation ?? (isList ? population : undefined),
    files: { original: file, manipulated: manipulated.file },
    wording,
  })
}
