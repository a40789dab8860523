/** The slow, obvious twin of the pass: maps of pairs, no windows, no order. */
import {
  type Culprit,
  DIFFERENCE_CLASSES,
  type Difference,
  type DifferenceClass,
} from '../../src/verification/comparison.ts'

export type Pair = readonly [source: number, target: number]

export interface ReferenceInput {
  original: readonly Pair[]
  manipulated: readonly Pair[]
  sources: readonly number[]
  targets: readonly number[]
  remove: readonly Pair[]
  add: readonly Pair[]
}

export interface ReferenceResult {
  classes: Record<DifferenceClass, number>
  differences: Difference[]
  connections: { original: number; manipulated: number }
  allConnections: { original: number; manipulated: number }
}

const key = ([source, target]: Pair): string => `${source},${target}`
const pairOf = (text: string): Pair => text.split(',').map(Number) as unknown as Pair

function edgesPerPair(edges: readonly Pair[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const edge of edges) counts.set(key(edge), (counts.get(key(edge)) ?? 0) + 1)
  return counts
}

export function referenceCompare(input: ReferenceInput): ReferenceResult {
  const before = edgesPerPair(input.original)
  const after = edgesPerPair(input.manipulated)
  const remove = new Set(input.remove.map(key))
  const add = new Set(input.add.map(key))
  const inside = (text: string): boolean => {
    const [source, target] = pairOf(text)
    return input.sources.includes(source) && input.targets.includes(target)
  }
  const classes = Object.fromEntries(DIFFERENCE_CLASSES.map(name => [name, 0])) as Record<
    DifferenceClass,
    number
  >
  const differences: Difference[] = []
  const found = (name: DifferenceClass, text: string): void => {
    const [source, target] = pairOf(text)
    classes[name]++
    differences.push({
      class: name,
      source,
      target,
      original: before.get(text) ?? 0,
      manipulated: after.get(text) ?? 0,
    })
  }
  for (const text of new Set([...before.keys(), ...after.keys(), ...remove, ...add])) {
    const o = before.get(text) ?? 0
    const m = after.get(text) ?? 0
    const lostOrGained = (): void => {
      if (o > 0 && m === 0) found('lost_not_asked', text)
      else if (o === 0 && m > 0) found('added_not_asked', text)
      else if (o !== m) found('multiplicity_changed', text)
    }
    if (remove.has(text)) {
      if (o === 0) found('asked_absent', text)
      if (o === 0 && m > 0) found('added_not_asked', text)
      if (o > 0 && m > 0) found('asked_still_there', text)
      if (o > 0 && m === 0) classes.removed_as_asked++
    } else if (add.has(text)) {
      if (o > 0) {
        found('asked_already_there', text)
        lostOrGained()
      } else if (m > 0) classes.added_as_asked++
      else found('asked_not_added', text)
    } else if (!inside(text)) {
      if (o !== m) found('outside_changed', text)
      if (o > 0 && m === 0) classes.outside_lost++
      if (o === 0 && m > 0) classes.outside_added++
    } else lostOrGained()
  }
  const size = (counts: Map<string, number>, only: (text: string) => boolean) =>
    [...counts.keys()].filter(only).length
  return {
    classes,
    differences: differences.sort(byClassAndPlace),
    connections: { original: size(before, inside), manipulated: size(after, inside) },
    allConnections: { original: before.size, manipulated: after.size },
  }
}

/** One order for lists of differences that come from different programs. */
export const byClassAndPlace = (a: Difference, b: Difference): number =>
  DIFFERENCE_CLASSES.indexOf(a.class) - DIFFERENCE_CLASSES.indexOf(b.class) || byPlace(a, b)

const byPlace = (a: Culprit, b: Culprit): number => a.target - b.target || a.source - b.source
