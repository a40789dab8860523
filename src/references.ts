/** What refers to edges of a population, for proofs that do not follow it. */
import type { Circuit } from './connectome/circuit.ts'
import { SonataCircuit } from './sonata/circuit.ts'
import { type EdgeReference, edgeReferences, NAMES_BY_ROW } from './sonata/edge-references.ts'

/** A circuit is looked through once, whatever number of others it is compared with. */
const known = new WeakMap<Circuit, Promise<readonly EdgeReference[]>>()

/** Sentences for the list of what was not checked: one for each property that names rows of `population`. */
export async function referenceSentences(circuit: Circuit, population: string): Promise<string[]> {
  if (!(circuit instanceof SonataCircuit) || circuit.unconverted) return []
  const found =
    known.get(circuit) ?? circuit.edgePopulations().then(all => edgeReferences(all, circuit.reads))
  known.set(circuit, found)
  return (await found)
    .filter(({ to, possible }) => (to === undefined ? (possible ?? [population]) : [to]).includes(population))
    .map(one => {
      const by = one.to !== undefined ? '' : one.possible ? ', perhaps' : ` as ${NAMES_BY_ROW} has it`
      return `${SENTENCE}${one.population} (${one.property}) to edges of ${population}${by}`
    })
}

const SENTENCE = 'references of '
