/** Parts of comparisons, one after the other, in a thread of its own. */
import { parentPort } from 'node:worker_threads'
import type { EdgeSource, IdColumn } from '../connectome/edges.ts'
import { InputError } from '../errors.ts'
import { openHdf5 } from '../formats/hdf5/open.ts'
import { compareEdges } from '../verification/compare.ts'
import { type Answer, comparisonsOf, type Part, type PortableColumn, type PortableEdges } from './jobs.ts'
import { walkPart } from './walk-part.ts'
import type { WalkAnswer, WalkPart } from './walks.ts'

const answer = (message: Answer | WalkAnswer): void => parentPort?.postMessage(message)

async function reopenColumn(column: PortableColumn): Promise<IdColumn> {
  const { file, dataset, first: begin = 0 } = column.place
  const data = await (await openHdf5(file)).dataset(dataset)
  if (data === undefined) throw new InputError('gone', { file, field: dataset })
  return { ...column, readInto: (first, count, into) => data.readInto(begin + first, count, into) }
}

const reopen = async (edges: PortableEdges): Promise<EdgeSource> => ({
  ...edges,
  source: await reopenColumn(edges.source),
  target: await reopenColumn(edges.target),
})

async function compare({ original, manipulated, source, target, options }: Part): Promise<void> {
  const before = await reopen(original)
  const after = await Promise.all(
    manipulated.map(async ({ edges, asked }) => ({ edges: await reopen(edges), asked })),
  )
  const onProgress = (rows: number): void => answer({ progress: rows })
  const outcomes = await compareEdges(before, after, source, target, { ...options, onProgress })
  const comparisons = comparisonsOf(outcomes)
  answer(comparisons === undefined ? { failed: true } : { comparisons })
}

async function work(part: Part | WalkPart): Promise<void> {
  try {
    if ('walk' in part)
      answer(await walkPart(part, await reopen(part.original), await reopen(part.manipulated)))
    else await compare(part)
  } catch {
    // The pass over the whole meets the same trouble and says it in full.
    answer({ failed: true })
  }
}

parentPort?.on('message', work)

/** The thread lives until it is ended. */
export const finished = Promise.resolve()
