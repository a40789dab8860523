/** The pass: one original, any number of manipulated edge populations and what was asked, window by window. */
import { setImmediate } from 'node:timers/promises'
import type { EdgeOrder, EdgeSource } from '../connectome/edges.ts'
import type { NodeSelection } from '../connectome/selection.ts'
import { InputError, isInputError } from '../errors.ts'
import type { KernelBuild } from '../kernels/load.ts'
import { KernelMemory } from '../kernels/memory.ts'
import { type Asked, askedOf } from './asked.ts'
import type { TargetRange } from './buckets.ts'
import type { Comparison } from './comparison.ts'
import { looksUnsorted, stretchOf } from './cut.ts'
import { firstBadId } from './first-bad-id.ts'
import { type AskedTables, type Manipulated, MergeRun, placeAsked } from './merge-run.ts'
import { openWindows, Tiers } from './open-windows.ts'
import { checkRange, NodeIdError, OrderError } from './order.ts'
import { Scan } from './scan.ts'
import { type EdgeWindows, WINDOW_ROWS, type Window } from './windows.ts'

export interface CompareOptions {
  /** Culprits to keep per class. */
  readonly keep: number
  /** Keep every culprit of every class. */
  readonly all?: boolean
  /** Bytes for rows that must be brought into order in memory; more go to a temporary file. Default 1 GiB. */
  readonly memory?: number | undefined
  /** Folder of that temporary file; default that of the system. */
  readonly folder?: string | undefined
  /** Rows per window and per bucket, at least 1; the result does not depend on them. */
  readonly windowRows?: number | undefined
  readonly bucketRows?: number | undefined
  /** Only connections to these targets; default all. Parts add up to the whole. */
  readonly range?: TargetRange | undefined
  /**
   * Populations known to be in no order, by place: the original, then the manipulated ones. Parts that all know it
   * read rows by their targets; found out by some of them only, the parts would not add up.
   */
  readonly unsorted?: readonly boolean[] | undefined
  /** Tell which rows belong together, where both files are sorted: see `Comparison.paired`. */
  readonly pairs?: boolean | undefined
  /** Runs of such rows, at most; default what is worth its memory. With more, none are told. */
  readonly mostPairs?: number | undefined
  readonly kernels?: KernelBuild
  /** Memory to work in, given back as it was: columns that are resident in it are compared where they lie. */
  readonly kernelMemory?: KernelMemory | undefined
  readonly signal?: AbortSignal | undefined
  /** Rows read so far and in all, of the original and all manipulated populations together. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/** A comparison, or why this one could not be made while the others could. */
export type Outcome =
  | { readonly comparison: Comparison; readonly error?: undefined }
  | { readonly comparison?: undefined; readonly error: InputError }

/**
 * Compare every manipulated edge population with the original, connection by connection. Rows may be in any order:
 * they are taken as sorted by (target, source) until they prove otherwise, then the pass is made again with what
 * their order needs. Rejects with InputError if the original cannot be read; what is wrong with one manipulated
 * population is the `error` of its outcome only.
 */
export async function compareEdges(
  original: EdgeSource,
  manipulated: readonly Manipulated[],
  source: NodeSelection,
  target: NodeSelection,
  options: CompareOptions,
): Promise<Outcome[]> {
  const outcomes = new Map<Manipulated, Outcome>()
  const tiers = new Tiers()
  for (const [k, edges] of [original, ...manipulated.map(one => one.edges)].entries()) {
    if (options.unsorted?.[k]) tiers.learn(new OrderError(edges, 'buckets'))
  }
  const inputs = { original, source, target, options, tiers }
  for (let pending = manipulated; pending.length > 0; ) {
    pending = await new Pass(inputs).run(pending, outcomes)
    if (tiers.of(original) === 'buckets') await learnAhead(pending, tiers)
  }
  return manipulated.map(
    one => outcomes.get(one) ?? { error: new InputError('not compared', { file: one.edges.file }) },
  )
}

/**
 * All rows of such an original are dealt out before the first of the others is read: those that then turned out to be in
 * no order would make all of that happen again.
 */
async function learnAhead(pending: readonly Manipulated[], tiers: Tiers): Promise<void> {
  for (const { edges } of pending) {
    if (tiers.of(edges) !== 'rows') continue
    try {
      if (await looksUnsorted(edges)) tiers.learn(new OrderError(edges, 'buckets'))
    } catch (error) {
      // The pass meets it as well, and knows whom to tell.
      if (!isInputError(error)) throw error
    }
  }
}

interface PassInputs {
  original: EdgeSource
  source: NodeSelection
  target: NodeSelection
  options: CompareOptions
  tiers: Tiers
}

/** Milliseconds between looks at signals and progress. */
const PAUSE_AFTER = 50
/** Bytes for rows that are brought into order, unless somebody says how many. */
export const DEFAULT_MEMORY = 2 ** 30

class Pass {
  readonly #memory: KernelMemory
  readonly #used: number
  readonly #inputs: PassInputs
  readonly #scan: Scan
  readonly #asked = new Map<Asked, AskedTables>()
  #sourceMember = 0
  #targetMember = 0
  readonly #budget: { left: number }
  readonly #range: TargetRange
  #lastPause = performance.now()

