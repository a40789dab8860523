/** What invariants of operations find, as codes. Sources: connectome-manipulator.md 2, by their numbers there. */
import type { SynapseCulprit } from '../synapses/expectation.ts'

export const CONTRACT_CODES = [
  /** R6: a connection that the original has not. */
  'connection.new',
  /** R6: more synapses than before. */
  'connection.grown',
  /** U4, R4, S3, P1: a kept row is none of the connection's rows in a property that nothing alters. */
  'kept.changed',
  /** R1, S1: a row is gone that no function may take. */
  'removal.outside',
  /** R2: a connection lost some of its synapses, not all. */
  'removal.partial',
  /** R1, S1, 2.6: not as many are gone as the percentage says. */
  'removal.amount',
  /** S2: a connection lost all its synapses although one was to be kept. */
  'connection.emptied',
  /** S4: conductances of a connection do not add up to what they were. */
  'conductance.sum',
  /** S4: conductances of a connection were not scaled by one factor. */
  'conductance.ratio',
  /** P2: a value changed in a row that is not selected, or that the filter does not pass. */
  'alteration.outside',
  /** P2: more values changed than the percentage says. */
  'alteration.amount',
  /** P4: not what the new value is made by. */
  'alteration.value',
  /** P4: shuffled values are not the ones that were there. */
  'alteration.multiset',
  /** P4: outside of the range. */
  'alteration.range',
  /** U7: no number, where there was one. */
  'value.nan',
  /** W1: rows that are not to be rewired are not as they were. */
  'rewiring.outside',
  /** W1, 2.9: rows do not stand where the operation puts them. */
  'rewiring.unsorted',
  /** W1: a neuron was connected to itself. */
  'rewiring.autapse',
  /** W1: more or fewer targets were rewired than the percentage says. */
  'rewiring.amount',
  /** No target was changed, although some could have been. */
  'rewiring.nothing',
  'wiring.nothing',
  /** A delay that the model does not draw. */
  'rewiring.delay',
  /** A new synapse has a value that none can have. */
  'rewiring.bounds',
  /** W2, W3: a row is neither an old one with a new source and delay, nor may it be new. */
  'rewiring.row',
  /** W3, W4: another number of sources. */
  'rewiring.indegree',
  /** W3: connections of other sizes. */
  'rewiring.sizes',
  /** W5: a connection added, or taken, where the mode allows no such thing. */
  'rewiring.pairs',
  /** W6: a connection that was to be kept as it is was not. */
  'rewiring.kept',
  /** W7: a new synapse at a position where the target had none. */
  'rewiring.position',
  /** W8: a new synapse has a value that no synapse had. */
  'rewiring.sampled',
  /** W8: synapses of a new connection differ in what they should share. */
  'rewiring.constant',
  /** W9: not the connections of the adjacency model. */
  'rewiring.model',
  /** Twice the same row, where the original has it less often and no model draws it twice. */
  'row.copied',
  /** 2.8: the rows are not those that the run's own log tells. */
  'log.rows',
  /** 2.8: a row has another source or target than the log tells. */
  'log.connection',
] as const

export type ContractCode = (typeof CONTRACT_CODES)[number]

export interface ContractFinding {
  readonly code: ContractCode
  /** Place of the function in the config, where it is one function's. */
  readonly operation?: number | undefined
  readonly property?: string | undefined
  /** At least 1. */
  readonly count: number
  readonly expected?: string | undefined
  readonly found?: string | undefined
  readonly culprits: readonly SynapseCulprit[]
}

/** What is told with a finding. */
export interface Detail {
  readonly operation?: number | undefined
  readonly property?: string | undefined
  readonly expected?: string | undefined
  readonly found?: string | undefined
  readonly count?: number
}

/** Of values or of connections (synapses), in all splits together: how many the function was to take, and how many it did. */
export interface Amount {
  readonly asked: number
  readonly done: number
}

/** Gathers findings: one for each code, property and function. */
export class Findings {
  readonly #keep: number
  readonly #all = new Map<
    string,
    Omit<ContractFinding, 'culprits' | 'count'> & { count: number; culprits: SynapseCulprit[] }
  >()

  /** @param keep culprits of each */
  constructor(keep: number) {
    this.#keep = keep
  }

  add(code: ContractCode, culprit?: SynapseCulprit, detail: Detail = {}): void {
    const { count = 1, ...rest } = detail
    const key = `${code} ${rest.property ?? ''} ${rest.operation ?? ''}`
    const found = this.#all.get(key) ?? { code, ...rest, count: 0, culprits: [] }
    this.#all.set(key, found)
    found.count += count
    if (culprit !== undefined && found.culprits.length < this.#keep) found.culprits.push(culprit)
  }

  all(): ContractFinding[] {
    return [...this.#all.values()].sort(
      (a, b) => CONTRACT_CODES.indexOf(a.code) - CONTRACT_CODES.indexOf(b.code),
    )
  }
}
