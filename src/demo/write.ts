/** The demo's circuits as SONATA files, the original as brainbuilder writes them, the other as the pipeline does. */

import { join } from 'node:path'
import { writeFileAtomic } from '../formats/atomic-write.ts'
import type { Hdf5Type } from '../formats/hdf5/types.ts'
import { createHdf5, type Hdf5Writer } from '../formats/hdf5/writer.ts'
import { makeFolders } from '../formats/make-folder.ts'
import {
  EDGE_POPULATION,
  type EdgeTable,
  MANIPULATED_EDGE_POPULATION,
  MTYPES,
  NODE_POPULATION,
  NODE_SETS,
  type NodeTable,
  type PropertyColumn,
  SYNAPSE_CLASSES,
  type SyntheticCircuit,
} from './circuit.ts'
import { buildIndex } from './index-groups.ts'

/** What differs between files of the same edges, depending on the program that wrote them. */
export interface EdgeFileStyle {
  readonly population: string
  readonly ids: 'uint64' | 'int64'
  readonly edgeTypeId: bigint
  /** `edge_group_id` and `edge_group_index` are there. */
  readonly groups: boolean
  /** Index range of nodes without edges, see {@link buildIndex}. */
  readonly emptyRange: 'offset' | 'zero'
}

export const ORIGINAL_STYLE: EdgeFileStyle = {
  population: EDGE_POPULATION,
  ids: 'uint64',
  edgeTypeId: -1n,
  groups: true,
  emptyRange: 'offset',
}

/** As connectome-manipulator 1.0.4 with parquet-converters 0.9.1 leaves it. */
export const PIPELINE_STYLE: EdgeFileStyle = {
  population: MANIPULATED_EDGE_POPULATION,
  ids: 'int64',
  edgeTypeId: 0n,
  groups: false,
  emptyRange: 'zero',
}

/**
 * Write `circuit_config.json`, `node_sets.json`, `nodes.h5` and `edges.h5` into `folder`, made if need be.
 * Returns the path of the configuration. Throws InputError where a file cannot be written.
 */
export async function writeCircuit(folder: string, circuit: SyntheticCircuit): Promise<string> {
  makeFolders(folder)
  writeNodes(join(folder, 'nodes.h5'), circuit.nodes)
  writeEdges(join(folder, 'edges.h5'), circuit.edges, circuit.nodes.count, ORIGINAL_STYLE)
  writeJson(join(folder, 'node_sets.json'), NODE_SETS)
  return writeConfig(folder, '.', ORIGINAL_STYLE.population)
}

/**
 * Write `circuit_config.json` and `edges.h5` of a manipulated circuit; nodes and node sets stay those of the
 * original in `originalFolder`, relative to `folder`.
 */
export async function writeManipulated(
  folder: string,
  originalFolder: string,
  edges: EdgeTable,
  nodes: number,
  style: EdgeFileStyle = PIPELINE_STYLE,
): Promise<string> {
  makeFolders(folder)
  writeEdges(join(folder, 'edges.h5'), edges, nodes, style)
  return writeConfig(folder, originalFolder, style.population)
}

function writeConfig(folder: string, original: string, edgePopulation: string): string {
  const file = join(folder, 'circuit_config.json')
  // "partial": there are no morphologies and cell models, and readers then do not ask for them.
  writeJson(file, {
    version: 2.3,
    manifest: { $BASE_DIR: '.', $ORIGINAL_DIR: original },
    metadata: { status: 'partial' },
    node_sets_file: '$ORIGINAL_DIR/node_sets.json',
    networks: {
      nodes: [
        {
          nodes_file: '$ORIGINAL_DIR/nodes.h5',
          populations: {
            [NODE_POPULATION]: {
              type: 'biophysical',
              morphologies_dir: '$ORIGINAL_DIR/morphologies',
              biophysical_neuron_models_dir: '$ORIGINAL_DIR/hoc',
            },
          },
        },
      ],
      edges: [
        {
          edges_file: '$BASE_DIR/edges.h5',
          populations: { [edgePopulation]: { type: 'chemical' } },
        },
      ],
    },
  })
  return file
}

