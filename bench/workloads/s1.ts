/**
 * S1: the circuits of E1 with all that the BBP tools write of an edge: 12 properties of four bytes and edge_type_id
 * beside the two ids, 72 bytes per row. Twice: sorted by (target, source); and in random order, the manipulated one as
 * 62 splits leave it, target block by target block.
 */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { openHdf5 } from '../../src/formats/hdf5/open.ts'
import { createHdf5 } from '../../src/formats/hdf5/writer.ts'
import { EDGE_POPULATIONS, INT64, UINT64 } from './e1.ts'
import { seeded } from './random.ts'

export const S1_SPLITS = 62
const PROPERTIES = [
  'afferent_center_x',
  'afferent_center_y',
  'afferent_center_z',
  'afferent_section_pos',
  'conductance',
  'decay_time',
  'delay',
  'depression_time',
  'facilitation_time',
  'n_rrp_vesicles',
  'syn_type_id',
  'u_syn',
] as const
const BUFFER_ROWS = 65_536

/** Folders sorted/ and shuffled/, each with original/ and manipulated/; `copy.h5` equals the sorted original. */
export async function generateS1(folder: string, e1: string): Promise<void> {
  const original = await readIds(`${e1}/original/edges.h5`, EDGE_POPULATIONS.original)
  const manipulated = await readIds(`${e1}/manipulated/edges.h5`, EDGE_POPULATIONS.manipulated)
  const kept = keptRows(original, manipulated)
  const rows = original.source.length
  const inOrder = Uint32Array.from({ length: rows }, (_, row) => row)
  write(
    folder,
    e1,
    'sorted',
    original,
    inOrder,
    inOrder.filter(row => kept[row] === 1),
  )
  copyFileSync(`${folder}/sorted/original/edges.h5`, `${folder}/copy.h5`)
  const shuffled = shuffle(inOrder)
  const targets = 1 + original.target.reduce((most, target) => Math.max(most, target), 0)
  write(folder, e1, 'shuffled', original, shuffled, splitOrder(shuffled, original.target, targets, kept))
  writeFileSync(`${folder}/done`, '')
}

interface Ids {
  readonly source: Uint32Array
  readonly target: Uint32Array
}

async function readIds(path: string, population: string): Promise<Ids> {
  const h5 = await openHdf5(path)
  const read = async (side: string): Promise<Uint32Array> => {
    const data = await h5.dataset(`/edges/${population}/${side}_node_id`)
    const rows = data?.shape?.[0] ?? 0
    const ids = new Uint32Array(rows)
    const words = new Uint32Array(2 * BUFFER_ROWS)
    for (let first = 0; first < rows; first += BUFFER_ROWS) {
      const count = Math.min(BUFFER_ROWS, rows - first)
      await data?.readInto(first, count, new Uint8Array(words.buffer, 0, count * 8))
      for (let k = 0; k < count; k++) ids[first + k] = words[2 * k] ?? 0
    }
    return ids
  }
  const ids = { source: await read('source'), target: await read('target') }
  h5.close()
  return ids
}

/** Whole connections are gone, so the next row of the manipulated is that of the next kept one. */
function keptRows(original: Ids, manipulated: Ids): Uint8Array {
  const kept = new Uint8Array(original.source.length)
  for (let row = 0, next = 0; row < kept.length; row++) {
    const same =
      original.target[row] === manipulated.target[next] && original.source[row] === manipulated.source[next]
    if (!same) continue
    kept[row] = 1
    next++
  }
  return kept
}

function shuffle(rows: Uint32Array): Uint32Array {
  const shuffled = rows.slice()
  const random = seeded('connproof S1')
  for (let k = shuffled.length - 1; k > 0; k--) {
    const other = Math.floor(random() * (k + 1))
    const row = shuffled[k] ?? 0
    shuffled[k] = shuffled[other] ?? 0
    shuffled[other] = row
  }
  return shuffled
}

/** Kept rows split by split, each in the order of the input: what connectome-manipulator writes. */
function splitOrder(order: Uint32Array, target: Uint32Array, targets: number, kept: Uint8Array): Uint32Array {
  const size = Math.ceil(targets / S1_SPLITS)
  const splitOf = (row: number): number => Math.floor((target[row] ?? 0) / size)
  const begins = new Uint32Array(S1_SPLITS + 1)
  for (const row of order) if (kept[row] === 1) begins[splitOf(row) + 1] = (begins[splitOf(row) + 1] ?? 0) + 1
  for (let split = 1; split <= S1_SPLITS; split++)
    begins[split] = (begins[split] ?? 0) + (begins[split - 1] ?? 0)
  const result = new Uint32Array(begins[S1_SPLITS] ?? 0)
  for (const row of order) {
    if (kept[row] !== 1) continue
    const split = splitOf(row)
    const at = begins[split] ?? 0
    result[at] = row
    begins[split] = at + 1
  }
  return result
}

function write(
  folder: string,
  e1: string,
  name: string,
  ids: Ids,
  before: Uint32Array,
  after: Uint32Array,
): void {
  for (const [side, rows] of [['original', before] as const, ['manipulated', after] as const]) {
    const place = `${folder}/${name}/${side}`
    mkdirSync(place, { recursive: true })
    for (const file of ['circuit_config.json', 'nodes.h5', 'node_sets.json'])
      copyFileSync(`${e1}/${side}/${file}`, `${place}/${file}`)
    writeEdges(`${place}/edges.h5`, side, ids, rows)
  }
}

function writeEdges(
  path: string,
  side: 'original' | 'manipulated',
  { source, target }: Ids,
  rows: Uint32Array,
): void {
  const file = createHdf5(path)
  const group = `/edges/${EDGE_POPULATIONS[side]}`
  const shape = [rows.length]
  const type = side === 'original' ? UINT64 : INT64
  const attributes = { node_population: 'All' }
  const words = new Uint32Array(2 * BUFFER_ROWS)
  const column = (name: string, fill: (first: number, count: number) => number, more: object = {}): void => {
    const data = file.dataset(`${group}/${name}`, { type: INT64, shape, ...more })
    for (let first = 0; first < rows.length; first += BUFFER_ROWS) {
      const bytes = fill(first, Math.min(BUFFER_ROWS, rows.length - first))
      data.write(new Uint8Array(words.buffer, 0, bytes))
    }
  }
  const wide = (value: (row: number) => number) => (first: number, count: number) => {
    for (let k = 0; k < count; k++) {
      const number = value(rows[first + k] ?? 0)
      words[2 * k] = number
      words[2 * k + 1] = number < 0 ? 0xffff_ffff : 0
    }
    return count * 8
  }
  column(
    'source_node_id',
    wide(row => source[row] ?? 0),
    { type, attributes },
  )
  column(
    'target_node_id',
    wide(row => target[row] ?? 0),
    { type, attributes },
  )
  column(
    'edge_type_id',
    wide(() => (side === 'original' ? -1 : 0)),
  )
  for (const [salt, name] of PROPERTIES.entries()) {
    const fill = (first: number, count: number): number => {
      for (let k = 0; k < count; k++) words[k] = floatBits(rows[first + k] ?? 0, salt)
      return count * 4
    }
    column(`0/${name}`, fill, { type: { kind: 'float', bytes: 4 } })
  }
  file.close()
}

/** A float32 in [1, 2) that depends on every bit of the row (the finaliser of MurmurHash3). */
function floatBits(row: number, salt: number): number {
  let h = Math.imul(row ^ Math.imul(salt + 1, 0x9e3779b1), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return ((h ^ (h >>> 16)) & 0x7f_ffff) | 0x3f80_0000
}
