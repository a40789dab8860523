/** Which rows may be gone, and how many: R1 - R3, R6, S1, S2 and 2.4, 2.6 of connectome-manipulator.md. */
import { type ConnRemoval, type Operation, type SynRemoval, share } from '../../connectome/operations.ts'
import type { SynapseCulprit } from '../synapses/expectation.ts'
import type { Amount, Findings } from './codes.ts'
import type { ConnectionRows } from './target-rows.ts'

type Loser = Exclude<
  Operation,
  { kind: 'null_manipulation' | 'syn_prop_alteration' | 'conn_rewiring' | 'conn_wiring' }
>

const isLoser = (operation: Operation): operation is Loser =>
  operation.kind === 'conn_removal' ||
  operation.kind === 'conn_extraction' ||
  operation.kind === 'syn_removal' ||
  operation.kind === 'syn_subsampling'

/** Takes connections as a whole. */
const isWhole = (operation: Loser): boolean =>
  operation.kind === 'conn_removal' || operation.kind === 'conn_extraction'

/** Counted by split: what could be taken, and what was. */
interface Tally {
  candidates: number
  taken: number
}

export class RemovalJudge {
  readonly #losers: readonly Loser[]
  /** The only function that takes rows, with its place: then numbers follow. */
  readonly #single: { readonly operation: Loser; readonly place: number } | undefined
  readonly #tallies: Tally[]
  readonly #splitSize: number
  readonly #findings: Findings

  constructor(operations: readonly Operation[], targets: number, splits: number, findings: Findings) {
    this.#losers = operations.filter(isLoser)
    const [only, another] = this.#losers
    this.#single =
      only === undefined || another !== undefined
        ? undefined
        : { operation: only, place: operations.indexOf(only) }
    this.#splitSize = Math.max(1, Math.ceil(targets / splits))
    this.#tallies = Array.from({ length: splits }, () => ({ candidates: 0, taken: 0 }))
    this.#findings = findings
  }

  see(connection: ConnectionRows): void {
    const { source, target, before, after } = connection
    const [had, has] = [before.places.length, after.places.length]
    const culprit = {
      source,
      target,
      originalEdge: before.rows.edge[before.places[0] ?? -1],
      manipulatedEdge: after.rows.edge[after.places[0] ?? -1],
    }
    const told = { expected: `${had} synapses`, found: `${has}` }
    if (had === 0) {
      this.#findings.add('connection.new', culprit, { count: has })
      return
    }
    if (has > had) this.#findings.add('connection.grown', culprit, { count: has - had, ...told })
    const lost = Math.max(0, had - has)
    if (lost > 0) {
      const able = this.#losers.filter(loser =>
        mayTake(loser, source, target, had, this.#single !== undefined),
      )
      if (able.length === 0) this.#findings.add('removal.outside', culprit, { count: lost, ...told })
      else if (has > 0 && able.every(isWhole)) this.#findings.add('removal.partial', culprit, told)
    }
    if (this.#single !== undefined) this.#count(culprit, had, lost)
  }

  #count(culprit: SynapseCulprit, had: number, lost: number): void {
    const { operation, place } = this.#single ?? {}
    const { source, target } = culprit
    const tally = this.#tallies[Math.floor(target / this.#splitSize)]
    if (operation === undefined || tally === undefined) return
    if (!mayTake(operation, source, target, had, true)) return
    if (operation.kind === 'conn_removal') {
      tally.candidates++
      if (lost > 0) tally.taken++
      return
    }
    const protectedRows = operation.kind === 'syn_removal' && operation.keepConnections ? 1 : 0
    tally.candidates += had - protectedRows
    tally.taken += lost
    if (protectedRows > 0 && lost >= had)
      this.#findings.add('connection.emptied', culprit, { operation: place })
  }

  /** Undefined where it does not follow. */
  amount(): Amount | undefined {
    const { operation } = this.#single ?? {}
    if (operation === undefined) return undefined
    let [asked, done] = [0, 0]
    for (const { candidates, taken } of this.#tallies) {
      asked += amountOf(operation, candidates)
      done += taken
    }
    return { asked, done }
  }

  end(): void {
    if (this.#single === undefined) return
    const { operation, place } = this.#single
    for (const [split, { candidates, taken }] of this.#tallies.entries()) {
      const expected = amountOf(operation, candidates)
      if (expected === taken) continue
      const what = operation.kind === 'conn_removal' ? 'connections' : 'synapses'
      this.#findings.add('removal.amount', undefined, {
        operation: place,
        count: Math.abs(expected - taken),
        expected: `${expected} of ${candidates} ${what} gone in split ${split + 1}`,
        found: `${taken}`,
      })
    }
  }
}

function amountOf(operation: Loser, candidates: number): number {
  switch (operation.kind) {
    case 'conn_extraction':
      return candidates
    case 'syn_subsampling':
      return candidates - share(operation.percent, candidates)
    default:
      return share(operation.percent, candidates)
  }
}

/** Whether a function may take a row of this connection. @param bounds whether the connection has as many synapses as the function saw */
export function mayTake(
  operation: Loser,
  source: number,
  target: number,
  synapses: number,
  bounds: boolean,
): boolean {
  switch (operation.kind) {
    case 'syn_subsampling':
      return true
    case 'conn_extraction': {
      const { nodes } = operation
      return nodes === undefined || nodes.member[source] !== 1 || nodes.member[target] !== 1
    }
    case 'syn_removal':
      return isSelected(operation, source, target)
    case 'conn_removal':
      return (
        isSelected(operation, source, target) &&
        (!bounds ||
          (synapses >= (operation.atLeast ?? 0) &&
            synapses <= (operation.atMost ?? Number.POSITIVE_INFINITY))) &&
        isMasked(operation, source, target)
      )
  }
}

const isSelected = (operation: ConnRemoval | SynRemoval, source: number, target: number): boolean =>
  operation.source.member[source] === 1 && operation.target.member[target] === 1

/** A node listed twice stands at the sum of its places, in the package as here. */
function isMasked(
  { mask, source: sources, target: targets }: ConnRemoval,
  source: number,
  target: number,
): boolean {
  if (mask === undefined) return true
  const [row, column] = [placeOf(sources.ids, source), placeOf(targets.ids, target)]
  for (let k = mask.indptr[column] ?? 0; k < (mask.indptr[column + 1] ?? 0); k++)
    if (mask.indices[k] === row) return true
  return false
}

const PLACES = new WeakMap<Uint32Array, Map<number, number>>()

function placeOf(ids: Uint32Array, node: number): number {
  let places = PLACES.get(ids)
  if (places === undefined) {
    places = new Map()
    for (const [k, id] of ids.entries()) places.set(id, (places.get(id) ?? 0) + k)
    PLACES.set(ids, places)
  }
  return places.get(node) ?? -1
}
