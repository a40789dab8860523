/** The properties of an edge population that the package can compute with: one number per edge. */
import type { EdgeSource } from '../connectome/edges.ts'
import { type PropertyColumn, VALUE_BYTES } from '../connectome/table.ts'
import { InputError } from '../errors.ts'
import type { NumberColumn, PredictionSource } from '../manipulation/source.ts'

/** @throws InputError if the file lists connections only, or cannot be read */
export async function predictionSource(edges: EdgeSource): Promise<PredictionSource> {
  if (edges.table === undefined)
    throw new InputError('lists connections: a manipulation needs the edges themselves', { file: edges.file })
  const { columns } = await edges.table()
  const { edgeCount, sourceCount, targetCount, source, target } = edges
  const numbers = columns.flatMap(column => asNumbers(column) ?? [])
  return {
    edgeCount,
    sourceCount,
    targetCount,
    source,
    target,
    columns: new Map(numbers.map(column => [column.name, column])),
  }
}

function asNumbers(column: PropertyColumn): NumberColumn | undefined {
  const { name, type, bytes, texts } = column
  if (type === 'f16' || texts !== undefined || bytes !== VALUE_BYTES[type]) return undefined
  return { name, type, readInto: (first, count, into) => column.readInto(first, count, into) }
}
