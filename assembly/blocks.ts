// Between rows in any order and the merge: whole columns, one after the other, as rows in canonical order.

/** columns[k] = targets[k] - firstTarget, for `cooToCsc`. */
export function shiftTargets(targets: usize, count: u32, firstTarget: u32, columns: usize): void {
  for (let k: u32 = 0; k < count; k++) {
    store<u32>(columns + ((<usize>k) << 2), load<u32>(targets + ((<usize>k) << 2)) - firstTarget)
  }
}

/** The column of each entry of a CSC. indptr: columnCount + 1 of u32; columns: indptr[columnCount] of u32. */
export function expandColumns(indptr: usize, columnCount: u32, columns: usize): void {
  for (let c: u32 = 0; c < columnCount; c++) {
    const end = load<u32>(indptr + ((<usize>(c + 1)) << 2))
    for (let k = load<u32>(indptr + ((<usize>c) << 2)); k < end; k++) store<u32>(columns + ((<usize>k) << 2), c)
  }
}

/**
 * The rows of a canonical CSC block whose first column is target `firstTarget`, each entry as many times as it
 * counts: sources and targets must have room for the sum of counts.
 */
export function expandRows(
  indptr: usize,
  indices: usize,
  counts: usize,
  columnCount: u32,
  firstTarget: u32,
  sources: usize,
  targets: usize,
): void {
  let row: usize = 0
  for (let c: u32 = 0; c < columnCount; c++) {
    const end = load<u32>(indptr + ((<usize>(c + 1)) << 2))
    for (let k = load<u32>(indptr + ((<usize>c) << 2)); k < end; k++) {
      const source = load<u32>(indices + ((<usize>k) << 2))
      for (let edges = load<u32>(counts + ((<usize>k) << 2)); edges > 0; edges--) {
        store<u32>(sources + (row << 2), source)
        store<u32>(targets + (row << 2), firstTarget + c)
        row++
      }
    }
  }
}

/**
 * A column longer than any window: count its rows by source. tally: one u32 per source node, kept by the caller
 * from window to window. Returns false when a count would pass 2^32-1.
 */
export function tallySources(sources: usize, count: u32, tally: usize): bool {
  let fits = true
  for (let k: u32 = 0; k < count; k++) {
    const slot = tally + ((<usize>load<u32>(sources + ((<usize>k) << 2))) << 2)
    const edges = load<u32>(slot) + 1
    if (edges == 0) fits = false
    store<u32>(slot, edges)
  }
  return fits
}

/**
 * Take rows out of a tally from source `first` on, at most `capacity`, and subtract what was taken. Writes sources
 * and `target` beside each, stores the number of rows at `taken`, returns the source to go on from.
 */
export function drainTally(
  tally: usize,
  nodes: u32,
  first: u32,
  target: u32,
  sources: usize,
  targets: usize,
  capacity: u32,
  taken: usize,
): u32 {
  let row: u32 = 0
  let source = first
  for (; source < nodes; source++) {
    const slot = tally + ((<usize>source) << 2)
    let edges = load<u32>(slot)
    while (edges > 0 && row < capacity) {
      store<u32>(sources + ((<usize>row) << 2), source)
      store<u32>(targets + ((<usize>row) << 2), target)
      row++
      edges--
    }
    store<u32>(slot, edges)
    if (edges > 0) break
  }
  store<u32>(taken, row)
  return source
}
