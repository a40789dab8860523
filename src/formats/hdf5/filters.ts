import { type Cursor, NotUnderstood } from './bytes.ts'

export type Filter = 'deflate' | 'shuffle' | 'fletcher32'

const KNOWN: Readonly<Record<number, Filter>> = { 1: 'deflate', 2: 'shuffle', 3: 'fletcher32' }

/**
 * The filters in the order in which a writer applies them: HDF5 file format specification, section IV.A.2.l.
 * NotUnderstood for any other filter, one that comes twice, and orders that no writer uses.
 */
export function readFilters(c: Cursor, elementSize: number): Filter[] {
  const version = c.u8()
  if (version !== 1 && version !== 2) throw new NotUnderstood(`filter pipeline version ${version}`)
  const count = c.u8()
  if (version === 1) c.skip(6)
  const filters = Array.from({ length: count }, () => readFilter(c, version, elementSize))
  if (new Set(filters).size !== count) throw new NotUnderstood('filter given twice')
  // Behind another filter, shuffle would see something else than whole elements.
  if (filters.indexOf('shuffle') > 0) throw new NotUnderstood('order of filters')
  return filters
}

function readFilter(c: Cursor, version: 1 | 2, elementSize: number): Filter {
  const filter = KNOWN[c.u16()]
  if (filter === undefined) throw new NotUnderstood('unknown filter')
  const nameLength = version === 1 ? c.u16() : 0
  c.skip(2) // flags: whether a writer may do without it
  const values = c.u16()
  c.skip(nameLength)
  const parameters = Array.from({ length: values }, () => c.u32())
  if (version === 1 && values % 2 === 1) c.skip(4)
  if (filter === 'shuffle' && (values !== 1 || parameters[0] !== elementSize)) {
    throw new NotUnderstood('shuffle of other elements')
  }
  // The library refuses to inflate at a level that there is not.
  if (filter === 'deflate' && (values !== 1 || (parameters[0] ?? 0) > 9)) {
    throw new NotUnderstood('level of deflate')
  }
  return filter
}
