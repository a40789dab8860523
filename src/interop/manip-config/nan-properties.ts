/**
 * Properties with NaN: pandas hands NaN to Arrow as null, Parquet stores no value for it, and parquet2hdf5 writes what
 * lies in Arrow's buffer without asking which rows are null. Every run of the package goes that way.
 */
import type { EdgeSource } from '../../connectome/edges.ts'
import type { PropertyColumn } from '../../connectome/table.ts'

export interface NanProperty {
  readonly name: string
  /** Edges whose value is NaN. */
  readonly count: number
}

export interface NanScan {
  readonly found: readonly NanProperty[]
  /** Properties that were not read: too much to read for a look. */
  readonly unread: readonly string[]
}

const WINDOW = 65_536
/** Bytes that are read of one population at most. */
const MOST = 4 * 2 ** 30

/** NaN in the float properties of an edge population, by name; reads one window at a time, at most 4 GiB in all. */
export async function nanProperties({ table }: Pick<EdgeSource, 'table'>): Promise<NanScan> {
  const found: NanProperty[] = []
  const unread: string[] = []
  let left = MOST
  for (const column of (await table?.())?.columns ?? []) {
    if ((column.type !== 'f32' && column.type !== 'f64') || column.texts !== undefined) continue
    if (column.name.startsWith('../')) continue
    left -= column.length * column.bytes
    if (left < 0) unread.push(column.name)
    else {
      const count = await countNan(column, column.type === 'f32' ? Float32Array : Float64Array)
      if (count > 0) found.push({ name: column.name, count })
    }
  }
  return { found, unread }
}

async function countNan(
  column: PropertyColumn,
  Values: Float32ArrayConstructor | Float64ArrayConstructor,
): Promise<number> {
  let count = 0
  for (let first = 0; first < column.length; first += WINDOW) {
    const rows = Math.min(WINDOW, column.length - first)
    const bytes = new Uint8Array(rows * column.bytes)
    await column.readInto(first, rows, bytes)
    for (const value of new Values(bytes.buffer)) if (Number.isNaN(value)) count++
  }
  return count
}

/** A sentence for people: before a run. */
export const nanSentence = ({ name, count }: NanProperty): string =>
  `${name} is NaN in ${count} ${count === 1 ? 'edge' : 'edges'}: the package writes that to Parquet as null, which the converter ignores, so that these edges get other values`

export const NAN_REMEDY =
  'Give these edges a number in the original, or put the property back into the result by its rows.'
