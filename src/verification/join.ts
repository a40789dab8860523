/** Comparisons of parts that together are all targets, made one. */
import { type Comparison, perClass } from './comparison.ts'

/**
 * Parts ascend by target, so their culprits do when put one after the other. Undefined where some parts took rows by
 * their place in a file that others found unsorted: then rows may have been left out.
 */
export function joinComparisons(parts: readonly Comparison[], keep: number): Comparison | undefined {
  const original = joinOrders(parts.map(part => part.order.original))
  const manipulated = joinOrders(parts.map(part => part.order.manipulated))
  const [first] = parts
  if (first === undefined || original === undefined || manipulated === undefined) return undefined
  const sum = (of: (part: Comparison) => number): number => parts.reduce((total, part) => total + of(part), 0)
  const both = (of: (part: Comparison) => { original: number; manipulated: number }) => ({
    original: sum(part => of(part).original),
    manipulated: sum(part => of(part).manipulated),
  })
  const everything = parts.flatMap(part => (part.differences === undefined ? [] : [part.differences]))
  return {
    edges: first.edges,
    connections: both(part => part.connections),
    allConnections: both(part => part.allConnections),
    order: { original, manipulated },
    classes: perClass((_, name) => sum(part => part.classes[name])),
    culprits: perClass((_, name) => parts.flatMap(part => part.culprits[name]).slice(0, keep)),
    changedTargets: parts.flatMap(part => part.changedTargets),
    differences: everything.length === parts.length ? everything.flat() : undefined,
    paired: joinPairs(parts.map(part => part.paired)),
  }
}

function joinPairs(parts: readonly (Float64Array | undefined)[]): Float64Array | undefined {
  const known = parts.filter(part => part !== undefined)
  if (known.length < parts.length) return undefined
  const all = new Float64Array(known.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of known) {
    all.set(part, at)
    at += part.length
  }
  return all
}

type Order = Comparison['order']['original']

function joinOrders(orders: readonly Order[]): Order | undefined {
  const byTarget = orders.filter(order => order === 'tgt,src' || order === 'tgt')
  if (byTarget.length === orders.length) return orders.every(order => order === 'tgt,src') ? 'tgt,src' : 'tgt'
  // Each part looked at all rows and found the same.
  return byTarget.length === 0 ? orders[0] : undefined
}
