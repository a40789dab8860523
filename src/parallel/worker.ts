/** One part of a comparison, in a thread of its own. */
import { parentPort, workerData } from 'node:worker_threads'
import type { EdgeSource, IdColumn } from '../connectome/edges.ts'
import { sliceEdges } from '../connectome/slice.ts'
import { InputError } from '../errors.ts'
import { openHdf5 } from '../formats/hdf5/open.ts'
import { compareEdges } from '../verification/compare.ts'
import { type Answer, comparisonsOf, type Part, type PortableEdges } from './jobs.ts'

const answer = (message: Answer): void => parentPort?.postMessage(message)

async function reopen(edges: PortableEdges): Promise<EdgeSource> {
  const open = async ({ type, label, place, rows }: PortableEdges['source']): Promise<IdColumn> => {
    const data = await (await openHdf5(place.file)).dataset(place.dataset)
    if (data === undefined) throw new InputError('gone', { file: place.file, field: place.dataset })
    return { type, label, length: rows, readInto: (first, count, into) => data.readInto(first, count, into) }
  }
  const [source, target] = await Promise.all([open(edges.source), open(edges.target)])
  return sliceEdges({ ...edges, source, target }, edges.first, edges.first + edges.edgeCount)
}

try {
  const { original, manipulated, source, target, options } = workerData as Part
  const before = await reopen(original)
  const after = await Promise.all(
    manipulated.map(async ({ edges, asked }) => ({ edges: await reopen(edges), asked })),
  )
  const onProgress = (rows: number): void => answer({ progress: rows })
  const comparisons = comparisonsOf(
    await compareEdges(before, after, source, target, { ...options, onProgress }),
  )
  answer(comparisons === undefined ? { failed: true } : { comparisons })
} catch {
  // The pass over the whole meets the same trouble and says it in full.
  answer({ failed: true })
}
