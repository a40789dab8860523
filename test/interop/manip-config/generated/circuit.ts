/** Small circuits with everything that the operations want of one, and what can be wrong with one. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildIndex } from '../../../../src/demo/index-groups.ts'
import { createHdf5, type Hdf5Writer } from '../../../../src/formats/hdf5/writer.ts'
import { type Pick, picker } from '../../../contract/circuits.ts'

type Numbers = 'f32' | 'f64' | 'u8' | 'i8' | 'u16' | 'i32' | 'u32' | 'i64'

export type Property =
  | { readonly type: Numbers; readonly values: readonly number[] }
  | { readonly texts: readonly string[] }

export interface Circuit {
  nodes: number
  /** Node attributes: numbers (int64 where all are whole, else float64), or text. */
  attributes: Record<string, readonly number[] | readonly string[]>
  /** Attributes that are enumerated: `@library`. */
  libraries: string[]
  source: number[]
  target: number[]
  properties: Record<string, Property>
  /** Direction of the index by which targets are looked up. */
  indexed: boolean
  /** `node_population` at the id columns. */
  named: boolean
  population: string
  /** Other edge populations; those of the same entry of `networks.edges`. */
  others: string[]
  siblings: string[]
  /** Properties in group 1 as well, told apart by `edge_group_id`. */
  grouped: boolean
  /** Text of an edge_types.csv. */
  types: string | undefined
  /** Morphologies whose files are there. */
  morphologies: readonly string[]
}

export const MORPHOLOGIES = ['m0', 'm1', 'm2'] as const

export function drawCircuit(seed: string): Circuit {
  const pick = picker(seed)
  const nodes = 12
  const ids = Array.from({ length: nodes }, (_, id) => id)
  const { source, target } = drawRows(pick, nodes)
  const rows = source.length
  const fractions = (low = 0): number[] => Array.from({ length: rows }, () => low + pick(1000) / 512)
  return {
    nodes,
    attributes: {
      mtype: ids.map(id => ['L4_PC', 'L5_TPC', 'L4_MC'][id % 3] ?? ''),
      synapse_class: ids.map(id => (id % 3 === 2 ? 'INH' : 'EXC')),
      layer: ids.map(id => 2 + (id % 4)),
      morphology: ids.map(id => MORPHOLOGIES[id % 3] ?? ''),
      x: ids.map(id => id * 10 + 0.5),
      y: ids.map(id => (id % 5) * 20 + 0.5),
      z: ids.map(id => (id % 7) * 15 + 0.5),
    },
    libraries: [],
    source,
    target,
    properties: {
      conductance: { type: 'f32', values: fractions(0.25) },
      delay: { type: 'f32', values: fractions(0.5) },
      syn_type_id: { type: 'i64', values: source.map(id => (id % 3 === 2 ? pick(100) : 100 + pick(20))) },
      n_rrp_vesicles: { type: 'u8', values: source.map(() => 1 + pick(200)) },
      u_syn: { type: 'f64', values: fractions() },
      afferent_section_id: { type: 'i64', values: source.map(() => 1 + pick(30)) },
      afferent_section_pos: { type: 'f32', values: fractions() },
      afferent_section_type: { type: 'i64', values: source.map(() => 1 + pick(4)) },
      afferent_center_x: { type: 'f32', values: fractions(3) },
      afferent_center_y: { type: 'f32', values: fractions(3) },
      afferent_center_z: { type: 'f32', values: fractions(3) },
    },
    indexed: true,
    named: true,
    population: 'A__A__chemical',
    others: [],
    siblings: [],
    grouped: false,
    types: undefined,
    morphologies: MORPHOLOGIES,
  }
}

/** By target, then source; several edges for some connections, none to the last target. */
function drawRows(pick: Pick, nodes: number): { source: number[]; target: number[] } {
  const pairs = new Map<number, number>()
  while (pairs.size < 40) {
    const [source, target] = [pick(nodes), pick(nodes - 1)]
    if (source !== target) pairs.set(target * nodes + source, 1 + pick(3))
  }
  const keys = [...pairs].sort(([a], [b]) => a - b).flatMap(([key, edges]) => new Array(edges).fill(key))
  return { source: keys.map(key => key % nodes), target: keys.map(key => Math.floor(key / nodes)) }
}

/** The same edges in an order that no target is together in. */
export function shuffleRows(circuit: Circuit): void {
  const rows = circuit.source.length
  const order = Array.from({ length: rows }, (_, k) => (k * 7 + 3) % rows)
  if (new Set(order).size !== rows) order.reverse()
  const taken = new Set(order).size === rows ? order : [...circuit.source.keys()].reverse()
  const moved = <T>(list: readonly T[]): T[] => taken.map(k => list[k] as T)
  circuit.source = moved(circuit.source)
  circuit.target = moved(circuit.target)
  for (const [name, property] of Object.entries(circuit.properties))
    circuit.properties[name] =
      'texts' in property ? { texts: moved(property.texts) } : { ...property, values: moved(property.values) }
}

