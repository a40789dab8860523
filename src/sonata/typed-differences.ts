/**
 * What node and edge types say of each node or edge, of two populations with the same rows: the columns of the table
 * of types by type id, where the group of the row has no column of that name. Source: SONATA developer guide.
 */
import { InputError } from '../errors.ts'
import type { FilesRead } from '../formats/files-read.ts'
import type { Hdf5File } from '../formats/hdf5/types.ts'
import { isThere } from './edge-types.ts'
import { readIntegers, type StoredIntegers } from './integers.ts'
import { readTypesTable, typeValues } from './types-table.ts'

export interface TypedPopulation {
  readonly h5: Hdf5File
  readonly side: 'nodes' | 'edges'
  readonly population: string
  /** CSV; one that is not there says nothing. */
  readonly typesFile: string | undefined
  /** Gains the CSV. */
  readonly reads?: FilesRead | undefined
}

/** One property that differs. Values are those of the first row, as the tables have them; null: nothing says it. */
export interface TypedDifference {
  readonly property: string
  /** Rows concerned, at least 1. */
  readonly count: number
  /** The first of them, 0-based. */
  readonly row: number
  readonly before: string | null
  readonly after: string | null
}

export interface TypedComparison {
  readonly differences: readonly TypedDifference[]
  /** Types say something on both sides, so that their ids are but labels. */
  readonly labels: boolean
}

const WINDOW = 65_536
const IN_GROUP = 'what its group has'

/**
 * Compare what types say, row by row. Values that the groups have are left to who compares datasets.
 *
 * @throws InputError if a table, or the type ids of a population whose types say something, cannot be read
 */
export async function typedDifferences(
  before: TypedPopulation,
  after: TypedPopulation,
): Promise<TypedComparison> {
  const [one, other] = [await tableOf(before), await tableOf(after)]
  const names = [...new Set([...one.keys(), ...other.keys()])].sort()
  if (names.length === 0) return { differences: [], labels: false }
  const [here, there] = [await Rows.open(before, names, one), await Rows.open(after, names, other)]
  const found = new Map<string, { count: number } & Omit<TypedDifference, 'count'>>()
  const rows = Math.min(here.length, there.length)
  // Without ids on either side nothing is said of any row.
  const length = Number.isFinite(rows) ? rows : 0
  for (let first = 0; first < length; first += WINDOW) {
    const count = Math.min(WINDOW, length - first)
    const [a, b] = [await here.read(first, count), await there.read(first, count)]
    for (let k = 0; k < count; k++) {
      const [x = [], y = []] = [a[k], b[k]]
      if (x === y || sameValues(x, y)) continue
      for (const [n, property] of names.entries()) {
        const [value = null, now = null] = [x[n], y[n]]
        if (value === now) continue
        const known = found.get(property)
        if (known === undefined)
          found.set(property, { property, count: 1, row: first + k, before: value, after: now })
        else known.count++
      }
    }
  }
  return { differences: [...found.values()], labels: one.size > 0 && other.size > 0 }
}

type Values = readonly (string | null)[]

const sameValues = (a: Values, b: Values): boolean => a.every((value, k) => value === b[k])

async function tableOf({
  side,
  population,
  typesFile,
  reads,
}: TypedPopulation): Promise<ReturnType<typeof typeValues>> {
  if (typesFile === undefined) return new Map()
  reads?.note(typesFile)
  const id = idOf(side)
  return (await isThere(typesFile))
    ? typeValues(await readTypesTable(typesFile, id, population), id)
    : new Map()
}

const idOf = (side: 'nodes' | 'edges'): string => (side === 'nodes' ? 'node_type_id' : 'edge_type_id')

/** Values of rows of one population; rows of one group and one type share theirs. */
class Rows {
  readonly length: number
  readonly #names: readonly string[]
  readonly #table: ReturnType<typeof typeValues>
  readonly #ids: StoredIntegers | undefined
  readonly #groupIds: StoredIntegers | undefined
  readonly #own: ReadonlyMap<number, ReadonlySet<string>>
  readonly #known = new Map<number, Map<number, Values>>()

  static async open(
    { h5, side, population }: TypedPopulation,
    names: readonly string[],
    table: ReturnType<typeof typeValues>,
  ): Promise<Rows> {
    const path = `/${side}/${population}`
    const groups = ((await h5.members(path)) ?? []).filter(name => /^\d+$/.test(name))
    const own = new Map<number, ReadonlySet<string>>()
    for (const group of groups) own.set(Number(group), new Set(await h5.members(`${path}/${group}`)))
    const ids = await openIntegers(h5, `${path}/${idOf(side)}`)
    const groupIds =
      groups.length > 1 ? await openIntegers(h5, `${path}/${side.slice(0, -1)}_group_id`) : undefined
    return new Rows(names, table, ids, groupIds, own)
  }

  private constructor(
    names: readonly string[],
    table: ReturnType<typeof typeValues>,
    ids: (StoredIntegers & { length: number }) | undefined,
    groupIds: StoredIntegers | undefined,
    own: ReadonlyMap<number, ReadonlySet<string>>,
  ) {
    this.#names = names
    this.#table = table
    this.#ids = ids
    this.#groupIds = groupIds
    this.#own = own
    this.length = ids?.length ?? Number.POSITIVE_INFINITY
  }

  async read(first: number, count: number): Promise<Values[]> {
    const [ids, groups] = [new Float64Array(count).fill(Number.NaN), new Float64Array(count)]
    if (this.#ids !== undefined) await readIntegers(this.#ids, first, count, ids)
    if (this.#groupIds !== undefined) await readIntegers(this.#groupIds, first, count, groups)
    else groups.fill([...this.#own.keys()][0] ?? 0)
    return Array.from(ids, (id, k) => this.#valuesOf(groups[k] ?? 0, id))
  }

  #valuesOf(group: number, id: number): Values {
    const known = this.#known.get(group) ?? new Map<number, Values>()
    this.#known.set(group, known)
    const found = known.get(id)
    if (found !== undefined) return found
    const own = this.#own.get(group)
    const values = this.#names.map(name =>
      own?.has(name) === true ? IN_GROUP : (this.#table.get(name)?.get(id) ?? null),
    )
    known.set(id, values)
    return values
  }
}

async function openIntegers(
  h5: Hdf5File,
  path: string,
): Promise<(StoredIntegers & { length: number }) | undefined> {
  const data = await h5.dataset(path)
  if (data === undefined) return undefined
  const { type, shape } = data
  const [length, more] = shape ?? []
  if (type.kind !== 'int' || length === undefined || more !== undefined)
    throw new InputError('expected one integer per row, as the types say more of it', {
      file: h5.path,
      field: path,
      hint: 'Write it as int64, as SONATA has it.',
    })
  return {
    bytes: type.bytes,
    signed: type.signed,
    length,
    readInto: (first, count, into) => data.readInto(first, count, into),
  }
}
