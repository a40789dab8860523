/** Floats as they are compared where a rule computes them: one NaN is as good as another. */
import type { PropertyColumn } from '../../connectome/table.ts'

export const isFloat = ({ type, texts }: Pick<PropertyColumn, 'type' | 'texts'>): boolean =>
  texts === undefined && (type === 'f32' || type === 'f64')

/** Read rows of a column of floats with the bits of every NaN those that pandas and Arrow write. */
export function withOneNan(column: PropertyColumn): PropertyColumn['readInto'] {
  const width = column.type === 'f32' ? 4 : 8
  return async (first, count, into) => {
    await column.readInto(first, count, into)
    const view = new DataView(into.buffer, into.byteOffset, into.byteLength)
    for (let at = 0; at < count * column.bytes; at += width) {
      if (width === 4) {
        if (Number.isNaN(view.getFloat32(at, true))) view.setUint32(at, 0x7fc0_0000, true)
      } else if (Number.isNaN(view.getFloat64(at, true))) view.setBigUint64(at, 0x7ff8_0000_0000_0000n, true)
    }
  }
}
