/** Node populations of a SONATA nodes file. */
import { MAX_NODES } from '../connectome/edges.ts'
import { InputError, nearestName } from '../errors.ts'
import type { Hdf5Dataset, Hdf5File } from '../formats/hdf5/types.ts'
import type { Place } from '../formats/input-file.ts'
import { libraryColumn, type NodeColumn, numberColumn, textColumn } from './node-columns.ts'

/** What node sets and node selections need to know of a population. */
export interface Nodes {
  readonly name: string
  /** Nodes; ids are 0 .. size-1. */
  readonly size: number
  /** For messages. */
  readonly file: string
  /** Names that {@link Nodes.attribute} accepts, ascending. */
  attributeNames(): Promise<readonly string[]>
  /** @throws InputError if there is no such attribute (the nearest name is suggested) or it is unreadable. */
  attribute(name: string): Promise<NodeColumn>
}

/** Columns with more distinct values (morphologies, say) are read again when asked for again. */
const MAX_CACHED_VALUES = 4_096

/** Names of the node populations in a file, readable or not. @throws InputError if it has no `/nodes`. */
export async function listNodePopulations(h5: Hdf5File): Promise<string[]> {
  const names = await h5.members('/nodes')
  if (names === undefined)
    throw new InputError(`expected a SONATA nodes file with a group /nodes, found ${await topLevel(h5)}`, {
      file: h5.path,
      field: '/nodes',
    })
  return names
}

/** What a file that is not the expected one holds instead, for messages. */
export async function topLevel(h5: Hdf5File): Promise<string> {
  const names = (await h5.members('/')) ?? []
  return names.length > 0
    ? names
        .slice(0, 8)
        .map(name => `/${name}`)
        .join(', ')
    : 'an empty file'
}

/** A population of which only the number of nodes is known. */
export class CountedNodes implements Nodes {
  readonly name: string
  readonly size: number
  readonly file: string

  constructor(name: string, size: number, file: string) {
    this.name = name
    this.size = size
    this.file = file
  }

  attributeNames = async (): Promise<readonly string[]> => []

  async attribute(name: string): Promise<never> {
    throw new InputError(`no attribute "${name}": the nodes of population "${this.name}" are not known`, {
      file: this.file,
      field: this.name,
      hint: 'Give the circuit_config.json, which names edges and nodes.',
    })
  }
}

export class NodePopulation implements Nodes {
  readonly name: string
  readonly size: number
  readonly file: string
  readonly #h5: Hdf5File
  readonly #group: string
  readonly #columns = new Map<string, NodeColumn>()
  #names: readonly string[] | undefined

  private constructor(h5: Hdf5File, name: string, size: number) {
    this.#h5 = h5
    this.file = h5.path
    this.name = name
    this.size = size
    this.#group = `/nodes/${name}/0`
  }

  /**
   * Open one population. Its size is the length of `node_type_id`, else of `node_id`, else of the attribute
   * columns. Layout: SONATA developer guide, "Representing nodes"; one node group `0`.
   *
   * @throws InputError naming file and population.
   */
  static async open(h5: Hdf5File, name: string): Promise<NodePopulation> {
    const names = await listNodePopulations(h5)
    if (!names.includes(name)) throw unknownPopulation('node', name, names, h5.path)
    const size = await populationSize(h5, name)
    if (size > MAX_NODES)
      throw new InputError(`/nodes/${name} has ${size} nodes; at most ${MAX_NODES} are supported`, {
        file: h5.path,
        field: `/nodes/${name}`,
      })
    return new NodePopulation(h5, name, size)
  }

  async attributeNames(): Promise<readonly string[]> {
    this.#names ??= await columnNames(this.#h5, this.#group)
    return this.#names
  }

  async attribute(name: string): Promise<NodeColumn> {
    const cached = this.#columns.get(name)
    if (cached) return cached
    const column = await this.#open(name)
    // Numbers are streamed and cost nothing to keep; text is kept only where it is a category.
    if (column.kind !== 'text' || (await column.distinct(MAX_CACHED_VALUES + 1)).length <= MAX_CACHED_VALUES)
      this.#columns.set(name, column)
    return column
  }

