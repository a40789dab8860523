/** The circuits, selections and masks of test/fixtures/predictions/grid.py, made again from the same hashes. */

import type { Mask } from '../../src/connectome/mask.ts'
import { arrayColumn } from '../../src/connectome/memory-edges.ts'
import type { NumberType } from '../../src/connectome/numbers.ts'
import { chosen, type NewValue, type Operation } from '../../src/connectome/operations.ts'
import type { NumberColumn, PredictionSource } from '../../src/manipulation/source.ts'

export interface CircuitSpec {
  nodes: number
  edges: number
  salt: number
  order: 'sorted' | 'none'
  sha256: Record<string, string>
}

/** 32-bit finaliser of MurmurHash3. */
export function mix(value: number): number {
  let x = value >>> 0
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}

export const TYPES: Readonly<Record<string, NumberType>> = {
  conductance: 'f32',
  delay: 'f64',
  n_rrp: 'u8',
  charge: 'i16',
  section: 'i32',
  syn_type_id: 'i64',
  u_syn: 'f32',
}

type Columns = Record<
  string,
  Float32Array | Float64Array | Uint8Array | Int16Array | Int32Array | BigInt64Array
>

export function makeColumns({ nodes, edges, salt, order }: CircuitSpec): Columns {
  const h = (k: number, n: number): number => mix(k * 8 + n + 1000003 * salt)
  const base = (k: number): number => k - (k % 3) * (h(k, 7) % 2)
  const rows = Array.from({ length: edges }, (_, k) => k)
  const source = rows.map(k => h(base(k), 0) % nodes)
  const target = rows.map(k => h(base(k), 1) % (nodes - Math.floor(nodes / 8)))
  const at = (list: number[], k: number): number => list[k] ?? 0
  if (order === 'sorted')
    rows.sort((a, b) => at(target, a) - at(target, b) || at(source, a) - at(source, b) || a - b)
  return {
    source: Int32Array.from(rows, k => at(source, k)),
    target: Int32Array.from(rows, k => at(target, k)),
    conductance: Float32Array.from(rows, k => (h(k, 2) % 997) / 100),
    delay: Float64Array.from(rows, k => (h(k, 3) % 1009) / 37),
    n_rrp: Uint8Array.from(rows, k => h(k, 4) % 200),
    charge: Int16Array.from(rows, k => (h(k, 5) % 30000) - 15000),
    section: Int32Array.from(rows, k => h(k, 6) % 100000),
    syn_type_id: BigInt64Array.from(rows, k => BigInt((h(k, 2) % 5) * 20 + 40)),
    u_syn: Float32Array.from(rows, k => (h(k, 7) % 101) / 100),
  }
}

export const bytesOf = (array: Columns[string]): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength)

export function sourceOf(spec: CircuitSpec, columns: Columns): PredictionSource {
  const numbers = Object.entries(TYPES).map(([name, type]): [string, NumberColumn] => {
    const bytes = bytesOf(columns[name] as Columns[string])
    const width = bytes.length / spec.edges
    return [
      name,
      {
        name,
        type,
        readInto: (first, count, into) => into.set(bytes.subarray(first * width, (first + count) * width)),
      },
    ]
  })
  return {
    edgeCount: spec.edges,
    sourceCount: spec.nodes,
    targetCount: spec.nodes,
    source: arrayColumn(columns.source as Int32Array, 'source'),
    target: arrayColumn(columns.target as Int32Array, 'target'),
    columns: new Map(numbers),
  }
}

const half = (nodes: number, salt: number): number[] =>
  Array.from({ length: nodes }, (_, i) => i).filter(i => mix(i + 77 * salt) % 2 === 0)

export function selection(name: string | undefined, nodes: number): Uint32Array | undefined {
  if (name === undefined || name === 'all') return undefined
  if (name === 'half') return Uint32Array.from(half(nodes, 1))
  if (name === 'other') return Uint32Array.from(half(nodes, 2))
  return Uint32Array.from(half(nodes, 3).sort((a, b) => mix(a + 991 * 3) - mix(b + 991 * 3) || a - b))
}

function gridMask(rows: number, columns: number): Mask {
  const [indptr, indices] = [new Uint32Array(columns + 1), [] as number[]]
  for (let j = 0; j < columns; j++) {
    for (let i = 0; i < rows; i++) if (mix(i * 1000 + j) % 3 !== 0) indices.push(i)
    indptr[j + 1] = indices.length
  }
  return { rows, columns, indptr, indices: Uint32Array.from(indices), label: 'grid' }
}

/** One function of the grid, as JSON holds it. */
export type GridFunction = Record<string, unknown> & { source: string }

export function operationOf(given: GridFunction, nodes: number): Operation {
  const text = (name: string): string | undefined => given[name] as string | undefined
  const number = (name: string): number | undefined => given[name] as number | undefined
  const [source, target] = [
    chosen(nodes, selection(text('sel_src'), nodes)),
    chosen(nodes, selection(text('sel_dest'), nodes)),
  ]
  const percent = number('amount_pct') ?? 100
  switch (given.source) {
    case 'conn_removal':
      return {
        kind: 'conn_removal',
        source,
        target,
        percent,
        atLeast: number('min_syn_per_conn'),
        atMost: number('max_syn_per_conn'),
        mask: given.conn_mask_file === undefined ? undefined : gridMask(source.ids.length, target.ids.length),
      }
    case 'syn_removal': {
      const [keepConnections, rescale] = [given.keep_conns === true, given.rescale_gsyn === true]
      return { kind: 'syn_removal', source, target, percent, keepConnections, rescale }
    }
    case 'syn_subsampling':
      return { kind: 'syn_subsampling', percent: number('keep_pct') ?? 100 }
    case 'conn_extraction':
      return { kind: 'conn_extraction', nodes: chosen(nodes, selection(text('target_name'), nodes)) }
    case 'syn_prop_alteration':
      return {
        kind: 'syn_prop_alteration',
        source,
        target,
        percent,
        property: text('syn_prop') ?? '',
        newValue: newValueOf(given.new_value as Record<string, unknown>),
        filter: new Map(Object.entries((given.syn_filter ?? {}) as Record<string, unknown[]>)),
      }
    default:
      return { kind: 'null_manipulation' }
  }
}

function newValueOf(given: Record<string, unknown>): NewValue {
  const range = given.range as [number, number] | undefined
  const value = (given.value ?? given.factor) as number
  const mode = given.mode as NewValue['mode']
  if (mode === 'shuffle') return { mode }
  if (mode === 'setval' || mode === 'scale' || mode === 'offset') return { mode, value, range }
  return { mode, rng: given.rng as string, arguments: given.kwargs as Record<string, unknown>, range }
}
