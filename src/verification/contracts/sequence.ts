/**
 * Sequences with conn_rewiring or conn_wiring and other functions: what must hold of the whole, whatever each of them
 * drew. A row that no function may touch is there as it was; any other is what some of them together could make of it.
 */
import type { Operation, Rewiring, Wiring } from '../../connectome/operations.ts'
import type { Findings } from './codes.ts'
import { DrawnRows } from './drawn-rows.ts'
import { mayTake } from './removals.ts'
import { matchTarget } from './row-match.ts'
import { SequenceOrder } from './sequence-order.ts'
import { culpritOf, type Property, sameRow, type TargetRows } from './target-rows.ts'

export interface SequenceContext {
  readonly operations: readonly Operation[]
  readonly properties: readonly Property[]
  readonly targets: number
  readonly splits: number
  readonly samePopulation: boolean
  readonly findings: Findings
}

/** What functions could do to a row of the original. */
interface Fate {
  /** Rewirings that could have given it another source. */
  readonly moved: readonly Rewiring[]
  readonly mayGo: boolean
  /** Names of properties that may be others. */
  readonly loose: ReadonlySet<string>
}

type Modelled = Rewiring | Wiring

const isModelled = (operation: Operation): operation is Modelled =>
  operation.kind === 'conn_rewiring' || operation.kind === 'conn_wiring'

export class SequenceJudge {
  readonly #context: SequenceContext
  readonly #drawn: ReadonlyMap<Operation, DrawnRows>
  readonly #order: SequenceOrder
  readonly #alters: boolean
  readonly #counts = { gone: 0, moved: 0, made: 0, altered: 0 }

  constructor(context: SequenceContext) {
    this.#context = context
    const { operations, properties, findings } = context
    const modelled = operations.filter(isModelled)
    this.#drawn = new Map(modelled.map(one => [one, new DrawnRows(one, undefined, properties, findings)]))
    this.#order = new SequenceOrder(context)
    this.#alters = operations.some(({ kind }) => kind === 'syn_prop_alteration')
  }

  see(rows: TargetRows): void {
    const { target, before, after } = rows
    const { properties } = this.#context
    const fates = new Map<number, Fate>()
    const fateOf = (old: number): Fate => {
      const source = before.rows.source[old] ?? 0
      const fate = fates.get(source) ?? this.#fate(source, target)
      fates.set(source, fate)
      return fate
    }
    const isSource = (old: number, place: number): boolean =>
      before.rows.source[old] === after.rows.source[place]
    const match = matchTarget(rows, {
      same: (old, place) => isSource(old, place) && sameRow(before.rows, old, after.rows, place, properties),
      becomes: (old, place) => {
        const { moved, loose } = fateOf(old)
        const source = after.rows.source[place] ?? 0
        if (!isSource(old, place) && !moved.some(one => one.source.member[source] === 1)) return false
        const firm = properties.filter(({ name }) => !loose.has(name))
        return sameRow(before.rows, old, after.rows, place, firm)
      },
      mayGo: old => fateOf(old).mayGo,
    })
    this.#order.see(rows, match)
    for (const [k, place] of after.places.entries()) {
      const old = match[k] ?? -1
      if (old < 0) this.#judgeNew(rows, place)
      else if (!isSource(old, place) || !sameRow(before.rows, old, after.rows, place, properties))
        this.#judgeChanged(rows, old, place, fateOf(old))
    }
    const used = new Set(match)
    for (const old of before.places) {
      if (used.has(old)) continue
      this.#counts.gone++
      const { source, edge } = before.rows
      const culprit = { source: source[old] ?? 0, target, originalEdge: edge[old] }
      if (!fateOf(old).mayGo) this.#context.findings.add('rewiring.outside', culprit)
    }
  }

  end(): void {
    this.#order.end()
  }

  notChecked(): string[] {
    const { gone, moved, made, altered } = this.#counts
    const count = (n: number, what: string): string[] => (n > 0 ? [`${n} ${what}`] : [])
    return [
      'what each function of the sequence did: how much, to which rows of its selection, and by which draws',
      ...count(gone, 'rows that are gone, but for their place: a function may take them'),
      ...count(moved, 'rewired rows beyond the bounds of their delay (redrawn from a model)'),
      ...count(altered, 'altered rows beyond their place: a function may alter them'),
      ...count(made, 'new rows beyond the bounds of their values (made by a model)'),
    ]
  }

