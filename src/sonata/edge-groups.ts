/** Properties of edges that lie in groups: which row of which group each edge has. */
import type { PropertyColumn } from '../connectome/table.ts'
import { InputError } from '../errors.ts'
import type { Hdf5File } from '../formats/hdf5/types.ts'
import type { GroupColumn } from './edge-table.ts'
import { readIntegers, type StoredIntegers } from './integers.ts'

export interface GroupRows {
  readonly rows: number
  /** Group and row in it, of edges `first .. first+count-1`. */
  read(first: number, count: number): Promise<{ group: Float64Array; index: Float64Array }>
}

const WINDOW_ROWS = 2 ** 16

/**
 * Where the properties of each edge are; undefined where that is simply row i of the only group, which is looked at
 * and not believed.
 *
 * @throws InputError if the datasets are not integers of one per edge, or name rows that cannot be
 */
export async function readGroupRows(
  h5: Hdf5File,
  path: string,
  rows: number,
  groups: readonly string[],
): Promise<GroupRows | undefined> {
  const ids = await openIntegers(h5, `${path}/edge_group_id`, rows)
  const indices = await openIntegers(h5, `${path}/edge_group_index`, rows)
  if (ids === undefined || indices === undefined) {
    if (groups.length < 2 && (await isAlone(ids ?? indices, rows, groups[0], ids === undefined)))
      return undefined
    const found = `${groups.length} group${groups.length === 1 ? '' : 's'} of properties`
    throw new InputError(`${found}, but no edge_group_id and edge_group_index that go together`, {
      file: h5.path,
      field: path,
    })
  }
  const where: GroupRows = {
    rows,
    async read(first, count) {
      const [group, index] = [new Float64Array(count), new Float64Array(count)]
      await readIntegers(ids, first, count, group)
      await readIntegers(indices, first, count, index)
      return { group, index }
    },
  }
  return groups.length === 1 && (await isPlain(where, rows, Number(groups[0]))) ? undefined : where
}

async function isPlain(where: GroupRows, rows: number, only: number): Promise<boolean> {
  for (let first = 0; first < rows; first += WINDOW_ROWS) {
    const count = Math.min(WINDOW_ROWS, rows - first)
    const { group, index } = await where.read(first, count)
    for (let k = 0; k < count; k++) if (group[k] !== only || index[k] !== first + k) return false
  }
  return true
}

/** One of the two columns without the other says nothing else than what holds without both. */
async function isAlone(
  column: StoredIntegers | undefined,
  rows: number,
  only: string | undefined,
  isIndex: boolean,
): Promise<boolean> {
  if (column === undefined || only === undefined) return true
  for (let first = 0; first < rows; first += WINDOW_ROWS) {
    const values = new Float64Array(Math.min(WINDOW_ROWS, rows - first))
    await readIntegers(column, first, values.length, values)
    if (values.some((value, k) => value !== (isIndex ? first + k : Number(only)))) return false
  }
  return true
}

async function openIntegers(h5: Hdf5File, path: string, rows: number): Promise<StoredIntegers | undefined> {
  const data = await h5.dataset(path)
  if (data === undefined) return undefined
  const { type, shape } = data
  if (type.kind !== 'int' || shape?.length !== 1 || shape[0] !== rows)
    throw new InputError(`expected one integer for each of ${rows} edges`, { file: h5.path, field: path })
  return {
    bytes: type.bytes,
    signed: type.signed,
    readInto: (first, count, into) => data.readInto(first, count, into),
  }
}

/**
 * Columns over all edges. A property that some groups lack gets a second column, `<name>?`, that says which edges have
 * it; the others read as zeros.
 */
export function gathered(
  perGroup: ReadonlyMap<string, readonly GroupColumn[]>,
  where: GroupRows,
  file: string,
  refuse: (name: string, reason: string) => void,
): PropertyColumn[] {
  const names = new Set([...perGroup.values()].flatMap(columns => columns.map(({ name }) => name)))
  const result: PropertyColumn[] = []
  for (const name of names) {
    const parts = new Map<number, PropertyColumn>()
    for (const [group, columns] of perGroup) {
      const found = columns.find(column => column.name === name)
      if (found !== undefined) parts.set(Number(group), found.column)
    }
    const [first, ...others] = [...parts.values()]
    if (first === undefined) continue
    const alike = others.every(one => one.type === first.type && one.bytes === first.bytes)
    // Codes of several libraries would mean different things.
    if (!alike || (others.length > 0 && first.texts !== undefined))
      refuse(name, `${name} is of different types in groups ${[...parts.keys()].join(', ')} of ${file}`)
    else {
      const reader = new GatheringReader(parts, new Set([...perGroup.keys()].map(Number)), where, file)
      const { type, bytes, texts, label } = first
      result.push({ name, length: where.rows, type, bytes, texts, label, readInto: reader.values })
      if (parts.size < perGroup.size)
        result.push({
          name: `${name}?`,
          length: where.rows,
          type: 'u8',
          bytes: 1,
          label,
          readInto: reader.presence,
        })
    }
  }
  return result
}

type Fill = (first: number, count: number, into: Uint8Array) => Promise<void>

class GatheringReader {
  readonly #parts: ReadonlyMap<number, PropertyColumn>
  readonly #groups: ReadonlySet<number>
  readonly #where: GroupRows
  readonly #file: string

  constructor(
    parts: ReadonlyMap<number, PropertyColumn>,
    groups: ReadonlySet<number>,
    where: GroupRows,
    file: string,
  ) {
    this.#parts = parts
    this.#groups = groups
    this.#where = where
    this.#file = file
  }

  readonly values: Fill = async (first, count, into) => {
    const { group, index } = await this.#where.read(first, count)
    const width = into.length / Math.max(count, 1)
    for (let k = 0; k < count; ) {
      const start = index[k] ?? 0
      const part = this.#partOf(group[k] ?? -1, first + k)
      let end = k + 1
      while (end < count && group[end] === group[k] && index[end] === start + (end - k)) end++
      const room = into.subarray(k * width, end * width)
      if (part === undefined) room.fill(0)
      else {
        if (!(start >= 0 && start + (end - k) <= part.length))
          throw new InputError(`edge ${first + k} has row ${start} of ${part.length}`, {
            file: this.#file,
            field: part.label,
          })
        await part.readInto(start, end - k, room)
      }
      k = end
    }
  }

  readonly presence: Fill = async (first, count, into) => {
    const { group } = await this.#where.read(first, count)
    for (let k = 0; k < count; k++) into[k] = this.#partOf(group[k] ?? -1, first + k) === undefined ? 0 : 1
  }

  #partOf(group: number, edge: number): PropertyColumn | undefined {
    if (this.#groups.has(group)) return this.#parts.get(group)
    throw new InputError(`edge ${edge} is of group ${group}, which is not there`, { file: this.#file })
  }
}
