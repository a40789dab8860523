/**
 * Which row of the manipulated population each row of the original has become, from what was proven: whole connections
 * stay or go, and the rows of each that stays are the same, in the same order. So its k-th row is its k-th row still.
 */
import { setImmediate } from 'node:timers/promises'
import type { EdgeSource } from '../../connectome/edges.ts'
import { InputError } from '../../errors.ts'
import { blocksOf } from '../synapses/blocks.ts'
import { suspectsFor } from '../synapses/compare.ts'
import type { Expectation, SynapseOptions, TargetBlock } from '../synapses/expectation.ts'
import { isSortedByTarget, rowGroups } from '../synapses/row-groups.ts'
import { Walk } from '../synapses/walk.ts'
import { WINDOW_ROWS } from '../windows.ts'
import { MapWindow } from './map-window.ts'

/** Rows `first ..` of the original: the row that each has become, or -1. Good until the next window. */
export type RowSink = (first: number, rows: BigInt64Array) => void

export interface RowMap {
  /** Edges of the original. */
  readonly length: number
  /** Rows that the manipulated population still has. */
  readonly kept: number
  /** Show all rows, ascending, in windows; reads ids once more. Rejects with InputError if they cannot be read. */
  each(sink: RowSink): Promise<void>
}

/** Why there is no map. */
export interface NoRowMap {
  readonly reason: string
}

export const isRowMap = (map: RowMap | NoRowMap): map is RowMap => 'each' in map

/** What was found of two populations whose rows are matched. */
export interface MatchedRows {
  readonly original: EdgeSource
  readonly manipulated: EdgeSource
  readonly kept: number
  /** In which order rows were found to follow each other; `remain`: which ones are kept, where not whole connections. */
  readonly expectation: Pick<Expectation, 'order' | 'remain'>
  /** See `Comparison.paired`. */
  readonly paired?: Float64Array | undefined
  /** Whether the rows follow each other in that order; else each connection has its rows in order. */
  readonly followed: boolean
  /** Rows of the original ascend by target, where that is known. */
  readonly sortedByTarget?: boolean | undefined
  readonly options: SynapseOptions
}

const DEFAULT_MEMORY = 2 ** 30
const PAUSE_AFTER = 50

export function rowMapOf(matched: MatchedRows): RowMap {
  const { original, kept } = matched
  return {
    length: original.edgeCount,
    kept,
    each: async sink => {
      if ((await show(matched, sink)) !== kept) throw changed(matched)
    },
  }
}

/** Returns how many rows are kept. */
function show(matched: MatchedRows, sink: RowSink): Promise<number> {
  if (matched.paired !== undefined) return alongPairs(matched.paired, matched, sink)
  return matched.followed ? alongRows(matched, sink) : byConnection(matched, sink)
}

/** What was found before is not what is there now. */
const changed = ({ manipulated }: MatchedRows): InputError =>
  new InputError('was changed while it was read', {
    file: manipulated.file,
    hint: 'run the same command again',
  })

/** Runs of rows that belong together are known. */
async function alongPairs(paired: Float64Array, matched: MatchedRows, sink: RowSink): Promise<number> {
  const { edgeCount } = matched.original
  const { windowRows = WINDOW_ROWS, signal } = matched.options
  const window = new MapWindow(windowRows)
  let [run, kept, pause] = [0, 0, performance.now()]
  for (let first = 0; first < edgeCount; first += windowRows) {
    if (performance.now() - pause > PAUSE_AFTER) {
      await setImmediate()
      signal?.throwIfAborted()
      pause = performance.now()
    }
    const end = Math.min(edgeCount, first + windowRows)
    window.begin(end - first)
    for (; run < paired.length; run += 3) {
      const [row = 0, other = 0, length = 0] = [paired[run], paired[run + 1], paired[run + 2]]
      const [from, to] = [Math.max(row, first), Math.min(row + length, end)]
      if (from < to) window.put(from - first, other + (from - row), to - from)
      // The run goes on in the next window.
      if (row + length > end) break
    }
    kept += window.kept
    sink(first, window.rows)
  }
  return kept
}

