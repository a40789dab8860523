/** Edge populations whose file does not say which node populations they connect. */
import type { EdgeSource } from '../connectome/edges.ts'
import type { Hdf5File } from '../formats/hdf5/types.ts'
import { openEdgePopulation } from './edges.ts'

export interface Unnamed {
  /** The missing end has the name ''; where both are missing, they are one population. */
  readonly edges: EdgeSource
  readonly missing: readonly ('source' | 'target')[]
}

/**
 * Open an edge population for its numbers alone, where `node_population` is missing; `undefined` where it is not.
 *
 * @throws InputError if its id columns cannot be read
 */
export async function openUnnamed(h5: Hdf5File, population: string): Promise<Unnamed | undefined> {
  const missing: ('source' | 'target')[] = []
  for (const side of ['source', 'target'] as const) {
    const ids = await h5.dataset(`/edges/${population}/${side}_node_id`)
    if (ids !== undefined && (await ids.attribute('node_population')) === undefined) missing.push(side)
  }
  if (missing.length === 0) return undefined
  return { edges: await openEdgePopulation(h5, population, { source: '', target: '' }), missing }
}