  constructor(inputs: PassInputs) {
    this.#inputs = inputs
    this.#memory = inputs.options.kernelMemory ?? new KernelMemory(inputs.options.kernels)
    this.#used = this.#memory.used
    this.#scan = new Scan(this.#memory)
    this.#budget = { left: inputs.options.memory ?? DEFAULT_MEMORY }
    this.#range = inputs.options.range ?? { from: 0, to: Number.POSITIVE_INFINITY }
  }

  /** Returns the populations that need another pass; the outcome of all others is set. */
  async run(
    manipulated: readonly Manipulated[],
    outcomes: Map<Manipulated, Outcome>,
  ): Promise<Manipulated[]> {
    const { original, tiers } = this.#inputs
    this.#placeMembers(manipulated)
    const again: Manipulated[] = []
    const runs = new Set<MergeRun>()
    let windows: EdgeWindows | undefined
    try {
      windows = await this.#open(original, false)
      for (const one of manipulated) await this.#start(one, runs, again, outcomes)
      for (let final = false; !final && runs.size > 0; ) {
        const window = await windows.next()
        final = window.final
        this.#prove(window)
        for (const run of runs) {
          try {
            await run.advance(window, windows.firstRow)
          } catch (error) {
            await this.#putAside(run.manipulated, error, again, outcomes)
            run.windows.close()
            runs.delete(run)
          }
        }
        await this.#pause(windows)
      }
      const { order } = windows
      for (const run of runs) {
        const orders = { original: order, manipulated: run.windows.order }
        const comparison = comparisonOf(this.#inputs.original, this.#scan, run, orders)
        outcomes.set(run.manipulated, { comparison })
      }
      return again
    } catch (error) {
      if (!(error instanceof OrderError)) throw error
      tiers.learn(error)
      return manipulated.filter(one => !outcomes.has(one))
    } finally {
      windows?.close()
      for (const run of runs) run.windows.close()
      this.#memory.release(this.#used)
    }
  }

  #placeMembers(manipulated: readonly Manipulated[]): void {
    const { original, source, target } = this.#inputs
    const nodes = (side: 'sourceCount' | 'targetCount') =>
      Math.max(original[side], ...manipulated.map(one => one.edges[side]))
    this.#sourceMember = placeMembership(this.#memory, source.ids, nodes('sourceCount'))
    this.#targetMember = placeMembership(this.#memory, target.ids, nodes('targetCount'))
  }

