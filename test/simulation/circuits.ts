/** Circuits of one and of three populations with simulations, drawn from a seed, for neurodamus and for our rules. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildIndex } from '../../src/demo/index-groups.ts'
import { createHdf5, type Hdf5Writer } from '../../src/formats/hdf5/writer.ts'
import { type Pick, picker } from '../contract/circuits.ts'
import { PYTHON } from '../python.ts'

/** Nodes; the layer of a node is its id modulo 3, beside it all but `V` have a class. */
export const NODES = { A: 9, B: 7, V: 5 } as const
export type Population = keyof typeof NODES
export type Pair = readonly [source: number, target: number]

export interface EdgePopulation {
  readonly name: string
  readonly source: Population
  readonly target: Population
  readonly type: 'chemical' | 'electrical'
  readonly pairs: readonly Pair[]
}

type Ends = readonly [source: Population, target: Population, type?: 'electrical']

const ENDS: Readonly<Record<'one' | 'three', readonly Ends[]>> = {
  one: [['A', 'A']],
  three: [
    ['A', 'A'],
    ['A', 'B'],
    ['B', 'A'],
    ['B', 'B'],
    ['B', 'B', 'electrical'],
    ['V', 'A'],
    ['V', 'B'],
  ],
}

export interface Circuit {
  readonly folder: string
  readonly edges: readonly EdgePopulation[]
}

/** A third of all pairs is connected, some of them twice. */
export function writeCircuit(folder: string, kind: 'one' | 'three', seed: string): Circuit {
  mkdirSync(folder, { recursive: true })
  const pick = picker(seed)
  const edges = ENDS[kind].map(
    ([source, target, type]): EdgePopulation => ({
      name: `${source}__${target}__${type ?? 'chemical'}`,
      source,
      target,
      type: type ?? 'chemical',
      pairs: drawPairs(pick, NODES[source], NODES[target]),
    }),
  )
  const populations: Population[] = kind === 'one' ? ['A'] : ['A', 'B', 'V']
  writeNodes(join(folder, 'nodes.h5'), populations)
  writeEdges(join(folder, 'edges.h5'), edges)
  const type = (name: Population) => ({ type: name === 'V' ? 'virtual' : 'biophysical' })
  writeJson(join(folder, 'node_sets.json'), CIRCUIT_SETS)
  writeJson(join(folder, 'circuit_config.json'), {
    metadata: { status: 'partial' },
    node_sets_file: 'node_sets.json',
    networks: {
      nodes: [
        {
          nodes_file: 'nodes.h5',
          populations: Object.fromEntries(populations.map(name => [name, type(name)])),
        },
      ],
      edges: [
        {
          edges_file: 'edges.h5',
          populations: Object.fromEntries(edges.map(({ name, type }) => [name, { type }])),
        },
      ],
    },
  })
  return { folder, edges }
}

const CIRCUIT_SETS = {
  All: { population: ['A', 'B', 'V'] },
  A: { population: 'A' },
  B: { population: 'B' },
  V: { population: 'V' },
  L0: { layer: 0 },
  L1A: { layer: 1, population: 'A' },
  Exc: { class: 'EXC' },
  Few: { node_id: [0, 1, 4] },
  Some: ['L1A', 'Exc'],
  None: { node_id: [900] },
}

/** Sets of the simulation; one replaces the circuit's. */
const OWN_SETS = {
  Few: { population: 'A', node_id: [2, 3, 5, 6] },
  Late: { node_id: [6, 7] },
  Mine: ['Few', 'Late'],
}

export interface Simulation {
  readonly file: string
  readonly nodeSet: string | undefined
}

/** A simulation of a circuit, with a few overrides of every kind. */
export function writeSimulation(circuit: Circuit, name: string, seed: string, most = 4): Simulation {
  const pick = picker(seed)
  const one = <T>(list: readonly T[]): T => list[pick(list.length)] as T
  const own = pick(2) === 0
  const sets = [...Object.keys(CIRCUIT_SETS), ...(own ? ['Mine'] : [])]
  const overrides = Array.from({ length: pick(most + 1) }, (_, k) => ({
    name: `o${k}`,
    source: one(sets),
    target: one(sets),
    ...one([{}, { weight: 0 }, { weight: 0 }, { weight: 1.5 }, { weight: 1e-9 }]),
    ...one([{}, {}, { spont_minis: 0.01 }]),
    ...one([{}, {}, { synapse_delay_override: 2 }]),
    ...one([{}, {}, {}, {}, { delay: 5 }]),
    ...one([{}, {}, {}, {}, {}, { modoverride: 'GluSynapse' }]),
    ...one([
      {},
      {},
      {},
      {},
      { synapse_configure: one(['%s.Use *= 0', '%s.Use *= 0', '%s.NMDA_ratio = 0', '%s.Use = 0.5']) },
    ]),
  }))
  const nodeSet = one([undefined, undefined, 'All', 'L0', 'Few', 'Exc'])
  if (own) writeJson(join(circuit.folder, 'own_sets.json'), OWN_SETS)
  const file = join(circuit.folder, `${name}.json`)
  writeJson(file, {
    run: { tstop: 10, dt: 0.1, random_seed: 1 },
    ...(own ? { node_sets_file: 'own_sets.json' } : {}),
    ...(nodeSet === undefined ? {} : { node_set: nodeSet }),
    connection_overrides: overrides,
  })
  return { file, nodeSet }
}

