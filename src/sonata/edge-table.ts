/**
 * The properties of a SONATA edge population as columns. Layout (SONATA developer guide, "Edges"): beside the ids
 * `edge_type_id`; in group `0` one dataset per property, `dynamics_params/<x>`, and `@library/<property>` with the texts
 * that the codes of an enumerated property stand for. With several groups, the properties of row i are those of group
 * `edge_group_id[i]`, at `edge_group_index[i]`.
 */
import type { EdgeTable, PropertyColumn, TableTrait, Unreadable, ValueType } from '../connectome/table.ts'
import { InputError } from '../errors.ts'
import type { Hdf5Dataset, Hdf5File } from '../formats/hdf5/types.ts'
import { type GroupRows, gathered, readGroupRows } from './edge-groups.ts'

const DYNAMICS = 'dynamics_params'
const LIBRARY = '@library'
/** Ids are compared by the connections; groups say where properties are, indices where ids are. */
const NO_PROPERTY: readonly string[] = [
  'source_node_id',
  'target_node_id',
  'edge_group_id',
  'edge_group_index',
  'indices',
  'indicies',
]
const EDGE_TYPE = 'edge_type_id'
/** Before the name of a dataset that lies beside group 0, as its path from there. */
const OUTSIDE = '../'
/** Texts of one column are held in memory, so only so many. */
/** What {@link Unreadable} holds where it is text. */
export const TEXT = 'text'
const MOST_TEXTS = 2 ** 24

/** Read names and types of the columns; rows stay where they are, but for texts. @throws InputError if damaged */
export async function openEdgeTable(h5: Hdf5File, population: string, rows: number): Promise<EdgeTable> {
  return new TableReader(h5, `/edges/${population}`, rows).read()
}

/** A dataset of a group before it is known whether it has a value for every row. */
export interface GroupColumn {
  readonly name: string
  readonly column: PropertyColumn
}

class TableReader {
  readonly #h5: Hdf5File
  readonly #path: string
  readonly #rows: number
  readonly #unreadable: Unreadable[] = []
  readonly #traits: TableTrait[] = []

  constructor(h5: Hdf5File, path: string, rows: number) {
    this.#h5 = h5
    this.#path = path
    this.#rows = rows
  }

