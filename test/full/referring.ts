/** Small circuits of neurons and astrocytes, whose edges to synapses name rows of the population of synapses. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createHdf5 } from '../../src/formats/hdf5/writer.ts'

export const NEURONS = 12
const ASTROCYTES = 4

/** `weight` tells synapses apart that have the same ends. */
export interface Synapse {
  readonly source: number
  readonly target: number
  readonly weight: number
}

export interface Contact {
  readonly astrocyte: number
  readonly target: number
  /** Rows of the population in `to`; several where an edge has several. */
  readonly synapse: number | bigint
  readonly section: number
}

export interface Referring {
  readonly synapses: readonly Synapse[]
  readonly contacts: readonly Contact[]
  /** Name of the population of synapses; default `chem`. */
  readonly chem?: string
  /** Name in the attribute; default that of the population, `null`: none. */
  readonly to?: string | null
  /** Values of `synapse_population`, where there are such. */
  readonly names?: readonly string[]
  readonly type?: 'u64' | 'i64' | 'u32' | 'f64'
  /** Whether there are other synapses on the same targets. */
  readonly siblings?: boolean
  /** Edges that refer to contacts: their rows. */
  readonly about?: readonly number[]
  /** Where the references are; default in group 0. */
  readonly at?: string
  readonly noGlia?: boolean
  /** Whether populations have no indices. */
  readonly noIndex?: boolean
}

const INT = (bytes: 1 | 2 | 4 | 8, signed: boolean) => ({ kind: 'int', bytes, signed }) as const
const bytesOf = (values: ArrayBufferView): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
const int64 = (values: readonly (number | bigint)[]): Uint8Array =>
  bytesOf(BigInt64Array.from(values, value => BigInt.asIntN(64, BigInt(value))))

export function writeReferring(folder: string, circuit: Referring): string {
  mkdirSync(folder, { recursive: true })
  const { synapses, contacts, chem = 'chem', to = chem, about, at = '0/synapse_id' } = circuit
  const nodes = (name: string, count: number): void => {
    const file = createHdf5(join(folder, `${name}.h5`))
    const types = int64(Array.from({ length: count }, () => -1))
    file.dataset(`/nodes/${name}/node_type_id`, { type: INT(8, true), shape: [count] }, types)
    file.group(`/nodes/${name}/0`)
    file.close()
  }
  nodes('neurons', NEURONS)
  nodes('astro', ASTROCYTES)
  const edges = (
    name: string,
    ends: readonly [string, string],
    rows: readonly (readonly [number, number])[],
  ) => {
    const file = createHdf5(join(folder, `${name}.h5`))
    const ids = (side: 0 | 1): void => {
      const options = {
        type: INT(8, false),
        shape: [rows.length],
        attributes: { node_population: ends[side] },
      }
      const path = `/edges/${name}/${side === 0 ? 'source' : 'target'}_node_id`
      file.dataset(path, options, int64(rows.map(row => row[side])))
    }
    ids(0)
    ids(1)
    if (circuit.noIndex !== true)
      for (const side of [0, 1] as const) {
        // Each edge is a range of its own.
        const of = Array.from({ length: NEURONS }, (_, node) =>
          rows.flatMap((row, edge) => (row[side] === node ? [edge] : [])),
        )
        const begins = of.map((_, node) => of.slice(0, node).flat().length)
        const ranges = of.flatMap((own, node) => [begins[node] ?? 0, (begins[node] ?? 0) + own.length])
        const index = `/edges/${name}/indices/${side === 0 ? 'source_to_target' : 'target_to_source'}`
        const pairs = { type: INT(8, true), shape: [NEURONS, 2] }
        file.dataset(`${index}/node_id_to_ranges`, pairs, int64(ranges))
        const flat = of.flat().flatMap(edge => [edge, edge + 1])
        file.dataset(`${index}/range_to_edge_id`, { ...pairs, shape: [flat.length / 2, 2] }, int64(flat))
      }
    return file
  }
  const own = edges(
    chem,
    ['neurons', 'neurons'],
    synapses.map(({ source, target }) => [source, target]),
  )
  const weights = bytesOf(Float32Array.from(synapses, ({ weight }) => weight))
  own.dataset(
    `/edges/${chem}/0/weight`,
    { type: { kind: 'float', bytes: 4 }, shape: [synapses.length] },
    weights,
  )
  own.close()
  const glia = edges(
    'glia',
    ['astro', 'neurons'],
    contacts.map(({ astrocyte, target }) => [astrocyte, target]),
  )
  const shape = [contacts.length]
  const attributes: Record<string, string> = to === null ? {} : { edge_population: to }
  const values = contacts.map(({ synapse }) => synapse)
  const { type = 'u64' } = circuit
  glia.dataset(
    `/edges/glia/${at}`,
    {
      type: type === 'f64' ? { kind: 'float', bytes: 8 } : INT(type === 'u32' ? 4 : 8, type === 'i64'),
      shape,
      attributes,
    },
    type === 'u32'
      ? bytesOf(Uint32Array.from(values, Number))
      : type === 'f64'
        ? bytesOf(Float64Array.from(values, Number))
        : int64(values),
  )
  const sections = bytesOf(Uint32Array.from(contacts, ({ section }) => section))
  glia.dataset('/edges/glia/0/astrocyte_section_id', { type: INT(4, false), shape }, sections)
  if (circuit.names) glia.strings('/edges/glia/0/synapse_population', circuit.names)
  glia.close()
  const populations = [...(circuit.noGlia ? [] : ['glia']), chem]
  if (about !== undefined) {
    const notes = edges(
      'notes',
      ['astro', 'neurons'],
      about.map(() => [0, 0]),
    )
    const options = { type: INT(8, false), shape: [about.length], attributes: { edge_population: 'glia' } }
    notes.dataset('/edges/notes/0/contact_id', options, int64(about))
    notes.close()
    populations.push('notes')
  }
  if (circuit.siblings) {
    edges('more', ['neurons', 'neurons'], [[0, 1]]).close()
    populations.push('more')
  }
  const file = join(folder, 'circuit_config.json')
  const entry = (side: 'nodes' | 'edges', name: string, kind: string) => ({
    [`${side}_file`]: `./${name}.h5`,
    populations: { [name]: { type: kind } },
  })
  const networks = {
    nodes: [entry('nodes', 'neurons', 'biophysical'), entry('nodes', 'astro', 'astrocyte')],
    edges: populations.map(name => entry('edges', name, name === 'glia' ? 'synapse_astrocyte' : 'chemical')),
  }
  writeFileSync(file, JSON.stringify({ version: 2, networks }))
  return file
}
