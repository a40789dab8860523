/** Circuits of other nodes than the original: the same id may be another cell, and no comparison of edges tells. */
import { type EdgeSource, MAX_NODES } from './connectome/edges.ts'
import { InputError } from './errors.ts'
import { nodesCounted } from './verification/checks.ts'
import type { Finding } from './verification/proof.ts'
import { silent } from './verification/uncheckable.ts'

/** Sides with more or fewer nodes than the original has, where both files know how many there are. */
export function otherNodes(original: EdgeSource, edges: EdgeSource): readonly Finding[] {
  if (silent('nodes', original, edges) !== undefined) return []
  const sides = (['source', 'target'] as const).map(side => {
    const facts = (one: EdgeSource) => ({ name: one[`${side}Population`], size: one[`${side}Count`] })
    return { side, original: facts(original), manipulated: facts(edges) }
  })
  return nodesCounted(
    sides.filter(
      ({ original: { size }, manipulated }) => size !== MAX_NODES && manipulated.size !== MAX_NODES,
    ),
  )
}

/** Why such a circuit cannot be told. */
export function unlikeNodes({ file, population }: EdgeSource, nodes: readonly Finding[]): InputError {
  const [{ expected, found } = {}] = nodes
  return new InputError(`expected ${expected}, found ${found}: the same id may be another cell in each`, {
    file,
    field: population,
    hint: 'give the original that this circuit was made from',
  })
}
