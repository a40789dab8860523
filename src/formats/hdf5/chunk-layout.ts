import { type Cursor, NotUnderstood } from './bytes.ts'

/** Chunks and where to look for their addresses: HDF5 file format specification, section IV.A.2.i. */
export interface Chunked {
  kind: 'chunked'
  /** Elements of a chunk along each axis. */
  chunk: readonly number[]
  elementSize: number
  index: ChunkIndex
}

/** The address is `undefined` where nothing was ever written. */
export type ChunkIndex = { address: number | undefined } & (
  | { kind: 'btree' | 'implicit' | 'fixed-array' }
  /** `stored` only where there are filters. */
  | { kind: 'single'; stored: { size: number; mask: number } | undefined }
)

/** What follows version and class. Version 4 is what files made for HDF5 1.10 and later have. */
export function readChunked(c: Cursor, version: 3 | 4): Chunked {
  return version === 3 ? readVersion3(c) : readVersion4(c)
}

function readVersion3(c: Cursor): Chunked {
  const dimensions = c.u8()
  const address = c.address()
  return chunked(
    Array.from({ length: dimensions }, () => c.u32()),
    { kind: 'btree', address },
  )
}

const SINGLE_WITH_FILTERS = 0x02

function readVersion4(c: Cursor): Chunked {
  const flags = c.u8()
  // The other flag leaves partial chunks at the edge without filters.
  if ((flags & ~SINGLE_WITH_FILTERS) !== 0) throw new NotUnderstood('chunk flags')
  const dimensions = c.u8()
  const read = { 1: () => c.u8(), 2: () => c.u16(), 4: () => c.u32(), 8: () => c.u64() }[c.u8()]
  if (read === undefined) throw new NotUnderstood('width of chunk dimensions')
  const sizes = Array.from({ length: dimensions }, read)
  return chunked(sizes, readIndex(c, (flags & SINGLE_WITH_FILTERS) !== 0))
}

function readIndex(c: Cursor, filtered: boolean): ChunkIndex {
  const kind = c.u8()
  if (filtered && kind !== 1) throw new NotUnderstood('chunk flags')
  switch (kind) {
    case 1: {
      const stored = filtered ? { size: c.u64(), mask: c.u32() } : undefined
      return { kind: 'single', stored, address: c.address() }
    }
    case 2:
      return { kind: 'implicit', address: c.address() }
    case 3:
      c.skip(1) // the header of the array says it again
      return { kind: 'fixed-array', address: c.address() }
    default:
      throw new NotUnderstood(`chunk index ${kind}`)
  }
}

/** The last "dimension" is the size of an element. */
function chunked(dimensions: readonly number[], index: ChunkIndex): Chunked {
  const elementSize = dimensions.at(-1)
  if (elementSize === undefined || dimensions.some(n => n === 0)) throw new NotUnderstood('empty chunk')
  return { kind: 'chunked', chunk: dimensions.slice(0, -1), elementSize, index }
}
