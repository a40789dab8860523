/** A small circuit as data, to be changed in one place and written: files by name, datasets by path. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createHdf5 } from '../../src/formats/hdf5/writer.ts'

type Numbers =
  | Uint8Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array

export interface ModelDataset {
  data: Numbers | string[]
  shape?: number[]
  attributes?: Record<string, string | number>
}

type Json = Record<string, unknown>

export interface Model {
  /** By file, then by path. */
  readonly h5: Record<string, Record<string, ModelDataset>>
  /** Attributes of groups, by file and path. */
  readonly groups: Record<string, Record<string, Record<string, string | number>>>
  readonly texts: Record<string, string>
  readonly config: Json & {
    networks: { nodes: Entry[]; edges: Entry[] }
    components: Json
    metadata?: Json
  }
}

interface Entry extends Json {
  populations?: Record<string, Json>
}

export const NODES = 5
/** Sorted by target and source; the first two are one connection. */
const EDGES: readonly (readonly [source: number, target: number])[] = [
  [1, 0],
  [1, 0],
  [3, 0],
  [0, 2],
  [4, 2],
  [2, 3],
]

const f32 = (of: (k: number) => number): Float32Array => Float32Array.from(EDGES, (_, k) => of(k))

function edgesOf(population: string): Record<string, ModelDataset> {
  const at = `/edges/${population}`
  const found: Record<string, ModelDataset> = {
    [`${at}/edge_type_id`]: { data: BigInt64Array.from(EDGES, () => -1n) },
    [`${at}/0/weight`]: { data: f32(k => k + 0.5), attributes: { unit: 'nS' } },
    [`${at}/0/delay`]: { data: f32(k => 10 * k) },
    [`${at}/0/place`]: {
      data: Float64Array.from({ length: 2 * EDGES.length }, (_, k) => k),
      shape: [EDGES.length, 2],
    },
    [`${at}/0/kind`]: { data: Uint32Array.from(EDGES, (_, k) => k % 2) },
    [`${at}/0/@library/kind`]: { data: ['E', 'I'] },
    [`${at}/0/dynamics_params/tau`]: { data: Float64Array.from(EDGES, (_, k) => k) },
  }
  for (const [side, index] of [
    ['source', 'source_to_target'],
    ['target', 'target_to_source'],
  ] as const) {
    const ids = EDGES.map(edge => edge[side === 'source' ? 0 : 1])
    found[`${at}/${side}_node_id`] = {
      data: BigUint64Array.from(ids, BigInt),
      attributes: { node_population: 'All' },
    }
    const [ranges, edges]: [bigint[], bigint[]] = [[], []]
    for (let node = 0; node < NODES; node++) {
      const begin = edges.length / 2
      for (const [edge, id] of ids.entries()) if (id === node) edges.push(BigInt(edge), BigInt(edge + 1))
      ranges.push(BigInt(begin), BigInt(edges.length / 2))
    }
    const group = `${at}/indices/${index}`
    found[`${group}/node_id_to_ranges`] = { data: BigInt64Array.from(ranges), shape: [NODES, 2] }
    found[`${group}/range_to_edge_id`] = { data: BigInt64Array.from(edges), shape: [edges.length / 2, 2] }
  }
  return found
}

function nodesOf(population: string): Record<string, ModelDataset> {
  const at = `/nodes/${population}`
  const ids = Array.from({ length: NODES }, (_, k) => k)
  return {
    [`${at}/node_type_id`]: { data: BigInt64Array.from(ids, () => -1n) },
    [`${at}/0/x`]: { data: Float32Array.from(ids), attributes: { unit: 'um' } },
    [`${at}/0/mtype`]: { data: Uint32Array.from(ids, id => id % 2) },
    [`${at}/0/@library/mtype`]: { data: ['PC', 'BC'] },
  }
}

const entry = (file: Json, population: string, more: Json): Entry => ({
  ...file,
  populations: { [population]: more },
})

export const circuit = (): Model => ({
  h5: {
    'nodes.h5': nodesOf('All'),
    'virtual.h5': nodesOf('Virtual'),
    'edges.h5': edgesOf('edges'),
    'other.h5': edgesOf('other'),
  },
  groups: { 'nodes.h5': {}, 'virtual.h5': {}, 'edges.h5': {}, 'other.h5': {} },
  texts: {
    'node_sets.json': '{"E": {"node_id": [1, 2]}}',
    'swc/a/b.swc': '1 1',
    'asc/a.asc': 'x',
    'mesh.obj': 'v',
  },
  config: {
    version: 2,
    manifest: { $BASE_DIR: '.' },
    metadata: { status: 'partial' },
    node_sets_file: '$BASE_DIR/node_sets.json',
    components: { morphologies_dir: './swc', vasculature_mesh: './mesh.obj', provenance: { who: 'us' } },
    networks: {
      nodes: [
        entry({ nodes_file: './nodes.h5' }, 'All', {
          type: 'biophysical',
          alternate_morphologies: { 'neurolucida-asc': './asc' },
        }),
        entry({ nodes_file: './virtual.h5' }, 'Virtual', { type: 'virtual' }),
      ],
      edges: [
        entry({ edges_file: './edges.h5' }, 'edges', { type: 'chemical', spines: 'thin' }),
        entry({ edges_file: './other.h5' }, 'other', { type: 'electrical', gap: 1 }),
      ],
    },
  },
})

export function writeModel(folder: string, { h5, groups, texts, config }: Model): string {
  mkdirSync(folder, { recursive: true })
  for (const [name, datasets] of Object.entries(h5)) {
    const file = createHdf5(join(folder, name))
    for (const [path, { data, shape = [data.length], attributes = {} }] of Object.entries(datasets))
      if (Array.isArray(data)) file.strings(path, data, attributes)
      else
        file.dataset(
          path,
          { type: typeOf(data), shape, attributes },
          new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
        )
    for (const [path, attributes] of Object.entries(groups[name] ?? {})) file.group(path, attributes)
    file.close()
  }
  for (const [name, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  writeFileSync(join(folder, 'circuit_config.json'), JSON.stringify(config))
  return folder
}

function typeOf(data: Numbers) {
  const bytes = data.BYTES_PER_ELEMENT as 1 | 4 | 8
  if (data instanceof Float32Array || data instanceof Float64Array)
    return { kind: 'float', bytes: bytes as 4 | 8 } as const
  return { kind: 'int', bytes, signed: data instanceof Int32Array || data instanceof BigInt64Array } as const
}
