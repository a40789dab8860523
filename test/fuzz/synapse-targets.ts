/** Circuits whose edges have properties, in every storage: what is spoiled, and what it then says. */
import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import h5wasm, { Dataset, Group } from 'h5wasm/node'
import { parquetReadObjects } from 'hyparquet'
import {
  POPULATIONS,
  SPLITS,
  STORAGE_PAIRS,
  type StoragePair,
  type SynapseCircuit,
  writeSynapseCircuit,
} from './synapse-circuits.ts'
import { type StoredColumn, synapseDamage } from './synapse-damage.ts'
import { digestTable, onlyPlace, readTable, withHdf5 } from './table-content.ts'
import type { FuzzTarget } from './target.ts'

export async function synapseTargets(folder: string): Promise<FuzzTarget[]> {
  await h5wasm.ready
  const targets: FuzzTarget[] = []
  for (const pair of Object.keys(STORAGE_PAIRS) as StoragePair[]) {
    const home = join(folder, pair)
    await mkdir(home, { recursive: true })
    const circuit = await writeSynapseCircuit(home, pair)
    const target = { args: argsOf(circuit), whole: 0 as const, fatal: [] }
    const gone = await goneRows(circuit)
    targets.push({
      ...target,
      ...(await side(circuit.before, 'before', gone)),
      format: `synapses ${pair} before`,
    })
    if (STORAGE_PAIRS[pair][1] !== undefined) {
      const none = (): boolean => false
      targets.push({ ...target, ...(await side(circuit.after, 'after', none)), format: `synapses ${pair}` })
    } else for (const split of SPLITS) targets.push({ ...target, ...(await splitOf(circuit, split)) })
  }
  return targets
}

const argsOf = ({ original, manipulated, mask }: SynapseCircuit): string[] => [
  'verify',
  original,
  manipulated,
  '--removed',
  mask,
  '--json',
  '--jobs',
  '1',
]

type Gone = (pair: string) => boolean

async function goneRows({ before, gone }: SynapseCircuit): Promise<Gone> {
  const hex = (id: number): string => Buffer.from(BigUint64Array.of(BigInt(id)).buffer).toString('hex')
  const all = new Set(gone.map(([source, target]) => `${hex(source)} ${hex(target)}`))
  const { columns } = await readTable(before, POPULATIONS.before)
  if (columns.size < 4) throw new Error('no properties')
  return pair => all.has(pair)
}

async function side(
  file: string,
  which: 'before' | 'after',
  gone: Gone,
): Promise<Pick<FuzzTarget, 'file' | 'content' | 'likely' | 'side' | 'leads'>> {
  const population = POPULATIONS[which]
  const content = async (): Promise<string> => {
    const { rows, columns } = await readTable(file, population)
    const types = columns.get('edge_type_id')
    // Whatever it was, it is 0 afterwards.
    const zeroed = which === 'before' && types !== undefined ? { ...types, of: () => '0' } : types
    const asMeant = zeroed === undefined ? columns : new Map([...columns, ['edge_type_id', zeroed]])
    return digestTable({ rows, columns: asMeant }, gone)
  }
  return {
    file,
    content,
    likely: synapseDamage(await columnsOf(file, which, gone), file),
    side: which === 'before' ? 'original_edge' : 'manipulated_edge',
    leads: true,
  }
}

async function columnsOf(file: string, which: 'before' | 'after', gone: Gone): Promise<StoredColumn[]> {
  const population = POPULATIONS[which]
  const table = await readTable(file, population)
  const ids = (side: string) => table.columns.get(`${side}_node_id`)
  const edges = Array.from({ length: table.rows }, (_, row) =>
    gone(`${ids('source')?.of(row)} ${ids('target')?.of(row)}`) ? -1 : row,
  )
  const bytes = readFileSync(file)
  return withHdf5(file, h5 => {
    const found: StoredColumn[] = []
    const several = h5.get(`edges/${population}/1`) !== null
    const rowsOf = (group: string): readonly number[] => {
      if (!several) return edges
      const column = (name: string): number[] => {
        const data = h5.get(`edges/${population}/${name}`)
        return data instanceof Dataset ? Array.from(data.value as BigUint64Array, Number) : []
      }
      const index = column('edge_group_index')
      const mine: number[] = []
      for (const [row, id] of column('edge_group_id').entries())
        if (String(id) === group) mine[index[row] ?? 0] = edges[row] ?? -1
      return mine
    }
    const add = (path: string, property: string, rows: readonly number[], text: boolean): void => {
      const data = h5.get(path)
      if (!(data instanceof Dataset)) throw new Error(`no ${path}`)
      const { value, metadata } = data
      const raw = ArrayBuffer.isView(value)
        ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
        : undefined
      const offset = raw === undefined || data.filters.length > 0 ? -1 : onlyPlace(bytes, raw)
      const width = raw === undefined ? metadata.size : raw.length / rows.length
      if (offset >= 0) found.push({ property, width, edges: rows, offset, text })
      // Texts and numbers of the other byte order are not rewritten.
      else if (raw !== undefined && metadata.littleEndian && metadata.virtual_sources === undefined)
        found.push({ property, width, edges: rows, dataset: path, text })
    }
    const walk = (path: string, rows: readonly number[], prefix = ''): void => {
      const group = h5.get(path)
      if (!(group instanceof Group)) throw new Error(`no ${path}`)
      for (const name of group.keys().filter(name => name !== '@library'))
        if (name === 'dynamics_params') walk(`${path}/${name}`, rows, '@dynamics:')
        else add(`${path}/${name}`, `${prefix}${name}`, rows, name === 'syn_type' || name === 'label')
    }
    for (const group of several ? ['0', '1'] : ['0']) walk(`edges/${population}/${group}`, rowsOf(group))
    if (which === 'after') add(`edges/${population}/edge_type_id`, 'edge_type_id', edges, false)
    return found
  })
}

async function splitOf(
  { after }: SynapseCircuit,
  split: (typeof SPLITS)[number],
): Promise<Omit<FuzzTarget, 'args' | 'whole' | 'fatal'>> {
  const file = join(after, split)
  const read = async (name: string) => {
    const bytes = readFileSync(join(after, name))
    return parquetReadObjects({ file: new Uint8Array(bytes).buffer })
  }
  const [first] = SPLITS
  const before = split === first ? 0 : (await read(first)).length
  const rows = await read(split)
  const bytes = readFileSync(file)
  const columns = Object.entries(PARQUET_TYPES).flatMap(([property, encode]) => {
    const raw = encode(rows.map(row => row[property]))
    const offset = onlyPlace(bytes, raw)
    const edges = rows.map((_, row) => before + row)
    return offset < 0 ? [] : [{ property, offset, edges, width: raw.length / rows.length, text: false }]
  })
  return {
    file,
    format: `synapses ${split}`,
    content: async () =>
      JSON.stringify(await read(split), (_, value) => (typeof value === 'bigint' ? `${value}n` : value)),
    likely: synapseDamage(columns, file),
    leads: true,
  }
}

/** Of the properties whose values can lie in a file as they are. */
const PARQUET_TYPES: Readonly<Record<string, (values: unknown[]) => Buffer>> = {
  delay: values => Buffer.from(Float32Array.from(values as number[]).buffer),
  u_syn: values => Buffer.from(Float64Array.from(values as number[]).buffer),
  efferent_section_id: values => Buffer.from(BigInt64Array.from(values as bigint[]).buffer),
  n_rrp_vesicles: values => Buffer.from(Int32Array.from(values as number[]).buffer),
  seed: values => Buffer.from(BigUint64Array.from(values as bigint[]).buffer),
}
