/** Text properties: codes of two dictionaries as codes of one, so that equal bytes are equal texts. */
import { type PropertyColumn, VALUE_BYTES } from '../../connectome/table.ts'
import { InputError } from '../../errors.ts'
import type { ColumnPair, ReadRows } from './columns.ts'

/** Readers that give shared codes as u32; nothing for columns that are not text. */
export function sharedTexts(
  before: PropertyColumn,
  after: PropertyColumn,
): Partial<Pick<ColumnPair, 'texts' | 'before' | 'after'>> {
  if (before.texts === undefined || after.texts === undefined) return {}
  const texts = [...new Set([...before.texts, ...after.texts])]
  const codeOf = new Map(texts.map((text, code) => [text, code]))
  const table = (own: readonly string[]): Uint32Array => Uint32Array.from(own, text => codeOf.get(text) ?? 0)
  return { texts, before: recoded(before, table(before.texts)), after: recoded(after, table(after.texts)) }
}

/** Codes of a column by their place in `table`, as u32. */
export function recoded(column: PropertyColumn, table: Uint32Array): ReadRows {
  const width = VALUE_BYTES[column.type]
  return async (first, count, into) => {
    const raw = new Uint8Array(count * width)
    await column.readInto(first, count, raw)
    const to = new DataView(into.buffer, into.byteOffset, into.byteLength)
    for (let k = 0; k < count; k++) {
      let code = 0
      for (let byte = width - 1; byte >= 0; byte--) code = code * 256 + (raw[k * width + byte] ?? 0)
      const shared = table[code]
      if (shared === undefined)
        throw new InputError(`edge ${first + k} has code ${code} of ${table.length} texts`, {
          file: column.place?.file,
          field: column.place?.dataset ?? column.label,
        })
      to.setUint32(4 * k, shared, true)
    }
  }
}
