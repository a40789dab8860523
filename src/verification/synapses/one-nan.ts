/** Floats as they are compared where a rule computes them: the NaN that comes of a computation has either sign. */
import type { PropertyColumn } from '../../connectome/table.ts'

export const isFloat = ({ type, texts }: Pick<PropertyColumn, 'type' | 'texts'>): boolean =>
  texts === undefined && (type === 'f32' || type === 'f64')

/** Read rows of a column of floats with a computed NaN as Arrow writes it. Others carry what somebody put into them. */
export function withOneNan(column: PropertyColumn): PropertyColumn['readInto'] {
  const width = column.type === 'f32' ? 4 : 8
  return async (first, count, into) => {
    await column.readInto(first, count, into)
    const view = new DataView(into.buffer, into.byteOffset, into.byteLength)
    for (let at = 0; at < count * column.bytes; at += width) {
      if (width === 4) {
        if (view.getUint32(at, true) === 0xffc0_0000) view.setUint32(at, 0x7fc0_0000, true)
      } else if (view.getUint32(at + 4, true) === 0xfff8_0000 && view.getUint32(at, true) === 0)
        view.setUint32(at + 4, 0x7ff8_0000, true)
    }
  }
}
