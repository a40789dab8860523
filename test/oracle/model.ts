/** A circuit as the oracle has it: lists and maps, nothing clever. What is on disk is written from this. */

export type Kind = 'f32' | 'f64' | 'u8' | 'i16' | 'i32' | 'i64' | 'text' | 'enum'

/** NaN with other bits than the one that JavaScript writes. */
export const OTHER_NAN = 'other NaN'
/** 64-bit integers stay small enough for a number. Text is text; {@link OTHER_NAN} stands among floats. */
export type Value = number | string

export interface Column {
  name: string
  kind: Kind
  /** A member of `dynamics_params`, called `@dynamics:name` by every reader. */
  dynamics: boolean
}

export interface Row {
  source: number
  target: number
  type: number
  values: Map<string, Value>
}

/** An edge_types.csv or node_types.csv: text by type and column. */
export interface Types {
  columns: string[]
  rows: Map<number, string[]>
}

export type Directions = 'source_to_target' | 'target_to_source'
/** Half-open ranges: of rows of the second table by node, of edge ids. */
export interface IndexTable {
  nodes: [number, number][]
  ranges: [number, number][]
}

/** How edges lie on disk; a reader of the circuit need not care. */
export interface Storage {
  ids: 'i64' | 'u64'
  typeKind: 'i64' | 'i32' | 'u32' | 'i8'
  /** `edge_group_id` and `edge_group_index`. */
  groupColumns: boolean
  chunked: boolean
  index: Map<Directions, IndexTable>
  /** The name in the AIBS files: `node_id_to_range`. */
  shortIndexName: boolean
  /** Order of the texts of enumerations. */
  libraryReversed: boolean
}

export interface EdgePopulation {
  name: string
  source: string
  target: string
  kind: string
  columns: Column[]
  rows: Row[]
  hasTypes: boolean
  types: Types | undefined
  storage: Storage
  file: string
  /** Listed in the configuration, and not in its file. */
  unreadable: boolean
}

export interface NodePopulation {
  name: string
  size: number
  kind: string
  columns: Column[]
  rows: Map<string, Value>[]
  typeIds: number[]
  types: Types | undefined
}

export interface Circuit {
  nodes: NodePopulation[]
  edges: EdgePopulation[]
  /** By name: ids of the node population `of`. */
  nodeSets: Map<string, { of: string; ids: number[] }>
  components: Map<string, string>
}

/** Name as every reader has it. */
export const nameOf = ({ name, dynamics }: Column): string => (dynamics ? `@dynamics:${name}` : name)

/** Two values are one if this is: NaN by its bits, -0 and 0 apart. */
export function bits(value: Value): string {
  if (typeof value === 'string') return `text ${value}`
  return Object.is(value, -0) ? '-0' : String(value)
}

export const nodesOf = (circuit: Circuit, name: string): NodePopulation => {
  const found = circuit.nodes.find(nodes => nodes.name === name)
  if (found === undefined) throw new RangeError(`no node population ${name}`)
  return found
}

export const edgesOf = (circuit: Circuit, name: string): EdgePopulation => {
  const found = circuit.edges.find(edges => edges.name === name)
  if (found === undefined) throw new RangeError(`no edge population ${name}`)
  return found
}

export function copyOf(circuit: Circuit): Circuit {
  return structuredClone(circuit)
}

/** As pandas and bmtk read a field: missing, a number or text. */
export function field(text: string): string | undefined {
  if (['', 'NULL', 'NA', 'nan', 'NaN', 'NONE'].includes(text)) return undefined
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? `number ${Number(text)}` : `text ${text}`
}

/** What a type says: by column, without what is missing. */
export function typeValues(types: Types | undefined, id: number): Map<string, string> {
  const found = new Map<string, string>()
  const row = types?.rows.get(id)
  for (const [k, name] of (types?.columns ?? []).entries()) {
    const value = field(row?.[k] ?? '')
    if (value !== undefined) found.set(name, value)
  }
  return found
}

/** Every edge id a node has, by node, as the id column says. */
export function indexOf(
  rows: readonly Row[],
  side: 'source' | 'target',
  nodes: number,
  spread: boolean,
): IndexTable {
  const table: IndexTable = { nodes: [], ranges: [] }
  for (let node = 0; node < nodes; node++) {
    const first = table.ranges.length
    for (const [edge, row] of rows.entries()) {
      if (row[side] !== node) continue
      const last = table.ranges.at(-1)
      if (table.ranges.length > first && last?.[1] === edge) last[1] = edge + 1
      else table.ranges.push([edge, edge + 1])
    }
    const end = table.ranges.length
    // Nodes without edges: [0, 0] or where they would be.
    table.nodes.push(first === end && !spread ? [0, 0] : [first, end])
  }
  return table
}

/** Whether an index says what the ids say, read the long way. */
export function indexAgrees(table: IndexTable, rows: readonly Row[], side: 'source' | 'target'): boolean {
  const said = new Map<number, number>()
  for (const [node, [first, end]] of table.nodes.entries()) {
    for (let k = first; k < end; k++) {
      const range = table.ranges[k]
      if (range === undefined) return false
      for (let edge = range[0]; edge < range[1]; edge++) {
        if (said.has(edge)) return false
        said.set(edge, node)
      }
    }
  }
  return said.size === rows.length && rows.every((row, edge) => said.get(edge) === row[side])
}

export function groupBy<T>(list: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const one of list) {
    const key = keyOf(one)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [one])
    else group.push(one)
  }
  return groups
}
