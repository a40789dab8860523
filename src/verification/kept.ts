/**
 * Connections of two populations, where it is known which rows of the original the manipulated has, and that it has no
 * others: then only the rows of the original have to be brought into order.
 */
import { setImmediate } from 'node:timers/promises'
import { type EdgeOrder, type EdgeSource, type IdColumn, MAX_NODES } from '../connectome/edges.ts'
import type { NodeSelection } from '../connectome/selection.ts'
import { InternalError } from '../errors.ts'
import { KernelMemory } from '../kernels/memory.ts'
import { BucketRows } from './bucket-rows.ts'
import { type CompareOptions, comparisonOf, DEFAULT_MEMORY, placeMembership } from './compare.ts'
import type { Comparison } from './comparison.ts'
import { type Manipulated, MergeRun, placeAsked } from './merge-run.ts'
import { OrderSeen, Scan } from './scan.ts'
import type { EdgeBits } from './synapses/expectation.ts'
import { ColumnWindow, type EdgeWindows, WINDOW_ROWS } from './windows.ts'

const PAUSE_AFTER = 50

/** Words of an id; the lowest can take the bit. */
const WORDS = { u64: 2, i64: 2, u32: 1, i32: 1 } as const

/**
 * What `compareEdges` finds of an original in no order and of a manipulated population that consists of its rows `kept`.
 * All ids of the original must have been found in range. Undefined where ids leave no bit free.
 */
export async function compareKept(
  original: EdgeSource,
  kept: EdgeBits,
  manipulated: Manipulated,
  source: NodeSelection,
  target: NodeSelection,
  options: CompareOptions,
): Promise<Comparison | undefined> {
  const marked = withBits(original, kept)
  if (marked === undefined) return undefined
  const { edges, asked } = manipulated
  const memory = new KernelMemory(options.kernels)
  const scan = new Scan(memory)
  const member = (side: 'sourceCount' | 'targetCount', { ids }: NodeSelection): number =>
    placeMembership(memory, ids, Math.max(original[side], edges[side]))
  const tables = {
    sourceMember: member('sourceCount', source),
    targetMember: member('targetCount', target),
    asked: placeAsked(memory, asked),
  }
  const { keep, all = false, signal, onProgress } = options
  const run = new MergeRun(memory, manipulated, NO_WINDOWS, tables, { keep, all, pairs: false })
  const windows = new BucketRows(memory, marked, options.windowRows ?? WINDOW_ROWS, {
    budget: { left: options.memory ?? DEFAULT_MEMORY },
    range: { from: 0, to: Number.POSITIVE_INFINITY },
    folder: options.folder,
    bucketRows: options.bucketRows,
  })
  let bytes = { at: 0, length: -1 }
  let pause = performance.now()
  try {
    for (let final = false; !final; ) {
      const window = await windows.next()
      final = window.final
      const { length } = window
      if (length > bytes.length) bytes = { at: memory.allocate(length), length }
      memory.kernels.splitKept(window.source, length, bytes.at)
      scan.rows(window.source, window.target, length)
      if (scan.targetBroken || scan.sourceBroken) throw new InternalError('buckets are in no order')
      scan.count(window.source, window.target, length, tables.sourceMember, tables.targetMember)
      run.advanceKept(window, bytes.at)
      if (performance.now() - pause < PAUSE_AFTER) continue
      onProgress?.(windows.rowsRead, original.edgeCount)
      await setImmediate()
      signal?.throwIfAborted()
      pause = performance.now()
    }
  } finally {
    windows.close()
  }
  const order = { original: await orderBySource(original), manipulated: await orderBySource(edges) }
  return comparisonOf(original, scan, run, order)
}

/** Sources with a bit below them: 1 for rows that are kept. */
function withBits(edges: EdgeSource, kept: EdgeBits): EdgeSource | undefined {
  const { type } = edges.source
  if (!(type in WORDS) || 2 * edges.sourceCount > MAX_NODES) return undefined
  const words = WORDS[type as keyof typeof WORDS]
  const mark = (first: number, count: number, into: Uint8Array): void => {
    const ids = new Uint32Array(into.buffer, into.byteOffset, count * words)
    const bits = kept.bytes.subarray(Math.floor(first / 8))
    for (let k = 0, bit = first % 8; k < ids.length; k += words, bit++)
      ids[k] = ((ids[k] ?? 0) << 1) | (((bits[bit >> 3] ?? 0) >> (bit & 7)) & 1)
  }
  const source: IdColumn = {
    ...edges.source,
    resident: undefined,
    readInto: (first, count, into) => {
      const pending = edges.source.readInto(first, count, into)
      if (pending !== undefined) return pending.then(() => mark(first, count, into))
      mark(first, count, into)
    },
  }
  return { ...edges, source, sourceCount: 2 * edges.sourceCount }
}

/** Of rows in no order by target. Looks no further than the first that is in none by source either. */
async function orderBySource(edges: EdgeSource): Promise<EdgeOrder> {
  const memory = new KernelMemory()
  const seen = new OrderSeen(memory)
  const column = (side: 'source' | 'target') => new ColumnWindow(memory, edges[side], WINDOW_ROWS, false)
  const [source, target] = [column('source'), column('target')]
  for (let first = 0; first < edges.edgeCount; first += WINDOW_ROWS) {
    const length = Math.min(WINDOW_ROWS, edges.edgeCount - first)
    await source.fill(first, length)
    await target.fill(first, length)
    seen.rows(target.ids, source.ids, length)
    if (!seen.ascends) return 'none'
  }
  return seen.strictly ? 'src,tgt' : 'src'
}

/** There is nothing on the other side. */
const NO_WINDOWS: EdgeWindows = {
  next: () => Promise.reject(new InternalError('rows that are kept have no windows')),
  firstRow: 0,
  rowsRead: 0,
  order: 'none',
  close: () => {},
}
