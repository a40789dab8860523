/** A circuit in memory, as the demo makes and writes it. */

/** One synapse a row. All columns have the same length; rows are sorted by (target, source). */
export interface EdgeTable {
  /** 0-based node ids. */
  readonly source: Uint32Array
  readonly target: Uint32Array
  /** Synapse properties by SONATA name. */
  readonly properties: Readonly<Record<string, PropertyColumn>>
}

export type PropertyColumn = Float32Array | Int32Array | Uint8Array | BigInt64Array

export interface NodeTable {
  readonly count: number
  /** µm. */
  readonly x: Float32Array
  readonly y: Float32Array
  readonly z: Float32Array
  /** 1 .. 6. */
  readonly layer: Uint8Array
  /** Codes into {@link MTYPES}. */
  readonly mtype: Uint32Array
  /** Codes into {@link SYNAPSE_CLASSES}. */
  readonly synapseClass: Uint32Array
}

export interface SyntheticCircuit {
  readonly seed: string
  readonly nodes: NodeTable
  readonly edges: EdgeTable
}

/** A connection: (source, target), 0-based node ids. */
export type Connection = readonly [source: number, target: number]

export const SYNAPSE_CLASSES = ['EXC', 'INH'] as const
export const EXC = 0
export const INH = 1

/** Morphological types: layer 1 has inhibitory ones only. */
export const MTYPES = [
  { name: 'L1_DAC', layer: 1, synapseClass: INH },
  { name: 'L2_TPC:A', layer: 2, synapseClass: EXC },
  { name: 'L2_LBC', layer: 2, synapseClass: INH },
  { name: 'L3_TPC:A', layer: 3, synapseClass: EXC },
  { name: 'L3_MC', layer: 3, synapseClass: INH },
  { name: 'L4_TPC', layer: 4, synapseClass: EXC },
  { name: 'L4_LBC', layer: 4, synapseClass: INH },
  { name: 'L5_TPC:A', layer: 5, synapseClass: EXC },
  { name: 'L5_MC', layer: 5, synapseClass: INH },
  { name: 'L6_UPC', layer: 6, synapseClass: EXC },
  { name: 'L6_BPC', layer: 6, synapseClass: EXC },
  { name: 'L6_LBC', layer: 6, synapseClass: INH },
] as const

export const NODE_POPULATION = 'All'
/** Names before and after the pipeline: it names populations after what they connect. */
export const EDGE_POPULATION = 'default'
export const MANIPULATED_EDGE_POPULATION = 'All__All__chemical'

export const NODE_SETS = {
  All: { population: NODE_POPULATION },
  Excitatory: { synapse_class: 'EXC' },
  Inhibitory: { synapse_class: 'INH' },
  ...Object.fromEntries([1, 2, 3, 4, 5, 6].map(layer => [`Layer${layer}`, { layer }])),
  Layer5Excitatory: { layer: 5, synapse_class: 'EXC' },
  Granular: ['Layer3', 'Layer4'],
}

/** Node ids of one synapse class, ascending. */
export function nodesOfClass(nodes: NodeTable, synapseClass: number): Uint32Array {
  const ids: number[] = []
  for (let id = 0; id < nodes.count; id++) if (nodes.synapseClass[id] === synapseClass) ids.push(id)
  return Uint32Array.from(ids)
}

/** Distinct (source, target) of a sorted table with the first row and the number of rows of each. */
export function connectionsOf(
  edges: EdgeTable,
): { connection: Connection; firstRow: number; rows: number }[] {
  const list: { connection: Connection; firstRow: number; rows: number }[] = []
  for (let row = 0; row < edges.source.length; row++) {
    const connection = [edges.source[row] ?? 0, edges.target[row] ?? 0] as const
    const last = list.at(-1)
    if (last?.connection[0] === connection[0] && last.connection[1] === connection[1]) last.rows++
    else list.push({ connection, firstRow: row, rows: 1 })
  }
  return list
}

/** Exact while node ids stay below 2^26. */
export const connectionKey = ([source, target]: Connection): number => target * 2 ** 27 + source

export const byTargetThenSource = (a: Connection, b: Connection): number => a[1] - b[1] || a[0] - b[0]
