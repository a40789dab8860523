import { type FileBytes, NotUnderstood } from './bytes.ts'
import { lookup3 } from './checksum.ts'

/** Superblock: HDF5 file format specification, section II.A. */
export interface Superblock {
  /** File address of the object header of `/`. */
  rootHeader: number
  /** One past the last byte the file claims to have. */
  endOfFile: number
}

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]

/** Where the signature stands: 0, or 512, 1024, 2048 ... behind a user block; `undefined`: not HDF5. */
export function findSignature(file: FileBytes): number | undefined {
  for (let at = 0; at + 8 <= file.size; at = at === 0 ? 512 : at * 2) {
    const bytes = file.bytes(at, 8)
    if (SIGNATURE.every((byte, i) => bytes[i] === byte)) return at
  }
  return undefined
}

/** NotUnderstood for user blocks, other versions, other address sizes, drivers and extensions. */
export function readSuperblock(file: FileBytes): Superblock {
  if (findSignature(file) !== 0) throw new NotUnderstood('user block')
  const version = file.cursor(8, 1).u8()
  if (version === 0 || version === 1) return readVersion0(file, version)
  if (version === 2 || version === 3) return readVersion2(file)
  throw new NotUnderstood(`superblock ${version}`)
}

function readVersion0(file: FileBytes, version: 0 | 1): Superblock {
  const c = file.cursor(9, (version === 0 ? 96 : 100) - 9)
  c.expect(0) // free-space version
  c.expect(0) // root group version
  c.skip(1)
  c.expect(0) // shared header message version
  c.expect(8) // bytes of an address
  c.expect(8) // bytes of a length
  c.skip(1 + 2 + 2 + 4 + (version === 1 ? 4 : 0))
  if (c.address() !== 0) throw new NotUnderstood('base address')
  if (c.address() !== undefined) throw new NotUnderstood('free space of the file')
  const endOfFile = c.u64()
  if (c.address() !== undefined) throw new NotUnderstood('file driver')
  c.skip(8) // link name of the root entry
  return { rootHeader: c.u64(), endOfFile }
}

function readVersion2(file: FileBytes): Superblock {
  const c = file.cursor(0, 48)
  c.skip(9)
  c.expect(8)
  c.expect(8)
  c.expect(0) // not being written
  if (c.address() !== 0) throw new NotUnderstood('base address')
  if (c.address() !== undefined) throw new NotUnderstood('superblock extension')
  const endOfFile = c.u64()
  const rootHeader = c.u64()
  if (c.u32() !== lookup3(c.bytes.subarray(0, 44))) throw new NotUnderstood('superblock checksum')
  return { rootHeader, endOfFile }
}
