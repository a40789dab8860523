/**
 * One pass over both populations in the promised order: every row of the manipulated must be the next kept row of the
 * original, ids and values. Finds that all is as expected, or which targets must be looked at more closely, or that
 * the rows do not follow each other as promised.
 */
import { setImmediate } from 'node:timers/promises'
import type { EdgeSource } from '../../connectome/edges.ts'
import { NONE, RUN_BYTES } from '../../kernels/abi.ts'
import { KernelMemory } from '../../kernels/memory.ts'
import { checkRange } from '../order.ts'
import { ColumnWindow, WINDOW_ROWS } from '../windows.ts'
import type { TargetSet } from './bits.ts'
import type { ColumnPair } from './columns.ts'
import type { EdgeBits, SynapseOptions } from './expectation.ts'
import { canFollow, followPairs, type PairedRows } from './follow.ts'
import { type Piece, PropertyWindow, type Undetermined } from './property-window.ts'
import type { RowGroups } from './row-groups.ts'

/** Where rows stopped following each other. */
export interface Break {
  /** The row that has no counterpart where it should: of either side, with its node ids. */
  readonly originalEdge?: number
  readonly manipulatedEdge?: number
  readonly source?: number
  readonly target?: number
}

export interface Walked {
  readonly broken: Break | undefined
  readonly undetermined: ReadonlyMap<string, Undetermined>
}

/** Values of one window and one property, at most: wide rows make for fewer. */
const MOST_BYTES = 16 * 1024 * 1024
/** Rows of a window for each group: pieces are read for each property. */
const ROWS_PER_GROUP = 4096
const MOST_ROWS = 8 * WINDOW_ROWS
/** Ids that are read at once. */
const READ_ROWS = 16 * 1024
const PAUSE_AFTER = 50

export const rowsPerWindow = (pairs: readonly ColumnPair[], groups: number, wanted?: number): number => {
  const widest = Math.max(8, ...pairs.map(({ bytes }) => bytes))
  const rows = wanted ?? Math.min(MOST_ROWS, Math.max(WINDOW_ROWS, groups * ROWS_PER_GROUP))
  // Whole bytes of the set of kept edges.
  return Math.max(8, Math.floor(Math.min(rows, MOST_BYTES / widest) / 8) * 8)
}

/** One walk as data, but for the readers of its columns. */
export interface WalkInput {
  readonly original: EdgeSource
  readonly manipulated: EdgeSource
  readonly pairs: readonly ColumnPair[]
  readonly groups: RowGroups
  readonly remain: EdgeBits | undefined
  /** Gains the targets that must be looked at. */
  readonly suspects: TargetSet
  /** Rows that are known to belong together, if `canFollow` them. */
  readonly paired: PairedRows | undefined
  /** Gains the rows of the original that have a counterpart. */
  readonly kept?: EdgeBits | undefined
  readonly options: SynapseOptions
}

/** Rows of one window as they were paired: see `pairRows`; `pieces` has what lies in the buffer. */
type OnRows = (first: number, count: number, runs: Uint32Array, pieces: readonly Piece[]) => void

export const walkOnce = (input: WalkInput): Promise<Walked> => {
  const { original, manipulated, pairs, groups, paired, ...plan } = input
  if (canFollow(paired, input)) return followPairs(paired, input)
  return new Walk(original, manipulated, pairs, groups, plan).run()
}

/** The original may have targets that the manipulated has not: their rows have no counterpart in any group. */
function tableOf(groupOf: Uint16Array, { targetCount }: EdgeSource): Uint16Array {
  if (groupOf.length >= targetCount) return groupOf
  const table = new Uint16Array(targetCount)
  table.set(groupOf)
  return table
}

export class Walk {
  readonly #memory: KernelMemory
  readonly #original: EdgeSource
  readonly #groups: RowGroups
  readonly #remain: EdgeBits | undefined
  readonly #kept: EdgeBits | undefined
  readonly #suspects: TargetSet
  readonly #onRows: OnRows | undefined
  readonly #options: SynapseOptions
  readonly #rows: number
  readonly #properties: PropertyWindow
  readonly #source: ColumnWindow
  readonly #target: ColumnWindow
  readonly #otherSource: ColumnWindow
  readonly #otherTarget: ColumnWindow
  readonly #keep: number
  readonly #groupOf: number
  readonly #cursors: number
  readonly #limits: number
  readonly #wanted: number
  /** Next row of each group. */
  readonly #next: Float64Array