  async read(): Promise<EdgeTable> {
    const members = (await this.#h5.members(this.#path)) ?? []
    const groups = members.filter(name => /^\d+$/.test(name))
    const columns = new Map<string, PropertyColumn>()
    for (const name of members.filter(name => !NO_PROPERTY.includes(name) && !groups.includes(name))) {
      const known = name === EDGE_TYPE ? name : `${OUTSIDE}${name}`
      const column = await this.#column(`${this.#path}/${name}`, known, this.#rows)
      if (column !== undefined) columns.set(known, column)
    }
    await this.#ends()
    const wanted = members.includes('edge_group_id') || members.includes('edge_group_index')
    if (wanted) this.#traits.push('group_columns')
    const where =
      groups.length > 1 || wanted ? await readGroupRows(this.#h5, this.#path, this.#rows, groups) : undefined
    const [only] = groups
    // Without columns that name the group of each edge it is group 0: what lies in another is of no edge.
    const outside = groups.length === 1 && only !== '0' && !wanted ? `${OUTSIDE}${only}/` : ''
    for (const column of await this.#properties(groups, where, outside)) {
      if (columns.has(column.name)) this.#refuse(column.name, 'two datasets of this name')
      else columns.set(column.name, column)
    }
    for (const { name } of this.#unreadable) columns.delete(name)
    return {
      rows: this.#rows,
      columns: [...columns.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
      traits: this.#traits,
      onlyByGuide: outside === '' ? onlyByGuide(groups, where) : undefined,
      unreadable: this.#unreadable,
    }
  }

  async #ends(): Promise<void> {
    for (const side of ['source', 'target'])
      if ((await this.#h5.attribute(`${this.#path}/${side}_node_id`, 'node_population')) === undefined) {
        this.#traits.push('ends_unnamed')
        return
      }
  }

  /** `before`: what their names begin with. */
  async #properties(
    groups: readonly string[],
    where: GroupRows | undefined,
    before: string,
  ): Promise<PropertyColumn[]> {
    if (groups.length > 1) this.#traits.push('several_groups')
    const length = where === undefined ? this.#rows : undefined
    const perGroup = new Map<string, GroupColumn[]>()
    for (const group of groups)
      perGroup.set(group, await this.#group(`${this.#path}/${group}`, length, before))
    if (where !== undefined) return gathered(perGroup, where, this.#h5.path, this.#refuse)
    return [...perGroup.values()].flat().map(({ column }) => column)
  }

  /** Columns of one property group; `length` where each must have as many rows. */
  async #group(path: string, length: number | undefined, before: string): Promise<GroupColumn[]> {
    const columns: GroupColumn[] = []
    const add = async (at: string, known: string, library?: readonly string[]): Promise<void> => {
      const name = `${before}${known}`
      const column = await this.#column(at, name, length, library)
      if (column !== undefined) columns.push({ name, column })
    }
    const libraries = (await this.#h5.members(`${path}/${LIBRARY}`)) ?? []
    for (const name of (await this.#h5.members(path)) ?? []) {
      if (name === LIBRARY) continue
      if (name === DYNAMICS) {
        if (!this.#traits.includes('dynamics_params')) this.#traits.push('dynamics_params')
        for (const inner of (await this.#h5.members(`${path}/${DYNAMICS}`)) ?? [])
          await add(`${path}/${DYNAMICS}/${inner}`, `@dynamics:${inner}`)
      } else if (libraries.includes(name))
        await add(`${path}/${name}`, name, await this.#library(`${path}/${LIBRARY}/${name}`))
      else await add(`${path}/${name}`, name)
    }
    return columns
  }

  async #library(path: string): Promise<string[]> {
    const data = await this.#h5.dataset(path)
    if (data?.type.kind === 'string') return data.strings()
    throw new InputError('expected texts', { file: this.#h5.path, field: path })
  }

  async #column(
    path: string,
    name: string,
    length: number | undefined,
    library?: readonly string[],
  ): Promise<PropertyColumn | undefined> {
    const data = await this.#dataset(path)
    if (data === undefined) {
      const members = await this.#h5.members(path)
      if (members === undefined)
        throw new InputError('listed in its group, but not there', {
          file: this.#h5.path,
          field: path,
          hint: 'The file is damaged, or has a link that leads nowhere; compare it with its source.',
        })
      // An empty group says nothing of any edge.
      if (members.length !== 0) this.#refuse(name, `${path} is no dataset`)
      return undefined
    }
    const [rows, ...more] = data.shape ?? []
    if (rows === undefined || (length !== undefined && rows !== length)) {
      const shape = data.shape === undefined ? 'no data' : `shape (${data.shape.join(', ')})`
      this.#refuse(name, `${path} has ${shape}, not one value for each of ${length ?? 'the'} edges`)
      return undefined
    }
    if (data.type.kind === 'string') return this.#texts(data, name, rows, more)
    const type = valueType(data)
    if (type === undefined) {
      const holds = data.type.kind === 'other' ? data.type.description : data.type.kind
      this.#refuse(name, `${path} holds ${holds}`, holds)
      return undefined
    }
    const each = more.reduce((all, n) => all * n, 1)
    const labels = name === EDGE_TYPE ? notIds(data) : undefined
    if (labels !== undefined) {
      this.#refuse(name, `${path} holds ${labels}, not one plain integer`, labels)
      return undefined
    }
    if (library !== undefined && (data.type.kind !== 'int' || each !== 1)) {
      this.#refuse(name, `${path} holds no codes of its @library`)
      return undefined
    }
    const width = data.type.kind === 'int' || data.type.kind === 'float' ? data.type.bytes : 0
    return {
      name,
      length: rows,
      type,
      bytes: width * each,
      shape: more.length === 0 ? undefined : more,
      texts: library,
      members: data.type.kind === 'int' && library === undefined ? data.type.members : undefined,
      label: `${this.#h5.path}: ${path}`,
      place: { file: this.#h5.path, dataset: path },
      readInto: (first, count, into) => data.readInto(first * each, count * each, into),
    }
  }

  async #dataset(path: string): Promise<Hdf5Dataset | undefined> {
    return (await this.#h5.members(path)) === undefined ? this.#h5.dataset(path) : undefined
  }

  async #texts(
    data: Hdf5Dataset,
    name: string,
    rows: number,
    more: readonly number[],
  ): Promise<PropertyColumn | undefined> {
    if (rows > MOST_TEXTS || more.length > 0) {
      this.#refuse(name, `${data.path} holds ${rows} texts; at most ${MOST_TEXTS} are compared`, TEXT)
      return undefined
    }
    const codes = new Uint32Array(rows)
    const known = new Map<string, number>()
    for (const [row, text] of (await data.strings()).entries()) {
      const code = known.get(text) ?? known.size
      known.set(text, code)
      codes[row] = code
    }
    const bytes = new Uint8Array(codes.buffer)
    return {
      name,
      length: rows,
      type: 'u32',
      bytes: 4,
      texts: [...known.keys()],
      label: `${this.#h5.path}: ${data.path}`,
      readInto: (first, count, into) => into.set(bytes.subarray(first * 4, (first + count) * 4)),
    }
  }

  readonly #refuse = (name: string, reason: string, holds?: string): void => {
    if (!this.#unreadable.some(other => other.name === name)) this.#unreadable.push({ name, reason, holds })
  }
}

function onlyByGuide(groups: readonly string[], where: GroupRows | undefined): string | undefined {
  if (groups.length === 0) return undefined
  if (groups.length > 1) return `properties in groups ${groups.join(', ')}`
  if (where !== undefined) return 'edge_group_index names other rows of the group than the edge has itself'
  return groups[0] !== '0' ? `properties in group ${groups[0]} instead of 0` : undefined
}

/** Integers that are not one plain number per edge, as types of edges are: what they are, else undefined. */
function notIds({ type, shape = [] }: Hdf5Dataset): string | undefined {
  if (type.kind !== 'int') return undefined
  if (type.members !== undefined) return 'an enumeration (h5py writes bool as one)'
  return shape.length > 1 ? `${shape.slice(1).join(' x ')} integers per edge` : undefined
}

function valueType({ type }: Hdf5Dataset): ValueType | undefined {
  if (type.kind === 'int') return `${type.signed ? 'i' : 'u'}${8 * type.bytes}` as ValueType // all eight are
  return type.kind === 'float' ? (`f${8 * type.bytes}` as ValueType) : undefined // all three are
}
