/** Which values may differ, and how: P1 - P4, S4 and U7 of connectome-manipulator.md. */
import { type Operation, type SynPropAlteration, share } from '../../connectome/operations.ts'
import type { SynapseCulprit } from '../synapses/expectation.ts'
import { follows, isInside, mayBecomeNan } from './altered-values.ts'
import type { Amount, Findings } from './codes.ts'
import { type ConnectionRows, type Property, rowKey, valueAt } from './target-rows.ts'

/** One row on both sides, by places. */
export type Pair = readonly [before: number, after: number]

const CONDUCTANCE = 'conductance'
/** Beyond all changes that a row may have. */
const NOT_ALLOWED = 2 ** 16

interface Altered {
  readonly operation: SynPropAlteration
  readonly place: number
  readonly property: Property
  /** No other function alters it: then values follow from those before. */
  readonly alone: boolean
  /** The filter can be judged by the values before. */
  readonly filter:
    | readonly { readonly property: Property; readonly values: ReadonlySet<number> }[]
    | undefined
  readonly tallies: { candidates: number; changed: number }[]
  /** Shuffled values, as bytes: how often more before than after. */
  readonly balance: Map<string, number>
}

export class AlterationJudge {
  /** Properties that any function alters. */
  readonly loose: readonly Property[]
  readonly #altered: readonly Altered[]
  readonly #rescales: Operation | undefined
  readonly #rescalePlace: number
  readonly #conductance: Property | undefined
  readonly #splitSize: number
  readonly #findings: Findings

