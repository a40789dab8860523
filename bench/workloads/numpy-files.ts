/** Just enough of .npy and .npz to hand the same arrays to every peer. Formats: NEP 1, SciPy `save_npz`. */
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { crc32 } from 'node:zlib'

const ALIGNMENT = 64

/** Format version 1.0; `dtype` as in NumPy, `<i8`. A shape of `[]` is a scalar. */
export function npyBytes(dtype: string, shape: readonly number[], data: Uint8Array): Uint8Array {
  return Buffer.concat([npyHeader(dtype, shape), data])
}

function npyHeader(dtype: string, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const text = `{'descr': '${dtype}', 'fortran_order': False, 'shape': ${tuple}, }`
  const length = Math.ceil((10 + text.length + 1) / ALIGNMENT) * ALIGNMENT - 10
  const header = Buffer.alloc(10 + length, ' ')
  header.write('\x93NUMPY\x01\x00', 'latin1')
  header.writeUInt16LE(length, 8)
  header.write(`${text.padEnd(length - 1)}\n`, 10, 'latin1')
  return header
}

/** Write u32 ids as one column of int64. */
export function writeInt64Column(path: string, ids: Uint32Array): void {
  const fd = openSync(path, 'w')
  writeSync(fd, npyHeader('<i8', [ids.length]))
  const piece = new Uint32Array(2 * 65_536)
  for (let first = 0; first < ids.length; first += 65_536) {
    const count = Math.min(65_536, ids.length - first)
    for (let k = 0; k < count; k++) piece[2 * k] = ids[first + k] ?? 0
    writeSync(fd, new Uint8Array(piece.buffer, 0, count * 8))
  }
  closeSync(fd)
}

/** Read what {@link writeInt64Column} wrote, without copying. */
export function readInt64Column(path: string): BigInt64Array {
  const file = readFileSync(path)
  const start = 10 + file.readUInt16LE(8)
  return new BigInt64Array(file.buffer, file.byteOffset + start, (file.length - start) / 8)
}

/** A Boolean CSC matrix as `scipy.sparse.save_npz(..., compressed=False)` writes it. */
export function writeCscMask(path: string, rows: number, indptr: Int32Array, indices: Int32Array): void {
  const bytes = (array: Int32Array): Uint8Array =>
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
  const columns = indptr.length - 1
  const shape = new BigInt64Array([BigInt(rows), BigInt(columns)])
  const members: [string, Uint8Array][] = [
    ['indices.npy', npyBytes('<i4', [indices.length], bytes(indices))],
    ['indptr.npy', npyBytes('<i4', [indptr.length], bytes(indptr))],
    ['format.npy', npyBytes('|S3', [], Buffer.from('csc'))],
    ['shape.npy', npyBytes('<i8', [2], new Uint8Array(shape.buffer))],
    ['data.npy', npyBytes('|b1', [indices.length], new Uint8Array(indices.length).fill(1))],
  ]
  writeFileSync(path, storedZip(members))
}

/** A zip of stored members (APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16). */
function storedZip(members: readonly (readonly [string, Uint8Array])[]): Uint8Array {
  const pieces: Uint8Array[] = []
  const directory: Uint8Array[] = []
  let offset = 0
  for (const [name, data] of members) {
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(0x21, 8) // 1980-01-01: the same bytes in every run
    common.writeUInt32LE(crc32(data), 10)
    common.writeUInt32LE(data.length, 14)
    common.writeUInt32LE(data.length, 18)
    common.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name)])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    directory.push(
      Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), common, tail, Buffer.from(name)]),
    )
    pieces.push(local, data)
    offset += local.length + data.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(members.length, 8)
  end.writeUInt16LE(members.length, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...pieces, central, end])
}

/** A copy of the data of each member of what {@link writeCscMask} wrote. */
export function readStoredNpz(zip: Buffer): Map<string, Uint8Array> {
  const members = new Map<string, Uint8Array>()
  for (let at = 0; zip.toString('latin1', at, at + 4) === 'PK\x03\x04'; ) {
    const [size, name, extra] = [
      zip.readUInt32LE(at + 18),
      zip.readUInt16LE(at + 26),
      zip.readUInt16LE(at + 28),
    ]
    const start = at + 30 + name + extra
    const data = new Uint8Array(zip.subarray(start + 10 + zip.readUInt16LE(start + 8), start + size))
    members.set(zip.toString('latin1', at + 30, at + 30 + name), data)
    at = start + size
  }
  return members
}
