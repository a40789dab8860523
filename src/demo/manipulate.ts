/**
 * What the pipeline does to an edge table, done a second time so that the prover has something to find. Nothing
 * that verifies may import this: the prover never trusts the code that made the result.
 */
import {
  byTargetThenSource,
  type Connection,
  connectionKey,
  connectionsOf,
  type EdgeTable,
  type PropertyColumn,
} from './circuit.ts'
import type { Fault } from './faults.ts'

/**
 * Take out every synapse of the asked connections, then plant the faults. Kept rows keep their order and values;
 * a synapse too many is a copy of its neighbour.
 */
export function removeConnections(
  edges: EdgeTable,
  asked: readonly Connection[],
  faults: readonly Fault[] = [],
): EdgeTable {
  const wanted = new Map(asked.map(connection => [connectionKey(connection), { connection, rows: 0 }]))
  for (const { source, target, manipulated } of faults) {
    const connection = [source, target] as const
    wanted.set(connectionKey(connection), { connection, rows: manipulated })
  }
  const rows: { connection: Connection; from: number }[] = []
  for (const { connection, firstRow, rows: before } of connectionsOf(edges)) {
    const key = connectionKey(connection)
    const after = wanted.get(key)?.rows ?? before
    wanted.delete(key)
    for (let k = 0; k < after; k++) rows.push({ connection, from: firstRow + Math.min(k, before - 1) })
  }
  for (const { connection, rows: added } of wanted.values()) {
    for (let k = 0; k < added; k++) rows.push({ connection, from: 0 })
  }
  // Stable, so that the rows of one connection stay in order.
  rows.sort((a, b) => byTargetThenSource(a.connection, b.connection))
  const from = Uint32Array.from(rows, row => row.from)
  return {
    source: Uint32Array.from(rows, row => row.connection[0]),
    target: Uint32Array.from(rows, row => row.connection[1]),
    properties: Object.fromEntries(
      Object.entries(edges.properties).map(([name, column]) => [name, gather(column, from)]),
    ),
  }
}

function gather(column: PropertyColumn, rows: Uint32Array): PropertyColumn {
  if (column instanceof BigInt64Array) return BigInt64Array.from(rows, row => column[row] ?? 0n)
  const gathered = column.slice(0, 0)
  const make = gathered.constructor as new (length: number) => typeof gathered
  return new make(rows.length).map((_, k) => column[rows[k] ?? 0] ?? 0)
}
