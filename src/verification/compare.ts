/** The pass: one original, any number of manipulated edge populations and what was asked, window by window. */
import { setImmediate } from 'node:timers/promises'
import type { EdgeSource } from '../connectome/edges.ts'
import type { NodeSelection } from '../connectome/selection.ts'
import { InputError } from '../errors.ts'
import * as abi from '../kernels/abi.ts'
import type { KernelBuild } from '../kernels/load.ts'
import { KernelMemory } from '../kernels/memory.ts'
import type { Asked } from './asked.ts'
import { ColumnBlocks, checkRange } from './columns.ts'
import type { Comparison } from './comparison.ts'
import { type AskedTables, type Manipulated, MergeRun, placeAsked } from './merge-run.ts'
import { notSortedByTarget, SourceOrderError } from './order.ts'
import { type EdgeWindows, RowWindows, WINDOW_ROWS, type Window } from './windows.ts'

export interface CompareOptions {
  /** Culprits to keep per class. */
  readonly keep: number
  /** Keep every culprit of every class. */
  readonly all?: boolean
  /** Rows per window, at least 1; the result does not depend on it. */
  readonly windowRows?: number
  readonly kernels?: KernelBuild
  readonly signal?: AbortSignal | undefined
  /** Rows read so far and in all, of the original and all manipulated populations together. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/** A comparison, or why this one could not be made while the others could. */
export type Outcome =
  | { readonly comparison: Comparison; readonly error?: undefined }
  | { readonly comparison?: undefined; readonly error: InputError }

/**
 * Compare every manipulated edge population with the original, connection by connection, in one pass over the
 * original. Both sides must be sorted by target; sources within a target may come in any order (then a second
 * pass over whole columns is made for those that need it). Rejects with InputError if the original cannot be
 * read; what is wrong with one manipulated population is the `error` of its outcome only.
 */
export async function compareEdges(
  original: EdgeSource,
  manipulated: readonly Manipulated[],
  source: NodeSelection,
  target: NodeSelection,
  options: CompareOptions,
): Promise<Outcome[]> {
  const outcomes = new Map<Manipulated, Outcome>()
  const inputs = { original, source, target, options }
  const again = await new Pass(inputs, 'rows').run(manipulated, outcomes)
  if (again.length > 0) await new Pass(inputs, 'columns').run(again, outcomes)
  return manipulated.map(
    one => outcomes.get(one) ?? { error: new InputError('not compared', { file: one.edges.file }) },
  )
}

interface PassInputs {
  original: EdgeSource
  source: NodeSelection
  target: NodeSelection
  options: CompareOptions
}

/** Milliseconds between looks at signals and progress. */
const PAUSE_AFTER = 50

class Pass {
  readonly #memory: KernelMemory
  readonly #inputs: PassInputs
  readonly #tier: 'rows' | 'columns'
  readonly #windowRows: number
  readonly #scan: number
  readonly #asked = new Map<Asked, AskedTables>()
  #sourceMember = 0
  #targetMember = 0
  #rows = 0
  #lastPause = performance.now()

  constructor(inputs: PassInputs, tier: 'rows' | 'columns') {
    this.#inputs = inputs
    this.#tier = tier
    this.#memory = new KernelMemory(inputs.options.kernels)
    this.#windowRows = inputs.options.windowRows ?? WINDOW_ROWS
    this.#scan = this.#memory.allocate(abi.SCAN_BYTES)
    this.#memory.bytes(this.#scan, abi.SCAN_BYTES).fill(0)
  }

