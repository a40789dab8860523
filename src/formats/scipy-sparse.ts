/** Sparse matrices of `scipy.sparse.save_npz`: csc, csr and coo, matrix and array classes. */

import type { Mask } from '../connectome/mask.ts'
import { InputError } from '../errors.ts'
import { writeFileAtomic } from './atomic-write.ts'
import { describe, toText, toUint32 } from './npy.ts'
import type { NpyHeader } from './npy-header.ts'
import { encodeNpz, type NpzContent, NpzFile, type NpzOptions } from './npz.ts'
import { keptEntries } from './sparse-values.ts'

/** Entries that are not zero or False, see `keptEntries`. Other duplicates and unsorted entries are kept as stored. */
export type SparseMatrix = CompressedSparse | CooSparse

export interface CompressedSparse {
  /** csc: `indices` are rows and `indptr` runs over columns; csr: the other way round. */
  readonly format: 'csc' | 'csr'
  readonly rows: number
  readonly columns: number
  readonly indptr: Uint32Array
  readonly indices: Uint32Array
}

export interface CooSparse extends SparseCoo {
  readonly format: 'coo'
}

/** Matrix `rows` x `columns`, 0-based coordinates of its non-zero entries, in any order, duplicates possible. */
export interface SparseCoo {
  readonly rows: number
  readonly columns: number
  readonly row: Uint32Array
  readonly column: Uint32Array
}

/**
 * Read a sparse matrix with bool, integer or float entries and any integer index type.
 *
 * @throws InputError naming file and member unless all members agree with each other and with the shape.
 *   Memory is taken for what the file holds, never for what a shape claims.
 */
export async function readSparse(path: string): Promise<SparseMatrix> {
  const npz = await NpzFile.open(path)
  try {
    const format = await readFormat(npz)
    const [rows, columns] = await readShape(npz)
    return format === 'coo'
      ? await readCoo(npz, rows, columns)
      : await readCompressed(npz, format, rows, columns)
  } finally {
    await npz.close()
  }
}

/** As {@link readSparse}, every format expanded to coordinates. */
export async function readSparseCoo(path: string): Promise<SparseCoo> {
  const matrix = await readSparse(path)
  const { format, rows, columns } = matrix
  if (format === 'coo') return { rows, columns, row: matrix.row, column: matrix.column }
  const major = expand(matrix.indptr, matrix.indices.length)
  return format === 'csc'
    ? { rows, columns, row: matrix.indices, column: major }
    : { rows, columns, row: major, column: matrix.indices }
}

/** The arrays that `save_npz` writes for a bool `csc_matrix`, in its order. */
export function cscArrays(mask: Mask): NpzContent {
  const { rows, columns, indptr, indices } = mask
  // SciPy: 32-bit indices as long as every index and the number of entries fit.
  const wide = Math.max(rows, columns, indices.length) > 0x7fff_ffff
  const index = (values: Uint32Array) => ({
    shape: [values.length],
    data: wide ? toInt64(values) : new Int32Array(values.buffer, values.byteOffset, values.length),
  })
  return [
    ['indices', index(indices)],
    ['indptr', index(indptr)],
    ['format', { dtype: '|S3', shape: [], data: Buffer.from('csc') }],
    ['shape', { shape: [2], data: BigInt64Array.of(BigInt(rows), BigInt(columns)) }],
    ['data', { dtype: '|b1', shape: [indices.length], data: new Uint8Array(indices.length).fill(1) }],
  ]
}

/** {@link cscArrays} as an npz file; uncompressed its bytes are those of SciPy. Default: compressed, as SciPy. */
export function encodeCsc(mask: Mask, { compressed = true }: NpzOptions = {}): Promise<Uint8Array> {
  return encodeNpz(cscArrays(mask), { compressed })
}

/** Write a mask as `scipy.sparse.save_npz` does: the whole file appears, or nothing does. */
export async function writeMaskNpz(path: string, mask: Mask, options: NpzOptions = {}): Promise<void> {
  writeFileAtomic(path, await encodeCsc(mask, options))
}

async function readFormat(npz: NpzFile): Promise<'csc' | 'csr' | 'coo'> {
  if (!npz.has('format')) {
    throw new InputError(
      `expected a SciPy sparse matrix, found an npz file of ${npz.names.join(', ') || 'nothing'}`,
      {
        file: npz.path,
        field: 'format.npy',
        hint: 'write it with scipy.sparse.save_npz(path, scipy.sparse.csc_matrix(mask))',
      },
    )
  }
  const format = toText(await npz.read('format'), placeOf(npz, 'format'))
  if (format === 'csc' || format === 'csr' || format === 'coo') return format
  throw new InputError(
    `expected a sparse matrix in csc, csr or coo format, found ${JSON.stringify(format)}`,
    {
      ...placeOf(npz, 'format'),
      hint: 'save mask.tocsc() instead',
    },
  )
}

async function readShape(npz: NpzFile): Promise<[rows: number, columns: number]> {
  const header = await npz.header('shape')
  const [rows, columns] = header.count === 2 ? toUint32(await npz.read('shape'), placeOf(npz, 'shape')) : []
  if (header.shape.length !== 1 || rows === undefined || columns === undefined) {
    throw new InputError(`expected a matrix of two dimensions, found a shape of ${header.count}`, {
      ...placeOf(npz, 'shape'),
      hint: 'a mask has one row per source and one column per target',
    })
  }
  return [rows, columns]
}