  constructor(
    original: EdgeSource,
    manipulated: EdgeSource,
    pairs: readonly ColumnPair[],
    groups: RowGroups,
    plan: {
      remain: EdgeBits | undefined
      kept?: EdgeBits | undefined
      suspects: TargetSet
      onRows?: OnRows | undefined
      options: SynapseOptions
    },
  ) {
    this.#original = original
    this.#groups = groups
    this.#remain = plan.remain
    this.#kept = plan.kept
    this.#suspects = plan.suspects
    this.#onRows = plan.onRows
    this.#options = plan.options
    const count = groups.starts.length - 1
    this.#rows = rowsPerWindow(pairs, count, plan.options.windowRows)
    const memory = new KernelMemory(plan.options.kernels)
    this.#memory = memory
    const column = (edges: EdgeSource, side: 'source' | 'target') =>
      new ColumnWindow(memory, edges[side], this.#rows, false)
    this.#source = column(original, 'source')
    this.#target = column(original, 'target')
    this.#otherSource = column(manipulated, 'source')
    this.#otherTarget = column(manipulated, 'target')
    this.#keep = memory.allocate(this.#rows / 8)
    this.#cursors = memory.allocate(count * 4)
    this.#limits = memory.allocate(count * 4)
    this.#wanted = memory.allocate(count * 4)
    this.#groupOf = groups.groupOf === undefined ? 0 : memory.place(tableOf(groups.groupOf, original))
    this.#properties = new PropertyWindow(memory, pairs, this.#rows)
    this.#next = groups.starts.slice(0, -1)
  }

  /** @throws InputError if one of the two cannot be read, or an id of the original is out of range */
  async run(): Promise<Walked> {
    let broken: Break | undefined
    let pause = performance.now()
    const { edgeCount } = this.#original
    for (let first = 0; first < edgeCount && broken === undefined; first += this.#rows) {
      broken = await this.#window(first, Math.min(this.#rows, edgeCount - first))
      if (performance.now() - pause < PAUSE_AFTER) continue
      this.#options.onProgress?.(first, edgeCount)
      await setImmediate()
      this.#options.signal?.throwIfAborted()
      pause = performance.now()
    }
    return { broken: broken ?? (await this.#leftOver()), undetermined: this.#properties.undetermined }
  }

  async #window(first: number, count: number): Promise<Break | undefined> {
    await this.#fill(first, count)
    const pieces = this.#pieces(count)
    for (const { at, first: from, count: rows } of pieces) {
      await this.#otherSource.fill(from, rows, this.#otherSource.ids + at * 4)
      await this.#otherTarget.fill(from, rows, this.#otherTarget.ids + at * 4)
    }
    const runs = this.#pair(first, count)
    if (runs === NONE) {
      const at = this.#stuckAt
      const id = (ids: number): number => this.#memory.words(ids, count)[at] ?? 0
      return { originalEdge: first + at, source: id(this.#source.ids), target: id(this.#target.ids) }
    }
    if (this.#kept !== undefined) this.#mark(this.#kept, first, count, runs)
    this.#onRows?.(first, count, this.#memory.words(this.#properties.runs, runs * (RUN_BYTES / 4)), pieces)
    const paired = this.#advance(pieces)
    if (this.#remain === undefined && this.#options.multiplicityKnown !== true) this.#suspectGaps(runs, count)
    if (!this.#concerns(count)) return undefined
    if ((await this.#properties.compare(first, count, paired, runs)) > 0) this.#suspect(count)
    return undefined
  }

  /** The ids of the window, in pieces: as read they stay in the cache until they are u32, and these until they are checked. */
  async #fill(first: number, count: number): Promise<void> {
    const { kernels } = this.#memory
    for (let at = 0; at < count; at += READ_ROWS) {
      const rows = Math.min(READ_ROWS, count - at)
      const [source, target] = [this.#source.ids + at * 4, this.#target.ids + at * 4]
      await this.#source.fill(first + at, rows, source)
      await this.#target.fill(first + at, rows, target)
      const [largestSource, largestTarget] = [
        kernels.largestId(source, rows),
        kernels.largestId(target, rows),
      ]
      checkRange(this.#original, largestSource >>> 0, largestTarget >>> 0)
    }
  }

  /** Rows of the manipulated that may belong to the window: of each group as many as the window has. */
  #pieces(count: number): Piece[] {
    const { starts } = this.#groups
    const wanted = this.#memory.words(this.#wanted, this.#next.length)
    if (this.#groupOf === 0) wanted[0] = count
    else {
      wanted.fill(0)
      this.#memory.kernels.countGroups(this.#target.ids, count, this.#groupOf, this.#wanted)
    }
    const cursors = this.#memory.words(this.#cursors, wanted.length)
    const limits = this.#memory.words(this.#limits, wanted.length)
    let at = 0
    return Array.from(wanted, (rows, group) => {
      const first = this.#next[group] ?? 0
      const piece = { at, first, count: Math.min(rows, (starts[group + 1] ?? 0) - first) }
      cursors[group] = at
      limits[group] = at + piece.count
      at += rows
      return piece
    })
  }

  #pair(first: number, count: number): number {
    if (this.#remain !== undefined) {
      const bytes = this.#remain.bytes.subarray(first / 8, first / 8 + this.#rows / 8)
      this.#memory.bytes(this.#keep, bytes.length).set(bytes)
    }
    const { kernels } = this.#memory
    return (
      kernels.pairRows(
        this.#source.ids,
        this.#target.ids,
        count,
        this.#remain === undefined ? 0 : this.#keep,
        this.#groupOf,
        this.#cursors,
        this.#limits,
        this.#otherSource.ids,
        this.#otherTarget.ids,
        this.#properties.runs,
      ) >>> 0
    )
  }

  /** The bits of windows do not share bytes. The buffer is free: a walk that is told what remains finds nothing out. */
  #mark(kept: EdgeBits, first: number, count: number, runs: number): void {
    this.#memory.kernels.markRuns(this.#properties.runs, runs, count, this.#keep)
    kept.bytes.set(this.#memory.bytes(this.#keep, Math.ceil(count / 8)), first / 8)
  }

  /** Row of the window that could not be paired. */
  get #stuckAt(): number {
    return this.#memory.load(this.#properties.runs)
  }

  /** The rows of each piece that were taken. */
  #advance(pieces: readonly Piece[]): Piece[] {
    const cursors = this.#memory.words(this.#cursors, pieces.length)
    return pieces.map(({ at, first }, group) => {
      const count = (cursors[group] ?? at) - at
      this.#next[group] = first + count
      return { at, first, count }
    })
  }

  /** Whether some row of the window is to a target whose rows are compared. */
  #concerns(count: number): boolean {
    return this.#memory.words(this.#target.ids, count).some(target => this.#isCompared(target))
  }

  #isCompared(target: number): boolean {
    const { targets } = this.#options
    return targets === undefined || (target >= targets.from && target < targets.to)
  }

  #suspect(count: number): void {
    const dirty = this.#memory.bytes(this.#properties.dirty, count)
    const targets = this.#memory.words(this.#target.ids, count)
    for (let k = 0; k < count; k++)
      if (dirty[k] === 1 && this.#isCompared(targets[k] ?? 0)) this.#suspects.add(targets[k] ?? 0)
  }

  /** Rows that were left out belong to connections that are gone, or to such that lost an edge. */
  #suspectGaps(runCount: number, count: number): void {
    const runs = this.#memory.words(this.#properties.runs, runCount * (RUN_BYTES / 4))
    const targets = this.#memory.words(this.#target.ids, count)
    let next = 0
    for (let k = 0; k <= runs.length; k += 3) {
      const row = runs[k] ?? count
      for (; next < row; next++) this.#suspects.add(targets[next] ?? 0)
      next = row + (runs[k + 2] ?? 0)
    }
  }

  async #leftOver(): Promise<Break | undefined> {
    for (const [group, next] of this.#next.entries()) {
      if (next >= (this.#groups.starts[group + 1] ?? 0)) continue
      await this.#otherSource.fill(next, 1)
      await this.#otherTarget.fill(next, 1)
      const id = (ids: number): number => this.#memory.words(ids, 1)[0] ?? 0
      return { manipulatedEdge: next, source: id(this.#otherSource.ids), target: id(this.#otherTarget.ids) }
    }
    return undefined
  }
}
