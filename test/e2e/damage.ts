/** Ways to spoil a file. */
import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import h5wasm from 'h5wasm/node'
import type { EdgeTable } from '../../src/demo/circuit.ts'
import { lookup3 } from '../../src/formats/hdf5/checksum.ts'

/** Change one id of an edges file with contiguous 64-bit ids. `column`: the ids as they are in the file. */
export function patchId(file: string, column: Uint32Array, row: number, id: bigint): void {
  const bytes = readFileSync(file)
  const stored = Buffer.from(BigInt64Array.from(column, BigInt).buffer)
  const at = bytes.indexOf(stored)
  if (at < 0) throw new Error(`${file} does not hold the column`)
  bytes.writeBigUInt64LE(BigInt.asUintN(64, id), at + 8 * row)
  writeFileSync(file, bytes)
}

export function cut(file: string, share: number): void {
  truncateSync(file, Math.floor(readFileSync(file).length * share))
}

/** Flip all bits of one byte: at a fraction of the file, or where `after` ends. */
export function flipByte(file: string, at: number | { after: Buffer; offset: number }): void {
  const bytes = readFileSync(file)
  const found = typeof at === 'number' ? Math.floor(bytes.length * at) : bytes.indexOf(at.after)
  if (found < 0) throw new Error(`${file}: pattern not found`)
  const position = typeof at === 'number' ? found : found + at.offset
  bytes[position] = (bytes[position] ?? 0) ^ 0xff
  writeFileSync(file, bytes)
}

/** The same edges in compressed chunks, as some sites store them. */
export async function writeCompressed(file: string, edges: EdgeTable, population: string): Promise<void> {
  await h5wasm.ready
  const h5 = new h5wasm.File(file, 'w')
  h5.create_group('edges')
  h5.create_group(`edges/${population}`)
  for (const side of ['source', 'target'] as const) {
    const dataset = h5.create_dataset({
      name: `edges/${population}/${side}_node_id`,
      data: BigInt64Array.from(edges[side], BigInt),
      shape: [edges[side].length],
      dtype: '<q',
      chunks: [256],
      compression: 'gzip',
      compression_opts: 4,
    })
    dataset.create_attribute('node_population', 'All')
  }
  h5.close()
}

/** Give the deflate filter of every dataset a number that no filter has. */
export function renameFilter(file: string): void {
  const bytes = readFileSync(file)
  // Filter pipeline message, version 2: one filter, id 1, no flags, one value, which is level 4.
  const deflate = Buffer.from([2, 1, 1, 0, 0, 0, 1, 0, 4, 0, 0, 0])
  let renamed = 0
  for (let at = bytes.indexOf(deflate); at >= 0; at = bytes.indexOf(deflate, at + 1)) {
    bytes.writeUInt16LE(200, at + 2)
    sealHeader(bytes, bytes.lastIndexOf('OHDR', at))
    renamed++
  }
  if (renamed === 0) throw new Error(`${file} has no deflate filter`)
  writeFileSync(file, bytes)
}

/** Object header, version 2: its checksum follows its messages. */
function sealHeader(bytes: Buffer, at: number): void {
  const flags = bytes[at + 5] ?? 0
  const width = 1 << (flags & 3)
  const sizeAt = at + 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0)
  const end = sizeAt + width + bytes.readUIntLE(sizeAt, width)
  bytes.writeUInt32LE(lookup3(bytes.subarray(at, end)), end)
}

/** A zlib stream of level 4 begins so. */
export const ZLIB_START = Buffer.from([0x78, 0x5e])
