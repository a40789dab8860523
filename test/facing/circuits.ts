/**
 * Circuits of several edge populations, each manipulated in one: drawn from a seed, written with all that the rule of
 * `sonata/facing.ts` has to tell apart, and with the answer that whoever made them knows.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildIndex } from '../../src/demo/index-groups.ts'
import { createHdf5, type Hdf5Writer } from '../../src/formats/hdf5/writer.ts'
import { writeMaskNpz } from '../../src/formats/scipy-sparse.ts'
import { cooToCsc } from '../../src/kernels/csc.ts'
import { type Pick, picker } from '../contract/circuits.ts'

const NODES = { A: 6, B: 5, V: 4 } as const
type NodePopulation = keyof typeof NODES

type Row = readonly [source: number, target: number, weight: number]

export interface Population {
  name: string
  source: NodePopulation
  target: NodePopulation
  type: string
  rows: Row[]
  /** The file and the entry of the configuration that it is in. */
  file: string
  entry: number
  /** `ids`: the file lacks the target ids; `file`: there is no file. */
  broken?: 'ids' | 'file' | undefined
}

const LAYOUTS = [
  'several files',
  'one file',
  'one file, several entries',
  'two files',
  'unlisted',
  'bare',
] as const
export type Layout = (typeof LAYOUTS)[number]
const MAKERS = ['own', 'package', 'renamed'] as const
export type Maker = (typeof MAKERS)[number]
const FAULTS = ['connection', 'added', 'lost'] as const

export interface Case {
  readonly layout: Layout
  readonly maker: Maker
  readonly fault: (typeof FAULTS)[number] | undefined
  readonly by: 'mask' | 'config'
  readonly original: readonly Population[]
  readonly manipulated: readonly Population[]
  /** Names of the pair that was manipulated. */
  readonly pair: { readonly original: string; readonly manipulated: string }
  /** What is right: exit code, and that with `--allow population.lost`. */
  readonly code: 0 | 1 | 2
  readonly allowed: 0 | 1 | 2
  readonly lost: readonly string[]
  readonly removed: readonly Row[]
}

const packageName = ({ source, target }: Population): string => `${source}__${target}__chemical`

export function drawCase(seed: string): Case {
  const pick = picker(seed)
  const one = <T>(list: readonly T[]): T => list[pick(list.length)] as T
  const layout = one(LAYOUTS)
  const original = drawPopulations(pick, layout)
  const meant = one(original.filter(({ broken }) => broken === undefined))
  const square = meant.source === meant.target
  const maker = one(layout === 'unlisted' || layout === 'bare' ? (['own', 'renamed'] as const) : MAKERS)
  const by = square && layout !== 'bare' && layout !== 'unlisted' && pick(2) === 0 ? 'config' : 'mask'
  const removed = meant.rows.filter((_, k) => k % 3 === pick(2))
  const keys = new Set(removed.map(([source, target]) => `${source} ${target}`))
  const gone = meant.rows.filter(([source, target]) => keys.has(`${source} ${target}`))
  const left = meant.rows.filter(([source, target]) => !keys.has(`${source} ${target}`))
  const others = original.filter(population => population !== meant)
  const siblings = maker === 'package' ? others.filter(({ entry }) => entry === meant.entry) : []
  let stay = others.filter(population => !siblings.includes(population))
  const fresh = one(['made', 'made again', `${meant.source}__${meant.target}__electrical2`])
  const name = maker === 'own' ? meant.name : maker === 'package' ? packageName(meant) : fresh
  const possible = FAULTS.filter(fault => fault !== 'lost' || stay.some(({ broken }) => broken !== 'file'))
  const fault = pick(2) === 0 ? undefined : one(possible)
  const made = { ...meant, name, rows: fault === 'connection' ? withoutOne(left) : left }
  const lost = siblings.map(sibling => sibling.name)
  if (fault === 'lost') {
    const victim = one(stay.filter(({ broken }) => broken !== 'file'))
    stay = stay.filter(population => population !== victim)
    lost.push(victim.name)
  }
  const twice = stay.some(population => population.name === name)
  const added: Population[] =
    fault === 'added' ? [{ ...meant, name: 'more', rows: meant.rows, file: 'more.h5', entry: 99 }] : []
  const wrong = fault === 'connection' || fault === 'added'
  const manipulated = [
    maker === 'package' ? { ...made, file: 'edges.h5', entry: 98 } : made,
    ...stay,
    ...added,
  ]
  return {
    layout,
    maker,
    fault,
    by,
    original,
    manipulated: layout === 'bare' ? manipulated.map(all => ({ ...all, file: 'all.h5' })) : manipulated,
    pair: { original: meant.name, manipulated: name },
    code: twice ? 2 : wrong || lost.length > 0 ? 1 : 0,
    allowed: twice ? 2 : wrong ? 1 : 0,
    lost,
    removed: gone,
  }
}

