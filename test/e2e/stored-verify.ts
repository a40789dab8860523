/** What `verify` says of circuits in several storages, as the command asks it, with windows of any size. */
import { exitCodeOf, withQuestion } from '../../src/cli/verify-run.ts'
import { jsonLines, proofRecords } from '../../src/report/json.ts'
import { PLAIN } from '../../src/report/style.ts'
import type { Proof } from '../../src/verification/proof.ts'
import { WINDOW_ROWS } from '../../src/verification/windows.ts'
import { verify } from '../../src/verify.ts'
import { runs } from '../counts.ts'

/** Small ones: a target that fills twenty of them is soon written. At night they are those of the command. */
export const WINDOW = runs(WINDOW_ROWS / 32, WINDOW_ROWS)

/** Bytes that are for these windows what `megabytes` are for those of the command. */
const scaled = (megabytes: number): number => (megabytes * 2 ** 20 * WINDOW) / WINDOW_ROWS

export interface Told {
  readonly code: number
  readonly json: string
}

export interface How {
  readonly level?: 'connections' | 'synapses'
  /** For windows as they are by default. */
  readonly megabytes: number
  readonly jobs: number
}

export async function verifyStored(
  original: string,
  result: string,
  removed: string,
  { level, megabytes, jobs }: How,
): Promise<Told> {
  const terminal = { out: () => undefined, err: () => undefined, style: PLAIN, errIsTty: false }
  const session = { terminal, signal: new AbortController().signal }
  const flags = { removed, show: 1000, ...(level && { level }) }
  const proofs = await withQuestion(original, [result], flags, session, options =>
    verify({ ...options, memory: scaled(megabytes), jobs, windowRows: WINDOW }),
  )
  return { code: exitCodeOf(proofs), json: jsonLines(proofs.map(withoutPopulations).flatMap(proofRecords)) }
}

/** Parquet files do not say which populations there are, the others do. */
const withoutPopulations = (proof: Proof): Proof => ({
  ...proof,
  checks: proof.checks.filter(({ id }) => id !== 'populations.same'),
  notChecked: proof.notChecked.filter(text => !text.includes('does not say which there are')),
})