/** One connection as neurodamus creates and configures it. */
export interface Created {
  readonly source: number
  readonly target: number
  readonly weight: number
  readonly minis: number | null
  readonly delay: number | null
  readonly delayed: readonly (readonly [time: number, weight: number])[]
  readonly modoverride: string | null
  readonly configurations: readonly string[]
}

export type Told = { readonly error: string } | { readonly created: ReadonlyMap<string, readonly Created[]> }

const WHEELS = fileURLToPath(new URL('../../.neurodamus', import.meta.url))
const wheel = existsSync(WHEELS) ? readdirSync(WHEELS).find(name => name.endsWith('.whl')) : undefined

/** The wheel of neurodamus 4.2.9, where it is (see `.ci/run`) and where there is a Python for it. */
export const NEURODAMUS = PYTHON === undefined || wheel === undefined ? undefined : join(WHEELS, wheel)

/** What neurodamus' own functions make of simulations: connections by `SOURCE TARGET TYPE`, or why it stops. */
export function neurodamus(files: readonly string[], processes = 1): Told[] {
  const peer = fileURLToPath(new URL('neurodamus_peer.py', import.meta.url))
  const output = execFileSync(PYTHON ?? '', [peer, NEURODAMUS ?? '', `${processes}`, ...files], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  return output
    .trimEnd()
    .split('\n')
    .map(line => {
      const told = JSON.parse(line) as { error?: string; created?: Record<string, unknown[][]> }
      if (told.error !== undefined) return { error: told.error }
      const entries = Object.entries(told.created ?? {}).map(
        ([ends, rows]) => [ends, rows.map(created)] as const,
      )
      return { created: new Map(entries) }
    })
}

const created = (row: unknown[]): Created => {
  const [source, target, weight, minis, delay, delayed, modoverride, configurations] = row
  return { source, target, weight, minis, delay, delayed, modoverride, configurations } as Created
}

export const writeJson = (file: string, value: unknown): void => writeFileSync(file, JSON.stringify(value))

function drawPairs(pick: Pick, sources: number, targets: number): Pair[] {
  const pairs: Pair[] = []
  for (let target = 0; target < targets; target++)
    for (let source = 0; source < sources; source++) {
      if (pick(3) !== 0) continue
      pairs.push([source, target])
      if (pick(3) === 0) pairs.push([source, target])
    }
  return pairs
}

function writeNodes(file: string, populations: readonly Population[]): void {
  const h5 = createHdf5(file)
  for (const name of populations) {
    const ids = Array.from({ length: NODES[name] }, (_, id) => id)
    int64(
      h5,
      `/nodes/${name}/node_type_id`,
      ids.map(() => -1),
    )
    int64(
      h5,
      `/nodes/${name}/0/layer`,
      ids.map(id => id % 3),
    )
    if (name !== 'V')
      h5.strings(
        `/nodes/${name}/0/class`,
        ids.map(id => (id % 4 === 0 ? 'INH' : 'EXC')),
      )
  }
  h5.close()
}

function writeEdges(file: string, edges: readonly EdgePopulation[]): void {
  const h5 = createHdf5(file)
  for (const { name, source, target, pairs } of edges) {
    const sides = [
      ['source', 'source_to_target', Uint32Array.from(pairs, pair => pair[0]), source],
      ['target', 'target_to_source', Uint32Array.from(pairs, pair => pair[1]), target],
    ] as const
    for (const [side, direction, ids, population] of sides) {
      int64(h5, `/edges/${name}/${side}_node_id`, [...ids], { node_population: population })
      const { nodeIdToRanges, rangeToEdgeId } = buildIndex(ids, NODES[population], 'zero')
      for (const [index, values] of [
        ['node_id_to_ranges', nodeIdToRanges],
        ['range_to_edge_id', rangeToEdgeId],
      ] as const)
        h5.dataset(
          `/edges/${name}/indices/${direction}/${index}`,
          { type: { kind: 'int', bytes: 8, signed: false }, shape: [values.length / 2, 2] },
          new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
        )
    }
    int64(
      h5,
      `/edges/${name}/edge_type_id`,
      pairs.map(() => 0),
    )
    h5.group(`/edges/${name}/0`)
  }
  h5.close()
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
