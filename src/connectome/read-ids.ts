/** Node ids of any stored width as numbers. */
import { InputError } from '../errors.ts'
import type { IdColumn } from './edges.ts'

/** Rows `first .. first+count-1` as node ids below `nodes`. */
export async function readIds(
  column: IdColumn,
  first: number,
  count: number,
  nodes: number,
): Promise<Uint32Array> {
  const { bytes, at } = READERS[column.type]
  const raw = new Uint8Array(count * bytes)
  await column.readInto(first, count, raw)
  const view = new DataView(raw.buffer)
  const ids = new Uint32Array(count)
  for (let k = 0; k < count; k++) {
    const id = at(view, k * bytes)
    if (!(id >= 0 && id < nodes))
      throw new InputError(`expected node ids below ${nodes}, found ${id} in row ${first + k}`, {
        file: column.label,
      })
    ids[k] = id
  }
  return ids
}

type IdReader = { readonly bytes: number; readonly at: (view: DataView, offset: number) => number }

const READERS: Readonly<Record<IdColumn['type'], IdReader>> = {
  u8: { bytes: 1, at: (view, offset) => view.getUint8(offset) },
  i8: { bytes: 1, at: (view, offset) => view.getInt8(offset) },
  u16: { bytes: 2, at: (view, offset) => view.getUint16(offset, true) },
  i16: { bytes: 2, at: (view, offset) => view.getInt16(offset, true) },
  u32: { bytes: 4, at: (view, offset) => view.getUint32(offset, true) },
  i32: { bytes: 4, at: (view, offset) => view.getInt32(offset, true) },
  u64: {
    bytes: 8,
    at: (view, offset) => view.getUint32(offset + 4, true) * 2 ** 32 + view.getUint32(offset, true),
  },
  i64: {
    bytes: 8,
    at: (view, offset) => view.getInt32(offset + 4, true) * 2 ** 32 + view.getUint32(offset, true),
  },
}
