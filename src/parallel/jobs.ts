/** One comparison on several cores: parts of the targets, each in a worker that opens the files for itself. */
import { Worker } from 'node:worker_threads'
import type { ColumnPlace, EdgeSource, IdColumn } from '../connectome/edges.ts'
import type { NodeSelection } from '../connectome/selection.ts'
import { sliceEdges } from '../connectome/slice.ts'
import type { Asked } from '../verification/asked.ts'
import { type CompareOptions, compareEdges, type Outcome } from '../verification/compare.ts'
import { type Comparison, type Difference, perClass } from '../verification/comparison.ts'
import { cutRows, cuttingTargets } from '../verification/cut.ts'
import type { Manipulated } from '../verification/merge-run.ts'

/** Below this many rows a worker takes longer to start than it saves. */
export const WORTH_A_WORKER = 8_000_000

/** An edge population as a worker can open it again: rows first .. first+count-1 of the two columns. */
export type PortableEdges = Omit<EdgeSource, 'source' | 'target'> & {
  readonly first: number
  readonly source: PortableColumn
  readonly target: PortableColumn
}

type PortableColumn = Pick<IdColumn, 'type' | 'label'> & {
  readonly place: ColumnPlace
  readonly rows: number
}

/** One part of a comparison, sent to a worker. */
export interface Part {
  readonly original: PortableEdges
  readonly manipulated: readonly { readonly edges: PortableEdges; readonly asked: Asked }[]
  readonly source: NodeSelection
  readonly target: NodeSelection
  readonly options: Omit<CompareOptions, 'signal' | 'onProgress'>
}

export type Answer =
  | { readonly progress: number }
  | { readonly comparisons: readonly Comparison[] }
  /** Something this part cannot do alone. */
  | { readonly failed: true }

/**
 * `compareEdges` with `jobs` parts at a time; the same outcomes, whatever their number. Where that is not possible
 * (a population that is not sorted by target, a file that cannot be opened twice, anything that goes wrong in a
 * part) one pass over the whole gives the answer and the message.
 */
export async function compareInParallel(
  original: EdgeSource,
  manipulated: readonly Manipulated[],
  source: NodeSelection,
  target: NodeSelection,
  options: CompareOptions,
  jobs: number,
): Promise<Outcome[]> {
  const whole = () => compareEdges(original, manipulated, source, target, options)
  if (jobs < 2 || manipulated.length === 0) return whole()
  const { signal, onProgress, ...portable } = options
  const share = { ...portable, memory: options.memory && options.memory / jobs }
  const parts = await cutParts(original, manipulated, jobs)
  if (parts === undefined) return whole()
  const total = [original, ...manipulated.map(one => one.edges)].reduce((sum, one) => sum + one.edgeCount, 0)
  const done = new Array<number>(parts.length).fill(0)
  const report = (part: number, rows: number): void => {
    done[part] = rows
    onProgress?.(
      done.reduce((sum, some) => sum + some, 0),
      total,
    )
  }
  const workers = parts
    .slice(1)
    .map((part, k) =>
      runWorker({ ...part.portable, source, target, options: share }, rows => report(k + 1, rows)),
    )
  const stop = (): void => {
    for (const { worker } of workers) worker.terminate()
  }
  signal?.addEventListener('abort', stop, { once: true })
  try {
    const own = { ...share, signal, onProgress: (rows: number) => report(0, rows) }
    const first = parts[0]
    const [here, ...elsewhere] = await Promise.all([
      first && compareEdges(first.original, first.manipulated, source, target, own).then(comparisonsOf),
      ...workers.map(({ answer }) => answer),
    ])
    signal?.throwIfAborted()
    const answers = [here, ...elsewhere].filter(answer => answer !== undefined)
    if (answers.length < parts.length) return whole()
    return manipulated.map((_, k) => ({
      comparison: joined(
        answers.flatMap(answer => answer[k] ?? []),
        options.keep,
      ),
    }))
  } finally {
    stop()
    signal?.removeEventListener('abort', stop)
  }
}

/** Comparisons that rest on sorted rows, or undefined if there is one that does not. */
export function comparisonsOf(outcomes: readonly Outcome[]): Comparison[] | undefined {
  const sorted = ({ comparison }: Outcome): boolean =>
    comparison !== undefined && [comparison.order.original, comparison.order.manipulated].every(isByTarget)
  if (!outcomes.every(sorted)) return undefined
  return outcomes.flatMap(({ comparison }) => comparison ?? [])
}

