/**
 * What an edges file says of each edge that is kept, read by libhdf5 and put together here: ids, and the value of each
 * property as bytes or text, wherever the file keeps them.
 */
import { createHash } from 'node:crypto'
import { copyFileSync, unlinkSync } from 'node:fs'
import h5wasm, { Dataset, type File, type Group } from 'h5wasm/node'

export interface Values {
  /** Type and size of one value, and the shape behind the rows. */
  readonly type: string
  readonly rows: number
  /** Of one row. */
  readonly of: (row: number) => string
}

const LIBRARY = '@library'

/** Ids are in order, `rows` those of the file. */
export interface TableContent {
  readonly rows: number
  readonly columns: ReadonlyMap<string, Values>
}

/** Reads with libhdf5, whatever that can read. The file may be damaged: it gets a copy with a name of its own. */
export async function withHdf5<T>(file: string, read: (h5: File) => T, mode: 'r' | 'a' = 'r'): Promise<T> {
  await h5wasm.ready
  const copy = `${file}.${copies++}.table`
  copyFileSync(file, copy)
  const h5 = new h5wasm.File(copy, mode)
  try {
    return read(h5)
  } finally {
    h5.close()
    unlinkSync(copy)
  }
}
let copies = 0

export const readTable = (file: string, population: string): Promise<TableContent> =>
  withHdf5(file, h5 => tableOf(h5, population))

function tableOf(h5: File, population: string): TableContent {
  const edges = groupAt(h5, `edges/${population}`)
  const columns = new Map<string, Values>()
  const groups = edges.keys().filter(name => /^\d+$/.test(name))
  for (const name of edges.keys()) {
    if (groups.includes(name)) continue
    const id = name.endsWith('_node_id')
    // Without ids there are no edges to speak of.
    columns.set(name, id ? valuesOf(edges.get(name)) : readable(() => valuesOf(edges.get(name))))
  }
  const rows = columns.get('source_node_id')?.rows ?? -1
  const tables = new Map(groups.map(name => [name, propertiesOf(groupAt(h5, `edges/${population}/${name}`))]))
  for (const [name, values] of together(tables, columns, rows)) columns.set(name, values)
  columns.delete('edge_group_id')
  columns.delete('edge_group_index')
  return { rows, columns }
}

function groupAt(h5: Group, path: string): Group {
  const group = h5.get(path)
  if (group === null || group instanceof Dataset || !('keys' in group)) throw new Error(`no group ${path}`)
  return group
}

function propertiesOf(group: Group): Map<string, Values> {
  const found = new Map<string, Values>()
  for (const name of group.keys()) {
    if (name === LIBRARY) continue
    if (name === 'dynamics_params') {
      const inner = groupAt(group, name)
      for (const [key, values] of propertiesOf(inner)) found.set(`@dynamics:${key}`, values)
    } else
      found.set(
        name,
        readable(() => {
          const library = group.get(`${LIBRARY}/${name}`)
          const member = group.get(name)
          return library instanceof Dataset ? byLibrary(member, library) : valuesOf(member)
        }),
      )
  }
  return found
}

/** What libhdf5 cannot read is another thing than it was. */
function readable(read: () => Values): Values {
  try {
    return read()
  } catch (error) {
    return { type: `damaged: ${error}`, rows: -1, of: () => '' }
  }
}

/** As one column each, where rows lie in several groups. */
function together(
  tables: ReadonlyMap<string, ReadonlyMap<string, Values>>,
  columns: ReadonlyMap<string, Values>,
  rows: number,
): Map<string, Values> {
  const [id, index] = [columns.get('edge_group_id'), columns.get('edge_group_index')]
  const [only] = tables.values()
  const found = new Map<string, Values>()
  if (id === undefined || index === undefined) {
    if (tables.size > 1) throw new Error('several groups without an index')
    for (const [name, values] of only ?? []) found.set(name, values)
    return found
  }
  const number = (bytes: string): string => Buffer.from(bytes, 'hex').readBigUInt64LE().toString()
  for (const name of new Set([...tables.values()].flatMap(table => [...table.keys()]))) {
    const types = new Set([...tables.values()].map(table => table.get(name)?.type))
    const of = (row: number): string => {
      const values = tables.get(number(id.of(row)))?.get(name)
      const at = Number(number(index.of(row)))
      if (values === undefined || at >= values.rows) throw new Error(`${name} of row ${row} is nowhere`)
      return values.of(at)
    }
    found.set(
      name,
      readable(() => {
        for (let row = 0; row < rows; row++) of(row)
        return { type: [...types].join(), rows, of }
      }),
    )
  }
  return found
}

/** @throws if libhdf5 cannot read it */
export function valuesOf(dataset: unknown): Values {
  if (!(dataset instanceof Dataset)) throw new Error('no dataset')
  const { type, size, signed, shape } = dataset.metadata
  const [rows = 0, ...more] = shape ?? []
  if (shape === null) throw new Error('no data')
  const { value } = dataset
  const each = more.reduce((all, n) => all * n, 1)
  if (ArrayBuffer.isView(value)) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    const width = each * (value.byteLength / Math.max(1, rows * each))
    const of = (row: number): string => bytes.toString('hex', row * width, (row + 1) * width)
    return { type: `${type} ${size} ${signed} ${more}`, rows, of }
  }
  if (!Array.isArray(value)) throw new Error(`cannot read ${dataset.path}`)
  if (value.some(one => typeof one !== 'string')) throw new Error(`${dataset.path}: no texts`)
  return { type: 'text', rows, of: row => JSON.stringify(value[row]) }
}

function byLibrary(codes: unknown, library: Dataset): Values {
  const texts = valuesOf(library)
  if (!(codes instanceof Dataset) || texts.type !== 'text' || !ArrayBuffer.isView(codes.value))
    throw new Error('no library')
  const numbers = Array.from(codes.value as Uint32Array, Number)
  if (numbers.some(code => !(code < texts.rows))) throw new Error('a code of no text')
  return { type: 'text', rows: numbers.length, of: row => texts.of(numbers[row] ?? 0) }
}

/** The digest of what matters of a table; `gone`: rows whose values nobody asks for, by `source target` in hexadecimal. */
export function digestTable({ rows, columns }: TableContent, gone: (pair: string) => boolean): string {
  const hash = createHash('sha256')
  const [source, target] = [columns.get('source_node_id'), columns.get('target_node_id')]
  const kept = Array.from({ length: rows }, (_, row) => row).filter(
    row => !gone(`${source?.of(row)} ${target?.of(row)}`),
  )
  for (const name of [...columns.keys()].sort()) {
    const values = columns.get(name)
    const all = name.endsWith('_node_id')
    hash.update(`;${name} ${values?.rows} ${typeThatMatters(name, values?.type ?? '')}:`)
    for (let row = 0, k = 0; row < rows; row++) {
      if (!all && kept[k] !== row) continue
      hash.update(`${values?.of(row)},`)
      if (kept[k] === row) k++
    }
  }
  return hash.digest('hex')
}

/** Ids are written in several integer types, and -1 and 0 in any. */
function typeThatMatters(name: string, type: string): string {
  return name.endsWith('_node_id') || name === 'edge_type_id' ? type.replace(/ .*/, '') : type
}

/** Where the bytes lie in a file, if they do so once; else -1. */
export function onlyPlace(bytes: Buffer, wanted: Uint8Array): number {
  const at = bytes.indexOf(wanted)
  return bytes.indexOf(wanted, at + 1) < 0 ? at : -1
}