  async #open(name: string): Promise<NodeColumn> {
    const names = await this.attributeNames()
    if (!names.includes(name)) throw this.#unknownAttribute(name, names)
    await this.#refuseSeveralGroups()
    const path = `${this.#group}/${name}`
    const place = { file: this.file, field: path }
    const data = await this.#h5.dataset(path)
    if (data === undefined || data.type.kind === 'other')
      throw new InputError(
        `expected text or numbers, found ${data?.type.kind === 'other' ? data.type.description : 'no dataset'}`,
        place,
      )
    this.#checkLength(data, path)
    const library = await this.#h5.dataset(`${this.#group}/@library/${name}`)
    if (library !== undefined) return this.#libraryColumn(name, place, data, library)
    const column =
      data.type.kind === 'string' ? await textColumn(name, place, data) : numberColumn(name, place, data)
    return { ...column, storage: storageOf(data) }
  }

  async #libraryColumn(
    name: string,
    place: Place,
    data: Hdf5Dataset,
    library: Hdf5Dataset,
  ): Promise<NodeColumn> {
    if (data.type.kind !== 'int' || library.type.kind !== 'string')
      throw new InputError(
        `expected integer codes into text values, found ${data.type.kind} codes into ${library.type.kind} values`,
        { file: this.file, field: library.path },
      )
    const values = library.shape === undefined ? [] : await library.strings()
    return libraryColumn(name, place, data, values)
  }

  /** A dataset without data (H5S_NULL) matches nothing, as in libsonata; any other length must be the size. */
  #checkLength(data: Hdf5Dataset, path: string): void {
    const { shape } = data
    if (shape === undefined || (shape.length === 1 && shape[0] === this.size)) return
    const found = shape.length === 1 ? `${shape[0]} values` : `the shape (${shape.join(', ')})`
    throw new InputError(`${path}: expected one value for each of the ${this.size} nodes, found ${found}`, {
      file: this.file,
      field: path,
    })
  }

  async #refuseSeveralGroups(): Promise<void> {
    const members = (await this.#h5.members(`/nodes/${this.name}`)) ?? []
    if (!members.includes('1')) return
    throw new InputError(`/nodes/${this.name} has several node groups; attributes are read from one only`, {
      file: this.file,
      field: `/nodes/${this.name}/1`,
      hint: 'Select nodes by a file of ids instead.',
    })
  }

  #unknownAttribute(name: string, names: readonly string[]): InputError {
    const nearest = nearestName(name, names)
    const known = names.length > 0 ? `Attributes: ${names.join(', ')}.` : 'It has no attributes.'
    return new InputError(`no such attribute: "${name}" in node population "${this.name}"`, {
      file: this.file,
      field: `${this.#group}/${name}`,
      hint: `${nearest === undefined ? '' : `Did you mean "${nearest}"? `}${known}`,
    })
  }
}

export function unknownPopulation(
  side: 'node' | 'edge',
  name: string,
  names: readonly string[],
  file: string,
): InputError {
  const nearest = nearestName(name, names)
  const list =
    names.length > 0 ? `${side} populations: ${names.join(', ')}` : `there are no ${side} populations`
  return new InputError(`no ${side} population "${name}"; ${list}`, {
    file,
    field: `/${side}s/${name}`,
    hint: nearest === undefined ? undefined : `Did you mean "${nearest}"?`,
  })
}

function storageOf({ type }: Hdf5Dataset): NodeColumn['storage'] {
  switch (type.kind) {
    case 'int':
      return type.members && 'an enumeration (as h5py writes booleans)'
    case 'string':
      return type.variable ? undefined : 'fixed-length text'
    case 'float':
      return type.bytes === 2 ? 'float16' : undefined
    default:
      return undefined
  }
}

/** Datasets of the group, without `@library` and `dynamics_params`. */
async function columnNames(h5: Hdf5File, group: string): Promise<string[]> {
  const names: string[] = []
  for (const name of (await h5.members(group)) ?? [])
    if ((await h5.members(`${group}/${name}`)) === undefined) names.push(name)
  return names
}

async function populationSize(h5: Hdf5File, name: string): Promise<number> {
  const group = `/nodes/${name}`
  for (const dataset of ['node_type_id', 'node_id']) {
    const shape = (await h5.dataset(`${group}/${dataset}`))?.shape
    if (shape?.length === 1 && shape[0] !== undefined) return shape[0]
  }
  const lengths = new Map<number, string>()
  for (const column of await columnNames(h5, `${group}/0`)) {
    const shape = (await h5.dataset(`${group}/0/${column}`))?.shape
    if (shape?.length === 1 && shape[0] !== undefined) lengths.set(shape[0], column)
  }
  const [first, second] = [...lengths]
  if (first !== undefined && second === undefined) return first[0]
  const found =
    first === undefined || second === undefined
      ? 'neither node_type_id nor attributes'
      : `no node_type_id, and attributes of different lengths (${first[1]}: ${first[0]}, ${second[1]}: ${second[0]})`
  throw new InputError(`${group} is not a readable node population: found ${found}`, {
    file: h5.path,
    field: group,
  })
}
