/** Small circuits and operations on them, drawn from a seed: what contracts are tested with. */
import seedrandom from 'seedrandom'
import { type EdgeSource, ID_BYTES, type IdType } from '../../src/connectome/edges.ts'
import { arrayColumn } from '../../src/connectome/memory-edges.ts'
import type { NumberType } from '../../src/connectome/numbers.ts'
import { readValue } from '../../src/connectome/numbers.ts'
import { chosen, type Operation, type Plan, type Rewiring } from '../../src/connectome/operations.ts'
import {
  type PropertyColumn,
  type TableTrait,
  VALUE_BYTES,
  type ValueType,
} from '../../src/connectome/table.ts'
import { writeValue } from '../../src/manipulation/values.ts'

/** One edge: its node ids and values. */
export interface Row {
  source: number
  target: number
  values: Record<string, number>
}

export interface Circuit {
  nodes: number
  rows: Row[]
}

export const TYPES: Readonly<Record<string, NumberType>> = {
  afferent_center_x: 'f32',
  afferent_section_id: 'i32',
  conductance: 'f32',
  delay: 'f64',
  efferent_center_y: 'f32',
  n_rrp: 'u8',
  syn_type_id: 'i64',
  u_syn: 'i16',
}

/** Numbers below `n`, from a seed. */
export type Pick = (n: number) => number
export const picker = (seed: string): Pick => {
  const random = seedrandom(seed)
  return n => Math.floor(random() * n)
}

export const isExcitatory = (node: number): boolean => node % 3 !== 0

/** Several synapses per connection, autapses, targets without edges; sorted by target or not. */
export function drawCircuit(pick: Pick, options: { sorted?: boolean; edges?: number } = {}): Circuit {
  const nodes = 5 + pick(8)
  const rows: Row[] = []
  const edges = options.edges ?? 4 + pick(30)
  while (rows.length < edges) {
    const [source, target] = [pick(nodes), pick(nodes - 1)]
    for (let k = 1 + pick(3); k > 0; k--)
      rows.push({ source, target, values: drawValues(pick, source, rows.length) })
  }
  if (options.sorted ?? pick(2) === 0) rows.sort((a, b) => a.target - b.target)
  return { nodes, rows }
}

const drawValues = (pick: Pick, source: number, serial: number): Row['values'] => ({
  // No two rows alike: a match is then the only one.
  afferent_center_x: Math.fround(serial + pick(100) / 100),
  afferent_section_id: pick(1000) - 500,
  conductance: Math.fround(0.1 + pick(500) / 100),
  delay: 0.1 + pick(1000) / 300,
  efferent_center_y: Math.fround(1 + pick(1000) / 7),
  n_rrp: 1 + pick(80),
  syn_type_id: (isExcitatory(source) ? 100 : 0) + pick(5),
  u_syn: pick(2000) - 1000,
})

export interface Layout {
  ids?: IdType
  edgeType?: number
  population?: string
  traits?: TableTrait[]
}

/** As an edge population. `edges` of {@link Row}s are their places. */
export function toSource({ nodes, rows }: Circuit, layout: Layout = {}): EdgeSource {
  const { ids = 'u64', edgeType = -1, population = 'default', traits = [] } = layout
  const column = (side: 'source' | 'target') => {
    const values = BigInt64Array.from(rows, row => BigInt(row[side]))
    const unsigned = new BigUint64Array(values.buffer)
    if (ID_BYTES[ids] !== 8)
      return arrayColumn(
        Int32Array.from(rows, row => row[side]),
        side,
      )
    return arrayColumn(ids === 'u64' ? unsigned : values, side)
  }
  const columns = Object.entries(TYPES).map(([name, type]) => numbers(name, type, rows))
  const types = numbers(
    'edge_type_id',
    'i64',
    rows.map(row => ({ ...row, values: { edge_type_id: edgeType } })),
  )
  return {
    population,
    file: 'memory',
    sourcePopulation: 'All',
    targetPopulation: 'All',
    sourceCount: nodes,
    targetCount: nodes,
    edgeCount: rows.length,
    source: column('source'),
    target: column('target'),
    table: async () => ({ rows: rows.length, columns: [...columns, types], traits, unreadable: [] }),
  }
}

function numbers(name: string, type: NumberType, rows: readonly Row[]): PropertyColumn {
  const width = VALUE_BYTES[type as ValueType]
  const bytes = new Uint8Array(rows.length * width)
  const view = new DataView(bytes.buffer)
  for (const [k, row] of rows.entries()) writeValue(view, k * width, type, row.values[name] ?? 0)
  return {
    name,
    type,
    length: rows.length,
    bytes: width,
    label: `memory: ${name}`,
    readInto: (first, count, into) => into.set(bytes.subarray(first * width, (first + count) * width)),
  }
}