  #open(edges: EdgeSource, wide: boolean): Promise<EdgeWindows> {
    const { options, tiers } = this.#inputs
    return openWindows(this.#memory, edges, tiers.of(edges), {
      rows: options.windowRows ?? WINDOW_ROWS,
      wide,
      buckets: {
        budget: this.#budget,
        range: this.#range,
        folder: options.folder,
        bucketRows: options.bucketRows,
      },
    })
  }

  /** Begin with one manipulated population, or put it aside. */
  async #start(
    manipulated: Manipulated,
    runs: Set<MergeRun>,
    again: Manipulated[],
    outcomes: Map<Manipulated, Outcome>,
  ): Promise<void> {
    const { options } = this.#inputs
    const asked =
      this.#asked.get(manipulated.asked) ?? placeAsked(this.#memory, askedOf(manipulated.asked, this.#range))
    this.#asked.set(manipulated.asked, asked)
    const tables = { asked, sourceMember: this.#sourceMember, targetMember: this.#targetMember }
    try {
      const windows = await this.#open(manipulated.edges, true)
      const asStored = [this.#inputs.original, manipulated.edges].every(
        edges => this.#inputs.tiers.of(edges) === 'rows',
      )
      const keep = {
        keep: options.keep,
        all: options.all ?? false,
        pairs: asStored && options.pairs === true,
        mostPairs: options.mostPairs,
      }
      runs.add(new MergeRun(this.#memory, manipulated, windows, tables, keep))
    } catch (error) {
      await this.#putAside(manipulated, error, again, outcomes)
    }
  }

  async #putAside(
    manipulated: Manipulated,
    error: unknown,
    again: Manipulated[],
    outcomes: Map<Manipulated, Outcome>,
  ): Promise<void> {
    if (error instanceof OrderError) {
      this.#inputs.tiers.learn(error)
      again.push(manipulated)
    } else if (error instanceof NodeIdError) {
      const { edges } = manipulated
      const inBuckets = this.#inputs.tiers.of(edges) === 'buckets'
      const rows = inBuckets ? { first: 0, end: edges.edgeCount } : await stretchOf(edges, this.#range)
      outcomes.set(manipulated, { error: (await firstBadId(edges, rows)) ?? error })
    } else if (error instanceof InputError) outcomes.set(manipulated, { error })
    else throw error
  }

  /** The original is in order, in range and counted before anything is compared with it. */
  #prove({ source, target, length }: Window): void {
    const { original } = this.#inputs
    this.#scan.rows(source, target, length)
    if (this.#scan.targetBroken) throw new OrderError(original, 'buckets')
    if (this.#scan.sourceBroken) throw new OrderError(original, 'columns')
    checkRange(original, this.#scan.largestSource, this.#scan.largestTarget)
    this.#scan.count(source, target, length, this.#sourceMember, this.#targetMember)
  }

  async #pause(windows: EdgeWindows): Promise<void> {
    const { options, original } = this.#inputs
    if (performance.now() - this.#lastPause < PAUSE_AFTER) return
    // All go together: the rows of the original tell how far.
    options.onProgress?.(windows.rowsRead, original.edgeCount)
    await setImmediate()
    options.signal?.throwIfAborted()
    this.#lastPause = performance.now()
  }
}

/** What a pass has found, once it is over. */
export function comparisonOf(
  original: EdgeSource,
  { connections: all, inside }: Scan,
  run: MergeRun,
  order: { readonly original: EdgeOrder; readonly manipulated: EdgeOrder },
): Comparison {
  const { classes, ...found } = run.result()
  const lost = classes.removed_as_asked + classes.lost_not_asked
  const gained = classes.added_as_asked + classes.added_not_asked
  const outside = classes.outside_added - classes.outside_lost
  return {
    edges: { original: original.edgeCount, manipulated: run.edges.edgeCount },
    connections: { original: inside, manipulated: inside - lost + gained },
    allConnections: { original: all, manipulated: all - lost + gained + outside },
    order,
    classes,
    ...found,
    paired: run.paired(),
  }
}

export function placeMembership(memory: KernelMemory, ids: Uint32Array, nodes: number): number {
  const pointer = memory.place(ids)
  const member = memory.allocate(nodes)
  memory.kernels.buildMembership(pointer, ids.length, member, nodes)
  return member
}