  #fate(source: number, target: number): Fate {
    const [moved, loose] = [[] as Rewiring[], new Set<string>()]
    let mayGo = false
    for (const operation of this.#context.operations) {
      switch (operation.kind) {
        case 'null_manipulation':
        case 'conn_wiring':
          break
        case 'conn_rewiring':
          if (!reaches(operation, source, moved, target)) break
          moved.push(operation)
          loose.add('delay')
          // Connections that are given other sources are as many as before.
          mayGo ||= !(operation.keepIndegree && operation.reuseConnections)
          break
        case 'syn_prop_alteration':
          if (reaches(operation, source, moved, target)) loose.add(operation.property)
          break
        default: {
          // A connection of another size, or of a source it did not have, may pass a bound or a mask.
          const able =
            mayTake(operation, source, target, 0, false) ||
            moved.some(({ source: { ids } }) => ids.some(one => mayTake(operation, one, target, 0, false)))
          mayGo ||= able
          if (able && operation.kind === 'syn_removal' && operation.rescale) loose.add('conductance')
        }
      }
    }
    return { moved, mayGo, loose }
  }

  #judgeChanged(rows: TargetRows, old: number, place: number, { moved }: Fate): void {
    const { before, after } = rows
    if (before.rows.source[old] !== after.rows.source[place]) this.#refuseAutapse(rows, place)
    this.#counts[moved.length === 0 ? 'altered' : 'moved']++
    if (moved.length > 0) this.#judgeDelay(rows, place, moved)
  }

  #judgeNew(rows: TargetRows, place: number): void {
    const { target, after } = rows
    const { operations, findings } = this.#context
    const source = after.rows.source[place] ?? 0
    this.#counts.made++
    const makers = operations.filter((one, k): one is Modelled => {
      if (!isModelled(one) || !makes(one) || one.target.member[target] !== 1) return false
      // A rewiring that follows may give it another source.
      return (
        one.source.member[source] === 1 ||
        operations
          .slice(k + 1)
          .some(
            next =>
              next.kind === 'conn_rewiring' &&
              next.target.member[target] === 1 &&
              next.source.member[source] === 1 &&
              overlap(one.source.member, next.source.member),
          )
      )
    })
    const culprit = culpritOf(after, place, target)
    if (makers.length === 0) {
      findings.add('rewiring.outside', culprit)
      return
    }
    this.#refuseAutapse(rows, place)
    if (this.#alters) return
    const [only, ...others] = makers
    const rewired = operations.filter(one => one.kind === 'conn_rewiring' && one.target.member[target] === 1)
    this.#judgeDelay(rows, place, [...new Set([...makers, ...(rewired as Rewiring[])])])
    if (only !== undefined && others.length === 0) this.#drawn.get(only)?.made(after, place, target)
  }

  /** As any of the functions that could have drawn it draws it. */
  #judgeDelay({ target, after }: TargetRows, place: number, makers: readonly Modelled[]): void {
    if (this.#alters) return
    const drawn = makers.flatMap(one => this.#drawn.get(one) ?? [])
    if (drawn.every(one => one.delayProblem(after, place) !== undefined))
      drawn[0]?.delay(after, place, target)
  }

  #refuseAutapse({ target, before, after }: TargetRows, place: number): void {
    if (!this.#context.samePopulation || after.rows.source[place] !== target) return
    if (before.places.some(old => before.rows.source[old] === target)) return
    this.#context.findings.add('rewiring.autapse', culpritOf(after, place, target))
  }
}

/** Whether a row of this source, or of one that rewirings before may have given it, is in the selection. */
const reaches = (
  operation: Extract<Operation, { source: unknown }>,
  source: number,
  moved: readonly Rewiring[],
  target: number,
): boolean =>
  operation.target.member[target] === 1 &&
  (operation.source.member[source] === 1 ||
    moved.some(one => overlap(one.source.member, operation.source.member)))

const OVERLAPS = new WeakMap<Uint8Array, WeakMap<Uint8Array, boolean>>()

/** Whether two selections have a node in common. */
function overlap(a: Uint8Array, b: Uint8Array): boolean {
  const known = OVERLAPS.get(a) ?? new WeakMap<Uint8Array, boolean>()
  OVERLAPS.set(a, known)
  const found = known.get(b) ?? a.some((is, node) => is === 1 && b[node] === 1)
  known.set(b, found)
  return found
}

const makes = (operation: Modelled): boolean =>
  operation.kind === 'conn_wiring' || operation.method !== undefined
