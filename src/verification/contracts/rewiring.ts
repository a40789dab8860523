/** conn_rewiring and conn_wiring, target by target: W1 - W9 and 2.9 of connectome-manipulator.md. */
import type { Rewiring, Wiring } from '../../connectome/operations.ts'
import type { Detail, Findings } from './codes.ts'
import { CopiedRows } from './copied-rows.ts'
import { DrawnRows } from './drawn-rows.ts'
import { ModelledOrder } from './modelled-order.ts'
import { NewRows } from './new-rows.ts'
import { matchTarget } from './row-match.ts'
import { SplitTally } from './split-tally.ts'
import { culpritOf, type Property, type RowsOf, sameRow, type TargetRows } from './target-rows.ts'

const DELAY = 'delay'

export interface ModelledContext {
  readonly operation: Rewiring | Wiring
  /** Place of the function in the config. */
  readonly place: number
  readonly properties: readonly Property[]
  readonly targets: number
  readonly splits: number
  /** Source and target are the same population: equal ids are autapses. */
  readonly samePopulation: boolean
  /** Values that occur in the original, by property, as bytes; of those that are sampled. */
  readonly known: ReadonlyMap<string, ReadonlySet<string>>
  readonly findings: Findings
}

/** What nothing but the model determines, in rows. */
export interface Undetermined {
  redrawnDelays: number
  newRows: number
  /** Rows that are there twice, bit by bit, as a model may draw them. */
  equalRows: number
}

export class ModelledJudge {
  readonly undetermined: Undetermined = { redrawnDelays: 0, newRows: 0, equalRows: 0 }
  readonly #context: ModelledContext
  readonly #firm: readonly Property[]
  readonly #new: NewRows
  readonly #order: ModelledOrder
  readonly #drawn: DrawnRows
  readonly #copied: CopiedRows
  readonly #tally: SplitTally

  constructor(context: ModelledContext) {
    this.#context = context
    this.#firm = context.properties.filter(({ name }) => name !== DELAY)
    this.#new = new NewRows(context)
    this.#order = new ModelledOrder(context)
    this.#drawn = new DrawnRows(context.operation, context.place, context.properties, context.findings)
    this.#copied = new CopiedRows(this.#drawn, context.properties, context.findings, this.#at)
    this.#tally = new SplitTally(context)
  }

