/** A circuit of the oracle as a folder that connproof takes: SONATA, BlueConfig, or Parquet before conversion. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { type ColumnSource, parquetWriteFile } from 'hyparquet-writer'
import type { Circuit, EdgePopulation, Kind, Row } from './model.ts'
import { groupBy, nameOf, nodesOf, OTHER_NAN } from './model.ts'
import { type Written, writeEdges, writeNodes } from './write-hdf5.ts'
import { writeTargets, writeTypes } from './write-small.ts'

export interface Form {
  kind: 'sonata' | 'parquet' | 'blueconfig'
  /** Splits of the run that left Parquet files. */
  splits: number
  /** Of `nodes.h5`, `node_sets.json` and types of nodes: those of this folder instead of own ones. */
  nodesOf: string | undefined
  /** Populations listed in the entry of the configuration, or left to the reader. */
  listed: boolean
}

/** Write it; returns what to give to connproof. */
export function writeCircuit(
  folder: string,
  circuit: Circuit,
  main: string,
  form: Form,
  written: Written,
): string {
  mkdirSync(folder, { recursive: true })
  if (form.kind === 'parquet') return writeParquet(folder, circuit, main, form.splits)
  const nodes = form.nodesOf ?? folder
  if (form.nodesOf === undefined) writeShared(folder, circuit, written)
  const files = groupBy(circuit.edges, ({ file }) => file)
  for (const [file, populations] of files)
    if (!isAbsolute(file)) writeEdges(join(folder, file), populations, written)
  for (const { name, types } of circuit.edges)
    if (types !== undefined) writeTypes(join(folder, `${name}_edge_types.csv`), 'edge_type_id', types)
  return form.kind === 'blueconfig'
    ? writeBlueConfig(folder, nodes, circuit)
    : writeConfig(folder, nodes, circuit, files, form)
}

function writeShared(folder: string, { nodes, nodeSets }: Circuit, written: Written): void {
  writeNodes(join(folder, 'nodes.h5'), nodes, written)
  for (const { name, types } of nodes)
    if (types !== undefined) writeTypes(join(folder, `${name}_node_types.csv`), 'node_type_id', types)
  const sets = Object.fromEntries(
    [...nodeSets].map(([name, { of, ids }]) => [name, { population: of, node_id: ids }]),
  )
  writeFileSync(join(folder, 'node_sets.json'), JSON.stringify(sets))
}

function writeConfig(
  folder: string,
  nodesFolder: string,
  circuit: Circuit,
  files: ReadonlyMap<string, EdgePopulation[]>,
  { listed }: Form,
): string {
  const edges = [...files].flatMap(([file, populations]) => {
    const typed = populations.filter(({ types }) => types !== undefined)
    const plain = populations.filter(({ types }) => types === undefined)
    const entry = (list: readonly EdgePopulation[]) => ({
      edges_file: isAbsolute(file) ? file : `./${file}`,
      populations: Object.fromEntries(list.map(({ name, kind }) => [name, { type: kind }])),
    })
    const named = typed.map(one => ({ ...entry([one]), edge_types_file: `./${one.name}_edge_types.csv` }))
    return [...named, ...(plain.length > 0 ? [entry(plain)] : [])]
  })
  const nodes = circuit.nodes.map(({ name, kind, types }) => ({
    nodes_file: join(nodesFolder, 'nodes.h5'),
    ...(types === undefined ? {} : { node_types_file: join(nodesFolder, `${name}_node_types.csv`) }),
    populations: { [name]: { type: kind } },
  }))
  const everything = circuit.edges.every(({ kind, types }) => kind === 'chemical' && types === undefined)
  const config = {
    version: 2.3,
    node_sets_file: join(nodesFolder, 'node_sets.json'),
    components: Object.fromEntries(circuit.components),
    networks: {
      nodes,
      edges: listed || !everything ? edges : edges.map(({ edges_file }) => ({ edges_file })),
    },
  }
  const path = join(folder, 'circuit_config.json')
  writeFileSync(path, JSON.stringify(config, undefined, 1))
  return path
}

