/**
 * E1: one original and one manipulated SONATA circuit, laid out as the BBP tools write them: 31,000 nodes of which
 * 26,500 are excitatory, rows sorted by (target, source), several rows per connection. The manipulated circuit
 * lacks 81,540 connections between excitatory nodes and has what the pipeline changes legally: int64 ids,
 * another population name, edge_type_id 0.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { createHdf5, type DatasetWriter, type Hdf5Writer } from '../../src/formats/hdf5/writer.ts'
import { writeCscMask } from './numpy-files.ts'
import { distinct, heavyTailed, seeded } from './random.ts'

/** How large, and from which seed. */
export interface Shape {
  readonly seed: string
  readonly nodes: number
  readonly excitatory: number
  /** Connections that the manipulated circuit lacks. */
  readonly removed: number
}

export const E1_SHAPE: Shape = { seed: 'connproof E1', nodes: 31_000, excitatory: 26_500, removed: 81_540 }
/** Rows per connection. */
const MULTIPLICITY = 4.44
const NODE_POPULATION = 'All'
const BUFFER_ROWS = 65_536

interface Plan extends Shape {
  rows: number
  /** Rank among the excitatory nodes, or -1. */
  rank: Int32Array
}

/** Connections of one target: sources ascending, rows of each; good until the next one. */
interface Column {
  target: number
  length: number
  sources: Uint32Array
  multiplicity: Uint8Array
}

/** Files: original/, manipulated/ with circuit_config.json, nodes.h5, edges.h5, node_sets.json; mask.npz. */
export function generateE1(folder: string, rows: number, shape = E1_SHAPE): void {
  const plan = { ...shape, rows, rank: excitatoryRanks(shape) }
  const removed = chooseRemoved(plan)
  const sizes = writeMask(`${folder}/mask.npz`, plan, removed)
  for (const name of ['original', 'manipulated'] as const) writeCircuit(`${folder}/${name}`, name, plan)
  writeEdges(folder, plan, removed, sizes)
  writeFileSync(`${folder}/done`, '')
}

function excitatoryRanks({ seed, nodes, excitatory }: Shape): Int32Array {
  const rank = new Int32Array(nodes).fill(-1)
  distinct(seeded(`${seed} nodes`), excitatory, nodes).forEach((node, k) => {
    rank[node] = k
  })
  return rank
}

/** The same columns each time: three passes are cheaper than remembering nine million connections. */
function* columns(plan: Plan): Generator<Column> {
  const { nodes } = plan
  const random = seeded(`${plan.seed} edges`)
  const degrees = heavyTailed(random, nodes, 0.5)
  const mean = plan.rows / MULTIPLICITY / nodes
  const draws = geometricTable(MULTIPLICITY)
  const column = {
    target: 0,
    length: 0,
    sources: new Uint32Array(nodes),
    multiplicity: new Uint8Array(nodes),
  }
  for (let target = 0; target < nodes; target++) {
    const density = Math.min(0.5, (mean * (degrees[target] ?? 0)) / nodes)
    const scale = 1 / Math.log1p(-density)
    let length = 0
    // Gaps between the chosen of n nodes are geometric, so sources come out ascending.
    for (let source = -1; ; length++) {
      source += 1 + Math.floor(Math.log(1 - random()) * scale)
      if (source >= nodes) break
      column.sources[length] = source
      column.multiplicity[length] = draws[Math.floor(random() * draws.length)] ?? 1
    }
    column.target = target
    column.length = length
    yield column
  }
}

/** Equally likely values that are distributed as 1 + geometric with the given mean. */
function geometricTable(mean: number): Uint8Array {
  const size = 4096
  const scale = 1 / Math.log(1 - 1 / mean)
  return Uint8Array.from({ length: size }, (_, k) => 1 + Math.floor(Math.log((k + 0.5) / size) * scale))
}

/** Bit k: the k-th connection between excitatory nodes is removed. */
function chooseRemoved(plan: Plan): Uint8Array {
  let inside = 0
  for (const column of columns(plan)) inside += insideOf(plan, column)
  const removed = new Uint8Array(inside)
  const count = Math.min(plan.removed, inside >> 2)
  for (const k of distinct(seeded(`${plan.seed} mask`), count, inside)) removed[k] = 1
  return removed
}

function insideOf({ rank }: Plan, { target, sources, length }: Column): number {
  if ((rank[target] ?? -1) < 0) return 0
  let inside = 0
  for (let k = 0; k < length; k++) if ((rank[sources[k] ?? 0] ?? -1) >= 0) inside++
  return inside
}

/** Calls `each` for every connection, with whether it is to be removed. */
function visit(
  plan: Plan,
  removed: Uint8Array,
  each: (source: number, target: number, rows: number, gone: boolean) => void,
): void {
  let ordinal = 0
  for (const { target, sources, multiplicity, length } of columns(plan)) {
    const selected = (plan.rank[target] ?? -1) >= 0
    for (let k = 0; k < length; k++) {
      const source = sources[k] ?? 0
      const inside = selected && (plan.rank[source] ?? -1) >= 0
      each(source, target, multiplicity[k] ?? 0, inside && removed[ordinal++] === 1)
    }
  }
}

