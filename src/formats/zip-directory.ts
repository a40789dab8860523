/**
 * The central directory of a ZIP archive (PKWARE APPNOTE 6.3.10, sections 4.3 and 4.5.3), with zip64. Every
 * position and size is checked against the file before anything is allocated by it.
 */

import { InputError } from '../errors.ts'
import type { InputFile } from './input-file.ts'

export interface ZipMember {
  readonly name: string
  /** General purpose flags. */
  readonly flags: number
  /** 0 stored, 8 deflated. */
  readonly method: 0 | 8
  readonly crc: number
  readonly compressedSize: number
  /** Bytes after decompression, as claimed. */
  readonly size: number
  /** Where its local header starts. */
  readonly headerOffset: number
  /** No byte of this member lies at or after this offset: the next member or the directory starts there. */
  readonly limit: number
}

export const LOCAL_HEADER = 0x0403_4b50
const CENTRAL_HEADER = 0x0201_4b50
const END = 0x0605_4b50
const END_64 = 0x0606_4b50
const END_64_LOCATOR = 0x0706_4b50
const END_BYTES = 22
const FULL_16 = 0xffff
const FULL_32 = 0xffff_ffff

/** Deflate cannot expand more: 258 bytes per two bits. What claims to is lying, whatever it is. */
const MAX_DEFLATE_RATIO = 1032

/** Encrypted (bits 0, 6, 13) or patched (5): nothing NumPy writes. */
const UNREADABLE_FLAGS = 0x2061

/** @throws InputError unless the directory is complete, consistent and inside the file */
export async function readDirectory(file: InputFile): Promise<ZipMember[]> {
  const end = await findEnd(file)
  const bytes = await file.read(end.offset, end.size)
  const records = parseRecords(bytes, end.count, file.path)
  return withLimits(records, end.offset, file.path)
}

interface Directory {
  offset: number
  size: number
  count: number
}

async function findEnd(file: InputFile): Promise<Directory> {
  const tail = await file.read(
    Math.max(0, file.size - END_BYTES - FULL_16),
    Math.min(file.size, END_BYTES + FULL_16),
  )
  const view = viewOf(tail)
  let at = tail.length - END_BYTES
  // The comment at the very end has any length, but must end where the file does.
  while (
    at >= 0 &&
    !(view.getUint32(at, true) === END && at + END_BYTES + view.getUint16(at + 20, true) === tail.length)
  )
    at--
  if (at < 0) {
    throw new InputError('expected an npz file (a ZIP archive), found no end of a ZIP directory', {
      file: file.path,
      hint: 'the file is truncated, or not an npz file',
    })
  }
  const endOffset = file.size - tail.length + at
  const offset64 = await findEnd64(file, endOffset)
  const directory =
    offset64 === undefined ? readEnd(tail.subarray(at), file.path) : await readEnd64(file, offset64)
  const directoryEnd = offset64 ?? endOffset
  if (directory.offset + directory.size !== directoryEnd) {
    throw damaged(
      file.path,
      `expected the ZIP directory to end at byte ${directoryEnd}, found ${directory.offset} + ${directory.size}`,
    )
  }
  return directory
}

function readEnd(bytes: Uint8Array, path: string): Directory {
  const view = viewOf(bytes)
  const count = view.getUint16(10, true)
  if (view.getUint32(4, true) !== 0 || view.getUint16(8, true) !== count) {
    throw damaged(path, 'archives of several parts are not read')
  }
  return { count, size: view.getUint32(12, true), offset: view.getUint32(16, true) }
}

/**
 * Where the zip64 end record is; undefined when there is none. Looked for in every archive: Python writes one
 * from 2 GiB on, when the plain end record does not need it yet.
 */
async function findEnd64(file: InputFile, endOffset: number): Promise<number | undefined> {
  if (endOffset < 20) return undefined
  const locator = viewOf(await file.read(endOffset - 20, 20))
  if (locator.getUint32(0, true) !== END_64_LOCATOR) return undefined
  const offset = uint64(locator, 8)
  if (offset + 56 + 20 !== endOffset) throw damaged(file.path, `found the zip64 end record at byte ${offset}`)
  return offset
}

async function readEnd64(file: InputFile, offset: number): Promise<Directory> {
  const view = viewOf(await file.read(offset, 56))
  const count = uint64(view, 32)
  if (view.getUint32(0, true) !== END_64 || uint64(view, 4) !== 44 || uint64(view, 24) !== count) {
    throw damaged(file.path, 'found no zip64 end record')
  }
  return { count, size: uint64(view, 40), offset: uint64(view, 48) }
}

type DirectoryRecord = Omit<ZipMember, 'limit'>

