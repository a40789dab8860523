/** Connections whose rows are not, one after the other, what they should be: matched as multisets, by content. */
import type { ColumnPair } from './columns.ts'
import type { ExpectedRows } from './expected-rows.ts'

/** A row of the original and its counterpart, as positions in a block. */
export type Match = readonly [original: number, manipulated: number]

export interface Matched {
  /** Rows that are the same in all that is determined. */
  readonly same: readonly Match[]
  /** Rows that are most alike, and differ. */
  readonly changed: readonly Match[]
  readonly missing: readonly number[]
  readonly extra: readonly number[]
}

/** Larger leftovers are paired as they stand instead of by likeness. */
const MOST_COMPARED = 1_000_000

/**
 * Match rows `originals` (those that must remain) with rows `others` of one connection. Rows that are the same find
 * each other whatever their order, equal ones in the order they stand in; of what is left, the most alike.
 *
 * @param alikeOnly leave rows unmatched that differ in more than half of their properties: there may be new ones
 */
export function matchRows(
  rows: ExpectedRows,
  originals: readonly number[],
  others: readonly number[],
  alikeOnly: boolean,
): Matched {
  const same = sameRows(rows, originals, others)
  const [usedHere, usedThere] = [new Set(same.map(([o]) => o)), new Set(same.map(([, m]) => m))]
  const missing = originals.filter(row => !usedHere.has(row))
  const extra = others.filter(row => !usedThere.has(row))
  const changed = alikeRows(rows, missing, extra, alikeOnly)
  const [lost, found] = [new Set(changed.map(([o]) => o)), new Set(changed.map(([, m]) => m))]
  return {
    same,
    changed,
    missing: missing.filter(row => !lost.has(row)),
    extra: extra.filter(row => !found.has(row)),
  }
}

function sameRows(rows: ExpectedRows, originals: readonly number[], others: readonly number[]): Match[] {
  const firm = rows.pairs.filter(pair => !rows.isLoose(pair))
  const here = [...originals].sort((a, b) => rows.compare(firm, 'expected', a, b) || a - b)
  const there = [...others].sort((a, b) => rows.compare(firm, 'after', a, b) || a - b)
  const matches: Match[] = []
  for (let i = 0, j = 0; i < here.length && j < there.length; ) {
    const [o = 0, m = 0] = [here[i], there[j]]
    const order = rows.compareAcross(firm, o, m)
    if (order < 0) i++
    else if (order > 0) j++
    else {
      const [iEnd, jEnd] = [
        groupEnd(rows, firm, 'expected', here, i),
        groupEnd(rows, firm, 'after', there, j),
      ]
      matches.push(...sameInGroup(rows, here.slice(i, iEnd), there.slice(j, jEnd)))
      i = iEnd
      j = jEnd
    }
  }
  return matches
}

function groupEnd(
  rows: ExpectedRows,
  firm: readonly ColumnPair[],
  side: 'expected' | 'after',
  sorted: readonly number[],
  from: number,
): number {
  let end = from + 1
  while (end < sorted.length && rows.compare(firm, side, sorted[from] ?? 0, sorted[end] ?? 0) === 0) end++
  return end
}

/** Rows that are equal but for properties that a rule leaves open in some of them. */
function sameInGroup(rows: ExpectedRows, originals: readonly number[], others: readonly number[]): Match[] {
  const free = [...others]
  const matches: Match[] = []
  for (const o of originals) {
    const k = free.findIndex(m => rows.isSame(o, m))
    if (k < 0) continue
    matches.push([o, free[k] ?? 0])
    free.splice(k, 1)
  }
  return matches
}

function alikeRows(
  rows: ExpectedRows,
  originals: readonly number[],
  others: readonly number[],
  alikeOnly: boolean,
): Match[] {
  if (originals.length * others.length > MOST_COMPARED)
    return originals.slice(0, others.length).map((o, k) => [o, others[k] ?? 0])
  const candidates = originals.flatMap((o, i) =>
    others.map((m, j) => ({ o, m, equal: rows.equalProperties(o, m), apart: Math.abs(i - j) })),
  )
  // Of equally alike ones those at the same place: what lies between them was not reordered.
  candidates.sort((a, b) => b.equal - a.equal || a.apart - b.apart || a.o - b.o || a.m - b.m)
  const [here, there] = [new Set<number>(), new Set<number>()]
  const matches: Match[] = []
  for (const { o, m, equal } of candidates) {
    if (here.has(o) || there.has(m) || (alikeOnly && 2 * equal < rows.pairs.length)) continue
    here.add(o)
    there.add(m)
    matches.push([o, m])
  }
  return matches.sort(([a], [b]) => a - b)
}
