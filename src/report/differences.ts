/** All culprits of one circuit as a table: CSV or npz, with the same columns. Ids are 0-based, GIDs 1-based. */
import { nodeIdToGid } from '../connectome/selection.ts'
import { encodeNpz } from '../formats/npz.ts'
import type { Culprit } from '../verification/comparison.ts'

/** A difference of `verify` or of `diff`; class names are plain words. */
export interface DifferenceRow extends Culprit {
  readonly class: string
}

export const DIFFERENCE_COLUMNS = [
  'class',
  'source',
  'target',
  'source_gid',
  'target_gid',
  'original_edges',
  'manipulated_edges',
] as const

/** Rows of text made at a time: a table may be larger than the longest string. */
const ROWS = 65_536

/** CSV with a header line, in pieces. Needs no quoting: class names are plain words. */
export function* differencesToCsv(differences: readonly DifferenceRow[]): Iterable<string> {
  yield `${DIFFERENCE_COLUMNS.join(',')}\n`
  for (let first = 0; first < differences.length; first += ROWS) {
    yield differences
      .slice(first, first + ROWS)
      .map(({ class: name, source, target, original, manipulated }) =>
        [name, source, target, nodeIdToGid(source), nodeIdToGid(target), original, manipulated].join(','),
      )
      .map(line => `${line}\n`)
      .join('')
  }
}

/** npz bytes: `class` as `|Sn`, everything else uint32 (GIDs reach 2^32-1, the last that fits). */
export function differencesToNpz(differences: readonly DifferenceRow[]): Promise<Uint8Array> {
  const numbers = (value: (difference: DifferenceRow) => number) => ({
    shape: [differences.length],
    data: Uint32Array.from(differences, value),
  })
  return encodeNpz([
    ['class', classNames(differences)],
    ['source', numbers(difference => difference.source)],
    ['target', numbers(difference => difference.target)],
    ['source_gid', numbers(difference => nodeIdToGid(difference.source))],
    ['target_gid', numbers(difference => nodeIdToGid(difference.target))],
    ['original_edges', numbers(difference => difference.original)],
    ['manipulated_edges', numbers(difference => difference.manipulated)],
  ])
}

function classNames(differences: readonly DifferenceRow[]) {
  // NumPy has no strings of width 0: an empty table still gets one byte.
  const width = Math.max(1, ...new Set(differences.map(difference => difference.class.length)))
  const data = new Uint8Array(differences.length * width)
  const encoder = new TextEncoder()
  for (const [row, difference] of differences.entries()) {
    encoder.encodeInto(difference.class, data.subarray(row * width, (row + 1) * width))
  }
  return { dtype: `|S${width}`, shape: [differences.length], data }
}
