/** What cannot be checked because one of the files does not say it. */
import type { EdgeSource, Unknown } from '../connectome/edges.ts'
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

/** A comparison that says nothing about how many edges connections have. All nodes must have been selected. */
export function withoutMultiplicity(comparison: Comparison): Comparison {
  return {
    ...comparison,
    classes: { ...comparison.classes, multiplicity_changed: 0 },
    culprits: { ...comparison.culprits, multiplicity_changed: [] },
    differences: comparison.differences?.filter(({ class: name }) => name !== 'multiplicity_changed'),
  }
}
