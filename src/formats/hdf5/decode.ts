import { inflateSync } from 'node:zlib'
import type { Filter } from './filters.ts'
import { fletcher32 } from './fletcher32.ts'
import { unshuffle } from './unshuffle.ts'

/** The bytes of a chunk are not what its filters made. */
export class DamagedChunk extends Error {
  override readonly name = 'DamagedChunk'
}

/**
 * Undo the filters of one stored chunk: exactly `bytes` bytes, which are good until the next call.
 * Bit k of `mask` says that filter k was left out. Throws {@link DamagedChunk}.
 */
export function decodeChunk(
  stored: Uint8Array,
  filters: readonly Filter[],
  mask: number,
  bytes: number,
  elementSize: number,
): Uint8Array {
  const applied = filters.filter((_, k) => ((mask >>> k) & 1) === 0)
  let data = stored
  for (const [k, filter] of [...applied.entries()].reverse()) {
    if (filter === 'deflate')
      data = inflate(data, bytes + CHECKSUM * count(applied.slice(0, k), 'fletcher32'))
    else if (filter === 'fletcher32') data = checked(data)
    else data = unshuffle(exactly(data, bytes), elementSize)
  }
  return exactly(data, bytes)
}

const CHECKSUM = 4

const count = (filters: readonly Filter[], wanted: Filter): number => filters.filter(f => f === wanted).length

/** zlib checks the Adler-32 of what comes out; more than `bytes` never does. */
function inflate(data: Uint8Array, bytes: number): Uint8Array {
  try {
    // One byte more than wanted, or zlib takes a second buffer to find that nothing follows.
    return inflateSync(data, { maxOutputLength: bytes, chunkSize: Math.max(64, bytes + 1) })
  } catch (error) {
    throw new DamagedChunk(reason(error, bytes), { cause: error })
  }
}

function reason(error: unknown, bytes: number): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ERR_BUFFER_TOO_LARGE') return `it inflates to more than ${bytes} bytes`
  return `it does not inflate (${error instanceof Error ? error.message : String(error)})`
}

function checked(data: Uint8Array): Uint8Array {
  const end = data.length - CHECKSUM
  if (end < 0) throw new DamagedChunk('it has no room for its checksum')
  const found = new DataView(data.buffer, data.byteOffset + end, CHECKSUM).getUint32(0, true)
  const body = data.subarray(0, end)
  if (found !== fletcher32(body)) throw new DamagedChunk('wrong checksum')
  return body
}

function exactly(data: Uint8Array, bytes: number): Uint8Array {
  if (data.length !== bytes) throw new DamagedChunk(`${data.length} bytes where ${bytes} are expected`)
  return data
}
