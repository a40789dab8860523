/**
 * The type of each edge of a result, and what it says. No operation makes a type: rows keep their target and what they
 * are, and new ones are made of rows to the same target; the pipeline sets all `edge_type_id` to 0.
 */
import type { ColumnPair } from '../synapses/columns.ts'
import { EDGE_TYPE } from '../synapses/edge-types.ts'
import type { PropertyValue, SynapseCulprit, SynapseFinding } from '../synapses/expectation.ts'
import { Findings } from '../synapses/findings.ts'
import { valueAt } from '../synapses/values.ts'
import { culpritOf, type Property, type RowsOf, rowKey, type TargetRows } from './target-rows.ts'

/** Values that are listed where another was found. */
const MOST_LISTED = 3

/** Whether a pair is about types, and not a property that rows are told apart by. */
export const isOfTypes = ({ name, typed }: Pick<ColumnPair, 'name' | 'typed'>): boolean =>
  name === EDGE_TYPE || typed === true

/** Rows of one side with their value, and what tells it from others. */
function* valuesIn({ rows, places }: RowsOf, pair: ColumnPair): Generator<[string, PropertyValue, number]> {
  const { name, type, bytes } = pair
  const property: Property[] = [{ name, type, bytes, text: pair.texts !== undefined }]
  const column = rows.columns.get(name) ?? new Uint8Array(0)
  for (const place of places) yield [rowKey(rows, place, property), valueAt(pair, column, place), place]
}

const valuesOf = (rows: RowsOf, pair: ColumnPair): Map<string, PropertyValue> =>
  new Map([...valuesIn(rows, pair)].map(([key, value]) => [key, value]))

export class TypeJudge {
  readonly #pairs: readonly ColumnPair[]
  readonly #findings: Findings
  /** Of each pair, every value that the original has; and those of rows to targets that had none, with the rows. */
  readonly #known: ReadonlyMap<ColumnPair, Map<string, PropertyValue>>
  readonly #pending: (() => void)[] = []
  #unknown = 0
  #several = 0

  constructor(pairs: readonly ColumnPair[], keep: number) {
    this.#pairs = pairs.filter(isOfTypes)
    this.#findings = new Findings(keep)
    this.#known = new Map(this.#pairs.map(pair => [pair, new Map()]))
  }

  see(rows: TargetRows): void {
    const { before, after } = rows
    if (this.#pairs.length === 0) return
    let several = false
    for (const [pair, all] of this.#known) {
      const here = valuesOf(before, pair)
      for (const [key, value] of here) all.set(key, value)
      if (here.size > 1) several = true
      for (const [key, value, place] of valuesIn(after, pair)) {
        if (here.has(key)) continue
        const culprit = culpritOf(after, place, rows.target)
        if (here.size > 0) this.#found(pair, culprit, key, value, here)
        // Which values there are is known at the end.
        else this.#pending.push(() => all.has(key) || this.#found(pair, culprit, key, value, all))
      }
    }
    if (several) this.#several += after.places.length
    if (before.places.length === 0) this.#unknown += after.places.length
  }

  end(): void {
    for (const judge of this.#pending.splice(0)) judge()
  }

  #found(
    { name, typed, code }: ColumnPair,
    culprit: SynapseCulprit,
    key: string,
    after: PropertyValue,
    known: ReadonlyMap<string, PropertyValue>,
  ): void {
    const nothing = typed === true && /^\0*$/.test(key)
    this.#findings.add(nothing ? 'property.lost' : code, name, () => {
      const listed = [...known.values()].slice(0, MOST_LISTED)
      const before =
        known.size === 1 ? listed[0] : `${listed.join(' or ')}${known.size > MOST_LISTED ? ' or ...' : ''}`
      return { ...culprit, property: name, before, after }
    })
  }

  findings(): SynapseFinding[] {
    return this.#findings.all()
  }

  notChecked(): string[] {
    const names = this.#pairs.map(({ name }) => name).join(', ')
    return [
      ...(this.#several > 0
        ? [`which of the edge types of its target each of ${this.#several} edges has (${names})`]
        : []),
      ...(this.#unknown > 0 && [...this.#known.values()].some(all => all.size > 1)
        ? [
            `which of the edge types of the original each of ${this.#unknown} edges to targets that had none has (${names})`,
          ]
        : []),
    ]
  }
}
