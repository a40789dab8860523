/** The values that occur in a population, of properties that are sampled. */
import type { EdgeSource } from '../../connectome/edges.ts'
import { isSampled } from './new-rows.ts'

const WINDOW = 65_536
/** Properties with more values are not looked up. */
const MOST = 2 ** 22

/** By property, as bytes (one character each). */
export async function knownValues(edges: EdgeSource): Promise<Map<string, Set<string>>> {
  const known = new Map<string, Set<string>>()
  const table = await edges.table?.()
  for (const column of table?.columns ?? []) {
    if (!isSampled(column.name) || column.texts !== undefined) continue
    const values = new Set<string>()
    for (let first = 0; first < column.length && values.size <= MOST; first += WINDOW) {
      const count = Math.min(WINDOW, column.length - first)
      const bytes = new Uint8Array(count * column.bytes)
      await column.readInto(first, count, bytes)
      for (let k = 0; k < count; k++)
        values.add(String.fromCharCode(...bytes.subarray(k * column.bytes, (k + 1) * column.bytes)))
    }
    if (values.size <= MOST) known.set(column.name, values)
  }
  return known
}