  /** Returns the populations that need a pass over whole columns; the outcome of all others is set. */
  async run(
    manipulated: readonly Manipulated[],
    outcomes: Map<Manipulated, Outcome>,
  ): Promise<Manipulated[]> {
    const { original } = this.#inputs
    this.#placeMembers(manipulated)
    const windows = this.#windows(original, true)
    const runs = new Set(manipulated.map(one => this.#newRun(one)))
    const again: Manipulated[] = []
    for (let final = false; !final && runs.size > 0; ) {
      const window = await windows.next()
      final = window.final
      try {
        this.#prove(window, windows.firstRow)
      } catch (error) {
        if (error instanceof SourceOrderError) return [...again, ...[...runs].map(run => run.manipulated)]
        throw error
      }
      this.#rows += window.length
      for (const run of runs) {
        try {
          await run.advance(window)
        } catch (error) {
          runs.delete(run)
          if (error instanceof SourceOrderError) again.push(run.manipulated)
          else if (error instanceof InputError) outcomes.set(run.manipulated, { error })
          else throw error
        }
      }
      await this.#pause(runs)
    }
    for (const run of runs) outcomes.set(run.manipulated, { comparison: this.#result(run, windows) })
    return again
  }

  #placeMembers(manipulated: readonly Manipulated[]): void {
    const { original, source, target } = this.#inputs
    const nodes = (side: 'sourceCount' | 'targetCount') =>
      Math.max(original[side], ...manipulated.map(one => one.edges[side]))
    this.#sourceMember = placeMembership(this.#memory, source.ids, nodes('sourceCount'))
    this.#targetMember = placeMembership(this.#memory, target.ids, nodes('targetCount'))
  }

  #windows(edges: EdgeSource, narrow: boolean): EdgeWindows {
    return this.#tier === 'rows'
      ? new RowWindows(this.#memory, edges, this.#windowRows, narrow)
      : new ColumnBlocks(this.#memory, edges, this.#windowRows)
  }

  #newRun(manipulated: Manipulated): MergeRun {
    const { options } = this.#inputs
    const asked = this.#asked.get(manipulated.asked) ?? placeAsked(this.#memory, manipulated.asked)
    this.#asked.set(manipulated.asked, asked)
    const tables = { asked, sourceMember: this.#sourceMember, targetMember: this.#targetMember }
    const keep = { keep: options.keep, all: options.all ?? false }
    return new MergeRun(this.#memory, manipulated, this.#windows(manipulated.edges, false), tables, keep)
  }

  /** The original is sorted, in range and counted before anything is compared with it. */
  #prove(window: Window, firstRow: number): void {
    const { original } = this.#inputs
    const { kernels } = this.#memory
    kernels.scanOrder(this.#scan, window.source, window.target, window.length)
    const state = this.#memory.words(this.#scan, abi.SCAN_BYTES / 4)
    const word = (offset: number): number => state[offset / 4] ?? 0
    const broken = word(abi.S_TARGET_ORDER_ROW)
    if (broken !== abi.NONE) throw notSortedByTarget(original, firstRow + broken)
    if (word(abi.S_SOURCE_ORDER_ROW) !== abi.NONE) throw new SourceOrderError()
    checkRange(original, word(abi.S_MAX_SOURCE), word(abi.S_MAX_TARGET))
    const members = [this.#sourceMember, this.#targetMember] as const
    kernels.countConnections(this.#scan, window.source, window.target, window.length, ...members)
  }

  #result(run: MergeRun, windows: EdgeWindows): Comparison {
    const { classes, culprits, differences } = run.result()
    const original = this.#memory.doubles(this.#scan + abi.S_CONNECTIONS, 2)
    const [all = 0, inside = 0] = original
    const lost = classes.removed_as_asked + classes.lost_not_asked
    const gained = classes.added_as_asked + classes.added_not_asked
    const outside = classes.outside_added - classes.outside_lost
    return {
      edges: { original: this.#inputs.original.edgeCount, manipulated: run.edges.edgeCount },
      connections: { original: inside, manipulated: inside - lost + gained },
      allConnections: { original: all, manipulated: all - lost + gained + outside },
      order: { original: windows.order, manipulated: run.order },
      classes,
      culprits,
      differences,
    }
  }

  async #pause(runs: ReadonlySet<MergeRun>): Promise<void> {
    const { options, original } = this.#inputs
    if (performance.now() - this.#lastPause < PAUSE_AFTER) return
    let [done, total] = [this.#rows, original.edgeCount]
    for (const run of runs) {
      done += run.rows
      total += run.edges.edgeCount
    }
    options.onProgress?.(done, total)
    await setImmediate()
    options.signal?.throwIfAborted()
    this.#lastPause = performance.now()
  }
}

function placeMembership(memory: KernelMemory, ids: Uint32Array, nodes: number): number {
  const pointer = memory.place(ids)
  const member = memory.allocate(nodes)
  memory.kernels.buildMembership(pointer, ids.length, member, nodes)
  return member
}
