/**
 * Populations in no order whose rows still follow each other, as splits leave them. The pass over their edges pairs every
 * row of the manipulated with one of the original, so that it also says which rows are gone: connections are then those of
 * the original with and without these, and the rows of the manipulated need not be brought into order.
 */
import { edgeRows } from './connectome/edge-rows.ts'
import type { EdgeSource } from './connectome/edges.ts'
import { isInputError } from './errors.ts'
import { type Both, concludeBoth, type Deeper, openTables, synapseOptions } from './levels.ts'
import { threadsFor } from './parallel/jobs.ts'
import { walkInParallel } from './parallel/walks.ts'
import type { Question } from './prove.ts'
import type { Comparison } from './verification/comparison.ts'
import { compareKept } from './verification/kept.ts'
import { noEdges } from './verification/synapses/bits.ts'
import type { ColumnPair } from './verification/synapses/columns.ts'
import { judgeRows, suspectsFor, walkRows } from './verification/synapses/compare.ts'
import { UNCHANGED } from './verification/synapses/expectation.ts'
import type { SynapsePart } from './verification/synapses/part.ts'
import { isSortedByTarget } from './verification/synapses/row-groups.ts'
import { typesDiffer } from './verification/synapses/type-reading.ts'
import { WINDOW_ROWS } from './verification/windows.ts'

/**
 * What a comparison of connections, and then of edges, finds of such populations. Undefined for all others, and where
 * anything is amiss that only those two tell: rows that do not follow each other, files that cannot be read.
 */
export async function proveUnsorted(
  both: Both,
  question: Question,
): Promise<{ readonly comparison: Comparison; readonly deeper: Deeper } | undefined> {
  const { original, edges, options } = both
  if (options.level === 'connections') return undefined
  try {
    if (!(await beginsUnsorted(original)) || !(await beginsUnsorted(edges))) return undefined
    const tables = await openTables(original, edges)
    if (tables.pairs === undefined) return undefined
    const found = await follow(both, question, tables.pairs)
    if (found === undefined) return undefined
    const { comparison, part } = found
    // Perhaps they are meant otherwise: the other way round that is asked.
    if (typesDiffer(part.findings)) return undefined
    return { comparison, deeper: await concludeBoth(both, tables, comparison, part) }
  } catch (error) {
    if (isInputError(error)) return undefined
    throw error
  }
}

/** One window tells, and costs a compressed file of sorted rows no more than one. */
const beginsUnsorted = async (edges: EdgeSource): Promise<boolean> =>
  !(await isSortedByTarget(edgeRows(edges, 0, Math.min(edges.edgeCount, WINDOW_ROWS)), WINDOW_ROWS))

async function follow(
  both: Both,
  { asked, source, target }: Question,
  pairs: readonly ColumnPair[],
): Promise<{ readonly comparison: Comparison; readonly part: SynapsePart } | undefined> {
  const { original, edges: manipulated, options } = both
  const { memory, folder, windowRows, signal, onProgress } = options
  const sides = { original, manipulated, pairs, expectation: UNCHANGED }
  const suspects = suspectsFor(sides)
  const kept = noEdges(original.edgeCount)
  const threads = threadsFor(options, original.edgeCount + manipulated.edgeCount)
  let comparison: Comparison | undefined
  const common = { ...synapseOptions(both, NOTHING_KNOWN), sortedByTarget: false }
  const walked = await walkRows(sides, suspects, {
    ...common,
    walk: input =>
      walkInParallel({ ...input, kept }, threads, options.pool, async here => {
        if (here.broken !== undefined) return
        const keep = options.keep ?? 10
        const compare = { keep, all: options.all, memory, folder, windowRows, signal, onProgress }
        comparison = await compareKept(original, kept, { edges: manipulated, asked }, source, target, compare)
      }),
  })
  if (!walked.followed || walked.walked.broken !== undefined || comparison === undefined) return undefined
  const known = { ...common, suspects: comparison.changedTargets }
  return { comparison, part: await judgeRows(sides, walked, suspects, known) }
}

const NOTHING_KNOWN = { changedTargets: [], paired: undefined }
