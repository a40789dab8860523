/** Slow, obvious twin of the summary of an edge population. */
import { createHash } from 'node:crypto'
import type { EdgeOrder } from '../../src/connectome/edges.ts'
import type { Pair } from './compare.ts'

export function referenceSummary(rows: readonly Pair[]) {
  const counts = new Map<string, number>()
  for (const row of rows) counts.set(row.join(), (counts.get(row.join()) ?? 0) + 1)
  const pairs = [...counts.keys()].map(text => text.split(',').map(Number) as unknown as Pair)
  pairs.sort((a, b) => a[1] - b[1] || a[0] - b[0])
  const bytes = Buffer.alloc(pairs.length * 16)
  pairs.forEach(([source, target], k) => {
    bytes.writeBigInt64LE(BigInt(source), k * 16)
    bytes.writeBigInt64LE(BigInt(target), k * 16 + 8)
  })
  return {
    edges: rows.length,
    connections: pairs.length,
    multi: [...counts.values()].filter(count => count > 1).length,
    maxPerConnection: Math.max(0, ...counts.values()),
    autapses: pairs.filter(([source, target]) => source === target).length,
    reciprocalPairs: pairs.filter(([source, target]) => source < target && counts.has(`${target},${source}`))
      .length,
    order: orderOf(rows),
    digest: createHash('sha256').update(bytes).digest('hex'),
  }
}

function orderOf(rows: readonly Pair[]): EdgeOrder {
  const ascends = (compare: (a: Pair, b: Pair) => number): boolean =>
    rows.every((row, k) => k === 0 || compare(rows[k - 1] ?? row, row) <= 0)
  if (ascends((a, b) => a[1] - b[1] || a[0] - b[0])) return 'tgt,src'
  if (ascends((a, b) => a[1] - b[1])) return 'tgt'
  if (ascends((a, b) => a[0] - b[0] || a[1] - b[1])) return 'src,tgt'
  return ascends((a, b) => a[0] - b[0]) ? 'src' : 'none'
}
