/** Whether references name a population that is there, and the one that they named before. */
import type { EdgePopulationFacts } from '../connectome/circuit.ts'
import type { FilesRead } from '../formats/files-read.ts'
import { type EdgeReference, edgeReferences } from '../sonata/edge-references.ts'
import type { Finding } from '../verification/proof.ts'
import type { Renamed } from './follow-references.ts'

export async function namesFollowed(
  references: readonly EdgeReference[],
  before: readonly EdgePopulationFacts[],
  after: readonly EdgePopulationFacts[],
  renamed: Renamed,
  readsAfter: FilesRead,
): Promise<Finding[]> {
  const said = (await edgeReferences(after, readsAfter)).filter(({ possible }) => possible === undefined)
  const has = (infos: readonly EdgePopulationFacts[], name: string | undefined): boolean =>
    infos.some(({ population }) => population === name)
  // A population cannot say any more what it refers to once it is lost: that is told elsewhere.
  return references
    .filter(({ population }) => has(after, population))
    .flatMap(({ population, dataset, property, to, possible }) => {
      if (to === undefined || possible !== undefined) return []
      const expected = renamed.get(to) ?? to
      const found = said.find(one => one.population === population && one.property === property)?.to
      const lost = has(before, to) && !has(after, found)
      if (found === expected && !lost) return []
      return [
        {
          code: 'reference.stale' as const,
          check: 'references.sound' as const,
          severity: 'error' as const,
          count: 1,
          expected: `edge_population of ${population}/${dataset} to be ${expected}`,
          found: found === undefined ? 'no name' : `${found}${lost ? ', which no longer exists' : ''}`,
          culprits: [],
          property,
        },
      ]
    })
}