function parseRecords(bytes: Uint8Array, count: number, path: string): DirectoryRecord[] {
  const view = viewOf(bytes)
  const records: DirectoryRecord[] = []
  let at = 0
  while (at < bytes.length) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== CENTRAL_HEADER) {
      throw damaged(path, `found no entry ${records.length + 1} in its directory`)
    }
    const nameEnd = at + 46 + view.getUint16(at + 28, true)
    const extraEnd = nameEnd + view.getUint16(at + 30, true)
    const end = extraEnd + view.getUint16(at + 32, true)
    if (end > bytes.length) throw damaged(path, `entry ${records.length + 1} of its directory is cut off`)
    const name = nameOf(bytes.subarray(at + 46, nameEnd))
    const sizes = readSizes(bytes.subarray(nameEnd, extraEnd), {
      size: view.getUint32(at + 24, true),
      compressedSize: view.getUint32(at + 20, true),
      headerOffset: view.getUint32(at + 42, true),
    })
    if (sizes === undefined) throw damaged(path, 'found no zip64 sizes', name)
    const flags = view.getUint16(at + 8, true)
    const method = checkMethod(view.getUint16(at + 10, true), flags, path, name)
    records.push({ name, flags, method, crc: view.getUint32(at + 16, true), ...sizes })
    at = end
  }
  if (records.length !== count) {
    throw damaged(path, `expected ${count} entries in its directory, found ${records.length}`)
  }
  return records
}

function checkMethod(method: number, flags: number, path: string, name: string): 0 | 8 {
  if ((flags & UNREADABLE_FLAGS) !== 0) throw damaged(path, 'encrypted members are not read', name)
  if (method === 0 || method === 8) return method
  throw new InputError(`expected a stored or deflated member, found compression method ${method}`, {
    file: path,
    field: name,
    hint: 'write it with numpy.savez_compressed or scipy.sparse.save_npz',
  })
}

/** Members in file order, none of them overlapping the next: overlaps are how zip bombs are built. */
function withLimits(records: DirectoryRecord[], directoryOffset: number, path: string): ZipMember[] {
  const names = new Set<string>()
  const inOrder = records.toSorted((a, b) => a.headerOffset - b.headerOffset)
  return inOrder.map((record, i) => {
    const { name, headerOffset, compressedSize, size, method } = record
    const limit = inOrder[i + 1]?.headerOffset ?? directoryOffset
    if (headerOffset + 30 + compressedSize > limit) {
      throw damaged(
        path,
        `expected ${compressedSize} bytes, found at most ${limit - headerOffset - 30}`,
        name,
      )
    }
    if (method === 0 ? size !== compressedSize : size > MAX_DEFLATE_RATIO * compressedSize) {
      throw damaged(path, `${compressedSize} bytes cannot hold the ${size} bytes it claims`, name)
    }
    if (names.has(name)) throw damaged(path, 'found two members of this name', name)
    names.add(name)
    return { ...record, limit }
  })
}

interface Sizes {
  size: number
  compressedSize: number
  headerOffset: number
}

/**
 * Replace what is all ones by the zip64 field (id 1) of `extra`: 8 bytes for each such size, in this order.
 * undefined when it is not there.
 */
export function readSizes(extra: Uint8Array, sizes: Sizes): Sizes | undefined {
  const { size, compressedSize, headerOffset } = sizes
  if (size !== FULL_32 && compressedSize !== FULL_32 && headerOffset !== FULL_32) return sizes
  const view = viewOf(extra)
  for (let at = 0; at + 4 <= extra.length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue
    const end = at + 4 + view.getUint16(at + 2, true)
    if (end > extra.length) return undefined
    let next = at + 4
    const wide = (narrow: number): number => {
      if (narrow !== FULL_32) return narrow
      next += 8
      return next <= end ? uint64(view, next - 8) : Number.NaN
    }
    const full = { size: wide(size), compressedSize: wide(compressedSize), headerOffset: wide(headerOffset) }
    return Number.isNaN(full.size + full.compressedSize + full.headerOffset) ? undefined : full
  }
  return undefined
}

/** NumPy names are ASCII; anything else is only shown. */
export const nameOf = (bytes: Uint8Array): string => new TextDecoder('utf-8').decode(bytes)

/** Above 2^53 the number is rounded: still larger than any file, so refused all the same. */
const uint64 = (view: DataView, at: number): number =>
  view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32

export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

export function damaged(file: string, what: string, field?: string): InputError {
  return new InputError(`damaged ZIP archive: ${what}`, {
    file,
    field,
    hint: 'copy or write the file again; it is truncated, corrupt or was not written by NumPy',
  })
}