/** Path of its circuit_config.json. */
export function writeCircuit(folder: string, circuit: Circuit): string {
  mkdirSync(join(folder, 'morphologies'), { recursive: true })
  for (const name of circuit.morphologies) writeFileSync(join(folder, 'morphologies', `${name}.swc`), SWC)
  writeNodes(join(folder, 'nodes.h5'), circuit)
  const h5 = createHdf5(join(folder, 'edges.h5'))
  for (const name of [circuit.population, ...circuit.siblings]) writeEdges(h5, name, circuit)
  h5.close()
  if (circuit.others.length > 0) {
    const more = createHdf5(join(folder, 'others.h5'))
    for (const name of circuit.others) writeEdges(more, name, circuit)
    more.close()
  }
  if (circuit.types !== undefined) writeFileSync(join(folder, 'edge_types.csv'), circuit.types)
  const ofType = (names: readonly string[]): object =>
    Object.fromEntries(names.map(name => [name, { type: 'chemical' }]))
  const first = {
    edges_file: '$BASE_DIR/edges.h5',
    ...(circuit.types === undefined ? {} : { edge_types_file: '$BASE_DIR/edge_types.csv' }),
    populations: ofType([circuit.population, ...circuit.siblings]),
  }
  const second = { edges_file: '$BASE_DIR/others.h5', populations: ofType(circuit.others) }
  const config = {
    version: 2.3,
    manifest: { $BASE_DIR: '.' },
    node_sets_file: '$BASE_DIR/node_sets.json',
    components: { morphologies_dir: '$BASE_DIR/morphologies' },
    metadata: { status: 'partial' },
    networks: {
      nodes: [{ nodes_file: '$BASE_DIR/nodes.h5', populations: { A: { type: 'biophysical' } } }],
      edges: circuit.others.length > 0 ? [first, second] : [first],
    },
  }
  writeFileSync(join(folder, 'node_sets.json'), JSON.stringify(NODE_SETS))
  const path = join(folder, 'circuit_config.json')
  writeFileSync(path, JSON.stringify(config))
  return path
}

const NODE_SETS = {
  Exc: { synapse_class: 'EXC' },
  Upper: { layer: [2, 3] },
  First: { node_id: [0, 1, 2, 3, 4, 5] },
  Both: ['Exc', 'Upper'],
  None: { layer: 99 },
}

/** A soma, and a dendrite along z. */
const SWC = '1 1 0 0 0 1 -1\n2 3 0 0 2 1 1\n3 3 0 0 12 1 2\n4 3 0 0 22 1 3\n'

function writeNodes(path: string, { nodes, attributes, libraries }: Circuit): void {
  const h5 = createHdf5(path)
  numbers(h5, '/nodes/A/node_type_id', 'i64', new Array(nodes).fill(-1))
  for (const [name, values] of Object.entries(attributes)) {
    const texts = values.filter(value => typeof value === 'string')
    if (texts.length < nodes) {
      const whole = values.every(Number.isInteger)
      numbers(h5, `/nodes/A/0/${name}`, whole ? 'i64' : 'f64', values as readonly number[])
    } else if (libraries.includes(name)) {
      const names = [...new Set(texts)].sort()
      numbers(
        h5,
        `/nodes/A/0/${name}`,
        'u32',
        texts.map(text => names.indexOf(text)),
      )
      h5.strings(`/nodes/A/0/@library/${name}`, names)
    } else h5.strings(`/nodes/A/0/${name}`, texts)
  }
  h5.close()
}

function writeEdges(h5: Hdf5Writer, name: string, circuit: Circuit): void {
  const { source, target, nodes, properties, named, indexed, grouped } = circuit
  const group = `/edges/${name}`
  const ends: Record<string, string> = named ? { node_population: 'A' } : {}
  numbers(h5, `${group}/source_node_id`, 'i64', source, ends)
  numbers(h5, `${group}/target_node_id`, 'i64', target, ends)
  const typed = circuit.types === undefined ? -1 : 7
  numbers(
    h5,
    `${group}/edge_type_id`,
    'i64',
    source.map(() => typed),
  )
  for (const direction of indexed ? ['source_to_target', 'target_to_source'] : ['source_to_target']) {
    const ids = Uint32Array.from(direction === 'source_to_target' ? source : target)
    const { nodeIdToRanges, rangeToEdgeId } = buildIndex(ids, nodes, 'zero')
    for (const [table, values] of [
      ['node_id_to_ranges', nodeIdToRanges],
      ['range_to_edge_id', rangeToEdgeId],
    ] as const)
      h5.dataset(
        `${group}/indices/${direction}/${table}`,
        { type: { kind: 'int', bytes: 8, signed: false }, shape: [values.length / 2, 2] },
        new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      )
  }
  const half = Math.floor(source.length / 2)
  if (grouped) {
    numbers(
      h5,
      `${group}/edge_group_id`,
      'u32',
      source.map((_, k) => (k < half ? 0 : 1)),
    )
    numbers(
      h5,
      `${group}/edge_group_index`,
      'u32',
      source.map((_, k) => (k < half ? k : k - half)),
    )
  }
  for (const [property, column] of Object.entries(properties))
    for (const [k, from, to] of grouped
      ? ([
          [0, 0, half],
          [1, half, undefined],
        ] as const)
      : ([[0, 0, undefined]] as const)) {
      const at = `${group}/${k}/${property}`
      if ('texts' in column) h5.strings(at, column.texts.slice(from, to))
      else numbers(h5, at, column.type, column.values.slice(from, to))
    }
}

const ARRAYS = {
  f32: Float32Array,
  f64: Float64Array,
  u8: Uint8Array,
  i8: Int8Array,
  u16: Uint16Array,
  i32: Int32Array,
  u32: Uint32Array,
} as const

function numbers(
  h5: Hdf5Writer,
  path: string,
  type: Numbers,
  values: readonly number[],
  attributes: Readonly<Record<string, string>> = {},
): void {
  const array = type === 'i64' ? BigInt64Array.from(values, BigInt) : ARRAYS[type].from(values)
  const bytes = array.BYTES_PER_ELEMENT
  h5.dataset(
    path,
    {
      type: type.startsWith('f')
        ? { kind: 'float', bytes: bytes as 4 | 8 }
        : { kind: 'int', bytes: bytes as 1 | 2 | 4 | 8, signed: type.startsWith('i') },
      shape: [values.length],
      attributes,
    },
    new Uint8Array(array.buffer),
  )
}