  constructor(
    operations: readonly Operation[],
    properties: readonly Property[],
    targets: number,
    splits: number,
    findings: Findings,
  ) {
    const byName = new Map(properties.map(property => [property.name, property]))
    const named = operations.map(alteredBy)
    const loses = operations.some(({ kind }) => LOSES.includes(kind))
    this.#findings = findings
    this.#splitSize = Math.max(1, Math.ceil(targets / splits))
    this.loose = [...new Set(named)].flatMap(name => (name === undefined ? [] : (byName.get(name) ?? [])))
    this.#altered = operations.flatMap((operation, place) => {
      const property = operation.kind === 'syn_prop_alteration' ? byName.get(operation.property) : undefined
      if (operation.kind !== 'syn_prop_alteration' || property === undefined) return []
      const filter = [...operation.filter].map(([name, values]) => ({
        property: byName.get(name),
        values: new Set(values.map(Number)),
      }))
      const touched = filter.some(
        one =>
          one.property === undefined ||
          (named.includes(one.property.name) && named.indexOf(one.property.name) < place),
      )
      const tallies = Array.from({ length: splits }, () => ({ candidates: 0, changed: 0 }))
      const alone = named.filter(name => name === operation.property).length === 1 && !loses
      const usable = touched ? undefined : (filter as Altered['filter'])
      return [
        { operation, place, property, alone, filter: usable, tallies, balance: new Map<string, number>() },
      ]
    })
    const rescaling = operations.filter(operation => operation.kind === 'syn_removal' && operation.rescale)
    const others = named.filter(name => name === CONDUCTANCE).length > 1
    const partial =
      operations.filter(({ kind }) => kind === 'syn_removal' || kind === 'syn_subsampling').length > 1
    this.#rescales = others || partial ? undefined : rescaling[0]
    this.#rescalePlace = rescaling[0] === undefined ? -1 : operations.indexOf(rescaling[0])
    this.#conductance = byName.get(CONDUCTANCE)
  }

  /** How much has to be believed if these are one row: a change that no function may make most of all. */
  cost(connection: ConnectionRows, pair: Pair): number {
    return this.loose
      .filter(property => differs(connection, pair, property))
      .reduce((sum, property) => sum + (this.#mayChange(connection, pair, property) ? 1 : NOT_ALLOWED), 0)
  }

  /** @param pairs rows that are there on both sides */
  see(connection: ConnectionRows, pairs: readonly Pair[]): void {
    for (const property of this.loose) {
      const concerned = this.#altered.filter(one => one.property === property)
      const changed = pairs.filter(pair => differs(connection, pair, property))
      for (const pair of changed) this.#judgeChange(connection, pair, property, concerned)
      for (const one of concerned) if (one.alone) this.#tally(one, connection, pairs, new Set(changed))
    }
    if (this.#rescales?.kind === 'syn_removal') this.#sums(connection, pairs)
  }

  #judgeChange(
    connection: ConnectionRows,
    pair: Pair,
    property: Property,
    concerned: readonly Altered[],
  ): void {
    const { before, after } = connection
    const old = valueAt(before.rows, pair[0], property)
    const now = valueAt(after.rows, pair[1], property)
    const culprit = culpritOf(connection, pair, property, old, now)
    const detail = { property: property.name }
    const able = concerned.filter(one => passes(one, connection, pair[0]))
    const rescaled = this.#isRescaled(connection, property)
    const elsewhere = this.#isRescaledElsewhere(property)
    if (able.length === 0 && !rescaled && !elsewhere) {
      this.#findings.add('alteration.outside', culprit, detail)
      return
    }
    const [only] = able
    const alone = only?.alone === true && !rescaled && !elsewhere ? only : undefined
    if (Number.isNaN(now) && !Number.isNaN(old) && !mayBecomeNan(alone?.operation.newValue, old, property))
      this.#findings.add('value.nan', culprit, detail)
    if (alone === undefined) return
    const { newValue } = alone.operation
    const place = { operation: alone.place, property: property.name }
    if (!isInside(newValue, old, now, property)) this.#findings.add('alteration.range', culprit, place)
    else if (!follows(newValue, old, now, property)) this.#findings.add('alteration.value', culprit, place)
  }

  #mayChange(connection: ConnectionRows, [old]: Pair, property: Property): boolean {
    const concerned = this.#altered.filter(one => one.property === property)
    return (
      concerned.some(one => passes(one, connection, old)) ||
      this.#isRescaled(connection, property) ||
      this.#isRescaledElsewhere(property)
    )
  }

  #isRescaled({ source, target, before, after }: ConnectionRows, { name }: Property): boolean {
    return (
      this.#rescales?.kind === 'syn_removal' &&
      name === CONDUCTANCE &&
      this.#rescales.source.member[source] === 1 &&
      this.#rescales.target.member[target] === 1 &&
      before.places.length > after.places.length
    )
  }

  #isRescaledElsewhere({ name }: Property): boolean {
    return name === CONDUCTANCE && this.#rescales === undefined && this.#rescalePlace >= 0
  }

  #tally(one: Altered, connection: ConnectionRows, pairs: readonly Pair[], changed: ReadonlySet<Pair>): void {
    const tally = one.tallies[Math.floor(connection.target / this.#splitSize)]
    if (tally === undefined || one.filter === undefined) return
    for (const pair of pairs) {
      if (!passes(one, connection, pair[0])) continue
      tally.candidates++
      if (changed.has(pair)) tally.changed++
      if (one.operation.newValue.mode !== 'shuffle') continue
      const was = valueKey(connection.before.rows, pair[0], one.property)
      const is = valueKey(connection.after.rows, pair[1], one.property)
      one.balance.set(was, (one.balance.get(was) ?? 0) + 1)
      one.balance.set(is, (one.balance.get(is) ?? 0) - 1)
      for (const value of [was, is]) if (one.balance.get(value) === 0) one.balance.delete(value)
    }
  }

  /** S4. A sum that is no number is not judged. */
  #sums(connection: ConnectionRows, pairs: readonly Pair[]): void {
    const { before, after } = connection
    const property = this.#conductance
    if (property === undefined || before.places.length <= after.places.length || pairs.length === 0) return
    const sum = ({ rows, places }: ConnectionRows['before']): number =>
      places.reduce((all, place) => all + valueAt(rows, place, property), 0)
    const [was, is] = [sum(before), sum(after)]
    const left = pairs.reduce((all, [place]) => all + valueAt(before.rows, place, property), 0)
    // The package leaves connections alone whose sum is not positive before or after.
    if (!Number.isFinite(was) || was <= 0 || left <= 0) return
    const tolerance = property.type === 'f32' ? 2e-6 : 1e-9
    const detail = { operation: this.#rescalePlace, property: property.name }
    const culprit = culpritOf(connection, pairs[0] ?? [0, 0], property, was, is)
    if (!(Math.abs(is - was) <= tolerance * was * Math.sqrt(before.places.length + 1)))
      this.#findings.add('conductance.sum', culprit, detail)
    const factors = pairs.flatMap(([a, b]) => {
      const old = valueAt(before.rows, a, property)
      return old > 0 ? [valueAt(after.rows, b, property) / old] : []
    })
    // Rows that are the same but for their conductance cannot be told from each other.
    if (pairs.length !== after.places.length || this.#isAmbiguous(connection)) return
    if (Math.max(...factors) - Math.min(...factors) > tolerance * 4 * Math.max(...factors))
      this.#findings.add('conductance.ratio', culprit, detail)
  }

  #isAmbiguous({ before }: ConnectionRows): boolean {
    const rest = [...before.rows.columns.keys()].filter(name => name !== CONDUCTANCE)
    const firm = rest.map(name => this.#byName(name, before.rows.columns, before.rows.count))
    const keys = before.places.map(place => rowKey(before.rows, place, firm))
    return new Set(keys).size < keys.length
  }

  #byName(name: string, columns: ReadonlyMap<string, Uint8Array>, count: number): Property {
    const bytes = count === 0 ? 0 : (columns.get(name)?.length ?? 0) / count
    return { name, type: 'u8', bytes, text: false }
  }

  /** By property: how many values were to change, and how many did; of all splits. */
  amounts(): Map<string, Amount> {
    const found = new Map<string, Amount>()
    for (const { operation, property, alone, filter, tallies } of this.#altered) {
      if (!alone || filter === undefined) continue
      let [asked, done] = [0, 0]
      for (const { candidates, changed } of tallies) {
        asked += share(operation.percent, candidates)
        done += changed
      }
      found.set(property.name, { asked, done })
    }
    return found
  }

  end(): void {
    for (const { operation, place, property, alone, filter, tallies, balance } of this.#altered) {
      if (!alone || filter === undefined) continue
      const detail = { operation: place, property: property.name }
      for (const [split, { candidates, changed }] of tallies.entries()) {
        const most = share(operation.percent, candidates)
        const told = {
          expected: `at most ${most} of ${candidates} in split ${split + 1}`,
          found: `${changed}`,
        }
        if (changed > most)
          this.#findings.add('alteration.amount', undefined, { ...detail, ...told, count: changed - most })
      }
      const moved = [...balance.values()].reduce((all, count) => all + Math.max(0, count), 0)
      if (moved > 0) this.#findings.add('alteration.multiset', undefined, { ...detail, count: moved })
    }
  }
}

