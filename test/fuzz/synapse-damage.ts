/** Damage to properties of edges: values, types, names, and what says where values are. */
import { readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import h5wasm, { Dataset } from 'h5wasm/node'
import { below, copy, type Damage, type Mutator, pick, type Random } from './mutate.ts'

/** A column in the whole file. */
export interface StoredColumn {
  /** As findings call it. */
  readonly property: string
  /** In an HDF5 file. */
  readonly dataset?: string
  /** Bytes of one row. */
  readonly width: number
  /** Row of the population for each row of the column; -1: values that nobody asks for. */
  readonly edges: readonly number[]
  /** Where its bytes lie in the file, all of them one after the other; elsewhere libhdf5 writes values. */
  readonly offset?: number
  /** A text, or the code of one. */
  readonly text: boolean
}

export const synapseDamage = (columns: readonly StoredColumn[], scratch: string): readonly Mutator[] => {
  const values = columns.filter(({ edges, dataset, offset }) => edges.length > 0 && (dataset ?? offset))
  const plain = columns.filter(({ offset }) => offset !== undefined)
  const flip: Mutator = (bytes, random) => valueFlip(bytes, random, pick(random, values), scratch)
  const meta: Mutator = (bytes, random) => metadataFlip(bytes, random, plain)
  const swaps: Mutator[] = [
    (bytes, random) => swapRows(bytes, random, pick(random, plain)),
    (bytes, random) => swapColumns(bytes, random, plain),
  ]
  return [flip, flip, flip, meta, meta, wrongType, swapNames, ...(plain.length > 1 ? swaps : [])]
}

function valueFlip(bytes: Uint8Array, random: Random, column: StoredColumn, scratch: string): Damage {
  const row = below(random, column.edges.length)
  const bit = below(random, column.width * 8)
  const edge = column.edges[row] ?? -1
  const flip = (value: Uint8Array): void => {
    value[bit >> 3] = (value[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  }
  const { property, text } = column
  const name = `bit ${bit} of ${property} in row ${row} (edge ${edge})`
  const changed = edge < 0 ? {} : { changed: { property, edge, mayBeNone: text } }
  if (column.offset === undefined)
    return { name: `${name}, by libhdf5`, bytes: rewritten(bytes, column, row, flip, scratch), ...changed }
  const spoiled = copy(bytes)
  const at = column.offset + row * column.width
  flip(spoiled.subarray(at, at + column.width))
  return { name, bytes: spoiled, ...changed }
}

/** By libhdf5, so that filters and checksums fit the new value. */
function rewritten(
  bytes: Uint8Array,
  { dataset = '' }: StoredColumn,
  row: number,
  flip: (value: Uint8Array) => void,
  scratch: string,
): Uint8Array {
  const file = `${scratch}.${rewrites++}.h5`
  writeFileSync(file, bytes)
  const h5 = new h5wasm.File(file, 'a')
  try {
    const data = h5.get(dataset)
    if (!(data instanceof Dataset)) throw new Error(`no ${dataset}`)
    const slice: [number, number][] = (data.shape ?? []).map((n, k) => (k === 0 ? [row, row + 1] : [0, n]))
    const value = data.slice(slice)
    if (!ArrayBuffer.isView(value)) throw new Error(`${dataset} are no numbers`)
    flip(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
    data.write_slice(slice, value)
  } finally {
    h5.close()
  }
  const result = readFileSync(file)
  unlinkSync(file)
  return result
}
let rewrites = 0

/** One bit anywhere but in the values. */
function metadataFlip(bytes: Uint8Array, random: Random, plain: readonly StoredColumn[]): Damage {
  const inValues = (at: number): boolean =>
    plain.some(({ offset = 0, width, edges }) => at >= offset && at < offset + width * edges.length)
  let at = below(random, bytes.length)
  // Most of a file may be empty room as well.
  for (let tries = 0; tries < 1000 && (inValues(at) || (bytes[at] === 0 && tries % 8 > 0)); tries++)
    at = below(random, bytes.length)
  const spoiled = copy(bytes)
  const bit = below(random, 8)
  spoiled[at] = (spoiled[at] ?? 0) ^ (1 << bit)
  return { name: `bit ${bit} of byte ${at}, which is no value`, bytes: spoiled }
}

function swapRows(
  bytes: Uint8Array,
  random: Random,
  { offset = 0, width, edges, property }: StoredColumn,
): Damage {
  const [a, b] = [below(random, edges.length), below(random, edges.length)]
  const spoiled = copy(bytes)
  spoiled.set(bytes.subarray(offset + a * width, offset + (a + 1) * width), offset + b * width)
  spoiled.set(bytes.subarray(offset + b * width, offset + (b + 1) * width), offset + a * width)
  return { name: `rows ${a} and ${b} of ${property} swapped`, bytes: spoiled }
}

function swapColumns(bytes: Uint8Array, random: Random, plain: readonly StoredColumn[]): Damage {
  const one = pick(random, plain)
  const size = one.width * one.edges.length
  const other = pick(
    random,
    plain.filter(({ width, edges }) => width * edges.length === size),
  )
  const spoiled = copy(bytes)
  const [a, b] = [one.offset ?? 0, other.offset ?? 0]
  spoiled.set(bytes.subarray(a, a + size), b)
  spoiled.set(bytes.subarray(b, b + size), a)
  return { name: `values of ${one.property} and ${other.property} swapped`, bytes: spoiled }
}

/** HDF5 datatypes as their messages begin: version and class, three bytes of bits, size. */
const TYPES: readonly (readonly number[])[] = [
  [0x10, 0x00, 0, 0, 1],
  [0x10, 0x08, 0, 0, 1],
  [0x10, 0x00, 0, 0, 4],
  [0x10, 0x08, 0, 0, 4],
  [0x10, 0x00, 0, 0, 8],
  [0x10, 0x08, 0, 0, 8],
  [0x10, 0x01, 0, 0, 8],
  [0x11, 0x20, 31, 0, 4],
  [0x11, 0x20, 63, 0, 8],
  [0x11, 0x21, 31, 0, 4],
]

const wrongType: Mutator = (bytes, random) => {
  const whole = Buffer.from(bytes)
  const places = TYPES.flatMap(type => {
    const found: number[] = []
    const head = Buffer.from([...type, 0, 0, 0])
    for (let at = whole.indexOf(head); at >= 0; at = whole.indexOf(head, at + 1)) found.push(at)
    return found
  })
  const spoiled = copy(bytes)
  if (places.length === 0) return { name: 'no type', bytes: spoiled }
  const at = pick(random, places)
  const type = pick(random, TYPES)
  spoiled.set(type, at)
  return { name: `type ${type} at ${at}`, bytes: spoiled }
}

/** Names of as many letters. */
const NAMES = ['seed', 'kind', 'gmax'] as const

const swapNames: Mutator = (bytes, random) => {
  const text = Buffer.from(bytes).toString('latin1')
  const [one, other] = [pick(random, NAMES), pick(random, ['seed', 'kind', 'gmax'] as const)]
  const swapped = text.replaceAll(new RegExp(`${one}|${other}`, 'g'), name => (name === one ? other : one))
  return { name: `${one} is ${other}`, bytes: Buffer.from(swapped, 'latin1') }
}
