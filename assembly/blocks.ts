// What stands between rows that are sorted by target only and the merge: whole columns, one after the other, as
// entries (source, target, edges) in canonical order.

/**
 * Entries of a canonical CSC block whose first column is target `firstTarget`: writes the target of each entry.
 * indptr: columnCount + 1 of u32; targets: indptr[columnCount] of u32.
 */
export function expandTargets(indptr: usize, columnCount: u32, firstTarget: u32, targets: usize): void {
  for (let c: u32 = 0; c < columnCount; c++) {
    const end = load<u32>(indptr + ((<usize>(c + 1)) << 2))
    for (let k = load<u32>(indptr + ((<usize>c) << 2)); k < end; k++) {
      store<u32>(targets + ((<usize>k) << 2), firstTarget + c)
    }
  }
}

/** columns[k] = targets[k] - firstTarget, for `cooToCsc`. */
export function shiftTargets(targets: usize, count: u32, firstTarget: u32, columns: usize): void {
  for (let k: u32 = 0; k < count; k++) {
    store<u32>(columns + ((<usize>k) << 2), load<u32>(targets + ((<usize>k) << 2)) - firstTarget)
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
 * Take entries out of a tally from source `first` on, at most `capacity`, and clear what was taken. Writes sources
 * and counts, stores the number of entries at `taken`, returns the source to go on from.
 */
export function drainTally(
  tally: usize,
  nodes: u32,
  first: u32,
  sources: usize,
  counts: usize,
  capacity: u32,
  taken: usize,
): u32 {
  let written: u32 = 0
  let source = first
  for (; source < nodes && written < capacity; source++) {
    const slot = tally + ((<usize>source) << 2)
    const edges = load<u32>(slot)
    if (edges == 0) continue
    store<u32>(slot, 0)
    store<u32>(sources + ((<usize>written) << 2), source)
    store<u32>(counts + ((<usize>written) << 2), edges)
    written++
  }
  store<u32>(taken, written)
  return source
}

/**
 * Collapse rows sorted by (target, source) into entries. A connection that goes on behind the window is the caller's
 * to hold back. Returns the number of entries.
 */
export function collapseRows(
  source: usize,
  target: usize,
  count: u32,
  sources: usize,
  targets: usize,
  counts: usize,
): u32 {
  let written: u32 = 0
  for (let k: u32 = 0; k < count; ) {
    const s = load<u32>(source + ((<usize>k) << 2))
    const t = load<u32>(target + ((<usize>k) << 2))
    let end = k + 1
    while (
      end < count &&
      load<u32>(source + ((<usize>end) << 2)) == s &&
      load<u32>(target + ((<usize>end) << 2)) == t
    ) {
      end++
    }
    store<u32>(sources + ((<usize>written) << 2), s)
    store<u32>(targets + ((<usize>written) << 2), t)
    store<u32>(counts + ((<usize>written) << 2), end - k)
    written++
    k = end
  }
  return written
}
