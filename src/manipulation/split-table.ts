/** The rows of one split as the package sees them: ascending edge ids, with what functions before have left. */
import { type Bits, clearBit } from '../connectome/edge-bits.ts'
import type { Chosen } from '../connectome/operations.ts'

export class SplitTable {
  /** Original edge id of each row, and its node ids. */
  edges: Float64Array
  source: Uint32Array
  target: Uint32Array

  constructor(edges: Float64Array, source: Uint32Array, target: Uint32Array) {
    this.edges = edges
    this.source = source
    this.target = target
  }

  get length(): number {
    return this.edges.length
  }

  /** Positions of the rows from S to T, ascending. */
  select(source: Chosen, target: Chosen): Uint32Array {
    const found = new Uint32Array(this.length)
    let count = 0
    for (let row = 0; row < this.length; row++) {
      if (source.member[this.source[row] ?? 0] !== 1 || target.member[this.target[row] ?? 0] !== 1) continue
      found[count++] = row
    }
    return found.slice(0, count)
  }

  /** Drop rows: 1 in `dropped`, one byte a row. */
  drop(dropped: Uint8Array, remain: Bits): void {
    let kept = 0
    for (let row = 0; row < this.length; row++) {
      if (dropped[row] === 1) {
        clearBit(remain, this.edges[row] ?? 0)
        continue
      }
      this.edges[kept] = this.edges[row] ?? 0
      this.source[kept] = this.source[row] ?? 0
      this.target[kept] = this.target[row] ?? 0
      kept++
    }
    this.edges = this.edges.slice(0, kept)
    this.source = this.source.slice(0, kept)
    this.target = this.target.slice(0, kept)
  }
}

/** Rows grouped by connection, connections ascending by (source, target); ascending rows in each. */
export interface Grouped {
  /** Positions in the table. */
  readonly rows: Uint32Array
  /** Where each connection starts in `rows`, and the end. */
  readonly starts: Uint32Array
}

/** Two stable counting sorts: linear in rows and nodes, whatever the ids are. */
export function byConnection(table: SplitTable, rows: Uint32Array): Grouped {
  const sorted = countingSort(countingSort(rows, table.target), table.source)
  const starts = new Uint32Array(sorted.length + 1)
  let connections = 0
  for (let k = 0; k < sorted.length; k++) {
    const [row = 0, previous = 0] = [sorted[k], sorted[k - 1]]
    const same =
      k > 0 && table.source[row] === table.source[previous] && table.target[row] === table.target[previous]
    if (!same) starts[connections++] = k
  }
  starts[connections] = sorted.length
  return { rows: sorted, starts: starts.slice(0, connections + 1) }
}

function countingSort(rows: Uint32Array, keys: Uint32Array): Uint32Array {
  let [low, high] = [0xffff_ffff, 0]
  for (const row of rows) {
    const key = keys[row] ?? 0
    if (key < low) low = key
    if (key > high) high = key
  }
  if (rows.length === 0) return rows
  const next = new Uint32Array(high - low + 2)
  for (const row of rows) {
    const at = (keys[row] ?? 0) - low + 1
    next[at] = (next[at] ?? 0) + 1
  }
  for (let k = 1; k < next.length; k++) next[k] = (next[k] ?? 0) + (next[k - 1] ?? 0)
  const sorted = new Uint32Array(rows.length)
  for (const row of rows) {
    const at = (keys[row] ?? 0) - low
    const to = next[at] ?? 0
    next[at] = to + 1
    sorted[to] = row
  }
  return sorted
}
