/**
 * Connections of two populations, where it is known which rows of the original the manipulated has, and that it has no
 * others: then only the rows of the original have to be brought into order.
 */
import { setImmediate } from 'node:timers/promises'
import { type EdgeOrder, type EdgeSource, type IdColumn, MAX_NODES } from '../connectome/edges.ts'
import type { NodeSelection } from '../connectome/selection.ts'
import { InternalError } from '../errors.ts'
import type { KernelBuild } from '../kernels/load.ts'
import { KernelMemory } from '../kernels/memory.ts'
import { BucketRows } from './bucket-rows.ts'
import { type CompareOptions, comparisonOf, DEFAULT_MEMORY, placeMembership } from './compare.ts'
import type { Comparison } from './comparison.ts'
import { type Manipulated, MergeRun, placeAsked } from './merge-run.ts'
import { OrderSeen, Scan } from './scan.ts'
import type { EdgeBits } from './synapses/expectation.ts'
import { ColumnWindow, type EdgeWindows, WINDOW_ROWS } from './windows.ts'

const PAUSE_AFTER = 50

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
  const marked = withBits(original, kept, options.kernels)
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

/** Sources with a bit below them: 1 for rows that are kept. One reads them at a time. */
function withBits(edges: EdgeSource, kept: EdgeBits, kernels?: KernelBuild): EdgeSource | undefined {
  if (2 * edges.sourceCount > MAX_NODES) return undefined
  const memory = new KernelMemory(kernels)
  const window = new ColumnWindow(memory, edges.source, WINDOW_ROWS, false)
  const bits = memory.allocate(WINDOW_ROWS / 8 + 1)
  const readSome = async (first: number, count: number, into: Uint8Array): Promise<void> => {
    await window.fill(first, count)
    const from = Math.floor(first / 8)
    const some = kept.bytes.subarray(from, Math.ceil((first + count) / 8))
    memory.bytes(bits, some.length).set(some)
    memory.kernels.joinKept(window.ids, count, bits, first % 8)
    into.set(memory.bytes(window.ids, count * 4))
  }
  const source: IdColumn = {
    ...edges.source,
    type: 'u32',
    resident: undefined,
    readInto: async (first, count, into) => {
      for (let at = 0; at < count; at += WINDOW_ROWS)
        await readSome(first + at, Math.min(WINDOW_ROWS, count - at), into.subarray(at * 4))
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
