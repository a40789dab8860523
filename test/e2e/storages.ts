/** One edge table, stored in every way that a user may bring it. Each writer makes a folder that `verify` takes. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import h5wasm from 'h5wasm/node'
import { parquetWriteFile } from 'hyparquet-writer'
import type { EdgeTable } from '../../src/demo/circuit.ts'
import { NODE_POPULATION } from '../../src/demo/circuit.ts'
import { seededRandom } from '../../src/demo/random.ts'
import { PIPELINE_STYLE, writeManipulated } from '../../src/demo/write.ts'
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
function grouped({ target }: EdgeTable): Uint32Array {
  const random = seededRandom('grouped')
  const place = new Map<number, number>()
  const keys = Array.from(target, id => {
    if (!place.has(id)) place.set(id, Math.floor(random.uniform() * 2 ** 40))
    return (place.get(id) ?? 0) + random.uniform()
  })
  return Uint32Array.from(keys.keys()).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0))
}

function shuffled({ target }: EdgeTable): Uint32Array {
  const random = seededRandom('shuffled')
  const rows = Uint32Array.from(target.keys())
  for (let i = rows.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    const row = rows[i] ?? 0
    rows[i] = rows[j] ?? 0
    rows[j] = row
  }
  return rows
}

const rearrange = (edges: EdgeTable, rows: Uint32Array): EdgeTable => ({
  source: rows.map(row => edges.source[row] ?? 0),
  target: rows.map(row => edges.target[row] ?? 0),
  properties: {},
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
  h5.close()
}

/** Chunks that end neither with the rows nor with a window, shuffle and gzip. */
async function writeChunked(file: string, edges: EdgeTable): Promise<void> {
  await h5wasm.ready
  const h5 = new h5wasm.File(file, 'w')
  const group = h5.create_group('edges').create_group(POPULATION)
  group.create_group('0')
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
      columnData: (['source', 'target'] as const).map(side => ({
        name: `${side}_node_id`,
        data: toInt64(edges[side].subarray(first, end)),
        type: 'INT64' as const,
      })),
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