async function readCompressed(
  npz: NpzFile,
  format: 'csc' | 'csr',
  rows: number,
  columns: number,
): Promise<CompressedSparse> {
  const [major, minor] = format === 'csc' ? [columns, rows] : [rows, columns]
  requireLength(
    npz,
    'indptr',
    await npz.header('indptr'),
    major + 1,
    `one more than ${format} has ${majorOf(format)}`,
  )
  const entries = await entryCount(npz, ['indices'])
  const indptr = await readIntegers(npz, 'indptr')
  checkIndptr(npz, indptr, entries)
  const indices = await readIntegers(npz, 'indices')
  checkBelow(npz, 'indices', indices, minor, format === 'csc' ? 'rows' : 'columns')
  const kept = keptEntries(await npz.read('data'), placeOf(npz, 'data'), () => {
    const majors = expand(indptr, indices.length)
    return format === 'csc' ? { row: indices, column: majors } : { row: majors, column: indices }
  })
  if (kept === undefined) return { format, rows, columns, indptr, indices }
  return {
    format,
    rows,
    columns,
    indptr: keptIndptr(indptr, kept),
    indices: indices.filter((_, i) => kept[i]),
  }
}

async function readCoo(npz: NpzFile, rows: number, columns: number): Promise<CooSparse> {
  const [row, column] = npz.has('coords') ? await readCoords(npz) : await readRowAndCol(npz)
  const [rowMember, columnMember] = npz.has('coords') ? ['coords', 'coords'] : ['row', 'col']
  checkBelow(npz, rowMember, row, rows, 'rows')
  checkBelow(npz, columnMember, column, columns, 'columns')
  const kept = keptEntries(await npz.read('data'), placeOf(npz, 'data'), () => ({ row, column }))
  const keep = (values: Uint32Array) => (kept === undefined ? values : values.filter((_, i) => kept[i]))
  return { format: 'coo', rows, columns, row: keep(row), column: keep(column) }
}

async function readRowAndCol(npz: NpzFile): Promise<[Uint32Array, Uint32Array]> {
  await entryCount(npz, ['row', 'col'])
  return [await readIntegers(npz, 'row'), await readIntegers(npz, 'col')]
}

/** SciPy's form for other than two dimensions, which it announces for two as well: one array (2, entries). */
async function readCoords(npz: NpzFile): Promise<[Uint32Array, Uint32Array]> {
  const data = await npz.header('data')
  const header = await npz.header('coords')
  if (header.shape.length !== 2 || header.shape[0] !== 2 || header.shape[1] !== data.count) {
    throw new InputError(
      `expected shape (2, ${data.count}), found ${describe(header)}`,
      placeOf(npz, 'coords'),
    )
  }
  requireLength(npz, 'data', data, data.count, 'a list')
  const coords = await readIntegers(npz, 'coords')
  if (!header.fortranOrder) return [coords.subarray(0, data.count), coords.subarray(data.count)]
  return [coords.filter((_, i) => i % 2 === 0), coords.filter((_, i) => i % 2 === 1)]
}

/** Length of `data`; the arrays of coordinates must have the same. Read from the headers alone. */
async function entryCount(npz: NpzFile, coordinates: readonly string[]): Promise<number> {
  const data = await npz.header('data')
  requireLength(npz, 'data', data, data.count, 'a list')
  for (const name of coordinates) {
    requireLength(npz, name, await npz.header(name), data.count, 'as many as data.npy has')
  }
  return data.count
}

function requireLength(npz: NpzFile, name: string, header: NpyHeader, length: number, why: string): void {
  if (header.shape.length === 1 && header.count === length) return
  throw new InputError(`expected ${length} elements (${why}), found ${describe(header)}`, placeOf(npz, name))
}

async function readIntegers(npz: NpzFile, name: string): Promise<Uint32Array> {
  return toUint32(await npz.read(name), placeOf(npz, name))
}

function checkIndptr(npz: NpzFile, indptr: Uint32Array, entries: number): void {
  const place = placeOf(npz, 'indptr')
  if (indptr[0] !== 0) throw new InputError(`expected 0 as its first element, found ${indptr[0]}`, place)
  let previous = 0
  for (let i = 1; i < indptr.length; i++) {
    const next = indptr[i] ?? 0
    if (next < previous) {
      throw new InputError(
        `expected ascending elements, found ${next} after ${previous} at position ${i}`,
        place,
      )
    }
    previous = next
  }
  if (previous !== entries) {
    throw new InputError(
      `expected ${entries} (the length of data.npy) as its last element, found ${previous}`,
      {
        ...place,
        hint: 'call mask.prune() before saving it',
      },
    )
  }
}

function checkBelow(npz: NpzFile, name: string, values: Uint32Array, limit: number, what: string): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0
    if (value >= limit) {
      throw new InputError(
        `the matrix has ${limit} ${what}, found index ${value} at position ${i}`,
        placeOf(npz, name),
      )
    }
  }
}

function keptIndptr(indptr: Uint32Array, kept: Uint8Array): Uint32Array {
  const result = new Uint32Array(indptr.length)
  let count = 0
  for (let major = 0; major + 1 < indptr.length; major++) {
    const end = indptr[major + 1] ?? 0
    for (let i = indptr[major] ?? 0; i < end; i++) count += kept[i] ?? 0
    result[major + 1] = count
  }
  return result
}

/** The major index of every entry. */
function expand(indptr: Uint32Array, entries: number): Uint32Array {
  const major = new Uint32Array(entries)
  for (let i = 0; i + 1 < indptr.length; i++) major.fill(i, indptr[i], indptr[i + 1])
  return major
}

function toInt64(values: Uint32Array): BigInt64Array {
  const wide = new BigInt64Array(values.length)
  const words = new Uint32Array(wide.buffer)
  for (let i = 0; i < values.length; i++) words[2 * i] = values[i] ?? 0
  return wide
}

const majorOf = (format: 'csc' | 'csr'): string => (format === 'csc' ? 'columns' : 'rows')

const placeOf = (npz: NpzFile, name: string) => ({ file: npz.path, field: `${name}.npy` })
