/** What cannot be checked because one of the files does not say it. */
import type { EdgeSource, Unknown } from '../connectome/edges.ts'
import type { NodeSelection } from '../connectome/selection.ts'
import { InputError } from '../errors.ts'
import type { Comparison } from './comparison.ts'
import type { CheckId } from './proof.ts'

/** The file that does not say something, where one of the two does not. */
export const silent = (unknown: Unknown, ...edges: readonly EdgeSource[]): string | undefined =>
  edges.find(one => one.unknown?.includes(unknown))?.file

/** Checks that cannot be made for these two, and why. */
export function uncheckable(original: EdgeSource, manipulated: EdgeSource): ReadonlyMap<CheckId, string> {
  const reasons = new Map<CheckId, string>()
  const nodes = silent('nodes', original, manipulated)
  if (nodes !== undefined) reasons.set('nodes.same', `${nodes} names no node populations`)
  const multiplicity = silent('multiplicity', original, manipulated)
  if (multiplicity !== undefined) reasons.set('multiplicity', `${multiplicity} lists connections, not edges`)
  return reasons
}

const WHAT: Readonly<Partial<Record<CheckId, string>>> = {
  'nodes.same': 'whether both have the same nodes',
  multiplicity: 'edges per connection',
}

/** Where level full was not asked for; a proof has their names instead. */
export const OTHER_POPULATIONS = 'other edge populations of the circuit'

/** {@link uncheckable} for people. */
export const uncheckedSentences = (unknown: ReadonlyMap<CheckId, string>): string[] =>
  [...unknown].map(([id, reason]) => `${WHAT[id] ?? id} (${reason})`)

/** A comparison that says nothing about how many edges connections have. All nodes must have been selected. */
export function withoutMultiplicity(comparison: Comparison): Comparison {
  return {
    ...comparison,
    classes: { ...comparison.classes, multiplicity_changed: 0 },
    culprits: { ...comparison.culprits, multiplicity_changed: [] },
    differences: comparison.differences?.filter(({ class: name }) => name !== 'multiplicity_changed'),
  }
}

/**
 * Outside of a selection, connections are compared by their number of edges too: where that is not known, only all
 * nodes can be compared.
 *
 * @throws InputError if fewer are selected
 */
export function refuseUnknowable(
  original: EdgeSource,
  manipulated: EdgeSource,
  source: NodeSelection,
  target: NodeSelection,
): void {
  const file = silent('multiplicity', original, manipulated)
  const all = source.ids.length === source.populationSize && target.ids.length === target.populationSize
  if (file === undefined || all) return
  throw new InputError('lists connections, not edges: it can be compared for all nodes only', {
    file,
    hint: 'leave the node selection away, or give the edges themselves',
  })
}
