/** Which row of the original became which row of the result, where rows may be given other sources and be made. */
import type { TargetRows } from './target-rows.ts'

/** How rows of one target may change; `old` and `place` are places in the blocks before and after. */
export interface RowRules {
  /** The row is there as it was. */
  same(old: number, place: number): boolean
  /** The row may have become that one. */
  becomes(old: number, place: number): boolean
  /** The row may be gone. */
  mayGo(old: number): boolean
}

/**
 * Place in `before` of each row of `after`, -1 for new ones. Old rows keep their order; new ones come last. Where none
 * is gone each is at its place: rows that a model drew alike are then not taken for each other. Else a row that is
 * there as it was is that row, though others might have become it.
 */
export function matchTarget({ before, after }: TargetRows, rules: RowRules): number[] {
  const fits = (old: number, place: number): boolean => rules.same(old, place) || rules.becomes(old, place)
  const none = before.places.every((old, k) => {
    const place = after.places[k]
    return place !== undefined && fits(old, place)
  })
  if (none) return after.places.map((_, k) => before.places[k] ?? -1)
  const match = (ways: readonly ((old: number, place: number) => boolean)[]): number[] => {
    let next = 0
    return after.places.map(place => {
      for (const way of ways) {
        const k = find(before.places, next, rules, old => way(old, place))
        if (k === undefined) continue
        next = k + 1
        return before.places[k] ?? -1
      }
      return -1
    })
  }
  const likely = match([rules.same, rules.becomes])
  if (!likely.includes(-1)) return likely
  // A row that became by chance what a later one was must not leave the rows between without a place.
  const first = match([fits])
  const made = (one: readonly number[]): number => one.filter(old => old < 0).length
  return made(first) < made(likely) ? first : likely
}

function find(
  before: readonly number[],
  from: number,
  rules: RowRules,
  fits: (old: number) => boolean,
): number | undefined {
  for (let k = from; k < before.length; k++) {
    const old = before[k] ?? 0
    if (fits(old)) return k
    // A row that must stay cannot be passed over: what comes before it in the result is something else.
    if (!rules.mayGo(old)) return undefined
  }
  return undefined
}
