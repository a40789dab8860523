/** Encodings that writers use for integers when asked to, through hyparquet: correct, not fast. */
import type { Hyparquet } from './hyparquet.ts'

/**
 * `count` values of an encoded page as plain ones (little-endian).
 *
 * @throws Error if the bytes are damaged or the encoding is not one for integers
 */
export function unusualEncoding(
  { byteStreamSplit, deltaBinaryUnpack }: Hyparquet,
  encoding: string,
  bytes: Uint8Array<ArrayBuffer>,
  count: number,
  physical: 'INT32' | 'INT64',
): Uint8Array {
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), offset: 0 }
  if (encoding === 'BYTE_STREAM_SPLIT') {
    const width = physical === 'INT64' ? 8 : 4
    if (bytes.length < count * width) throw new Error(`${bytes.length} bytes of ${count * width}`)
    return bytesOf(byteStreamSplit(reader, count, physical, undefined))
  }
  if (encoding !== 'DELTA_BINARY_PACKED') throw new Error('not an encoding of integers')
  checkDeltaHeader(bytes, count)
  const values = physical === 'INT64' ? new BigInt64Array(count) : new Int32Array(count)
  deltaBinaryUnpack(reader, count, values)
  return bytesOf(values)
}

/** hyparquet takes memory for as many miniblocks as the page says it has. */
function checkDeltaHeader(bytes: Uint8Array, count: number): void {
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let k = 0; k < 5; k++) {
      const byte = bytes[at++]
      if (byte === undefined) break
      value += (byte & 127) * 2 ** (7 * k)
      if (byte < 128) return value
    }
    throw new Error('no header')
  }
  const [block, miniblocks, values] = [varint(), varint(), varint()]
  if (block < 128 || block > MAX_BLOCK || block % 128 !== 0) throw new Error(`blocks of ${block} values`)
  if (miniblocks < 1 || (block / miniblocks) % 32 !== 0) throw new Error(`${miniblocks} miniblocks`)
  if (values !== count) throw new Error(`${values} values instead of ${count}`)
}

const MAX_BLOCK = 2 ** 20

function bytesOf(values: unknown): Uint8Array {
  if (!ArrayBuffer.isView(values)) throw new Error('no numbers')
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}
