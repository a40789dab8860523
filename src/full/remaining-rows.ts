/** The rows of a population of which some are gone, and the others follow each other as before. */
import type { RowMap } from '../verification/rows/row-map.ts'
import type { Remaining } from './follow-references.ts'

const WINDOW = 65_536

export const remainingRows = (
  length: number,
  { remain, remaining }: Pick<Remaining, 'remain' | 'remaining'>,
): RowMap => ({
  length,
  kept: remaining,
  each: async sink => {
    let next = 0n
    for (let first = 0; first < length; first += WINDOW) {
      const rows = new BigInt64Array(Math.min(WINDOW, length - first)).fill(-1n)
      for (const k of rows.keys())
        if (((remain[(first + k) >>> 3] ?? 0) >> ((first + k) & 7)) & 1) rows[k] = next++
      sink(first, rows)
    }
  },
})
