/** One comparison on several cores: ranges of targets, each in a worker that opens the files for itself. */
import type { ColumnPlace, EdgeSource, IdColumn } from '../connectome/edges.ts'
import type { NodeSelection } from '../connectome/selection.ts'
import type { Asked } from '../verification/asked.ts'
import type { TargetRange } from '../verification/buckets.ts'
import { type CompareOptions, compareEdges, type Outcome } from '../verification/compare.ts'
import type { Comparison } from '../verification/comparison.ts'
import { cutTargets } from '../verification/cut.ts'
import { joinComparisons } from '../verification/join.ts'
import type { Manipulated } from '../verification/merge-run.ts'
import { type Running, WorkerPool } from './pool.ts'

export interface Threads {
  /** Default 1. */
  readonly jobs?: number | undefined
  /** No more threads than one for so many rows; default no such limit. */
  readonly rowsPerJob?: number | undefined
  /** Threads that are there already; default: some of their own. */
  readonly pool?: WorkerPool | undefined
}

/** How many threads the work on so many rows is worth. */
export const threadsFor = ({ jobs, rowsPerJob }: Threads, rows: number): number =>
  Math.max(1, Math.min(jobs ?? 1, Math.floor(rows / (rowsPerJob ?? 1))))

/** An edge population as a worker can open it again. */
export type PortableEdges = Omit<EdgeSource, 'source' | 'target' | 'table'> & {
  readonly source: PortableColumn
  readonly target: PortableColumn
}

export type PortableColumn = Omit<IdColumn, 'readInto' | 'place'> & { readonly place: ColumnPlace }

/** One part of a comparison, sent to a worker. */
export interface Part {
  readonly original: PortableEdges
  readonly manipulated: readonly { readonly edges: PortableEdges; readonly asked: Asked }[]
  readonly source: NodeSelection
  readonly target: NodeSelection
  readonly options: Omit<CompareOptions, 'signal' | 'onProgress'>
}

export type Answer = { readonly progress: number } | Ended

type Ended =
  | { readonly comparisons: readonly Comparison[] }
  /** Something this part cannot do alone. */
  | { readonly failed: true }

/**
 * `compareEdges` in several threads; the same outcomes, whatever their number. Where that is not possible (a
 * file that cannot be opened twice, parts that do not agree on the order of a file, anything that goes wrong in a
 * part) one pass over the whole gives the answer and the message.
 */
export async function compareInParallel(
  original: EdgeSource,
  manipulated: readonly Manipulated[],
  source: NodeSelection,
  target: NodeSelection,
  options: CompareOptions,
  threads: Threads,
): Promise<Outcome[]> {
  const whole = () => compareEdges(original, manipulated, source, target, options)
  const rows = [original, ...manipulated.map(one => one.edges)].reduce(
    (sum, edges) => sum + edges.edgeCount,
    0,
  )
  const jobs = threadsFor(threads, rows)
  if (jobs < 2 || manipulated.length === 0) return whole()
  const before = portable(original)
  const after = manipulated.map(({ edges, asked }) => ({ edges: portable(edges), asked }))
  const ranges = await partsOf(original, options.range, jobs)
  if (before === undefined || !after.every(isOpenable) || ranges.length < 2) return whole()
  const { signal, onProgress, ...common } = options
  const report = progressOf(original.edgeCount, ranges.length, onProgress)
  const share = (part: number) => ({
    ...common,
    range: ranges[part],
    memory: options.memory === undefined ? undefined : options.memory / jobs,
  })
  const pool = threads.pool ?? new WorkerPool()
  const workers = ranges.slice(1).map((_, k) => {
    const part: Part = { original: before, manipulated: after, source, target, options: share(k + 1) }
    return runPart(pool, part, rows => report(k + 1, rows))
  })
  const stop = (): void => {
    for (const worker of workers) worker.stop()
  }
  signal?.addEventListener('abort', stop, { once: true })
  try {
    const own = { ...share(0), signal, onProgress: (rows: number) => report(0, rows) }
    const [here, ...elsewhere] = await Promise.all([
      compareEdges(original, manipulated, source, target, own).then(comparisonsOf),
      ...workers.map(({ answer }) => answer.then(madeBy)),
    ])
    signal?.throwIfAborted()
    const parts = [here, ...elsewhere].filter(answer => answer !== undefined)
    const joined =
      parts.length < ranges.length
        ? undefined
        : manipulated.map((_, k) =>
            joinComparisons(
              parts.flatMap(part => part[k] ?? []),
              options.keep,
            ),
          )
    if (joined === undefined || joined.includes(undefined)) return whole()
    return joined.flatMap(comparison => (comparison === undefined ? [] : { comparison }))
  } finally {
    stop()
    if (threads.pool === undefined) pool.close()
    signal?.removeEventListener('abort', stop)
  }
}

/** How finely everything is cut to find the parts of a range. */
const PIECES = 16

async function partsOf(
  original: EdgeSource,
  range: TargetRange | undefined,
  jobs: number,
): Promise<TargetRange[]> {
  if (range === undefined) return cutTargets(original, jobs)
  const pieces = (await cutTargets(original, PIECES * jobs))
    .map(({ from, to }) => ({ from: Math.max(from, range.from), to: Math.min(to, range.to) }))
    .filter(({ from, to }) => from < to)
  const starts = Array.from({ length: jobs }, (_, k) => pieces[Math.floor((pieces.length * k) / jobs)]?.from)
  const cuts = [...new Set([range.from, ...starts.slice(1)])].filter(cut => cut !== undefined)
  return cuts.map((from, k) => ({ from, to: cuts[k + 1] ?? range.to }))
}

/** The comparisons, or undefined if one could not be made. */
export function comparisonsOf(outcomes: readonly Outcome[]): Comparison[] | undefined {
  const comparisons = outcomes.flatMap(outcome => outcome.comparison ?? [])
  return comparisons.length === outcomes.length ? comparisons : undefined
}

const runPart = (pool: WorkerPool, part: Part, onProgress: (rows: number) => void): Running<Ended> =>
  pool.run(part, (message: Answer) => {
    if (!('progress' in message)) return message
    onProgress(message.progress)
    return undefined
  })

/** What a part made; undefined where its thread ended or it cannot be done alone. */
const madeBy = (ended: Ended | undefined): readonly Comparison[] | undefined =>
  ended !== undefined && 'comparisons' in ended ? ended.comparisons : undefined

function progressOf(total: number, parts: number, onProgress: CompareOptions['onProgress']) {
  const done = new Array<number>(parts).fill(0)
  return (part: number, rows: number): void => {
    done[part] = rows
    const sum = done.reduce((a, b) => a + b, 0)
    // Parts of unsorted files read all rows each.
    onProgress?.(Math.min(sum, total), total)
  }
}

export function portable(edges: EdgeSource): PortableEdges | undefined {
  const column = ({ place, readInto: _, ...rest }: IdColumn): PortableColumn | undefined =>
    place && { ...rest, place }
  const source = column(edges.source)
  const target = column(edges.target)
  const { table: _, ...rest } = edges
  return source && target && { ...rest, source, target }
}

const isOpenable = (one: {
  edges: PortableEdges | undefined
  asked: Asked
}): one is Part['manipulated'][number] => one.edges !== undefined
