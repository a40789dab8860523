/** Node attributes of AIBS circuits: columns of a node types CSV, joined to the nodes by `node_type_id`. */
import { InputError, isInputError, nearestName } from '../errors.ts'
import type { Hdf5File } from '../formats/hdf5/types.ts'
import type { Place } from '../formats/input-file.ts'
import { type NodeColumn, numberColumn } from './node-columns.ts'
import { NodePopulation, type Nodes } from './nodes.ts'
import { readTypesTable, type TypesTable } from './types-table.ts'

/** Types of one population; more are no types. */
const MAX_TYPES = 65_536

/** A node population, with the attributes of its types where there is a CSV of them. */
export async function openTypedNodes(
  h5: Hdf5File,
  population: string,
  typesFile: string | undefined,
): Promise<Nodes> {
  const nodes = await NodePopulation.open(h5, population)
  return typesFile === undefined ? nodes : new TypedNodes(nodes, h5, typesFile)
}

/**
 * Attributes of the nodes file win over those of the CSV. The CSV is read when an attribute is asked for that the
 * nodes file does not have; a CSV that cannot be read does not hide the rest.
 */
class TypedNodes implements Nodes {
  readonly name: string
  readonly size: number
  readonly file: string
  readonly #nodes: NodePopulation
  readonly #h5: Hdf5File
  readonly #typesFile: string
  #table: Promise<TypesTable> | undefined
  #typeIds: Promise<NodeColumn> | undefined

  constructor(nodes: NodePopulation, h5: Hdf5File, typesFile: string) {
    this.name = nodes.name
    this.size = nodes.size
    this.file = nodes.file
    this.#nodes = nodes
    this.#h5 = h5
    this.#typesFile = typesFile
  }

  async attributeNames(): Promise<readonly string[]> {
    const own = await this.#nodes.attributeNames()
    try {
      return [...new Set([...own, ...(await this.#types()).columns.keys()])].sort()
    } catch (error) {
      if (isInputError(error)) return own
      throw error
    }
  }

  async attribute(name: string): Promise<NodeColumn> {
    if ((await this.#nodes.attributeNames()).includes(name)) return this.#nodes.attribute(name)
    await this.#refuseOtherGroups(name)
    const table = await this.#types()
    const values = table.columns.get(name)
    if (values === undefined) throw await this.#unknown(name)
    this.#typeIds ??= this.#openTypeIds(table)
    return typeColumn(name, { file: table.file, field: name }, values, await this.#typeIds)
  }

  #types(): Promise<TypesTable> {
    if (this.#table === undefined) this.#h5.reads.note(this.#typesFile)
    this.#table ??= readTypesTable(this.#typesFile, 'node_type_id', this.name)
    return this.#table
  }

  /** Where the nodes file says it of some of the nodes, the CSV cannot answer for all. */
  async #refuseOtherGroups(name: string): Promise<void> {
    const group = `/nodes/${this.name}`
    for (const member of (await this.#h5.members(group)) ?? [])
      if (/^[1-9]\d*$/.test(member) && (await this.#h5.members(`${group}/${member}`))?.includes(name))
        throw new InputError(`"${name}" is an attribute of one of several node groups only`, {
          file: this.file,
          field: `${group}/${member}/${name}`,
          hint: 'Select nodes by a file of ids instead.',
        })
  }

  /** The type of each node; every type must be in the CSV, else a selection could miss nodes unseen. */
  async #openTypeIds(table: TypesTable): Promise<NodeColumn> {
    const path = `/nodes/${this.name}/node_type_id`
    const place = { file: this.file, field: path }
    const data = await this.#h5.dataset(path)
    if (data?.type.kind !== 'int' || data.shape?.length !== 1 || data.shape[0] !== this.size)
      throw new InputError(
        `expected the type of each node in ${path}, so that ${table.file} can be used`,
        place,
      )
    const column = numberColumn('node_type_id', place, data)
    const used = await column.distinct(MAX_TYPES + 1)
    if (used.length > MAX_TYPES)
      throw new InputError(`more than ${MAX_TYPES} node types in one population`, place)
    const unknown = used.find(id => !table.ids.has(Number(id)))
    if (unknown === undefined) return column
    throw new InputError(`a node has the node_type_id ${unknown}, which is not in ${table.file}`, place)
  }

  async #unknown(name: string): Promise<InputError> {
    const names = await this.attributeNames()
    const nearest = nearestName(name, names)
    const known = names.length > 0 ? `Attributes: ${names.join(', ')}.` : 'It has no attributes.'
    return new InputError(
      `no such attribute: "${name}" in node population "${this.name}" or in ${this.#typesFile}`,
      {
        file: this.file,
        field: `/nodes/${this.name}/0/${name}`,
        hint: nearest === undefined ? known : `Did you mean "${nearest}"? ${known}`,
      },
    )
  }
}

/** `values`: by type id; `undefined` where the CSV has none, which matches nothing. */
function typeColumn(
  name: string,
  place: Place,
  values: ReadonlyMap<number, string | undefined>,
  typeIds: NodeColumn,
): NodeColumn {
  const matching = (accepts: (text: string) => boolean): Promise<Uint32Array> => {
    const accepted = new Set(
      [...values].flatMap(([id, text]) => (text !== undefined && accepts(text) ? id : [])),
    )
    return typeIds.matchNumbers(id => accepted.has(id))
  }
  const kind = kindOf([...values.values()])
  return {
    name,
    place,
    kind,
    matchText: accepts =>
      kind === 'text' ? matching(accepts) : Promise.reject(new TypeError(`${name} holds numbers`)),
    matchNumbers: accepts =>
      kind === 'text'
        ? Promise.reject(new TypeError(`${name} holds text`))
        : matching(text => accepts(Number(text))),
    async distinct(limit) {
      const used = (await typeIds.distinct(MAX_TYPES)).flatMap(id => values.get(Number(id)) ?? [])
      return [...new Set(used)].slice(0, limit).sort()
    },
  }
}

/** As pandas and bmtk guess: numbers only if all values are. */
function kindOf(values: readonly (string | undefined)[]): 'integer' | 'float' | 'text' {
  const present = values.filter(value => value !== undefined)
  if (present.length > 0 && present.every(value => /^[+-]?\d+$/.test(value))) return 'integer'
  const numeric = present.every(value => /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value))
  return present.length > 0 && numeric ? 'float' : 'text'
}
