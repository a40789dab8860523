/** One edge table, stored in every way that a user may bring it. Each writer makes a folder that `verify` takes. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import h5wasm from 'h5wasm/node'
import { parquetWriteFile } from 'hyparquet-writer'
import type { EdgeTable, PropertyColumn } from '../../src/demo/circuit.ts'
import { NODE_POPULATION } from '../../src/demo/circuit.ts'
import { PIPELINE_STYLE, writeManipulated } from '../../src/demo/write.ts'
import type { Hdf5Type } from '../../src/formats/hdf5/types.ts'
import { createHdf5 } from '../../src/formats/hdf5/writer.ts'

export const STORAGES = ['sorted', 'grouped', 'shuffled', 'indexed', 'chunked', 'parquet'] as const
export type Storage = (typeof STORAGES)[number]

const POPULATION = PIPELINE_STYLE.population

/** Write `edges` below `folder`, nodes and node sets as in `original`. Returns the path to give to `verify`. */
export async function store(
  storage: Storage,
  folder: string,
  original: string,
  edges: EdgeTable,
  nodes: number,
): Promise<string> {
  // Configuration, and rows in order with both indices: some storages replace the edges.
  const sorted = await writeManipulated(folder, original, edges, nodes)
  const file = join(folder, 'edges.h5')
  if (storage === 'grouped') writePlain(file, rearrange(edges, grouped(edges)))
  if (storage === 'shuffled') writePlain(file, rearrange(edges, shuffled(edges)))
  if (storage === 'indexed')
    await writeManipulated(folder, original, rearrange(edges, shuffled(edges)), nodes)
  if (storage === 'chunked') await writeChunked(file, edges)
  if (storage !== 'parquet') return sorted
  writeParquet(join(folder, 'parquet'), edges, nodes)
  return join(folder, 'parquet')
}

/** Targets in an order of their own, their rows together, sources in any order. */
const grouped = (edges: EdgeTable): Uint32Array =>
  byKeys(edges, (target, source, rank) => [hash(target), hash(target, source, rank)])

const shuffled = (edges: EdgeTable): Uint32Array =>
  byKeys(edges, (target, source, rank) => [hash(source, target, rank), 0])

type Keys = (target: number, source: number, rank: number) => readonly [number, number]

/** Rows that are there before and after follow each other in the same order, as nothing but their keys says it. */
function byKeys({ source, target }: EdgeTable, keysOf: Keys): Uint32Array {
  const edges = new Map<string, number>()
  const keys = Array.from(target, (id, row) => {
    const connection = `${source[row]} ${id}`
    const rank = edges.get(connection) ?? 0
    edges.set(connection, rank + 1)
    return keysOf(id, source[row] ?? 0, rank)
  })
  const key = (row: number): readonly [number, number] => keys[row] ?? [0, 0]
  return Uint32Array.from(keys.keys()).sort((a, b) => key(a)[0] - key(b)[0] || key(a)[1] - key(b)[1] || a - b)
}

/** Numbers below 2^32 in no order. */
function hash(...numbers: readonly number[]): number {
  let mixed = 0x9e37_79b9
  for (const number of numbers) {
    mixed = Math.imul(mixed ^ number, 0x85eb_ca6b)
    mixed ^= mixed >>> 13
    mixed = Math.imul(mixed, 0xc2b2_ae35)
    mixed ^= mixed >>> 16
  }
  return mixed >>> 0
}

const rearrange = (edges: EdgeTable, rows: Uint32Array): EdgeTable => ({
  source: rows.map(row => edges.source[row] ?? 0),
  target: rows.map(row => edges.target[row] ?? 0),
  properties: Object.fromEntries(
    Object.entries(edges.properties).map(([name, values]) => [
      name,
      values instanceof BigInt64Array
        ? BigInt64Array.from(rows, row => values[row] ?? 0n)
        : values.map((_, k) => values[rows[k] ?? 0] ?? 0),
    ]),
  ),
})

const toInt64 = (ids: Uint32Array): BigInt64Array => BigInt64Array.from(ids, BigInt)

