import { type Cursor, type FileBytes, NotUnderstood } from './bytes.ts'
import { type ChunkTable, readChunkTable } from './chunk-index.ts'
import type { Chunked } from './chunk-layout.ts'
import { type Filter, readFilters } from './filters.ts'
import type { Datatype } from './messages.ts'

/** A one-dimensional dataset of numbers in chunks, all of which are there. */
export interface Chunks {
  /** Elements of the dataset, and of a chunk; the last chunk is stored whole, whatever of it is used. */
  length: number
  elements: number
  elementSize: number
  /** As a writer applies them. */
  filters: readonly Filter[]
  table: ChunkTable
}

/** Larger chunks are left to h5wasm: we hold one or two decoded ones of each dataset in memory. */
const MAX_CHUNK = 64 * 1024 * 1024

/** NotUnderstood where a chunk is missing, and for more dimensions, text, other filters and other indices. */
export function locateChunks(
  file: FileBytes,
  shape: readonly number[] | undefined,
  { type, size: elementSize }: Datatype,
  layout: Chunked,
  pipeline: Cursor | undefined,
): Chunks {
  const [length, ...moreAxes] = shape ?? []
  const [elements, ...more] = layout.chunk
  if (length === undefined || elements === undefined || moreAxes.length > 0 || more.length > 0) {
    throw new NotUnderstood('chunks of other than one dimension')
  }
  if (type.kind !== 'int' && type.kind !== 'float') throw new NotUnderstood('chunks of text')
  if (layout.elementSize !== elementSize) throw new NotUnderstood('element size of chunks')
  const bytes = elements * elementSize
  if (bytes > MAX_CHUNK) throw new NotUnderstood(`chunks of ${bytes} bytes`)
  const filters = pipeline === undefined ? [] : readFilters(pipeline, elementSize)
  const count = Math.ceil(length / elements)
  if (layout.index.kind === 'single' && count > 1) throw new NotUnderstood('single chunk of several')
  const table =
    count === 0
      ? { addresses: new Float64Array(0), sizes: new Uint32Array(0), masks: new Uint32Array(0) }
      : readChunkTable(file, layout.index, count, { elements, bytes })
  if (filters.length === 0 && table.sizes.some(size => size !== bytes)) throw new NotUnderstood('chunk size')
  if (table.masks.some(mask => mask >= 2 ** filters.length)) throw new NotUnderstood('filter mask')
  return { length, elements, elementSize, filters, table }
}
