/** The indices of a result against its id columns: a wrong one gives wrong connections to whoever trusts it. */
import type { EdgeSource } from '../connectome/edges.ts'
import { openHdf5 } from '../formats/hdf5/open.ts'
import { sniff } from '../formats/sniff.ts'
import { checkIndices, type IndexProblem } from '../sonata/edge-index.ts'
import { readEdgeLayout } from '../sonata/edge-layout.ts'

/** The converter writes source_to_target and target_to_source. */
const DIRECTIONS = 2

/** Undefined for files that lack one of the two and whose other has no fault. @throws InputError if the file cannot be read */
export async function indexProblems(edges: EdgeSource): Promise<readonly IndexProblem[] | undefined> {
  if ((await sniff(edges.file).catch(() => 'other')) !== 'hdf5') return undefined
  const h5 = await openHdf5(edges.file)
  try {
    const { index } = await readEdgeLayout(h5, edges.population)
    const problems = await checkIndices(h5, edges.population, edges)
    return problems.length === 0 && (index?.dirs.length ?? 0) < DIRECTIONS ? undefined : problems
  } finally {
    h5.close()
  }
}
