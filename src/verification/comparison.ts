/** What one pass over two edge populations found, before anybody judges it. */
import type { EdgeOrder } from '../connectome/edges.ts'
import * as abi from '../kernels/abi.ts'

/** Classes of connections in the order of the kernel's counters; the names are the keys of `verify --json`. */
export const DIFFERENCE_CLASSES = [
  'removed_as_asked',
  'asked_still_there',
  'asked_absent',
  'lost_not_asked',
  'added_as_asked',
  'added_not_asked',
  'multiplicity_changed',
  'outside_changed',
  'asked_not_added',
  'asked_already_there',
  'outside_lost',
  'outside_added',
] as const

export type DifferenceClass = (typeof DIFFERENCE_CLASSES)[number]

/** A connection that is not as it should be. Node ids are 0-based. */
export interface Culprit {
  readonly source: number
  readonly target: number
  /** Edges of the connection in the original and in the manipulated circuit; 0: not connected. */
  readonly original: number
  readonly manipulated: number
}

export interface Difference extends Culprit {
  readonly class: DifferenceClass
}

export interface Comparison {
  readonly edges: { readonly original: number; readonly manipulated: number }
  /** Connections between selected nodes. */
  readonly connections: { readonly original: number; readonly manipulated: number }
  /** Connections of the whole populations. */
  readonly allConnections: { readonly original: number; readonly manipulated: number }
  readonly order: { readonly original: EdgeOrder; readonly manipulated: EdgeOrder }
  readonly classes: Readonly<Record<DifferenceClass, number>>
  /** The first culprits of each class, ascending by (target, source). */
  readonly culprits: Readonly<Record<DifferenceClass, readonly Culprit[]>>
  /** Targets of connections that both have, with another number of edges: all of them, ascending. */
  readonly changedTargets: readonly number[]
  /** All culprits, ascending by (target, source), where the caller asked for them. */
  readonly differences: readonly Difference[] | undefined
  /**
   * Rows that belong together, where that was asked for and both files are sorted, and every connection has all of its
   * edges or none: triples of first row in the original, in the manipulated, number of rows, ascending.
   */
  readonly paired?: Float64Array | undefined
}

export function classOf(index: number): DifferenceClass {
  const name = DIFFERENCE_CLASSES[index]
  if (name === undefined || index >= abi.CLASSES) throw new RangeError(`no difference class ${index}`)
  return name
}

export const perClass = <T>(make: (index: number, name: DifferenceClass) => T): Record<DifferenceClass, T> =>
  Object.fromEntries(DIFFERENCE_CLASSES.map((name, index) => [name, make(index, name)])) as Record<
    DifferenceClass,
    T
  >
