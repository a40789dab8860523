/** Writing ZIP archives as `numpy.savez` does: byte for byte where members are stored. */

import { promisify } from 'node:util'
import { crc32, deflateRaw } from 'node:zlib'
import { InputError } from '../errors.ts'

export interface ZipContent {
  readonly name: string
  readonly bytes: Uint8Array
}

/** Python's zipfile switches to a zip64 directory above this; we have no use for larger archives. */
const MAX_ARCHIVE = 2 ** 31 - 1

/** NumPy: zip64 sizes in every local header, hence version 4.5; 1980-01-01 00:00; Unix; rw------- */
const VERSION = 45
const DATE = 0x0021
const UNIX = 3
const ATTRIBUTES = 0o600 << 16

/**
 * @param options.compressed deflate the members (level 6). zlib in Node and in Python differ, so the content
 *   is the same as NumPy's but not its bytes.
 * @throws InputError above 2 GiB
 */
export async function encodeZip(
  contents: readonly ZipContent[],
  options: { compressed: boolean },
): Promise<Uint8Array> {
  const method = options.compressed ? 8 : 0
  const members: Uint8Array[] = []
  const directory: Uint8Array[] = []
  let offset = 0
  for (const { name, bytes } of contents) {
    const data = options.compressed ? await deflate(bytes) : bytes
    const entry = {
      name: Buffer.from(name, 'ascii'),
      method,
      crc: crc32(bytes),
      size: bytes.length,
      packed: data.length,
    }
    const local = localHeader(entry)
    members.push(local, data)
    directory.push(centralHeader(entry, offset))
    offset += local.length + data.length
  }
  const directorySize = directory.reduce((total, record) => total + record.length, 0)
  if (offset + directorySize > MAX_ARCHIVE) {
    throw new InputError(
      `would write ${offset + directorySize} bytes, at most ${MAX_ARCHIVE} fit one npz file`,
      {
        hint: options.compressed ? undefined : 'write it compressed',
      },
    )
  }
  return Buffer.concat([...members, ...directory, endRecord(contents.length, directorySize, offset)])
}

const deflate = promisify<Uint8Array, Buffer>(deflateRaw)

interface Entry {
  name: Buffer
  method: number
  crc: number
  size: number
  packed: number
}

function localHeader({ name, method, crc, size, packed }: Entry): Buffer {
  const header = Buffer.alloc(30 + name.length + 20)
  header.writeUInt32LE(0x0403_4b50, 0)
  header.writeUInt16LE(VERSION, 4)
  header.writeUInt16LE(method, 8)
  header.writeUInt16LE(DATE, 12)
  header.writeUInt32LE(crc, 14)
  header.writeUInt32LE(0xffff_ffff, 18)
  header.writeUInt32LE(0xffff_ffff, 22)
  header.writeUInt16LE(name.length, 26)
  header.writeUInt16LE(20, 28)
  header.set(name, 30)
  const extra = 30 + name.length
  header.writeUInt16LE(1, extra)
  header.writeUInt16LE(16, extra + 2)
  header.writeBigUInt64LE(BigInt(size), extra + 4)
  header.writeBigUInt64LE(BigInt(packed), extra + 12)
  return header
}

function centralHeader({ name, method, crc, size, packed }: Entry, offset: number): Buffer {
  const header = Buffer.alloc(46 + name.length)
  header.writeUInt32LE(0x0201_4b50, 0)
  header.writeUInt8(VERSION, 4)
  header.writeUInt8(UNIX, 5)
  header.writeUInt16LE(VERSION, 6)
  header.writeUInt16LE(method, 10)
  header.writeUInt16LE(DATE, 14)
  header.writeUInt32LE(crc, 16)
  header.writeUInt32LE(packed, 20)
  header.writeUInt32LE(size, 24)
  header.writeUInt16LE(name.length, 28)
  header.writeUInt32LE(ATTRIBUTES, 38)
  // A position the limit above refuses would not fit, and must not throw before that.
  header.writeUInt32LE(offset % 2 ** 32, 42)
  header.set(name, 46)
  return header
}

function endRecord(count: number, directorySize: number, directoryOffset: number): Buffer {
  const record = Buffer.alloc(22)
  record.writeUInt32LE(0x0605_4b50, 0)
  record.writeUInt16LE(count, 8)
  record.writeUInt16LE(count, 10)
  record.writeUInt32LE(directorySize, 12)
  record.writeUInt32LE(directoryOffset, 16)
  return record
}
