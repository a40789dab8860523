/** The small formats: .npy, .npz as SciPy writes it, types tables, targets. */
import { writeFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import type { Types } from './model.ts'

type Array1 = BigInt64Array | Int32Array | Uint8Array | Float32Array

export function npy(data: Array1, descr: string, shape: readonly number[]): Buffer {
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.map(n => `${n},`).join(' ')}), }`
  const header = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`
  const size = Buffer.alloc(2)
  size.writeUInt16LE(header.length)
  const body = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), size, Buffer.from(header), body])
}

/** A zip file of members that are stored as they are. */
function zip(members: readonly (readonly [name: string, bytes: Buffer])[]): Buffer {
  const [parts, directory]: [Buffer[], Buffer[]] = [[], []]
  let at = 0
  for (const [name, bytes] of members) {
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt32LE(crc32(bytes), 10)
    common.writeUInt32LE(bytes.length, 14)
    common.writeUInt32LE(bytes.length, 18)
    common.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), bytes])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(at, 10)
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, tail, Buffer.from(name)]))
    parts.push(local)
    at += local.length
  }
  const list = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(members.length, 8)
  end.writeUInt16LE(members.length, 10)
  end.writeUInt32LE(list.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...parts, list, end])
}

export interface MaskEntries {
  rows: number
  columns: number
  /** Row and column of each entry, in any order; those of `false` are stored and say nothing. */
  entries: { row: number; column: number; value: boolean }[]
  format: 'csc' | 'csr' | 'coo'
  type: 'bool' | 'f4'
}

/** As `scipy.sparse.save_npz` lays it out, uncompressed. */
export function writeMask(file: string, { rows, columns, entries, format, type }: MaskEntries): void {
  const major = format === 'csr' ? ('row' as const) : ('column' as const)
  const minor = major === 'row' ? ('column' as const) : ('row' as const)
  const list = format === 'coo' ? entries : [...entries].sort((a, b) => a[major] - b[major])
  const data =
    type === 'bool'
      ? npy(
          Uint8Array.from(list, ({ value }) => Number(value)),
          '|b1',
          [list.length],
        )
      : npy(
          Float32Array.from(list, ({ value }) => Number(value)),
          '<f4',
          [list.length],
        )
  const i4 = (values: readonly number[]): Buffer => npy(Int32Array.from(values), '<i4', [values.length])
  const members: [string, Buffer][] =
    format === 'coo'
      ? [
          ['row.npy', i4(list.map(({ row }) => row))],
          ['col.npy', i4(list.map(({ column }) => column))],
        ]
      : [
          ['indices.npy', i4(list.map(one => one[minor]))],
          [
            'indptr.npy',
            i4(
              starts(
                list.map(one => one[major]),
                major === 'row' ? rows : columns,
              ),
            ),
          ],
        ]
  const name = npy(Uint8Array.from(Buffer.from(format)), '|S3', [])
  const shape = npy(BigInt64Array.from([BigInt(rows), BigInt(columns)]), '<i8', [2])
  writeFileSync(file, zip([...members, ['format.npy', name], ['shape.npy', shape], ['data.npy', data]]))
}

const starts = (sorted: readonly number[], count: number): number[] =>
  Array.from({ length: count + 1 }, (_, k) => sorted.filter(one => one < k).length)

/** 0-based node ids, or GIDs with `base` 1; text or .npy by the name. */
export function writeIds(file: string, ids: readonly number[], base: 0 | 1): void {
  const values = ids.map(id => id + base)
  if (file.endsWith('.npy')) writeFileSync(file, npy(BigInt64Array.from(values, BigInt), '<i8', [ids.length]))
  // A first line "0" could be the name that pandas gives to a column without one.
  else writeFileSync(file, `${values[0] === 0 ? 'id\n' : ''}${values.join('\n')}\n`)
}

export function writeTypes(file: string, idColumn: string, { columns, rows }: Types): void {
  const quote = (text: string): string =>
    /[\s"]/.test(text) || text === '' ? `"${text.replaceAll('"', '""')}"` : text
  const lines = [...rows].map(([id, values]) => [String(id), ...values.map(quote)].join(' '))
  writeFileSync(file, `${[[idColumn, ...columns].join(' '), ...lines].join('\n')}\n`)
}

/** Targets of GIDs, which count from 1. */
export function writeTargets(file: string, targets: ReadonlyMap<string, { ids: readonly number[] }>): void {
  const one = ([name, { ids }]: [string, { ids: readonly number[] }]): string =>
    `Target Cell ${name}\n{\n${ids.map(id => `a${id + 1}`).join(' ')}\n}\n\n`
  writeFileSync(file, [...targets].map(one).join(''))
}
