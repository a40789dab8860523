/** The kernels once more in TypeScript, as fast as typed arrays make it: what WebAssembly is measured against. */
import type { Coo, Csc } from '../kernels/index.ts'
import { NOT_SELECTED } from '../kernels/index.ts'

/** Rank of each id among the selected ones. */
export function mapGidsTwin(selected: Uint32Array, ids: Uint32Array): Uint32Array {
  let largest = 0
  for (const id of selected) largest = Math.max(largest, id)
  const table = new Uint32Array(largest + 1).fill(NOT_SELECTED)
  for (let k = 0; k < selected.length; k++) table[selected[k] as number] = k
  const indices = new Uint32Array(ids.length)
  for (let k = 0; k < ids.length; k++) {
    const id = ids[k] as number
    indices[k] = id < table.length ? (table[id] as number) : NOT_SELECTED
  }
  return indices
}

/** Counting sort by column, then each column sorted and collapsed. */
export function cooToCscTwin({ rows, columns, row, column }: Coo): Csc {
  const count = row.length
  const starts = new Uint32Array(columns + 1)
  for (const c of column) starts[c + 1] = (starts[c + 1] as number) + 1
  for (let c = 0; c < columns; c++) starts[c + 1] = (starts[c + 1] as number) + (starts[c] as number)
  const next = starts.slice(0, columns)
  const sorted = new Uint32Array(count)
  for (let k = 0; k < count; k++) {
    const c = column[k] as number
    const at = next[c] as number
    sorted[at] = row[k] as number
    next[c] = at + 1
  }
  const indptr = new Uint32Array(columns + 1)
  const indices = new Uint32Array(count)
  const counts = new Uint32Array(count)
  let entries = 0
  for (let c = 0; c < columns; c++) {
    const part = sorted.subarray(starts[c], starts[c + 1]).sort()
    let last = -1
    for (const value of part) {
      if (value === last) counts[entries - 1] = (counts[entries - 1] as number) + 1
      else {
        indices[entries] = value
        counts[entries++] = 1
        last = value
      }
    }
    indptr[c + 1] = entries
  }
  return { rows, columns, indptr, indices: indices.slice(0, entries), counts: counts.slice(0, entries) }
}

/** Entries of `mask` that are in `original` and not in `manipulated`; any other difference throws. */
export function removedAsAskedTwin(original: Csc, manipulated: Csc, mask: Csc): number {
  let removed = 0
  for (let c = 0; c < original.columns; c++) {
    let m = manipulated.indptr[c] as number
    const mEnd = manipulated.indptr[c + 1] as number
    let a = mask.indptr[c] as number
    const aEnd = mask.indptr[c + 1] as number
    for (let o = original.indptr[c] as number; o < (original.indptr[c + 1] as number); o++) {
      const row = original.indices[o] as number
      const asked = a < aEnd && mask.indices[a] === row
      if (asked) a++
      const kept = m < mEnd && manipulated.indices[m] === row
      if (kept && manipulated.counts[m] !== original.counts[o]) throw new Error('multiplicity')
      if (kept) m++
      if (kept === asked) throw new Error('not as asked')
      if (asked) removed++
    }
    if (m !== mEnd || a !== aEnd) throw new Error('more than there was')
  }
  return removed
}

/** Unordered pairs {u, v} connected both ways; binary search of each transposed entry. */
export function reciprocalPairsTwin({ columns, indptr, indices }: Csc): number {
  let pairs = 0
  for (let v = 0; v < columns; v++) {
    for (let k = indptr[v] as number; k < (indptr[v + 1] as number); k++) {
      const u = indices[k] as number
      if (u >= v) break
      let low = indptr[u] as number
      let high = indptr[u + 1] as number
      while (low < high) {
        const middle = (low + high) >>> 1
        if ((indices[middle] as number) < v) low = middle + 1
        else high = middle
      }
      if (low < (indptr[u + 1] as number) && indices[low] === v) pairs++
    }
  }
  return pairs
}
