/** Decompression of pages, snappy aside: that is in the kernels. */
import * as zlib from 'node:zlib'
import { decodeHadoopLz4, decodeLz4 } from './lz4.ts'

/** `length`: what must come out, and the most that memory is taken for. Throws if the bytes are damaged. */
export type Decompress = (bytes: Uint8Array, length: number) => Uint8Array

/** @returns undefined if pages of this codec cannot be read */
export async function decompressorOf(codec: string): Promise<Decompress | undefined> {
  if (codec === 'GZIP') return (bytes, length) => zlib.unzipSync(bytes, { maxOutputLength: length })
  if (codec === 'BROTLI')
    return (bytes, length) => zlib.brotliDecompressSync(bytes, { maxOutputLength: length })
  if (codec === 'LZ4_RAW') return decodeLz4
  if (codec === 'LZ4') return decodeHadoopLz4
  return codec === 'ZSTD' ? zstd() : undefined
}

async function zstd(): Promise<Decompress> {
  const native = nativeZstd()
  if (native) return (bytes, length) => native(bytes, { maxOutputLength: length })
  const { decompress } = await import('fzstd')
  return (bytes, length) => {
    refuseOtherSize(bytes, length)
    return decompress(bytes)
  }
}

/** Node has it from 22.15 on; our types are those of Node 20. */
function nativeZstd(): ((bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array) | undefined {
  const name = 'zstdDecompressSync'
  const found: unknown = Object.entries(zlib).find(([key]) => key === name)?.[1]
  return typeof found === 'function' ? (bytes, options) => found(bytes, options) : undefined
}

const ZSTD_MAGIC = 0xfd2fb528

/** fzstd takes as much memory as the frame says of itself. Layout: RFC 8878, 3.1.1.1. */
function refuseOtherSize(bytes: Uint8Array, length: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint32(0, true) !== ZSTD_MAGIC) throw new Error('no zstd frame')
  const descriptor = view.getUint8(4)
  const single = (descriptor >> 5) & 1
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0
  const at = 6 - single + dictionary
  const flag = descriptor >> 6
  if (flag === 0 && single === 0) {
    const exponent = view.getUint8(5)
    const window = 2 ** (10 + (exponent >> 3)) * (1 + (exponent & 7) / 8)
    if (window > MAX_WINDOW) throw new Error(`a zstd window of ${window} bytes`)
    return
  }
  const size =
    flag === 0
      ? view.getUint8(at)
      : flag === 1
        ? view.getUint16(at, true) + 256
        : flag === 2
          ? view.getUint32(at, true)
          : Number(view.getBigUint64(at, true))
  if (size !== length) throw new Error(`a zstd frame of ${size} bytes`)
}

/** Level 22 of the zstd program. */
const MAX_WINDOW = 128 * 1024 * 1024
