/** Edge populations of circuits made by hand, and the one of a circuit that faces another's. */
import type { Circuit, EdgePopulationFacts } from '../src/connectome/circuit.ts'
import type { EdgeSource } from '../src/connectome/edges.ts'
import { faceCircuit } from '../src/facing-circuits.ts'

/** What a circuit with nothing but these edges says of its populations. */
export const factsOf = (edges: EdgeSource): EdgePopulationFacts => ({
  population: edges.population,
  file: edges.file,
  type: 'chemical',
  ends: { sourcePopulation: edges.sourcePopulation, targetPopulation: edges.targetPopulation },
  problem: undefined,
  listed: true,
})

/** The edges of `manipulated` that face `edges` of an original without others. */
export async function facingEdges(edges: EdgeSource, manipulated: Circuit): Promise<EdgeSource> {
  const original = { file: edges.file, populations: [factsOf(edges)], edges }
  const { compared } = await faceCircuit(original, manipulated, {})
  return manipulated.edgePopulation(compared.manipulated.population)
}
