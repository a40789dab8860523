/** Which nodes a verification is about. */
import type { Circuit } from './connectome/circuit.ts'
import type { EdgeSource } from './connectome/edges.ts'
import type { NodeSelection } from './connectome/selection.ts'
import type { VerifyOptions } from './verify.ts'

/** S and T in the node populations that `edges` connects. */
export async function selectSides(
  options: VerifyOptions,
  circuit: Circuit,
  edges: EdgeSource,
): Promise<{ source: NodeSelection; target: NodeSelection }> {
  const select = (population: string, wanted: Wanted): Promise<NodeSelection> =>
    circuit.select(population, wanted.expression, { idBase: wanted.idBase })
  const [from, to] = [wantedSide(options, 'source'), wantedSide(options, 'target')]
  const source = await select(edges.sourcePopulation, from)
  const same = edges.sourcePopulation === edges.targetPopulation && from.expression === to.expression
  return { source, target: same ? source : await select(edges.targetPopulation, to) }
}

type Wanted = { expression: string | undefined; idBase: 0 | 1 | undefined }

/** The flag, else the ids beside the mask, else all nodes. */
function wantedSide(options: VerifyOptions, side: 'source' | 'target'): Wanted {
  const { idBase } = options
  if (options[side] !== undefined) return { expression: options[side], idBase }
  const mask = [options, ...(options.requests ?? [])]
    .map(({ removed, added }) => removed ?? added)
    .find(one => one !== undefined)
  const beside = side === 'source' ? mask?.sourceIds : mask?.targetIds
  return beside === undefined ? { expression: undefined, idBase } : { expression: beside.file, idBase: 1 }
}
