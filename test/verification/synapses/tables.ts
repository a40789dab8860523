/** Small edge populations with properties, in memory, as arbitraries and as tables; and the slow twin of the engine. */
import fc from 'fast-check'
import type { EdgeSource } from '../../../src/connectome/edges.ts'
import { edgesFromArrays } from '../../../src/connectome/memory-edges.ts'
import type { EdgeTable, PropertyColumn, ValueType } from '../../../src/connectome/table.ts'

export const NODES = 7

/** Property values as bytes in hexadecimal: what the engine promises is about bytes. */
export interface Row {
  readonly source: number
  readonly target: number
  readonly values: Readonly<Record<string, string>>
}

type ColumnFacts = Pick<PropertyColumn, 'type' | 'bytes' | 'shape'>

export const COLUMNS = {
  delay: { type: 'f32', bytes: 4 },
  efferent_section_id: { type: 'i64', bytes: 8 },
  kind: { type: 'u8', bytes: 1 },
  position: { type: 'f32', bytes: 12 },
  u_syn: { type: 'f64', bytes: 8 },
} as const satisfies Readonly<Record<string, ColumnFacts>>

/** Few different values, so that rows of one connection are often equal in some properties or in all. */
const value = (name: keyof typeof COLUMNS): fc.Arbitrary<string> =>
  fc.constantFrom(0, 1, 127, 255).map(byte => {
    const bytes = Buffer.alloc(COLUMNS[name].bytes)
    bytes[0] = byte
    bytes[bytes.length - 1] = byte === 255 ? 127 : 0
    return bytes.toString('hex')
  })

const row = fc.record({
  source: fc.nat(NODES - 1),
  target: fc.nat(NODES - 1),
  values: fc.record(
    Object.fromEntries((Object.keys(COLUMNS) as (keyof typeof COLUMNS)[]).map(name => [name, value(name)])),
  ),
})

export const rows = (options: { minLength?: number } = {}): fc.Arbitrary<Row[]> =>
  fc.array(row, { maxLength: 60, ...options })

export const sorted = (all: readonly Row[]): Row[] =>
  all
    .map((row, k) => ({ row, k }))
    .sort((a, b) => a.row.target - b.row.target || a.row.source - b.row.source || a.k - b.k)
    .map(({ row }) => row)

export interface TableFacts {
  readonly idType?: 'u64' | 'i64' | 'u32'
  /** undefined: none. */
  readonly edgeType?: number | readonly number[]
  readonly population?: string
  readonly columns?: Readonly<Record<string, ColumnFacts>>
  readonly onlyByGuide?: string
  readonly traits?: EdgeTable['traits']
  readonly unreadable?: EdgeTable['unreadable']
  /** Beside those of the rows. */
  readonly more?: readonly PropertyColumn[]
  /** By property, then by type id; `lost`: the table is named, and not there. */
  readonly types?: Readonly<Record<string, Readonly<Record<number, string>>>> | 'lost'
}

export function edgesOf(all: readonly Row[], facts: TableFacts = {}): EdgeSource {
  const ids = (side: 'source' | 'target') => {
    const values = all.map(row => row[side])
    if (facts.idType === 'u32') return Uint32Array.from(values)
    const wide = values.map(BigInt)
    return facts.idType === 'i64' ? BigInt64Array.from(wide) : BigUint64Array.from(wide)
  }
  const columns: PropertyColumn[] = Object.entries<ColumnFacts>(facts.columns ?? COLUMNS).map(
    ([name, { type, bytes, shape }]) => {
      const values = all.map(row => Buffer.from(row.values[name.replace('../', '')] ?? '', 'hex'))
      return { ...columnOf(name, type, bytes, Buffer.concat(values)), shape }
    },
  )
  const { edgeType } = facts
  if (edgeType !== undefined) {
    const types = typeof edgeType === 'number' ? all.map(() => edgeType) : edgeType
    const bytes = Buffer.from(BigInt64Array.from(types.map(BigInt)).buffer)
    columns.push(columnOf('edge_type_id', 'i64', 8, bytes))
  }
  columns.push(...(facts.more ?? []))
  const table: EdgeTable = {
    rows: all.length,
    columns: columns.sort((a, b) => (a.name < b.name ? -1 : 1)),
    types: facts.types && typesOf(facts.types),
    traits: facts.traits ?? [],
    onlyByGuide: facts.onlyByGuide,
    unreadable: facts.unreadable ?? [],
  }
  const edges = edgesFromArrays({
    source: ids('source'),
    target: ids('target'),
    sourceCount: NODES,
    targetCount: NODES,
    ...(facts.population === undefined ? {} : { population: facts.population }),
  })
  const place = { file: 'memory', dataset: 'ids' }
  return {
    ...edges,
    source: { ...edges.source, place },
    target: { ...edges.target, place },
    table: async () => table,
  }
}

function typesOf(types: NonNullable<TableFacts['types']>): NonNullable<EdgeTable['types']> {
  const entries = types === 'lost' ? [] : Object.entries(types)
  const columns = new Map(
    entries.map(([name, values]) => [
      name,
      new Map(Object.entries(values).map(([id, text]) => [Number(id), text])),
    ]),
  )
  return async () => ({ file: 'types.csv', lost: types === 'lost', columns })
}

export function columnOf(name: string, type: ValueType, bytes: number, values: Uint8Array): PropertyColumn {
  return {
    name,
    type,
    bytes,
    length: values.length / bytes,
    label: name,
    readInto: (first, count, into) => into.set(values.subarray(first * bytes, (first + count) * bytes)),
  }
}

export const connectionOf = ({ source, target }: Row): string => `${source}->${target}`

/** The rows that connectome-manipulator would write of those that remain. */
export function promised(
  original: readonly Row[],
  remains: (row: Row, k: number) => boolean,
  splits = 1,
): Row[] {
  const size = Math.ceil(NODES / splits)
  return Array.from({ length: splits }, (_, split) =>
    original.filter((row, k) => Math.floor(row.target / size) === split && remains(row, k)),
  ).flat()
}

export const sameRows = (a: readonly Row[], b: readonly Row[]): boolean =>
  JSON.stringify(a) === JSON.stringify(b)