const writeJson = (file: string, value: unknown): void =>
  writeFileAtomic(file, `${JSON.stringify(value, null, 2)}\n`)

export function writeNodes(file: string, nodes: NodeTable): void {
  const population = `/nodes/${NODE_POPULATION}`
  writeHdf5(file, h5 => {
    column(h5, `${population}/node_type_id`, new BigInt64Array(nodes.count).fill(-1n))
    for (const axis of ['x', 'y', 'z'] as const) column(h5, `${population}/0/${axis}`, nodes[axis])
    column(h5, `${population}/0/layer`, BigInt64Array.from(nodes.layer, BigInt))
    enumeration(
      h5,
      population,
      'mtype',
      nodes.mtype,
      MTYPES.map(type => type.name),
    )
    enumeration(h5, population, 'synapse_class', nodes.synapseClass, SYNAPSE_CLASSES)
    const morphologies = Array.from(
      nodes.mtype,
      (code, id) => `${MTYPES[code]?.name.split(':')[0]}_${id % 17}`,
    )
    h5.strings(`${population}/0/morphology`, morphologies)
  })
}

function enumeration(
  h5: Hdf5Writer,
  population: string,
  name: string,
  codes: Uint32Array,
  values: readonly string[],
): void {
  h5.strings(`${population}/0/@library/${name}`, values)
  column(h5, `${population}/0/${name}`, codes)
}

/** `nodes`: size of the node population, for the index tables. */
export function writeEdges(file: string, edges: EdgeTable, nodes: number, style: EdgeFileStyle): void {
  const population = `/edges/${style.population}`
  const count = edges.source.length
  writeHdf5(file, h5 => {
    for (const side of ['source', 'target'] as const) {
      const ids = style.ids === 'int64' ? toInt64(edges[side]) : toUint64(edges[side])
      column(h5, `${population}/${side}_node_id`, ids, { node_population: NODE_POPULATION })
    }
    column(h5, `${population}/edge_type_id`, new BigInt64Array(count).fill(style.edgeTypeId))
    if (style.groups) {
      column(h5, `${population}/edge_group_id`, new BigUint64Array(count))
      column(
        h5,
        `${population}/edge_group_index`,
        BigUint64Array.from({ length: count }, (_, row) => BigInt(row)),
      )
    }
    for (const [name, values] of Object.entries(edges.properties))
      column(h5, `${population}/0/${name}`, values)
    for (const [name, ids] of [
      ['source_to_target', edges.source],
      ['target_to_source', edges.target],
    ] as const) {
      const { nodeIdToRanges, rangeToEdgeId } = buildIndex(ids, nodes, style.emptyRange)
      column(h5, `${population}/indices/${name}/node_id_to_ranges`, nodeIdToRanges, {}, 2)
      column(h5, `${population}/indices/${name}/range_to_edge_id`, rangeToEdgeId, {}, 2)
    }
  })
}

const toInt64 = (ids: Uint32Array): BigInt64Array => BigInt64Array.from(ids, BigInt)
const toUint64 = (ids: Uint32Array): BigUint64Array => BigUint64Array.from(ids, BigInt)

function writeHdf5(file: string, fill: (h5: Hdf5Writer) => void): void {
  const h5 = createHdf5(file)
  try {
    fill(h5)
    h5.close()
  } finally {
    h5.abort()
  }
}

type Column = PropertyColumn | Uint32Array | BigUint64Array

function column(
  h5: Hdf5Writer,
  path: string,
  values: Column,
  attributes: Readonly<Record<string, string>> = {},
  width: 1 | 2 = 1,
): void {
  const shape = width === 1 ? [values.length] : [values.length / width, width]
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  h5.dataset(path, { type: typeOf(values), shape, attributes }, bytes)
}

function typeOf(values: Column): Hdf5Type {
  if (values instanceof Float32Array) return { kind: 'float', bytes: 4 }
  const signed = values instanceof Int32Array || values instanceof BigInt64Array
  return { kind: 'int', bytes: values.BYTES_PER_ELEMENT as 1 | 4 | 8, signed }
}