function writeMask(path: string, plan: Plan, removed: Uint8Array): { original: number; manipulated: number } {
  const { excitatory } = plan
  const indptr = new Int32Array(excitatory + 1)
  const indices: number[] = []
  let original = 0
  let manipulated = 0
  visit(plan, removed, (source, target, rows, gone) => {
    original += rows
    if (!gone) {
      manipulated += rows
      return
    }
    indices.push(plan.rank[source] ?? 0)
    indptr[(plan.rank[target] ?? 0) + 1] = indices.length
  })
  for (let k = 0; k < excitatory; k++) indptr[k + 1] = Math.max(indptr[k + 1] ?? 0, indptr[k] ?? 0)
  mkdirSync(path.slice(0, path.lastIndexOf('/')), { recursive: true })
  writeCscMask(path, excitatory, indptr, Int32Array.from(indices))
  return { original, manipulated }
}

export const EDGE_POPULATIONS = { original: 'All__All__chemical', manipulated: 'default' } as const

function writeCircuit(folder: string, name: 'original' | 'manipulated', plan: Plan): void {
  mkdirSync(folder, { recursive: true })
  const config = {
    version: 2.3,
    manifest: { $BASE_DIR: '.' },
    metadata: { status: 'partial' },
    node_sets_file: '$BASE_DIR/node_sets.json',
    networks: {
      nodes: [
        { nodes_file: '$BASE_DIR/nodes.h5', populations: { [NODE_POPULATION]: { type: 'biophysical' } } },
      ],
      edges: [
        { edges_file: '$BASE_DIR/edges.h5', populations: { [EDGE_POPULATIONS[name]]: { type: 'chemical' } } },
      ],
    },
  }
  writeFileSync(`${folder}/circuit_config.json`, JSON.stringify(config, undefined, 2))
  const sets = { Excitatory: { synapse_class: 'EXC' }, Inhibitory: { synapse_class: 'INH' } }
  writeFileSync(`${folder}/node_sets.json`, JSON.stringify(sets, undefined, 2))
  const nodes = createHdf5(`${folder}/nodes.h5`)
  const group = `/nodes/${NODE_POPULATION}`
  const typeIds = new BigInt64Array(plan.nodes).fill(-1n)
  nodes.dataset(`${group}/node_type_id`, { type: INT64, shape: [plan.nodes] }, new Uint8Array(typeIds.buffer))
  const classes = Uint32Array.from(plan.rank, rank => (rank < 0 ? 1 : 0))
  const enumeration = { type: { kind: 'int', bytes: 4, signed: false }, shape: [plan.nodes] } as const
  nodes.dataset(`${group}/0/synapse_class`, enumeration, new Uint8Array(classes.buffer))
  nodes.strings(`${group}/0/@library/synapse_class`, ['EXC', 'INH'])
  nodes.close()
}

export const INT64 = { kind: 'int', bytes: 8, signed: true } as const
export const UINT64 = { kind: 'int', bytes: 8, signed: false } as const

function writeEdges(
  folder: string,
  plan: Plan,
  removed: Uint8Array,
  sizes: { original: number; manipulated: number },
): void {
  const original = new EdgeFile(
    `${folder}/original/edges.h5`,
    EDGE_POPULATIONS.original,
    sizes.original,
    UINT64,
    -1,
  )
  const manipulated = new EdgeFile(
    `${folder}/manipulated/edges.h5`,
    EDGE_POPULATIONS.manipulated,
    sizes.manipulated,
    INT64,
    0,
  )
  visit(plan, removed, (source, target, rows, gone) => {
    original.add(source, target, rows)
    if (!gone) manipulated.add(source, target, rows)
  })
  original.close()
  manipulated.close()
}

/** An edges file that grows row by row. */
export class EdgeFile {
  readonly #file: Hdf5Writer
  readonly #columns: readonly DatasetWriter[]
  // Low words of little-endian 64-bit ids; the high words stay 0.
  readonly #source = new Uint32Array(2 * BUFFER_ROWS)
  readonly #target = new Uint32Array(2 * BUFFER_ROWS)
  readonly #types = new Int32Array(2 * BUFFER_ROWS)
  #length = 0

  constructor(
    path: string,
    population: string,
    rows: number,
    type: typeof INT64 | typeof UINT64,
    edgeType: number,
  ) {
    this.#file = createHdf5(path)
    const group = `/edges/${population}`
    const attributes = { node_population: NODE_POPULATION }
    this.#columns = [
      this.#file.dataset(`${group}/source_node_id`, { type, shape: [rows], attributes }),
      this.#file.dataset(`${group}/target_node_id`, { type, shape: [rows], attributes }),
      this.#file.dataset(`${group}/edge_type_id`, { type: INT64, shape: [rows] }),
    ]
    this.#file.group(`${group}/0`)
    this.#types.fill(edgeType)
  }

  add(source: number, target: number, rows: number): void {
    if (this.#length + rows > BUFFER_ROWS) this.#flush()
    for (const end = this.#length + rows; this.#length < end; this.#length++) {
      this.#source[2 * this.#length] = source
      this.#target[2 * this.#length] = target
    }
  }

  #flush(): void {
    const bytes = this.#length * 8
    const pieces = [this.#source, this.#target, this.#types].map(ids => new Uint8Array(ids.buffer, 0, bytes))
    this.#columns.forEach((column, k) => {
      column.write(pieces[k] ?? new Uint8Array(0))
    })
    this.#length = 0
  }

  close(): void {
    this.#flush()
    this.#file.close()
  }
}