/** One node population, one edge population. */
function writeBlueConfig(folder: string, nodesFolder: string, circuit: Circuit): string {
  const file = circuit.edges[0]?.file ?? ''
  writeTargets(join(folder, 'user.target'), circuit.nodeSets)
  const run = [
    'Run Default',
    '{',
    `    CircuitPath ${folder}`,
    `    nrnPath ${join(folder, file)}`,
    `    CellLibraryFile ${join(nodesFolder, 'nodes.h5')}`,
    `    TargetFile ${join(folder, 'user.target')}`,
    '}',
    '',
  ]
  const path = join(folder, 'BlueConfig')
  writeFileSync(path, run.join('\n'))
  return path
}

type Stored = Pick<
  NonNullable<Parameters<typeof parquetWriteFile>[0]['schema']>[number],
  'type' | 'converted_type'
>

const STORED: Readonly<Record<Exclude<Kind, 'text' | 'enum'>, Stored>> = {
  f32: { type: 'FLOAT' },
  f64: { type: 'DOUBLE' },
  u8: { type: 'INT32', converted_type: 'UINT_8' },
  i16: { type: 'INT32', converted_type: 'INT_16' },
  i32: { type: 'INT32' },
  i64: { type: 'INT64' },
}

const numbersOf = (kind: Exclude<Kind, 'text' | 'enum'>, values: readonly number[]): ColumnSource['data'] => {
  if (kind === 'f32') return Float32Array.from(values)
  if (kind === 'f64') return Float64Array.from(values)
  return kind === 'i64' ? BigInt64Array.from(values, BigInt) : Int32Array.from(values)
}

/** As a run with some splits leaves them: rows of each block of targets, no file where there are none. */
function writeParquet(folder: string, circuit: Circuit, main: string, splits: number): string {
  const edges = circuit.edges.find(({ name }) => name === main)
  if (edges === undefined) throw new RangeError(`no edge population ${main}`)
  const inner = join(folder, 'parquet')
  mkdirSync(inner)
  const block = Math.ceil(nodesOf(circuit, edges.target).size / splits)
  const width = String(splits).length
  const stems = Array.from({ length: splits }, (_, k) =>
    splits === 1 ? 'edges' : `edges.${splits}-${String(k).padStart(width, '0')}`,
  )
  for (const [k, stem] of stems.entries()) {
    const rows = edges.rows.filter(({ target }) => Math.floor(target / block) === k)
    if (rows.length > 0) writeSplit(join(inner, `${stem}.parquet`), edges, rows, circuit)
  }
  writeFileSync(join(inner, 'parquet.DONE'), JSON.stringify(stems))
  return inner
}

function writeSplit(file: string, edges: EdgePopulation, rows: readonly Row[], circuit: Circuit): void {
  const ids = (['source', 'target'] as const).map(side => ({
    name: `${side}_node_id`,
    kind: 'i64' as const,
    values: rows.map(row => row[side]),
  }))
  const properties = edges.columns.map(column => {
    if (column.kind === 'text' || column.kind === 'enum')
      throw new TypeError('the package cannot convert text')
    const values = rows.map(row => row.values.get(column.name) ?? 0)
    if (values.includes(OTHER_NAN)) throw new TypeError('Parquet files are written with one NaN')
    return { name: nameOf(column), kind: column.kind, values: values.map(Number) }
  })
  const types = { name: 'edge_type_id', kind: 'i64' as const, values: rows.map(row => row.type) }
  const columns = [...properties, ...ids, types]
  parquetWriteFile({
    filename: file,
    columnData: columns.map(({ name, kind, values }) => ({
      name,
      data: numbersOf(kind, values),
      // A dictionary would make 0 of -0.
      encoding: 'PLAIN' as const,
    })),
    schema: [
      { name: 'root', num_children: columns.length },
      ...columns.map(({ name, kind }) => ({ name, repetition_type: 'REQUIRED' as const, ...STORED[kind] })),
    ],
    statistics: false,
    kvMetadata: (['source', 'target'] as const).flatMap(side => [
      { key: `${side}_population_name`, value: edges[side] },
      { key: `${side}_population_size`, value: String(nodesOf(circuit, edges[side]).size) },
    ]),
  })
}
