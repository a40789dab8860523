/** What lies beside the id columns of an edge population: property groups and indices, by name only. */
import type { Hdf5File } from '../formats/hdf5/types.ts'

export interface IndexLayout {
  /** `indices`; some AIBS files misspell it. */
  readonly group: string
  /** First dataset of each direction: `node_id_to_ranges`, or `node_id_to_range` in AIBS files. */
  readonly name: string
  /** Subset of `source_to_target`, `target_to_source`, ascending. */
  readonly dirs: readonly string[]
}

export interface EdgeLayout {
  /** Property groups, ascending: `['0']`. */
  readonly groups: readonly string[]
  readonly index: IndexLayout | null
  /** Stored types of source_node_id and target_node_id in NumPy's words: `uint64`. */
  readonly dtype: readonly string[]
}

const INDEX_GROUPS: readonly string[] = ['indices', 'indicies']
/** Names of the first dataset of a direction. */
export const NODE_RANGES: readonly string[] = ['node_id_to_ranges', 'node_id_to_range']
const DIRECTIONS: readonly string[] = ['source_to_target', 'target_to_source']

/** Layout of an edge population as found; what is missing is left out. Reads names and types, no data. */
export async function readEdgeLayout(h5: Hdf5File, population: string): Promise<EdgeLayout> {
  const path = `/edges/${population}`
  const members = (await h5.members(path)) ?? []
  const dtype: string[] = []
  for (const side of ['source', 'target']) {
    const data = await h5.dataset(`${path}/${side}_node_id`)
    if (data?.type.kind === 'int') dtype.push(`${data.type.signed ? 'int' : 'uint'}${data.type.bytes * 8}`)
  }
  return {
    groups: members.filter(name => /^\d+$/.test(name)),
    index: await readIndexLayout(h5, path, members),
    dtype,
  }
}

async function readIndexLayout(h5: Hdf5File, path: string, members: string[]): Promise<IndexLayout | null> {
  const group = INDEX_GROUPS.find(name => members.includes(name))
  if (group === undefined) return null
  const directions = (await h5.members(`${path}/${group}`)) ?? []
  const dirs = DIRECTIONS.filter(name => directions.includes(name))
  for (const direction of dirs) {
    const datasets = (await h5.members(`${path}/${group}/${direction}`)) ?? []
    const name = NODE_RANGES.find(known => datasets.includes(known))
    if (name !== undefined) return { group, name, dirs }
  }
  return null
}