  see(rows: TargetRows): void {
    const match = this.#match(rows)
    const changed = this.#judgeOld(rows, match)
    const made = rows.after.places.filter((_, k) => match[k] === -1)
    this.#order.see(rows, match)
    this.#judgeNew(rows, made)
    this.#copied.see(rows, match)
    const used = new Set(match)
    const gone = rows.before.places.filter(place => !used.has(place))
    this.#judgeGone(rows, gone)
    if (this.#context.operation.target.member[rows.target] !== 1) return
    const touched = changed + made.length + gone.length > 0
    const inClass = rows.before.places.filter(place => this.#inClass(rows.before.rows.source[place])).length
    this.#tally.add(rows.target, { touched, inClass, rows: rows.before.places.length })
    if (this.#context.operation.kind === 'conn_rewiring')
      this.#judgeSources(rows, this.#context.operation, match, touched)
  }

  end(): void {
    this.#order.end()
    this.#tally.end()
    this.undetermined.equalRows = this.#copied.end()
  }

  get #at(): Detail {
    return { operation: this.#context.place }
  }

  #inClass = (source: number | undefined): boolean =>
    this.#context.operation.source.member[source ?? -1] === 1

  #match(rows: TargetRows): number[] {
    const { target, before, after } = rows
    const { operation, properties } = this.#context
    const selected = operation.kind === 'conn_rewiring' && operation.target.member[target] === 1
    const mayGo = (old: number): boolean => selected && this.#inClass(before.rows.source[old])
    return matchTarget(rows, {
      same: (old, place) =>
        before.rows.source[old] === after.rows.source[place] &&
        sameRow(before.rows, old, after.rows, place, properties),
      becomes: (old, place) =>
        mayGo(old) &&
        this.#inClass(after.rows.source[place]) &&
        sameRow(before.rows, old, after.rows, place, this.#firm),
      mayGo,
    })
  }

  /** Returns the rows that were given another source or delay. */
  #judgeOld({ target, before, after }: TargetRows, match: readonly number[]): number {
    let changed = 0
    for (const [k, old] of match.entries()) {
      if (old < 0) continue
      const place = after.places[k] ?? 0
      const same =
        before.rows.source[old] === after.rows.source[place] &&
        sameRow(before.rows, old, after.rows, place, this.#context.properties)
      if (same) continue
      changed++
      this.undetermined.redrawnDelays++
      this.#refuseAutapse({ target, before, after }, place)
      this.#drawn.delay(after, place, target)
    }
    return changed
  }

  #refuseAutapse({ target, before, after }: TargetRows, place: number): void {
    const { samePopulation, operation, findings } = this.#context
    if (!samePopulation || after.rows.source[place] !== target) return
    // One that was there is a source like others where all of them are kept.
    const adds = operation.kind === 'conn_rewiring' && operation.mode === 'add_only'
    if (adds && before.places.some(old => before.rows.source[old] === target)) return
    findings.add('rewiring.autapse', culpritOf(after, place, target), this.#at)
  }

  #judgeNew({ target, before, after }: TargetRows, made: readonly number[]): void {
    const { operation, findings } = this.#context
    const makes = operation.kind === 'conn_wiring' || makesSynapses(operation)
    const good: number[] = []
    for (const place of made) {
      const culprit = culpritOf(after, place, target)
      if (operation.target.member[target] !== 1 || !this.#inClass(after.rows.source[place]))
        findings.add('rewiring.outside', culprit, this.#at)
      else if (!makes) findings.add('rewiring.row', culprit, this.#at)
      else good.push(place)
    }
    for (const place of good) {
      this.#refuseAutapse({ target, before, after }, place)
      this.#drawn.delay(after, place, target)
      this.#drawn.made(after, place, target)
    }
    this.undetermined.newRows += good.length
    if (operation.kind === 'conn_rewiring') this.#new.judge({ target, before, after }, good, operation)
  }

  #judgeGone({ target, before }: TargetRows, gone: readonly number[]): void {
    const { operation, findings } = this.#context
    for (const place of gone) {
      const free =
        operation.kind === 'conn_rewiring' &&
        operation.target.member[target] === 1 &&
        this.#inClass(before.rows.source[place])
      const { source, edge } = before.rows
      const culprit = { source: source[place] ?? 0, target, originalEdge: edge[place] }
      if (!free) findings.add('rewiring.outside', culprit, this.#at)
      else if (operation.keepIndegree && operation.reuseConnections)
        findings.add('rewiring.row', culprit, this.#at)
    }
  }

  #judgeSources(rows: TargetRows, asked: Rewiring, match: readonly number[], touched: boolean): void {
    const { findings } = this.#context
    const [was, is] = [this.#sizes(rows.before), this.#sizes(rows.after)]
    const culprit = { source: -1, target: rows.target }
    const told = { ...this.#at, expected: `${was.size} sources`, found: `${is.size}` }
    if (touched && asked.keepIndegree && was.size !== is.size)
      findings.add('rewiring.indegree', culprit, told)
    const sorted = (sizes: ReadonlyMap<number, number>): string =>
      [...sizes.values()].sort((a, b) => a - b).join()
    if (touched && asked.keepIndegree && asked.reuseConnections && sorted(was) !== sorted(is))
      findings.add('rewiring.sizes', culprit, { ...this.#at, expected: sorted(was), found: sorted(is) })
    const more = asked.mode === 'add_only' ? was : is
    const less = asked.mode === 'add_only' ? is : was
    if (asked.mode !== undefined)
      for (const source of more.keys())
        if (!less.has(source)) findings.add('rewiring.pairs', { source, target: rows.target }, this.#at)
    if (asked.keepConnections) this.#judgeKept(rows, was, is, match)
    const { adjacency } = asked
    const placed = asked.positions === 'reuse_strict' ? was.size > 0 : rows.before.places.length > 0
    const settled =
      asked.percent === 100 &&
      !asked.keepIndegree &&
      (placed || asked.positions === 'random' || asked.positions === 'external')
    if (adjacency === undefined || !settled) return
    for (const source of asked.source.ids) {
      const drawn = adjacency(source, rows.target) && source !== rows.target
      const wanted =
        asked.mode === 'add_only'
          ? drawn || was.has(source)
          : asked.mode === 'delete_only'
            ? drawn && was.has(source)
            : drawn
      if (wanted === is.has(source)) continue
      const expected = wanted ? 'connected' : 'not connected'
      findings.add('rewiring.model', { source, target: rows.target }, { ...this.#at, expected })
    }
  }

  #judgeKept(
    { target, before, after }: TargetRows,
    was: ReadonlyMap<number, number>,
    is: ReadonlyMap<number, number>,
    match: readonly number[],
  ): void {
    const intact = new Map<number, number>()
    for (const [k, old] of match.entries()) {
      const [place, source] = [after.places[k] ?? 0, before.rows.source[old]]
      if (old < 0 || source === undefined || source !== after.rows.source[place]) continue
      if (sameRow(before.rows, old, after.rows, place, this.#context.properties))
        intact.set(source, (intact.get(source) ?? 0) + 1)
    }
    for (const [source, count] of was) {
      const left = is.get(source)
      if (left === undefined || (left === count && intact.get(source) === count)) continue
      this.#context.findings.add('rewiring.kept', { source, target }, this.#at)
    }
  }

  /** Synapses per connection, of sources that are rewired. */
  #sizes({ rows, places }: RowsOf): Map<number, number> {
    const sizes = new Map<number, number>()
    for (const place of places) {
      const source = rows.source[place] ?? 0
      if (this.#inClass(source)) sizes.set(source, (sizes.get(source) ?? 0) + 1)
    }
    return sizes
  }
}

/** Fewer connections than before need none, unless old ones are not used again. */
const makesSynapses = ({ method, mode, reuseConnections, keepConnections }: Rewiring): boolean =>
  method !== undefined && !(mode === 'delete_only' && (reuseConnections || keepConnections))
