/** Which row of a connection became which, where rows may be gone and values may be others. */
import { type Property, sameRow, type TargetRows } from './target-rows.ts'

/** What it takes to believe that a row became another one: 0 where it is as it was. */
export type Cost = (old: number, place: number) => number

/** More than any sum of costs: a row that came from nowhere is believed last. */
const FROM_NOWHERE = 2 ** 40
/** Pairs of rows of one connection; beyond it the first row that fits is taken. */
const MOST_PAIRS = 2 ** 20

/**
 * For each row of `after` its row in `before`: as many as possible in their order, same in `properties`; -1 where
 * there is none. Rows of `before` that are passed over are gone. Where several would do, those that cost least.
 */
export function alignRows(rows: TargetRows, properties: readonly Property[], cost: Cost): number[] {
  const { before, after } = rows
  const fits = (old: number, place: number): boolean =>
    sameRow(before.rows, old, after.rows, place, properties)
  const first = firstThatFit(rows, fits)
  const [n, m] = [before.places.length, after.places.length]
  // Of as many rows as before each is at its place.
  if (n === m || n * m > MOST_PAIRS) return first
  const total = first.reduce((sum, old, k) => sum + (old < 0 ? 0 : cost(old, after.places[k] ?? 0)), 0)
  return total === 0 && !first.includes(-1) ? first : cheapest(rows, fits, cost)
}

function firstThatFit(
  { before, after }: TargetRows,
  fits: (old: number, place: number) => boolean,
): number[] {
  let next = 0
  return after.places.map(place => {
    for (let k = next; k < before.places.length; k++) {
      const old = before.places[k] ?? 0
      if (!fits(old, place)) continue
      next = k + 1
      return old
    }
    return -1
  })
}

const [GONE, TAKEN, NEW] = [0, 1, 2]

/** `least[j]`: what the first j rows after cost, of the rows before that were seen so far. */
function cheapest(
  { before, after }: TargetRows,
  fits: (old: number, place: number) => boolean,
  cost: Cost,
): number[] {
  const m = after.places.length
  let least = Float64Array.from({ length: m + 1 }, (_, j) => j * FROM_NOWHERE)
  const steps = before.places.map(old => {
    const now = least.slice()
    const step = new Uint8Array(m + 1).fill(GONE)
    for (let j = 1; j <= m; j++) {
      const place = after.places[j - 1] ?? 0
      const unused = (now[j - 1] ?? 0) + FROM_NOWHERE
      const used = fits(old, place) ? (least[j - 1] ?? 0) + cost(old, place) : Number.POSITIVE_INFINITY
      if (Math.min(unused, used) >= (now[j] ?? 0)) continue
      now[j] = Math.min(unused, used)
      step[j] = used <= unused ? TAKEN : NEW
    }
    least = now
    return step
  })
  const matched = new Array<number>(m).fill(-1)
  for (let i = steps.length, j = m; i > 0 && j > 0; ) {
    const step = steps[i - 1]?.[j]
    if (step === TAKEN) matched[j - 1] = before.places[i - 1] ?? 0
    if (step !== GONE) j--
    if (step !== NEW) i--
  }
  return matched
}
