/** Level full: indices of the edges, and a node file of the manipulated circuit's own. */
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Dataset, type File, Group } from 'h5wasm/node'
import { connectionsOf } from '../../src/demo/circuit.ts'
import { removeConnections } from '../../src/demo/manipulate.ts'
import { writeMaskFiles } from '../../src/demo/mask.ts'
import { synthesize } from '../../src/demo/synthesize.ts'
import { PIPELINE_STYLE, writeCircuit, writeManipulated } from '../../src/demo/write.ts'
import { type StoredColumn, synapseDamage } from './synapse-damage.ts'
import { digestTable, onlyPlace, readTable, valuesOf, withHdf5 } from './table-content.ts'
import type { FuzzTarget } from './target.ts'

const NODES = 24
const PATHS = ['source_to_target', 'target_to_source'] as const

export async function fullTargets(folder: string): Promise<FuzzTarget[]> {
  mkdirSync(folder, { recursive: true })
  const at = (path: string): string => join(folder, path)
  const circuit = synthesize({ seed: 'full', neurons: NODES, meanInDegree: 4 })
  const original = await writeCircuit(at('original'), circuit)
  const gone = connectionsOf(circuit.edges)
    .filter((_, k) => k % 9 === 4)
    .map(({ connection }) => connection)
  const edges = removeConnections(circuit.edges, gone, [])
  const manipulated = await writeManipulated(at('manipulated'), '.', edges, NODES)
  for (const name of ['nodes.h5', 'node_sets.json'])
    copyFileSync(at(`original/${name}`), at(`manipulated/${name}`))
  // Without what the configuration names, level full is not reached.
  for (const side of ['original', 'manipulated'])
    for (const name of ['morphologies', 'hoc']) mkdirSync(at(`${side}/${name}`))
  const everyone = Uint32Array.from({ length: NODES }, (_, id) => id)
  const { mask } = await writeMaskFiles(folder, gone, everyone)
  const args = [
    'verify',
    original,
    manipulated,
    '--removed',
    mask,
    '--level',
    'full',
    '--json',
    '--jobs',
    '1',
  ]
  const common = { args, whole: 0, fatal: [], leads: true, trusted: true } as const
  const [edgesFile, nodesFile] = [at('manipulated/edges.h5'), at('manipulated/nodes.h5')]
  return [
    {
      ...common,
      format: 'full edges',
      file: edgesFile,
      content: () => edgesContent(edgesFile),
      likely: synapseDamage(await placesIn(edgesFile, 'edges'), edgesFile),
    },
    {
      ...common,
      format: 'full nodes',
      file: nodesFile,
      content: () => withHdf5(nodesFile, h5 => everything(h5, 'nodes').join()),
      likely: synapseDamage(await placesIn(nodesFile, 'nodes'), nodesFile),
    },
  ]
}

/** What the file says of each edge, and which edges the indices give to each node. */
async function edgesContent(file: string): Promise<string> {
  const { population } = PIPELINE_STYLE
  const table = digestTable(await readTable(file, population), () => false)
  const indices = await withHdf5(file, h5 =>
    PATHS.map(name => indexed(h5, `edges/${population}/indices/${name}`)),
  )
  return `${table} ${indices.join()}`
}

function indexed(h5: File, path: string): string {
  const pairs = (name: string): readonly (readonly [number, number])[] => {
    const { rows, of } = valuesOf(h5.get(`${path}/${name}`))
    return Array.from({ length: rows }, (_, row) => {
      const bytes = Buffer.from(of(row), 'hex')
      return [Number(bytes.readBigInt64LE(0)), Number(bytes.readBigInt64LE(8))]
    })
  }
  const edges = pairs('range_to_edge_id')
  return pairs('node_id_to_ranges')
    .map(([from, to]) => (from < 0 || from >= to ? '' : edges.slice(from, to).join(';')))
    .join('|')
}

/** Datasets below a group with their types and values. */
function everything(h5: File, path: string): string[] {
  const member = h5.get(path)
  if (member instanceof Group)
    return member.keys().flatMap(name => [`${path}/${name}`, ...everything(h5, `${path}/${name}`)])
  const { type, rows, of } = valuesOf(member)
  return [`${type} ${rows}`, ...Array.from({ length: rows }, (_, row) => of(row))]
}

/** Columns that lie in the file as they are; nobody names what of them changed. */
async function placesIn(file: string, path: string): Promise<StoredColumn[]> {
  const bytes = readFileSync(file)
  return withHdf5(file, h5 => {
    const found: StoredColumn[] = []
    const walk = (at: string): void => {
      const member = h5.get(at)
      if (member instanceof Group) for (const name of member.keys()) walk(`${at}/${name}`)
      if (!(member instanceof Dataset) || !ArrayBuffer.isView(member.value)) return
      const raw = Buffer.from(member.value.buffer, member.value.byteOffset, member.value.byteLength)
      const [rows = 0] = member.shape ?? []
      const offset = onlyPlace(bytes, raw)
      if (offset >= 0 && rows > 0)
        found.push({
          property: at,
          width: raw.length / rows,
          edges: Array(rows).fill(-1),
          offset,
          text: false,
        })
    }
    walk(path)
    return found
  })
}