export const cast = (type: NumberType, value: number): number => {
  const view = new DataView(new ArrayBuffer(8))
  writeValue(view, 0, type, value)
  return Number(readValue(view, 0, type))
}

export const copy = ({ nodes, rows }: Circuit): Circuit => ({
  nodes,
  rows: rows.map(row => ({ ...row, values: { ...row.values } })),
})

const some = (pick: Pick, nodes: number) =>
  chosen(
    nodes,
    Uint32Array.from({ length: nodes }, (_, id) => id).filter(() => pick(3) > 0),
  )

/** One operation whose result follows from seed and splits. */
export function drawOperation(pick: Pick, nodes: number, splits: number): Operation {
  const pathway = { source: some(pick, nodes), target: some(pick, nodes) }
  const percent = [0, 10, 33.3, 50, 80, 100][pick(6)] ?? 100
  switch (pick(6)) {
    case 0: {
      const atLeast = pick(3) === 0 ? 1 + pick(2) : undefined
      const atMost = pick(3) === 0 ? 1 + pick(3) : undefined
      const mask =
        pick(2) === 0 ? undefined : drawMask(pick, pathway.source.ids.length, pathway.target.ids.length)
      return { kind: 'conn_removal', ...pathway, percent, atLeast, atMost, mask }
    }
    case 1:
      return { kind: 'conn_extraction', nodes: pathway.source }
    case 2:
      return {
        kind: 'syn_removal',
        ...pathway,
        percent,
        keepConnections: pick(2) === 0,
        rescale: pick(2) === 0,
      }
    case 3:
      return { kind: 'syn_subsampling', percent }
    case 4:
      return drawAlteration(pick, pathway, percent, splits)
    default:
      return { kind: 'null_manipulation' }
  }
}

function drawAlteration(
  pick: Pick,
  pathway: { source: ReturnType<typeof some>; target: ReturnType<typeof some> },
  percent: number,
  splits: number,
): Operation {
  const property = ['conductance', 'delay', 'n_rrp', 'u_syn', 'afferent_section_id'][pick(5)] ?? ''
  const filter = new Map(pick(3) === 0 ? [['syn_type_id', [0, 1, 2, 101, 103]]] : [])
  const common = { kind: 'syn_prop_alteration', ...pathway, percent, property, filter } as const
  const range = pick(3) === 0 ? ([0.5, 50] as const) : undefined
  switch (pick(splits === 1 ? 5 : 4)) {
    case 0:
      return { ...common, newValue: { mode: 'setval', value: 3.25 } }
    case 1:
      return { ...common, newValue: { mode: 'scale', value: 1.7, range } }
    case 2:
      return { ...common, newValue: { mode: 'offset', value: 2.5, range } }
    case 3:
      return {
        ...common,
        newValue: { mode: 'randval', rng: 'uniform', arguments: { low: 1, high: 9 }, range },
      }
    default:
      return { ...common, newValue: { mode: 'shuffle' } }
  }
}

function drawMask(pick: Pick, rows: number, columns: number) {
  const indptr = new Uint32Array(columns + 1)
  const indices: number[] = []
  for (let j = 0; j < columns; j++) {
    for (let i = 0; i < rows; i++) if (pick(3) > 0) indices.push(i)
    indptr[j + 1] = indices.length
  }
  return { rows, columns, indptr, indices: Uint32Array.from(indices), label: 'mask' }
}

export function drawPlan(pick: Pick, nodes: number): Plan {
  const splits = 1 + pick(4)
  const operations = Array.from({ length: [1, 1, 2, 3][pick(4)] ?? 1 }, () =>
    drawOperation(pick, nodes, splits),
  )
  return { operations, seed: pick(1000), splits }
}

export function drawRewiring(pick: Pick, nodes: number): Rewiring {
  const ids = Uint32Array.from({ length: nodes }, (_, id) => id).filter(id => isExcitatory(id) && pick(5) > 0)
  const keepIndegree = pick(2) === 0
  const reuseConnections = pick(3) > 0
  const mode = keepIndegree ? undefined : ([undefined, 'add_only', 'delete_only'] as const)[pick(3)]
  return {
    kind: 'conn_rewiring',
    source: chosen(nodes, ids),
    target: chosen(
      nodes,
      Uint32Array.from({ length: nodes }, (_, id) => id).filter(() => pick(4) > 0),
    ),
    percent: pick(3) === 0 ? 50 : 100,
    keepIndegree,
    reuseConnections,
    keepConnections: !keepIndegree && pick(2) === 0,
    mode,
    method: keepIndegree && reuseConnections ? undefined : 'sample',
    positions: pick(2) === 0 ? 'reuse' : 'reuse_strict',
    estimation: false,
    adjacency:
      keepIndegree || pick(3) > 0 ? undefined : (source, target) => (source * 7 + target * 3) % 5 < 2,
  }
}
