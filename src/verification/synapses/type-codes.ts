/** `edge_type_id` of rows as codes of what the types say: small numbers that mean the same on both sides. */
import { type PropertyColumn, VALUE_BYTES } from '../../connectome/table.ts'
import type { ReadRows } from './columns.ts'

/** Ids that lie this close together are looked up in a table, others in a map. */
const MOST_TABLE = 2 ** 20

/** One code per row as u32; 0 where the id is that of no type that has a code, or there are no ids. */
export function codedTypes(ids: PropertyColumn | undefined, codes: ReadonlyMap<number, number>): ReadRows {
  if (ids === undefined || codes.size === 0) return (_first, _count, into) => void into.fill(0)
  const code = lookup(codes)
  const each = VALUE_BYTES[ids.type]
  return async (first, count, into) => {
    const raw = new Uint8Array(count * each)
    const read = ids.readInto(first, count, raw)
    if (read !== undefined) await read
    const idOf = idReader(ids.type, raw)
    const found = new Uint32Array(count)
    for (let k = 0; k < count; k++) found[k] = code(idOf(k))
    into.set(new Uint8Array(found.buffer))
  }
}

function lookup(codes: ReadonlyMap<number, number>): (id: number) => number {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const id of codes.keys()) {
    if (id < least) least = id
    if (id > most) most = id
  }
  if (most - least >= MOST_TABLE) return id => codes.get(id) ?? 0
  const table = new Uint32Array(most - least + 1)
  for (const [id, code] of codes) table[id - least] = code
  return id => table[id - least] ?? 0
}

/** The id in row k; those of 64 bits that no double holds are near enough: types have safe ids. */
function idReader(type: PropertyColumn['type'], { buffer }: Uint8Array<ArrayBuffer>): (k: number) => number {
  switch (type) {
    case 'u64':
    case 'i64': {
      const low = new Uint32Array(buffer)
      const high = type === 'u64' ? low : new Int32Array(buffer)
      return k => (high[2 * k + 1] ?? 0) * 2 ** 32 + (low[2 * k] ?? 0)
    }
    default: {
      const values = viewOf(type, buffer)
      return k => values[k] ?? 0
    }
  }
}

function viewOf(type: PropertyColumn['type'], buffer: ArrayBuffer) {
  switch (type) {
    case 'u8':
      return new Uint8Array(buffer)
    case 'i8':
      return new Int8Array(buffer)
    case 'u16':
      return new Uint16Array(buffer)
    case 'i16':
      return new Int16Array(buffer)
    case 'u32':
      return new Uint32Array(buffer)
    default:
      return new Int32Array(buffer)
  }
}
