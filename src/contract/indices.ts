/** The indices of a result against its id columns: a wrong one gives wrong connections to whoever trusts it. */
import type { EdgeSource } from '../connectome/edges.ts'
import { openHdf5 } from '../formats/hdf5/open.ts'
import { sniff } from '../formats/sniff.ts'
import { checkIndices, type IndexProblem } from '../sonata/edge-index.ts'

/** Undefined for files without indices. @throws InputError if the file cannot be read */
export async function indexProblems(edges: EdgeSource): Promise<readonly IndexProblem[] | undefined> {
  if ((await sniff(edges.file).catch(() => 'other')) !== 'hdf5') return undefined
  const h5 = await openHdf5(edges.file)
  try {
    return await checkIndices(h5, edges.population, edges)
  } finally {
    h5.close()
  }
}
