/** An edge population in memory, with one thing in it changed. */
import { type EdgeSource, ID_BYTES } from '../../src/connectome/edges.ts'
import { edgesFromArrays } from '../../src/connectome/memory-edges.ts'
import type { EdgeTable, PropertyColumn } from '../../src/connectome/table.ts'

export interface Rows {
  source: number[]
  target: number[]
  /** Bytes of each row, by column. */
  columns: Map<string, Uint8Array[]>
  like: EdgeSource
  table: EdgeTable
}

/** All rows of a population, each value on its own. */
export async function readRows(like: EdgeSource): Promise<Rows> {
  if (like.table === undefined) throw new Error('no table')
  const table = await like.table()
  const ids = async (column: EdgeSource['source']): Promise<number[]> => {
    const width = ID_BYTES[column.type]
    const bytes = new Uint8Array(width * column.length)
    await column.readInto(0, column.length, bytes)
    const view = new DataView(bytes.buffer)
    return Array.from({ length: column.length }, (_, row) =>
      width === 8 ? view.getUint32(row * 8, true) : view.getUint32(row * 4, true),
    )
  }
  const columns = new Map<string, Uint8Array[]>()
  for (const column of table.columns) {
    const bytes = new Uint8Array(column.bytes * column.length)
    await column.readInto(0, column.length, bytes)
    const values = Array.from({ length: column.length }, (_, row) =>
      bytes.slice(row * column.bytes, (row + 1) * column.bytes),
    )
    columns.set(column.name, values)
  }
  return { source: await ids(like.source), target: await ids(like.target), columns, like, table }
}

export function copyRows(rows: Rows): Rows {
  return {
    ...rows,
    source: [...rows.source],
    target: [...rows.target],
    columns: new Map([...rows.columns].map(([name, values]) => [name, [...values]])),
  }
}

export function dropRow(rows: Rows, row: number): void {
  rows.source.splice(row, 1)
  rows.target.splice(row, 1)
  for (const values of rows.columns.values()) values.splice(row, 1)
}

export function doubleRow(rows: Rows, row: number): void {
  rows.source.splice(row, 0, rows.source[row] ?? 0)
  rows.target.splice(row, 0, rows.target[row] ?? 0)
  for (const values of rows.columns.values()) values.splice(row, 0, values[row] ?? new Uint8Array(0))
}

export function flipBit(rows: Rows, property: string, row: number, bit: number): void {
  const values = rows.columns.get(property) ?? []
  const changed = (values[row] ?? new Uint8Array(1)).slice()
  const byte = Math.floor(bit / 8) % changed.length
  changed[byte] = (changed[byte] ?? 0) ^ (1 << (bit % 8))
  values[row] = changed
}

export function swapValues(rows: Rows, property: string, a: number, b: number): void {
  const values = rows.columns.get(property) ?? []
  const kept = values[a] ?? new Uint8Array(0)
  values[a] = values[b] ?? kept
  values[b] = kept
}

/** As a population again; its file is that of the real one, so that its logs are found. */
export function toEdges({ source, target, columns, like, table }: Rows): EdgeSource {
  const edges = edgesFromArrays({
    source: Uint32Array.from(source),
    target: Uint32Array.from(target),
    sourceCount: like.sourceCount,
    targetCount: like.targetCount,
    population: like.population,
    sourcePopulation: like.sourcePopulation,
    targetPopulation: like.targetPopulation,
    file: like.file,
  })
  const made = table.columns.map((column): PropertyColumn => {
    const bytes = Buffer.concat(columns.get(column.name) ?? [])
    return {
      ...column,
      length: source.length,
      place: undefined,
      readInto: (first, count, into) =>
        into.set(bytes.subarray(first * column.bytes, (first + count) * column.bytes)),
    }
  })
  return { ...edges, table: async () => ({ ...table, rows: source.length, columns: made }) }
}
