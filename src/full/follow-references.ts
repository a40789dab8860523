/** One population that refers to edges whose rows were renumbered: as it should be, against what it is. */
import { type EdgeSource, ID_BYTES, type IdColumn } from '../connectome/edges.ts'
import type { EdgeTable, PropertyColumn } from '../connectome/table.ts'
import { NAMES_BY_ROW } from '../sonata/edge-references.ts'
import type { Finding } from '../verification/proof.ts'
import type { ReadRows } from '../verification/synapses/columns.ts'
import type { SynapseCulprit } from '../verification/synapses/expectation.ts'
import { sharedTexts } from '../verification/synapses/texts.ts'
import { valueAt } from '../verification/synapses/values.ts'
import { type Expected, expectRows, type Following } from './edge-rows-expected.ts'
import { isReferenceType, perRow, type RowNumbers, readNumbers } from './reference-column.ts'

const WINDOW = 16_384
const KEEP = 10

export interface Side {
  readonly edges: EdgeSource
  readonly table: EdgeTable
}

/** Names of populations that the manipulated circuit calls otherwise. */
export type Renamed = ReadonlyMap<string, string>

export interface Remaining {
  /** One bit per row of the original: whether its edge should still be there. */
  readonly remain: Uint8Array
  readonly remaining: number
  /** References that lead to no row of the original either. */
  readonly nowhere: number
  /** Whether any reference should be another than it was. */
  readonly moved: boolean
}

/** What should become of the edges: those that refer to a row that is gone go with it. */
export async function edgesThatRemain(
  edges: EdgeSource,
  references: readonly Following[],
): Promise<Remaining> {
  const remain = new Uint8Array(Math.ceil(edges.edgeCount / 8))
  let [remaining, nowhere, moved] = [0, 0, false]
  for (let first = 0; first < edges.edgeCount; first += WINDOW) {
    const count = Math.min(WINDOW, edges.edgeCount - first)
    const gone = new Uint8Array(count)
    for (const one of references) {
      const each = perRow(one.column)
      const { before, after, nowhere: none } = await expectRows(one, first, count)
      nowhere += none
      for (const [k, row] of after.entries()) {
        if (isSame(row, before.numbers[k])) continue
        moved = true
        if (row < 0) gone[Math.floor(k / each)] = 1
      }
    }
    for (let k = 0; k < count; k++) {
      if (gone[k] === 1) continue
      remaining++
      setBit(remain, first + k)
    }
  }
  return { remain, remaining, nowhere, moved }
}

const setBit = (bits: Uint8Array, k: number): void => {
  bits[k >>> 3] = (bits[k >>> 3] ?? 0) | (1 << (k & 7))
}
const hasBit = (bits: Uint8Array, k: number): boolean => (((bits[k >>> 3] ?? 0) >> (k & 7)) & 1) === 1

/**
 * Compare the edges. `remain`: which should be there. Where all are still there, each is held against what it was, so
 * that references to rows that are gone are told one by one.
 */
export async function compareFollowed(
  before: Side,
  after: Side,
  references: readonly Following[],
  { remain, remaining }: Pick<Remaining, 'remain' | 'remaining'>,
  renamed: Renamed,
): Promise<Finding[]> {
  const [was, is] = [before.edges.edgeCount, after.edges.edgeCount]
  const of = `edge population ${before.edges.population}`
  if (is !== remaining && is !== was)
    return [
      populationChanged(
        1,
        `${remaining} edges in ${of}: those that refer to edges that are still there`,
        `${is}`,
      ),
    ]
  const comparison = new Comparison(before, after, references, renamed)
  if (comparison.findings.length > 0) return comparison.findings
  let other = 0
  for (let first = 0; first < was; first += WINDOW) {
    const count = Math.min(WINDOW, was - first)
    const rows = Uint32Array.from({ length: count }, (_, k) => k).filter(
      k => is === was || hasBit(remain, first + k),
    )
    await comparison.add(first, count, rows, other)
    other += rows.length
  }
  return comparison.findings
}

export const populationChanged = (count: number, expected: string, found: string): Finding => ({
  code: 'population.changed',
  check: 'references.sound',
  severity: 'error',
  count,
  expected,
  found,
  culprits: [],
})

interface Compared extends Pick<PropertyColumn, 'name' | 'type' | 'bytes' | 'texts'> {
  readonly before: ReadRows
  readonly after: ReadRows
}

type Counted = Finding & { count: number; readonly edges: SynapseCulprit[] }

class Comparison {
  readonly #before: Side
  readonly #after: Side
  readonly #references: readonly (Following & { readonly now: PropertyColumn })[]
  readonly #columns: readonly Compared[]
  readonly #layout: Finding[] = []
  readonly #counted = new Map<string, Counted>()

