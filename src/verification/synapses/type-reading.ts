/**
 * Edge types that say nothing are all as they were, or all 0. A sample guesses which; where the guess finds that they
 * differ, every id of the manipulated is asked. Where it finds no difference, no other reading matters.
 */
import type { EdgeSource } from '../../connectome/edges.ts'
import { WINDOW_ROWS } from '../windows.ts'
import type { ColumnPairs } from './columns.ts'
import { EDGE_TYPE } from './edge-types.ts'
import type { SynapseFinding } from './expectation.ts'

export const typesDiffer = (findings: readonly SynapseFinding[]): boolean =>
  findings.some(({ code }) => code === 'edge_type.changed')

/**
 * Whether all edge types are to be 0, where that is not how `columns` were paired. Undefined: there is no other way.
 *
 * @param findings of the comparison of `columns`
 * @throws InputError if ids cannot be read
 */
export async function otherReading(
  manipulated: EdgeSource,
  { zeroed }: Pick<ColumnPairs, 'zeroed'>,
  findings: readonly SynapseFinding[],
): Promise<boolean | undefined> {
  if (zeroed === undefined || !typesDiffer(findings)) return undefined
  const isZero = await allZero(manipulated)
  return isZero === zeroed ? undefined : isZero
}

async function allZero({ table }: EdgeSource): Promise<boolean> {
  const ids = (await table?.())?.columns.find(({ name }) => name === EDGE_TYPE)
  if (ids === undefined) return false
  const rows = Math.min(WINDOW_ROWS, ids.length)
  const bytes = Buffer.alloc(rows * ids.bytes)
  const zeros = Buffer.alloc(bytes.length)
  for (let first = 0; first < ids.length; first += rows) {
    const count = Math.min(rows, ids.length - first)
    const window = bytes.subarray(0, count * ids.bytes)
    await ids.readInto(first, count, window)
    if (!window.equals(zeros.subarray(0, window.length))) return false
  }
  return true
}
