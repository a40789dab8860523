/** Circuits of the oracle as SONATA files, written by h5wasm. */
import { copyFileSync } from 'node:fs'
import h5wasm, { type Dataset, type Group } from 'h5wasm/node'
import {
  type Column,
  type EdgePopulation,
  type Kind,
  type NodePopulation,
  OTHER_NAN,
  type Value,
} from './model.ts'

export const ready = h5wasm.ready

type Numbers =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array

function numbers(
  kind: Exclude<Kind, 'text' | 'enum'> | 'u64' | 'u32' | 'i8',
  values: readonly Value[],
): Numbers {
  const plain = values.map(value => (value === OTHER_NAN ? Number.NaN : Number(value)))
  switch (kind) {
    case 'f32': {
      const array = Float32Array.from(plain)
      const words = new Uint32Array(array.buffer)
      for (const [k, value] of values.entries()) if (value === OTHER_NAN) words[k] = 0x7fc0_0001
      return array
    }
    case 'f64': {
      const array = Float64Array.from(plain)
      const words = new BigUint64Array(array.buffer)
      for (const [k, value] of values.entries()) if (value === OTHER_NAN) words[k] = 0x7ff8_0000_0000_0001n
      return array
    }
    case 'u8':
      return Uint8Array.from(plain)
    case 'i8':
      return Int8Array.from(plain)
    case 'i16':
      return Int16Array.from(plain)
    case 'i32':
      return Int32Array.from(plain)
    case 'u32':
      return Uint32Array.from(plain)
    case 'i64':
      return BigInt64Array.from(plain, BigInt)
    case 'u64':
      return BigUint64Array.from(plain, BigInt)
  }
}

interface How {
  chunked: boolean
  libraryReversed: boolean
}
const PLAIN: How = { chunked: false, libraryReversed: false }

function dataset(group: Group, name: string, data: Numbers, how: How, shape = [data.length]): Dataset {
  const filters =
    how.chunked && data.length > 1 ? { chunks: shape.map((n, k) => (k === 0 ? Math.ceil(n / 2) : n)) } : {}
  return group.create_dataset({
    name,
    data,
    shape,
    ...filters,
    ...('chunks' in filters ? { compression: 4 } : {}),
  })
}

function texts(group: Group, name: string, data: readonly string[]): void {
  group.create_dataset({ name, data: [...data], shape: [data.length], dtype: 'S' })
}

function columns(group: Group, list: readonly Column[], rows: readonly Map<string, Value>[], how: How): void {
  const inner = { dynamics: undefined as Group | undefined, library: undefined as Group | undefined }
  for (const { name, kind, dynamics } of list) {
    if (dynamics) inner.dynamics ??= group.create_group('dynamics_params')
    const place = dynamics && inner.dynamics ? inner.dynamics : group
    const values = rows.map(row => row.get(name) ?? 0)
    if (kind === 'text') texts(place, name, values.map(String))
    else if (kind === 'enum') {
      inner.library ??= group.create_group('@library')
      const names = [...new Set(values.map(String))].sort()
      if (how.libraryReversed) names.reverse()
      if (names.length === 0) names.push('none')
      texts(inner.library, name, names)
      dataset(
        place,
        name,
        Uint32Array.from(values, value => names.indexOf(String(value))),
        how,
      )
    } else dataset(place, name, numbers(kind, values), how)
  }
}

/** Files that were written already, by what they hold: a copy is made in less time. */
export type Written = Map<string, string>

function once(written: Written, file: string, holds: unknown, write: () => void): void {
  const key = JSON.stringify(holds, (_, one) =>
    one instanceof Map ? [...one] : Object.is(one, -0) ? '-0' : Number.isNaN(one) ? 'NaN' : one,
  )
  const other = written.get(key)
  if (other === undefined) {
    write()
    written.set(key, file)
  } else copyFileSync(other, file)
}

/** All populations of one edges file. */
export function writeEdges(file: string, populations: readonly EdgePopulation[], written: Written): void {
  once(written, file, populations, () => createEdges(file, populations))
}

/** All node populations of one nodes file. */
export function writeNodes(file: string, populations: readonly NodePopulation[], written: Written): void {
  once(written, file, populations, () => createNodes(file, populations))
}

function createEdges(file: string, populations: readonly EdgePopulation[]): void {
  const h5 = new h5wasm.File(file, 'w')
  try {
    const edges = h5.create_group('edges')
    for (const population of populations) {
      if (population.unreadable) continue
      writePopulation(edges.create_group(population.name), population)
    }
  } finally {
    h5.close()
  }
}

function writePopulation(
  group: Group,
  { rows, columns: list, storage, hasTypes, source, target }: EdgePopulation,
): void {
  for (const side of ['source', 'target'] as const) {
    const ids = numbers(
      storage.ids,
      rows.map(row => row[side]),
    )
    const written = dataset(group, `${side}_node_id`, ids, storage)
    written.create_attribute('node_population', side === 'source' ? source : target)
  }
  if (hasTypes)
    dataset(
      group,
      'edge_type_id',
      numbers(
        storage.typeKind,
        rows.map(row => row.type),
      ),
      storage,
    )
  if (storage.groupColumns) {
    dataset(group, 'edge_group_id', new BigUint64Array(rows.length), storage)
    dataset(
      group,
      'edge_group_index',
      BigUint64Array.from(rows, (_, k) => BigInt(k)),
      storage,
    )
  }
  columns(
    group.create_group('0'),
    list,
    rows.map(row => row.values),
    storage,
  )
  if (storage.index.size === 0) return
  const indices = group.create_group('indices')
  for (const [direction, { nodes, ranges }] of storage.index) {
    const one = indices.create_group(direction)
    const name = storage.shortIndexName ? 'node_id_to_range' : 'node_id_to_ranges'
    const pairs = (table: readonly [number, number][]): BigUint64Array =>
      BigUint64Array.from(table.flat(), BigInt)
    dataset(one, name, pairs(nodes), PLAIN, [nodes.length, 2])
    dataset(one, 'range_to_edge_id', pairs(ranges), PLAIN, [ranges.length, 2])
  }
}

function createNodes(file: string, populations: readonly NodePopulation[]): void {
  const h5 = new h5wasm.File(file, 'w')
  try {
    const nodes = h5.create_group('nodes')
    for (const { name, columns: list, rows, typeIds } of populations) {
      const group = nodes.create_group(name)
      dataset(group, 'node_type_id', numbers('i64', typeIds), PLAIN)
      columns(group.create_group('0'), list, rows, PLAIN)
    }
  } finally {
    h5.close()
  }
}
