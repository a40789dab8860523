// COO to canonical CSC: group by column, sort the rows of each column, collapse repeats and count them.

/** Up to this many rows a column is sorted by insertion; beyond it by radix. */
const SMALL_COLUMN: u32 = 40

/**
 * rows[k], columns[k] for k < count, in any order, repeats allowed. All of u32:
 * indptr[columnCount + 1], indices[count], counts[count] receive the result: the rows of column c, ascending and
 * distinct, stand in indices[indptr[c] .. indptr[c + 1]), their multiplicities beside them in counts.
 * scratch: count entries. Columns must be below columnCount. Returns the number of distinct entries.
 */
export function cooToCsc(
  rows: usize,
  columns: usize,
  count: u32,
  columnCount: u32,
  indptr: usize,
  indices: usize,
  counts: usize,
  scratch: usize,
): u32 {
  memory.fill(indptr, 0, ((<usize>columnCount) + 1) << 2)
  for (let k: u32 = 0; k < count; k++) {
    const column = at(columns, k)
    assert(column < columnCount)
    put(indptr, column, at(indptr, column) + 1)
  }
  let start: u32 = 0
  for (let c: u32 = 0; c < columnCount; c++) {
    const length = at(indptr, c)
    put(indptr, c, start)
    start += length
  }
  put(indptr, columnCount, start)
  // Scatter; afterwards indptr[c] is the END of column c, so its start is indptr[c - 1].
  for (let k: u32 = 0; k < count; k++) {
    const column = at(columns, k)
    const to = at(indptr, column)
    put(indices, to, at(rows, k))
    put(indptr, column, to + 1)
  }
  let written: u32 = 0
  let first: u32 = 0
  for (let c: u32 = 0; c < columnCount; c++) {
    const end = at(indptr, c)
    sortColumn(indices + ((<usize>first) << 2), end - first, scratch)
    put(indptr, c, written)
    for (let k = first; k < end; ) {
      const row = at(indices, k)
      let same = k + 1
      while (same < end && at(indices, same) == row) same++
      put(indices, written, row)
      put(counts, written, same - k)
      written++
      k = same
    }
    first = end
  }
  put(indptr, columnCount, written)
  return written
}

@inline function at(base: usize, k: u32): u32 {
  return load<u32>(base + ((<usize>k) << 2))
}

@inline function put(base: usize, k: u32, value: u32): void {
  store<u32>(base + ((<usize>k) << 2), value)
}

function sortColumn(values: usize, length: u32, scratch: usize): void {
  let largest: u32 = 0
  let previous: u32 = 0
  let sorted = true
  for (let k: u32 = 0; k < length; k++) {
    const value = at(values, k)
    if (value < previous) sorted = false
    previous = value
    largest = max(largest, value)
  }
  if (sorted) return
  if (length <= SMALL_COLUMN) sortByInsertion(values, length)
  else sortByRadix(values, length, largest, scratch)
}

function sortByInsertion(values: usize, length: u32): void {
  for (let k: u32 = 1; k < length; k++) {
    const value = at(values, k)
    let hole = k
    while (hole > 0 && at(values, hole - 1) > value) {
      put(values, hole, at(values, hole - 1))
      hole--
    }
    put(values, hole, value)
  }
}

const histogram = memory.data(256 << 2, 16)

/** Least significant byte first, as many passes as the largest value has bytes. */
function sortByRadix(values: usize, length: u32, largest: u32, scratch: usize): void {
  let from = values
  let to = scratch
  for (let shift: u32 = 0; shift < 32 && largest >> shift != 0; shift += 8) {
    memory.fill(histogram, 0, 256 << 2)
    for (let k: u32 = 0; k < length; k++) {
      const digit = (at(from, k) >> shift) & 0xff
      put(histogram, digit, at(histogram, digit) + 1)
    }
    let start: u32 = 0
    for (let digit: u32 = 0; digit < 256; digit++) {
      const size = at(histogram, digit)
      put(histogram, digit, start)
      start += size
    }
    for (let k: u32 = 0; k < length; k++) {
      const value = at(from, k)
      const digit = (value >> shift) & 0xff
      const position = at(histogram, digit)
      put(to, position, value)
      put(histogram, digit, position + 1)
    }
    const swap = from
    from = to
    to = swap
  }
  if (from != values) memory.copy(values, from, (<usize>length) << 2)
}
