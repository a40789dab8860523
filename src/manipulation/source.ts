/** The edge table that a prediction reads: ids and properties in windows, rows of one split at a time. */
import type { EdgeSource, IdColumn } from '../connectome/edges.ts'
import type { NumberType } from '../connectome/numbers.ts'
import { readIds } from '../connectome/read-ids.ts'
import { SplitTable } from './split-table.ts'

/** One property of every edge. */
export interface NumberColumn {
  readonly name: string
  readonly type: NumberType
  /** Fill `into` with rows `first .. first+count-1`, little-endian. */
  readInto(first: number, count: number, into: Uint8Array): void | Promise<void>
}

export interface PredictionSource extends Pick<EdgeSource, 'edgeCount' | 'sourceCount' | 'targetCount'> {
  readonly source: IdColumn
  readonly target: IdColumn
  /** By name, those with one number per edge. */
  readonly columns: ReadonlyMap<string, NumberColumn>
}

const WINDOW = 65_536
/** Rows of splits that are gathered in one pass where the file has them mixed. */
const TOGETHER = 2 ** 24

/**
 * The table of each split in turn, rows in ascending edge id. Where the file is grouped by split each is read as it
 * is asked for; else as many splits as fit are gathered in one pass.
 */
export async function* splitTables(
  source: PredictionSource,
  splits: number,
  signal?: AbortSignal,
  together = TOGETHER,
): AsyncGenerator<SplitTable> {
  const { counts, grouped } = await countSplits(source, splits, signal)
  if (grouped) {
    let first = 0
    for (const count of counts) {
      signal?.throwIfAborted()
      yield await rangeTable(source, first, count)
      first += count
    }
    return
  }
  for (let from = 0; from < splits; ) {
    let [to, rows] = [from + 1, counts[from] ?? 0]
    while (to < splits && rows + (counts[to] ?? 0) <= together) rows += counts[to++] ?? 0
    yield* await gatherTables(source, splits, from, counts.slice(from, to), signal)
    from = to
  }
}

async function countSplits(source: PredictionSource, splits: number, signal?: AbortSignal) {
  const size = Math.max(1, Math.ceil(source.targetCount / splits))
  const counts: number[] = new Array(splits).fill(0)
  let [grouped, last] = [true, 0]
  for (let first = 0; first < source.edgeCount; first += WINDOW) {
    signal?.throwIfAborted()
    const count = Math.min(WINDOW, source.edgeCount - first)
    for (const id of await readIds(source.target, first, count, source.targetCount)) {
      const split = Math.floor(id / size)
      if (split < last) grouped = false
      last = split
      counts[split] = (counts[split] ?? 0) + 1
    }
  }
  return { counts, grouped }
}

async function rangeTable(source: PredictionSource, first: number, count: number): Promise<SplitTable> {
  const edges = new Float64Array(count)
  for (let k = 0; k < count; k++) edges[k] = first + k
  return new SplitTable(
    edges,
    await readIds(source.source, first, count, source.sourceCount),
    await readIds(source.target, first, count, source.targetCount),
  )
}

async function gatherTables(
  source: PredictionSource,
  splits: number,
  from: number,
  counts: readonly number[],
  signal: AbortSignal | undefined,
): Promise<SplitTable[]> {
  const size = Math.max(1, Math.ceil(source.targetCount / splits))
  const tables = counts.map(
    count => new SplitTable(new Float64Array(count), new Uint32Array(count), new Uint32Array(count)),
  )
  const filled = counts.map(() => 0)
  for (let first = 0; first < source.edgeCount; first += WINDOW) {
    signal?.throwIfAborted()
    const count = Math.min(WINDOW, source.edgeCount - first)
    const [sources, targets] = [
      await readIds(source.source, first, count, source.sourceCount),
      await readIds(source.target, first, count, source.targetCount),
    ]
    for (let k = 0; k < count; k++) {
      const split = Math.floor((targets[k] ?? 0) / size) - from
      const table = tables[split]
      if (table === undefined) continue
      const at = filled[split] ?? 0
      filled[split] = at + 1
      table.edges[at] = first + k
      table.source[at] = sources[k] ?? 0
      table.target[at] = targets[k] ?? 0
    }
  }
  return tables
}

/** Values of `column` for ascending edge ids, packed. Windows without any of them are not read. */
export async function gatherColumn(
  column: NumberColumn,
  width: number,
  edges: Float64Array,
  rows: number,
): Promise<Uint8Array> {
  const packed = new Uint8Array(edges.length * width)
  for (let k = 0; k < edges.length; ) {
    const first = edges[k] ?? 0
    const count = Math.min(WINDOW, rows - first)
    const window = new Uint8Array(count * width)
    await column.readInto(first, count, window)
    for (; k < edges.length && (edges[k] ?? 0) < first + count; k++) {
      const from = ((edges[k] ?? 0) - first) * width
      for (let byte = 0; byte < width; byte++) packed[k * width + byte] = window[from + byte] ?? 0
    }
  }
  return packed
}