  constructor(before: Side, after: Side, references: readonly Following[], renamed: Renamed) {
    this.#before = before
    this.#after = after
    this.#references = references.flatMap(one => {
      const now = after.table.columns.find(({ name }) => name === one.column.name)
      if (now !== undefined && isReferenceType(now.type) && perRow(now) === perRow(one.column))
        return [{ ...one, now }]
      this.#other(one.column.name, 'row numbers', now === undefined ? 'nothing' : 'what is none')
      return []
    })
    this.#columns = this.#properties(new Set(references.map(({ column: { name } }) => name)), renamed)
  }

  get findings(): Finding[] {
    return [...this.#layout, ...this.#counted.values()]
  }

  #properties(followed: ReadonlySet<string>, renamed: Renamed): Compared[] {
    const [here, there] = [this.#before.table, this.#after.table]
    const names = new Set([...here.columns, ...there.columns].map(({ name }) => name))
    return [...names].sort().flatMap(name => {
      if (followed.has(name)) return []
      const a = here.columns.find(one => one.name === name)
      const b = there.columns.find(one => one.name === name)
      if (a === undefined || b === undefined) {
        this.#other(
          name,
          a === undefined ? 'nothing' : 'a property',
          b === undefined ? 'nothing' : 'a property',
        )
        return []
      }
      const isText = a.texts !== undefined
      if (isText !== (b.texts !== undefined) || (!isText && (a.type !== b.type || a.bytes !== b.bytes))) {
        this.#other(name, isText ? 'text' : `${a.type}`, b.texts !== undefined ? 'text' : `${b.type}`)
        return []
      }
      const before =
        name === NAMES_BY_ROW ? { ...a, texts: a.texts?.map(text => renamed.get(text) ?? text) } : a
      const own: Compared = {
        name,
        ...(isText ? { type: 'u32', bytes: 4 } : { type: a.type, bytes: a.bytes }),
        before: (first, count, into) => a.readInto(first, count, into),
        after: (first, count, into) => b.readInto(first, count, into),
      }
      return [{ ...own, ...sharedTexts(before, b) }]
    })
  }

  #other(property: string, expected: string, found: string): void {
    const { population } = this.#before.edges
    this.#layout.push({
      ...populationChanged(1, `${property} of ${population}: ${expected}`, found),
      property,
    })
  }

  /** Rows `first ..` of the original, of which `rows` are held against rows `other ..`. */
  async add(first: number, count: number, rows: Uint32Array, other: number): Promise<void> {
    const ends = {
      source: await readIds(this.#before.edges.source, first, count),
      target: await readIds(this.#before.edges.target, first, count),
    }
    const place = (row: number, k: number) => ({
      source: ends.source[row] ?? 0,
      target: ends.target[row] ?? 0,
      originalEdge: first + row,
      manipulatedEdge: other + k,
    })
    for (const side of ['source', 'target'] as const) {
      const now = await readIds(this.#after.edges[side], other, rows.length)
      for (const [k, row] of rows.entries()) {
        const [before, after] = [ends[side][row], now[k]]
        if (before !== after)
          this.#count('population.changed', `${side}_node_id`, { ...place(row, k), before, after })
      }
    }
    for (const column of this.#columns) {
      const { bytes } = column
      const [all, now] = [new Uint8Array(count * bytes), new Uint8Array(rows.length * bytes)]
      await column.before(first, count, all)
      await column.after(other, rows.length, now)
      for (const [k, row] of rows.entries()) {
        const value = all.subarray(row * bytes, (row + 1) * bytes)
        if (Buffer.compare(value, now.subarray(k * bytes, (k + 1) * bytes)) === 0) continue
        const code = column.name === NAMES_BY_ROW ? 'reference.stale' : 'population.changed'
        const [before, after] = [valueAt(column, all, row), valueAt(column, now, k)]
        this.#count(code, column.name, { ...place(row, k), before, after })
      }
    }
    for (const one of this.#references) {
      const each = perRow(one.column)
      const expected = await expectRows(one, first, count)
      const now = await readNumbers(one.now, other, rows.length)
      for (const [k, row] of rows.entries())
        for (let j = 0; j < each; j++) {
          const [was, is] = [row * each + j, k * each + j]
          if (isRight(expected, was, now, is)) continue
          const [before, after] = [numberAt(expected.before, was), numberAt(now, is)]
          const right = expected.after[was] ?? 0
          const wanted = right < 0 ? 'gone with its edge' : right
          this.#count('reference.stale', one.column.name, {
            ...place(row, k),
            before,
            expected: wanted,
            after,
          })
        }
    }
  }

  #count(
    code: 'population.changed' | 'reference.stale',
    property: string,
    culprit: Omit<SynapseCulprit, 'property'>,
  ): void {
    let known = this.#counted.get(property)
    if (known === undefined) {
      const of = `${property} of ${this.#before.edges.population}`
      const [expected, found] =
        code === 'reference.stale'
          ? [`${of} to follow its edges`, 'other edges']
          : [`${of} as it was`, 'other values']
      known = { ...populationChanged(0, expected, found), code, property, edges: [] }
      this.#counted.set(property, known)
    }
    known.count++
    if (known.edges.length < KEEP) known.edges.push({ ...culprit, property })
  }
}

const readIds = async (column: IdColumn, first: number, count: number): Promise<Float64Array> => {
  const { type } = column
  const integers = { type, bytes: ID_BYTES[type], readInto: column.readInto.bind(column) }
  return (await readNumbers(integers, first, count)).numbers
}

/** Values that lead nowhere, and those of other populations, stay as they were, bit by bit. */
function isRight({ before, after }: Expected, was: number, now: RowNumbers, is: number): boolean {
  const expected = after[was] ?? 0
  if (!isSame(expected, before.numbers[was])) return expected >= 0 && now.numbers[is] === expected
  return Number.isSafeInteger(expected) ? now.numbers[is] === expected : now.raw(is) === before.raw(was)
}

/** Of floats, also what is no number stays what it is. */
const isSame = (expected: number, before: number | undefined): boolean =>
  expected === before || (Number.isNaN(expected) && Number.isNaN(before))

const numberAt = ({ numbers, raw }: RowNumbers, k: number): number | bigint =>
  Number.isSafeInteger(numbers[k]) ? (numbers[k] ?? 0) : raw(k)