function drawPopulations(pick: Pick, layout: Layout): Population[] {
  const one = <T>(list: readonly T[]): T => list[pick(list.length)] as T
  const ends: readonly (readonly [NodePopulation, NodePopulation])[] = [
    ['A', 'A'],
    ['A', 'A'],
    ['A', 'A'],
    ...([
      [],
      [
        ['B', 'A'],
        ['B', 'B'],
      ],
      [
        ['V', 'A'],
        ['A', 'B'],
        ['B', 'B'],
      ],
    ][pick(3)] as [NodePopulation, NodePopulation][]),
  ]
  const populations: Population[] = []
  const count = 1 + pick(4)
  const split = layout === 'several files' || layout === 'unlisted'
  while (populations.length < count) {
    const k = populations.length
    const [source, target] = one(ends)
    const name = one([
      'default',
      `${source}__${target}__chemical`,
      `${source}__${target}__electrical`,
      `p${k}`,
      `with space ${k}`,
    ])
    if (populations.some(other => other.name === name)) continue
    const file = split ? k : layout === 'two files' ? k % 2 : 0
    const entry = layout === 'one file, several entries' ? k : file
    const type = name.endsWith('electrical') ? 'electrical' : 'chemical'
    const rows = drawRows(pick, NODES[source], NODES[target])
    populations.push({ name, source, target, type, rows, file: `edges${file}.h5`, entry })
  }
  const [, second] = populations
  if (second !== undefined && pick(3) === 0) second.broken = split && pick(2) === 0 ? 'file' : 'ids'
  return layout === 'bare' ? populations.map(all => ({ ...all, file: 'all.h5' })) : populations
}

/** By target, then source; some connections of several edges. */
function drawRows(pick: Pick, sources: number, targets: number): Row[] {
  const rows: Row[] = []
  while (rows.length < 12) {
    const [source, target] = [pick(sources), pick(targets)]
    for (let k = pick(2); k >= 0; k--) rows.push([source, target, rows.length + pick(100) / 128])
  }
  return rows.sort((a, b) => a[1] - b[1] || a[0] - b[0])
}

/** Every edge of the first connection less. */
const withoutOne = (rows: readonly Row[]): Row[] =>
  rows.filter(([source, target]) => source !== rows[0]?.[0] || target !== rows[0]?.[1])

export interface Written {
  readonly original: string
  readonly manipulated: string
  /** What says what was asked: flags of `verify`. */
  readonly asked: readonly string[]
}

export async function writeCase(folder: string, drawn: Case): Promise<Written> {
  const { layout, original, manipulated, pair, removed, by } = drawn
  const meant = original.find(({ name }) => name === pair.original) as Population
  const [before, after] = [join(folder, 'original'), join(folder, 'manipulated')]
  for (const at of [before, after]) mkdirSync(at, { recursive: true })
  writeNodes(join(folder, 'nodes.h5'))
  const paths = [writeCircuit(before, original, layout), writeCircuit(after, manipulated, layout)] as const
  const file = join(folder, 'mask.npz')
  const coo = {
    rows: NODES[meant.source],
    columns: NODES[meant.target],
    row: Uint32Array.from(removed, ([source]) => source),
    column: Uint32Array.from(removed, ([, target]) => target),
  }
  await writeMaskNpz(file, { ...cooToCsc(coo), label: file }, { compressed: false })
  if (by === 'mask') return { original: paths[0], manipulated: paths[1], asked: ['--removed', file] }
  const config = join(folder, 'manip_config.json')
  writeFileSync(config, JSON.stringify(manipConfig(paths[0], meant.name, file)))
  return { original: paths[0], manipulated: paths[1], asked: ['--config', config] }
}