const isByTarget = (order: string): boolean => order === 'tgt,src' || order === 'tgt'

function runWorker(part: Part, onProgress: (rows: number) => void) {
  const worker = new Worker(new URL('../../dist/parallel/worker.js', import.meta.url), { workerData: part })
  const answer = new Promise<readonly Comparison[] | undefined>(resolve => {
    worker.on('message', (message: Answer) => {
      if ('progress' in message) onProgress(message.progress)
      else resolve('comparisons' in message ? message.comparisons : undefined)
    })
    worker.on('error', () => resolve(undefined))
    worker.on('exit', () => resolve(undefined))
  })
  return { worker, answer }
}

async function cutParts(original: EdgeSource, manipulated: readonly Manipulated[], jobs: number) {
  const all = [original, ...manipulated.map(one => one.edges)]
  if (!all.every(edges => edges.source.place !== undefined && edges.target.place !== undefined))
    return undefined
  const targets = await cuttingTargets(original, jobs)
  if (targets === undefined) return undefined
  const rows = await Promise.all(all.map(edges => cutRows(edges, targets)))
  return Array.from({ length: jobs }, (_, part) => {
    const stretches = all.map((edges, k) => {
      const first = part === 0 ? 0 : (rows[k]?.[part - 1] ?? 0)
      return { edges, first, end: rows[k]?.[part] ?? edges.edgeCount }
    })
    const asked = manipulated.map(one => slicedAsked(one.asked, targets[part - 1] ?? 0, targets[part]))
    const slices = stretches.map(({ edges, first, end }) => sliceEdges(edges, first, end))
    const portable = stretches.map(({ edges, first, end }) => portableEdges(edges, first, end))
    const questions = <T>(list: readonly T[]) =>
      list.slice(1).flatMap((edges, k) => {
        const question = asked[k]
        return question === undefined ? [] : { edges, asked: question }
      })
    const [slice = original] = slices
    const [before] = portable
    if (before === undefined) throw new RangeError('no original')
    return {
      original: slice,
      manipulated: questions(slices),
      portable: { original: before, manipulated: questions(portable) },
    }
  })
}

function slicedAsked(asked: Asked, from: number, to: number | undefined): Asked {
  const at = (target: number | undefined): number => {
    const found = target === undefined ? -1 : asked.target.findIndex(other => other >= target)
    return found < 0 ? asked.target.length : found
  }
  const [first, end] = [at(from), at(to)]
  const kind = asked.kind.slice(first, end)
  return {
    source: asked.source.slice(first, end),
    target: asked.target.slice(first, end),
    kind,
    removals: asked.removals,
    additions: asked.additions,
  }
}

function portableEdges(edges: EdgeSource, first: number, end: number): PortableEdges {
  const column = ({ type, label, place, length }: IdColumn): PortableColumn => {
    if (place === undefined) throw new RangeError(`${label} cannot be opened again`)
    return { type, label, place, rows: length }
  }
  return {
    ...edges,
    edgeCount: end - first,
    first,
    source: column(edges.source),
    target: column(edges.target),
  }
}

/** Parts ascend by target, so their culprits do when put one after the other. */
function joined(parts: readonly Comparison[], keep: number): Comparison {
  const sum = (of: (part: Comparison) => number): number => parts.reduce((total, part) => total + of(part), 0)
  const both = (of: (part: Comparison) => { original: number; manipulated: number }) => ({
    original: sum(part => of(part).original),
    manipulated: sum(part => of(part).manipulated),
  })
  const order = (of: (part: Comparison) => string) =>
    parts.every(part => of(part) === 'tgt,src') ? 'tgt,src' : 'tgt'
  const classes = perClass(() => 0)
  const names = Object.keys(classes) as (keyof typeof classes)[]
  for (const name of names) classes[name] = sum(part => part.classes[name])
  const everything = parts.flatMap(part => (part.differences === undefined ? [] : [part.differences]))
  return {
    edges: both(part => part.edges),
    connections: both(part => part.connections),
    allConnections: both(part => part.allConnections),
    order: {
      original: order(part => part.order.original),
      manipulated: order(part => part.order.manipulated),
    },
    classes,
    culprits: Object.fromEntries(
      names.map(name => [name, parts.flatMap(part => part.culprits[name]).slice(0, keep)]),
    ) as unknown as Comparison['culprits'],
    differences:
      everything.length === parts.length ? everything.flatMap(some => some as Difference[]) : undefined,
  }
}