/** Without indices. */
function writePlain(file: string, edges: EdgeTable): void {
  const h5 = createHdf5(file)
  const shape = [edges.source.length]
  for (const side of ['source', 'target'] as const) {
    const type = { kind: 'int', bytes: 8, signed: true } as const
    const attributes = { node_population: NODE_POPULATION }
    const bytes = new Uint8Array(toInt64(edges[side]).buffer)
    h5.dataset(`/edges/${POPULATION}/${side}_node_id`, { type, shape, attributes }, bytes)
  }
  h5.group(`/edges/${POPULATION}/0`)
  for (const [path, values] of columnsOf(edges)) {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    h5.dataset(`/edges/${POPULATION}/${path}`, { type: typeOf(values), shape }, bytes)
  }
  h5.close()
}

/** All columns but ids. */
const columnsOf = (edges: EdgeTable): [path: string, values: PropertyColumn][] => [
  ['edge_type_id', new BigInt64Array(edges.source.length)],
  ...Object.entries(edges.properties).map(([name, values]): [string, PropertyColumn] => [
    `0/${name}`,
    values,
  ]),
]

function typeOf(values: PropertyColumn): Hdf5Type {
  if (values instanceof Float32Array) return { kind: 'float', bytes: 4 }
  if (values instanceof Uint8Array) return { kind: 'int', bytes: 1, signed: false }
  return { kind: 'int', bytes: values instanceof Int32Array ? 4 : 8, signed: true }
}

/** Chunks that end neither with the rows nor with a window, shuffle and gzip. */
async function writeChunked(file: string, edges: EdgeTable): Promise<void> {
  await h5wasm.ready
  const h5 = new h5wasm.File(file, 'w')
  const group = h5.create_group('edges').create_group(POPULATION)
  const properties = group.create_group('0')
  for (const [path, data] of columnsOf(edges))
    (path.startsWith('0/') ? properties : group).create_dataset({
      name: path.replace('0/', ''),
      data,
      chunks: [7001],
      compression: 4,
    })
  for (const side of ['source', 'target'] as const) {
    const column = group.create_dataset({
      name: `${side}_node_id`,
      data: toInt64(edges[side]),
      chunks: [10_007],
      compression: 4,
    })
    column.create_attribute('node_population', NODE_POPULATION, null, `S${NODE_POPULATION.length}`)
  }
  h5.close()
}

const parquetType = (values: PropertyColumn): 'FLOAT' | 'INT64' | 'INT32' =>
  values instanceof Float32Array ? 'FLOAT' : values instanceof BigInt64Array ? 'INT64' : 'INT32'

/** Three splits as connectome-manipulator cuts them, the second of them without an edge. */
function writeParquet(folder: string, edges: EdgeTable, nodes: number): void {
  mkdirSync(folder, { recursive: true })
  const cut = edges.target.findIndex(target => target >= Math.ceil(nodes / 2))
  for (const [name, first, end] of [
    ['edges.3-0', 0, cut],
    ['edges.3-2', cut, edges.target.length],
  ] as const) {
    parquetWriteFile({
      filename: join(folder, `${name}.parquet`),
      columnData: [
        ...(['source', 'target'] as const).map(side => ({
          name: `${side}_node_id`,
          data: toInt64(edges[side].subarray(first, end)),
          type: 'INT64' as const,
        })),
        ...columnsOf(edges).map(([path, values]) => ({
          name: path.replace('0/', ''),
          data: values.slice(first, end),
          type: parquetType(values),
        })),
      ],
      statistics: false,
      // The package writes these into _metadata; any footer of the run may carry them.
      kvMetadata: (['source', 'target'] as const).flatMap(side => [
        { key: `${side}_population_name`, value: NODE_POPULATION },
        { key: `${side}_population_size`, value: String(nodes) },
      ]),
    })
  }
  writeFileSync(join(folder, 'parquet.DONE'), '["edges.3-0", "edges.3-1", "edges.3-2"]')
}
