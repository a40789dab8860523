/** The two tables of a SONATA edge index, built as libsonata and parquet-converters build them. */

export interface EdgeIndex {
  /** nodes x 2: half-open range of rows of `rangeToEdgeId`. */
  readonly nodeIdToRanges: BigUint64Array
  /** ranges x 2: half-open ranges of edge ids. */
  readonly rangeToEdgeId: BigUint64Array
}

/**
 * One range for each maximal run of equal ids in file order, ordered by node. Nodes without edges get the range
 * (k, k) where the next node begins, as libsonata writes it (`offset`), or (0, 0) as the converter does (`zero`).
 */
export function buildIndex(ids: Uint32Array, nodes: number, empty: 'offset' | 'zero'): EdgeIndex {
  const runs = new Uint32Array(nodes + 1)
  const startsRun = (row: number): boolean => row === 0 || ids[row] !== ids[row - 1]
  for (let row = 0; row < ids.length; row++) if (startsRun(row)) add(runs, (ids[row] ?? 0) + 1, 1)
  for (let node = 0; node < nodes; node++) add(runs, node + 1, runs[node] ?? 0)

  const nodeIdToRanges = new BigUint64Array(2 * nodes)
  for (let node = 0; node < nodes; node++) {
    const [begin = 0, end = 0] = runs.subarray(node, node + 2)
    if (begin === end && empty === 'zero') continue
    nodeIdToRanges[2 * node] = BigInt(begin)
    nodeIdToRanges[2 * node + 1] = BigInt(end)
  }

  const rangeToEdgeId = new BigUint64Array(2 * (runs[nodes] ?? 0))
  const next = runs.slice(0, nodes)
  for (let row = 0; row < ids.length; ) {
    const node = ids[row] ?? 0
    const begin = row++
    while (row < ids.length && !startsRun(row)) row++
    const range = next[node] ?? 0
    rangeToEdgeId[2 * range] = BigInt(begin)
    rangeToEdgeId[2 * range + 1] = BigInt(row)
    next[node] = range + 1
  }
  return { nodeIdToRanges, rangeToEdgeId }
}

function add(counts: Uint32Array, at: number, amount: number): void {
  counts[at] = (counts[at] ?? 0) + amount
}