/** Rows follow each other in groups: the pass over their ids is made once more. */
async function alongRows(matched: MatchedRows, sink: RowSink): Promise<number> {
  const { original, manipulated, expectation, options } = matched
  const { order, remain } = expectation
  const grouped = order.kind === 'grouped' || order.kind === 'splits'
  const windowRows = options.windowRows ?? WINDOW_ROWS
  const sorted = grouped && (matched.sortedByTarget ?? (await isSortedByTarget(original, windowRows)))
  const { ways } = await rowGroups(order, sorted, manipulated, windowRows)
  const suspects = suspectsFor({ original, manipulated, pairs: [], expectation })
  let window: MapWindow | undefined
  let kept = 0
  const plan = { remain, suspects, options: { ...options, targets: undefined } }
  let way = ways.at(-1)
  // Only the way that fits says which row is which.
  for (const one of ways.slice(0, -1)) {
    if ((await new Walk(original, manipulated, [], one(), plan).run()).broken !== undefined) continue
    way = one
    break
  }
  if (way === undefined) throw changed(matched)
  const walk = new Walk(original, manipulated, [], way(), {
    ...plan,
    onRows: (first, count, runs, pieces) => {
      if (window === undefined || window.capacity < count) window = new MapWindow(count)
      window.begin(count)
      window.putRuns(runs, pieces)
      kept += window.kept
      sink(first, window.rows)
    },
  })
  if ((await walk.run()).broken !== undefined) throw changed(matched)
  return kept
}

/**
 * Rows follow each other in connections alone: new ones are among them, or there are too many groups. As many rows of
 * the original at a time as there is memory for.
 */
async function byConnection(matched: MatchedRows, sink: RowSink): Promise<number> {
  const { original, manipulated, options } = matched
  const most = Math.max(8, Math.floor((options.memory ?? DEFAULT_MEMORY) / 16))
  const rows = new BigInt64Array(Math.min(most, original.edgeCount))
  let pause = performance.now()
  let kept = 0
  for (let first = 0; first < original.edgeCount; first += most) {
    const some = rows.subarray(0, Math.min(most, original.edgeCount - first)).fill(-1n)
    for await (const block of blocksOf(original, manipulated, [], () => true, options)) {
      const placed = placeBlock(block, first, some)
      if (placed === undefined) throw changed(matched)
      kept += placed
      if (performance.now() - pause < PAUSE_AFTER) continue
      await setImmediate()
      options.signal?.throwIfAborted()
      pause = performance.now()
    }
    sink(first, some)
  }
  return kept
}

/** How many rows of one block lie in the window; undefined if a connection has another number of them than it had. */
function placeBlock(
  { original, manipulated }: TargetBlock,
  first: number,
  rows: BigInt64Array,
): number | undefined {
  const [a, b] = [original, manipulated]
  let [m, placed] = [0, 0]
  for (let o = 0; o < a.count; ) {
    const [source = 0, target = 0] = [a.source[o], a.target[o]]
    // Connections that the original has not.
    while (m < b.count && comesBefore(b, m, source, target)) m++
    const [begin, other] = [o, m]
    for (; o < a.count && a.source[o] === source && a.target[o] === target; o++) {
      if (m >= b.count || b.source[m] !== source || b.target[m] !== target) continue
      const at = (a.edge[o] ?? 0) - first
      if (at >= 0 && at < rows.length) {
        rows[at] = BigInt(b.edge[m] ?? 0)
        placed++
      }
      m++
    }
    const more = m < b.count && b.source[m] === source && b.target[m] === target
    if (more || (m > other && m - other < o - begin)) return undefined
  }
  return placed
}

function comesBefore(rows: TargetBlock['original'], at: number, source: number, target: number): boolean {
  const t = rows.target[at] ?? 0
  return t < target || (t === target && (rows.source[at] ?? 0) < source)
}
