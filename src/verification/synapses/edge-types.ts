/** `edge_type_id`, which the pipeline sets to 0: either all as they were, or all 0. */
import { type PropertyColumn, VALUE_BYTES, type ValueType } from '../../connectome/table.ts'
import { InputError } from '../../errors.ts'
import type { ColumnPair, ReadRows } from './columns.ts'

export const EDGE_TYPE = 'edge_type_id'

/** Rows that are looked at to guess which of the two was meant; every row is compared with it, see type-reading.ts. */
const SAMPLES = 1024

/** One integer per edge, which is what the format has; anything else is compared as any other property. */
export const isPlainInteger = ({ type, bytes, texts }: PropertyColumn): boolean =>
  texts === undefined && !type.startsWith('f') && bytes === VALUE_BYTES[type]

/**
 * Pair ids that say nothing of an edge beyond themselves. Both must be plain integers.
 *
 * @param before undefined where the original has none: then the manipulated has zeros
 * @param toZero whether all should be 0 now, where that is known
 * @returns `zeroed`: all should be 0 now, and were not before
 */
export async function pairEdgeTypes(
  before: PropertyColumn | undefined,
  after: PropertyColumn,
  toZero?: boolean,
): Promise<{ pair: ColumnPair; zeroed: boolean }> {
  const common = { name: EDGE_TYPE, code: 'edge_type.changed' } as const
  if (before === undefined || (toZero ?? (await meantToBeZero(before, after)))) {
    const { type, bytes } = after
    const places = after.place && { before: 'zeros' as const, after: after.place }
    return { pair: { ...common, type, bytes, before: zeros, after: reader(after), places }, zeroed: true }
  }
  if (before.type === after.type && before.bytes === after.bytes) {
    const { type, bytes } = before
    const places = before.place && after.place && { before: before.place, after: after.place }
    return {
      pair: { ...common, type, bytes, before: reader(before), after: reader(after), places },
      zeroed: false,
    }
  }
  // By value: -1 may be an int8 here and an int64 there.
  const pair = { ...common, type: 'i64', bytes: 8, before: widened(before), after: widened(after) } as const
  return { pair, zeroed: false }
}

/**
 * All 0 now, whatever share of them was before. Nearly all is meant to be all where none was 0 and no edges are new,
 * which may be of any type.
 */
async function meantToBeZero(before: PropertyColumn, after: PropertyColumn): Promise<boolean> {
  const [was, is] = [await zeroShare(before), await zeroShare(after)]
  return was < 1 && (is === 1 || (is > 0.5 && was === 0 && after.length <= before.length))
}

const zeros: ReadRows = (_first, _count, into) => {
  into.fill(0)
}

export const reader =
  (column: PropertyColumn): ReadRows =>
  (first, count, into) =>
    column.readInto(first, count, into)

/** Of a sample. */
export const mostlyZero = async (column: PropertyColumn): Promise<boolean> => (await zeroShare(column)) > 0.5

async function zeroShare(column: PropertyColumn): Promise<number> {
  const count = Math.min(SAMPLES, column.length)
  const value = new Uint8Array(column.bytes)
  let zeros = 0
  for (let k = 0; k < count; k++) {
    await column.readInto(Math.floor((column.length * k) / count), 1, value)
    if (value.every(byte => byte === 0)) zeros++
  }
  return zeros / Math.max(count, 1)
}

function widened(column: PropertyColumn): ReadRows {
  const width = VALUE_BYTES[column.type]
  return async (first, count, into) => {
    const raw = new Uint8Array(count * column.bytes)
    await column.readInto(first, count, raw)
    const from = new DataView(raw.buffer)
    const to = new DataView(into.buffer, into.byteOffset, into.byteLength)
    for (let k = 0; k < count; k++) {
      const value = integer(from, k * width, column.type)
      if (value > MOST)
        throw new InputError(`edge ${first + k} has the ${EDGE_TYPE} ${value}, which does not fit int64`, {
          file: column.place?.file,
          field: column.place?.dataset ?? column.label,
          hint: 'Compare with a file that stores it as int64, as SONATA has it.',
        })
      to.setBigInt64(8 * k, value, true)
    }
  }
}

const MOST = 2n ** 63n - 1n

function integer(view: DataView, at: number, type: ValueType): bigint {
  switch (type) {
    case 'u8':
      return BigInt(view.getUint8(at))
    case 'i8':
      return BigInt(view.getInt8(at))
    case 'u16':
      return BigInt(view.getUint16(at, true))
    case 'i16':
      return BigInt(view.getInt16(at, true))
    case 'u32':
      return BigInt(view.getUint32(at, true))
    case 'i32':
      return BigInt(view.getInt32(at, true))
    case 'u64':
      return view.getBigUint64(at, true)
    default:
      return view.getBigInt64(at, true)
  }
}
