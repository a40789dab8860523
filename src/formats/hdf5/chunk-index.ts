import { Cursor, type FileBytes, NotUnderstood } from './bytes.ts'
import { lookup3 } from './checksum.ts'
import type { ChunkIndex } from './chunk-layout.ts'

/** The chunks of a one-dimensional dataset, first to last. */
export interface ChunkTable {
  readonly addresses: Float64Array
  /** Stored bytes of each. */
  readonly sizes: Uint32Array
  /** Bit k: filter k was left out in this chunk. */
  readonly masks: Uint32Array
}

/** More chunks (16 MB of table) are left to h5wasm, which looks each one up. */
const MAX_CHUNKS = 1_000_000
/** The least that an index spends on a chunk, so a shape that lies is refused before memory is taken. */
const LEAST_ENTRY = 8

interface ChunkSize {
  elements: number
  /** Without filters. */
  bytes: number
}

/** Filters make a chunk hardly longer; small chunks have room for what deflate adds. */
const SLACK = 4096

interface Entry {
  address: number
  size: number
  mask: number
}

/**
 * Where all `count` chunks lie; NotUnderstood if one was never written (its elements are the fill value), or
 * runs over the end of the file, or the index is of another kind. `bytes` is the size of a chunk without filters.
 */
export function readChunkTable(
  file: FileBytes,
  index: ChunkIndex,
  count: number,
  chunk: ChunkSize,
): ChunkTable {
  if (count > MAX_CHUNKS) throw new NotUnderstood(`${count} chunks`)
  if (index.kind !== 'implicit' && index.kind !== 'single' && count * LEAST_ENTRY > file.size) {
    throw new NotUnderstood(`index of ${count} chunks in ${file.size} bytes`)
  }
  const table = {
    addresses: new Float64Array(count),
    sizes: new Uint32Array(count),
    masks: new Uint32Array(count),
  }
  let next = 0
  for (const { address, size, mask } of entriesOf(file, index, count, chunk)) {
    if (next === count) throw new NotUnderstood('more chunks than the shape has')
    if (address === 0 || address + size > file.size) throw new NotUnderstood('place of a chunk')
    if (size === 0 || size > 2 * chunk.bytes + SLACK) throw new NotUnderstood('stored size of a chunk')
    table.addresses[next] = address
    table.sizes[next] = size
    table.masks[next] = mask
    next++
  }
  if (next !== count) throw new NotUnderstood(`${next} chunks of ${count}`)
  return table
}

function entriesOf(file: FileBytes, index: ChunkIndex, count: number, chunk: ChunkSize): Iterable<Entry> {
  const { address } = index
  if (address === undefined) throw new NotUnderstood('never written')
  switch (index.kind) {
    case 'btree':
      return treeEntries(file, address, chunk)
    case 'fixed-array':
      return arrayEntries(file, address, count, chunk.bytes)
    case 'implicit':
      return Array.from({ length: count }, (_, i) => ({
        address: address + i * chunk.bytes,
        size: chunk.bytes,
        mask: 0,
      }))
    case 'single':
      return [{ address, ...(index.stored ?? { size: chunk.bytes, mask: 0 }) }]
  }
}

/** Version 1 B-tree, section III.A.1. Chunks come out ascending and without a gap, each where a search finds it. */
function* treeEntries(file: FileBytes, root: number, chunk: ChunkSize): Generator<Entry> {
  const seen = new Set<number>()
  let next = 0
  yield* node(root, undefined)

  function* node(at: number, level: number | undefined): Generator<Entry> {
    if (seen.has(at)) throw new NotUnderstood('node listed twice')
    seen.add(at)
    const head = file.cursor(at, 24)
    head.expect('TREE')
    head.expect(1)
    const own = head.u8()
    if (level !== undefined ? own !== level : own > 16) throw new NotUnderstood('level of a B-tree')
    const count = head.u16()
    const c = file.cursor(at + 24, count * (KEY + 8) + KEY)
    let key = readKey(c, chunk)
    for (let i = 0; i < count; i++) {
      const address = c.u64()
      const after = readKey(c, chunk)
      if (key.byte !== 0) throw new NotUnderstood('key of a B-tree')
      if (own === 0) {
        if (key.chunk !== next) throw new NotUnderstood('chunk missing or out of order')
        next++
        yield { address, size: key.size, mask: key.mask }
      } else {
        if (key.chunk > next) throw new NotUnderstood('key of a B-tree')
        yield* node(address, own - 1)
      }
      // The library looks for a chunk only where the keys on both sides let it be. The last key of all is
      // not always the chunk after: it may be the last chunk again, one element further.
      if (after.chunk < next && (after.chunk < next - 1 || after.byte === 0)) {
        throw new NotUnderstood('key of a B-tree')
      }
      key = after
    }
  }
}

const KEY = 4 + 4 + 8 + 8

interface Key {
  size: number
  mask: number
  chunk: number
  /** Offset along the axis that stands for the bytes of an element. */
  byte: number
}

function readKey(c: Cursor, { elements, bytes }: ChunkSize): Key {
  const key = { size: c.u32(), mask: c.u32(), chunk: c.u64() / elements, byte: c.u64() }
  if (!Number.isInteger(key.chunk) || key.byte % (bytes / elements) !== 0) {
    throw new NotUnderstood('offset of a chunk')
  }
  return key
}

/** Fixed array without pages (up to 1,024 chunks where nobody asked for another limit), section III.H. */
function* arrayEntries(file: FileBytes, at: number, count: number, bytes: number): Generator<Entry> {
  const header = checked(file, at, 28)
  header.expect('FAHD')
  header.expect(0)
  const filtered = header.u8()
  const entrySize = header.u8()
  const pageBits = header.u8()
  const entries = header.u64()
  if (filtered > 1 || entries < count) throw new NotUnderstood('fixed array')
  if (pageBits > 20 || entries > 2 ** pageBits) throw new NotUnderstood('fixed array in pages')
  const sizeBytes = filtered === 1 ? entrySize - 12 : 0
  if (sizeBytes < 0 || sizeBytes > 8 || (filtered === 0 && entrySize !== 8)) {
    throw new NotUnderstood('entry of a fixed array')
  }
  const c = checked(file, header.u64(), 14 + entries * entrySize + 4)
  c.expect('FADB')
  c.expect(0)
  c.expect(filtered)
  if (c.u64() !== at) throw new NotUnderstood('fixed array of another dataset')
  for (let i = 0; i < count; i++) {
    const address = c.address()
    if (address === undefined) throw new NotUnderstood('chunk never written')
    yield filtered === 1
      ? { address, size: number(c.take(sizeBytes)), mask: c.u32() }
      : { address, size: bytes, mask: 0 }
  }
}

/** A block whose last four bytes are its checksum. */
function checked(file: FileBytes, at: number, size: number): Cursor {
  const bytes = file.bytes(at, size)
  const body = bytes.subarray(0, size - 4)
  if (new Cursor(bytes.subarray(size - 4)).u32() !== lookup3(body)) throw new NotUnderstood('checksum')
  return new Cursor(body)
}

/** Little-endian, of up to eight bytes. */
function number(bytes: Uint8Array): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0)
}