/** A removal of all that a mask names, as connectome-manipulator 1.0.4 takes it. */
export const manipConfig = (circuit: string, population: string, mask: string): object => ({
  circuit_config: circuit,
  edges_popul_name: population,
  seed: 0,
  N_split_nodes: 1,
  manip: {
    name: 'removal',
    fcts: [{ source: 'conn_removal', amount_pct: 100.0, conn_mask_file: mask, model_config: {} }],
  },
})

export function writeCircuit(folder: string, populations: readonly Population[], layout: Layout): string {
  const files = new Set(populations.map(({ file }) => file))
  for (const file of files)
    writeEdges(
      join(folder, file),
      populations.filter(one => one.file === file && one.broken !== 'file'),
    )
  if (layout === 'bare') return join(folder, 'all.h5')
  const entries = [...new Set(populations.map(({ entry }) => entry))].map(entry => {
    const own = populations.filter(one => one.entry === entry)
    const names = Object.fromEntries(own.map(({ name, type }) => [name, { type }]))
    // What is not there is not there on either side.
    const file = own[0]?.broken === 'file' ? '../gone.h5' : (own[0]?.file ?? '')
    return layout === 'unlisted'
      ? { edges_file: `$BASE_DIR/${file}` }
      : { edges_file: `$BASE_DIR/${file}`, populations: names }
  })
  const nodes = Object.keys(NODES).map(name => [name, { type: name === 'V' ? 'virtual' : 'biophysical' }])
  const path = join(folder, 'circuit_config.json')
  const config = {
    version: 2.3,
    manifest: { $BASE_DIR: '.' },
    metadata: { status: 'partial' },
    networks: {
      nodes: [{ nodes_file: '$BASE_DIR/../nodes.h5', populations: Object.fromEntries(nodes) }],
      edges: entries,
    },
  }
  writeFileSync(path, JSON.stringify(config))
  return path
}

function writeNodes(path: string): void {
  const h5 = createHdf5(path)
  for (const [name, count] of Object.entries(NODES)) {
    int64(h5, `/nodes/${name}/node_type_id`, new Array(count).fill(-1))
    h5.strings(`/nodes/${name}/0/mtype`, new Array(count).fill('L4_PC'))
  }
  h5.close()
}

function writeEdges(path: string, populations: readonly Population[]): void {
  if (populations.length === 0) return
  const h5 = createHdf5(path)
  for (const { name, source, target, rows, broken } of populations) {
    const group = `/edges/${name}`
    int64(
      h5,
      `${group}/source_node_id`,
      rows.map(row => row[0]),
      { node_population: source },
    )
    if (broken === undefined)
      int64(
        h5,
        `${group}/target_node_id`,
        rows.map(row => row[1]),
        { node_population: target },
      )
    int64(
      h5,
      `${group}/edge_type_id`,
      rows.map(() => 0),
    )
    if (broken === undefined) writeIndices(h5, group, { source, target, rows })
    const weights = new Uint8Array(Float32Array.from(rows, row => row[2]).buffer)
    h5.dataset(`${group}/0/weight`, { type: { kind: 'float', bytes: 4 }, shape: [rows.length] }, weights)
  }
  h5.close()
}

/** Without them libsonata opens a population, but selects nothing by node. */
function writeIndices(
  h5: Hdf5Writer,
  group: string,
  { source, target, rows }: { source: NodePopulation; target: NodePopulation; rows: readonly Row[] },
): void {
  const sides = [
    ['source_to_target', Uint32Array.from(rows, row => row[0]), NODES[source]],
    ['target_to_source', Uint32Array.from(rows, row => row[1]), NODES[target]],
  ] as const
  for (const [direction, ids, nodes] of sides) {
    const { nodeIdToRanges, rangeToEdgeId } = buildIndex(ids, nodes, 'zero')
    for (const [name, values] of [
      ['node_id_to_ranges', nodeIdToRanges],
      ['range_to_edge_id', rangeToEdgeId],
    ] as const)
      h5.dataset(
        `${group}/indices/${direction}/${name}`,
        { type: { kind: 'int', bytes: 8, signed: false }, shape: [values.length / 2, 2] },
        new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      )
  }
}

function int64(
  h5: Hdf5Writer,
  path: string,
  values: readonly number[],
  attributes: Readonly<Record<string, string>> = {},
): void {
  const bytes = new Uint8Array(BigInt64Array.from(values, BigInt).buffer)
  h5.dataset(
    path,
    { type: { kind: 'int', bytes: 8, signed: true }, shape: [values.length], attributes },
    bytes,
  )
}