/** One NaN is as good as another. */
const valueKey = (rows: ConnectionRows['before']['rows'], place: number, property: Property): string =>
  !property.text && Number.isNaN(valueAt(rows, place, property)) && property.type !== 'f16'
    ? 'NaN'
    : rowKey(rows, place, [property])

const LOSES: readonly string[] = ['conn_removal', 'conn_extraction', 'syn_removal', 'syn_subsampling']

const alteredBy = (operation: Operation): string | undefined =>
  operation.kind === 'syn_prop_alteration'
    ? operation.property
    : operation.kind === 'syn_removal' && operation.rescale
      ? CONDUCTANCE
      : undefined

function passes(
  { operation, filter }: Altered,
  { source, target, before }: ConnectionRows,
  place: number,
): boolean {
  if (operation.source.member[source] !== 1 || operation.target.member[target] !== 1) return false
  return (
    filter === undefined ||
    filter.every(({ property, values }) => values.has(valueAt(before.rows, place, property)))
  )
}

function differs({ before, after }: ConnectionRows, [a, b]: Pair, { name, bytes }: Property): boolean {
  const [x, y] = [before.rows.columns.get(name), after.rows.columns.get(name)]
  for (let k = 0; k < bytes; k++) if (x?.[a * bytes + k] !== y?.[b * bytes + k]) return true
  return false
}

const culpritOf = (
  { source, target, before, after }: ConnectionRows,
  [a, b]: Pair,
  property: Property,
  old: number,
  now: number,
): SynapseCulprit => ({
  source,
  target,
  originalEdge: before.rows.edge[a],
  manipulatedEdge: after.rows.edge[b],
  property: property.name,
  before: old,
  after: now,
})
