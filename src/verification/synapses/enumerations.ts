/** Enumerations of HDF5 whose names lie at other values on both sides: what counts is the names. */
import { type PropertyColumn, VALUE_BYTES } from '../../connectome/table.ts'
import { InputError } from '../../errors.ts'

/**
 * The two columns as they can be compared: unchanged unless both are enumerations of one value a row that name their
 * values otherwise, then as texts.
 */
export function alikeEnumerations(
  before: PropertyColumn,
  after: PropertyColumn,
): readonly [PropertyColumn, PropertyColumn] {
  const both = before.members !== undefined && after.members !== undefined
  const single = [before, after].every(({ type, bytes }) => bytes === VALUE_BYTES[type])
  if (!both || !single || JSON.stringify(before.members) === JSON.stringify(after.members))
    return [before, after]
  return [named(before), named(after)]
}

/** Codes into the names of the members, as u32. */
function named(column: PropertyColumn): PropertyColumn {
  const members = column.members ?? []
  const codes = new Map(members.map(([value], code) => [value, code]))
  const width = VALUE_BYTES[column.type]
  const signed = column.type.startsWith('i')
  return {
    ...column,
    type: 'u32',
    bytes: 4,
    texts: members.map(([, name]) => name),
    members: undefined,
    place: undefined,
    async readInto(first, count, into) {
      const raw = Buffer.alloc(count * width)
      await column.readInto(first, count, raw)
      const to = new DataView(into.buffer, into.byteOffset, into.byteLength)
      for (let k = 0; k < count; k++) {
        const value = valueAt(raw, k * width, width, signed)
        const code = codes.get(value)
        if (code === undefined)
          throw new InputError(
            `edge ${first + k} has the value ${value}, which its enumeration does not name`,
            {
              file: column.place?.file,
              field: column.place?.dataset ?? column.label,
            },
          )
        to.setUint32(4 * k, code, true)
      }
    },
  }
}

function valueAt(raw: Buffer, at: number, width: number, signed: boolean): number {
  if (width === 8) return Number(signed ? raw.readBigInt64LE(at) : raw.readBigUInt64LE(at))
  return signed ? raw.readIntLE(at, width) : raw.readUIntLE(at, width)
}
