// Reciprocal pairs of a square, canonical CSC without a transpose.

/**
 * Number of unordered pairs {u, v}, u != v, with both u -> v and v -> u. indptr: nodes + 1, indices: ascending inside
 * each column, cursors: nodes entries of scratch, all u32.
 *
 * Columns are walked in ascending order, so the columns v that ask "is v in your column u?" of one u come in
 * ascending v as well: one cursor per column that only moves forward answers all of them. O(connections).
 */
export function reciprocalPairs(indptr: usize, indices: usize, nodes: u32, cursors: usize): f64 {
  memory.copy(cursors, indptr, (<usize>nodes) << 2)
  let pairs: f64 = 0
  for (let v: u32 = 0; v < nodes; v++) {
    const end = at(indptr, v + 1)
    for (let k = at(indptr, v); k < end; k++) {
      const u = at(indices, k)
      assert(u < nodes)
      if (u >= v) break
      let cursor = at(cursors, u)
      const last = at(indptr, u + 1)
      while (cursor < last && at(indices, cursor) < v) cursor++
      store<u32>(cursors + ((<usize>u) << 2), cursor)
      if (cursor < last && at(indices, cursor) == v) pairs += 1
    }
  }
  return pairs
}

@inline function at(base: usize, k: u32): u32 {
  return load<u32>(base + ((<usize>k) << 2))
}
