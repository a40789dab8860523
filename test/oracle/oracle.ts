/** Many cases, and what came of them. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Outcome, PER_ROUND, runRound } from './case.ts'
import type { Failure } from './compare.ts'
import { ready } from './write-hdf5.ts'

export interface Options {
  cases: number
  seed: string
  /** Where circuits are written; each round in a folder of its own, which goes unless `keep`. */
  folder: string
  first?: number
  keep?: boolean
  onCase?: (outcome: Outcome) => void
}

export interface Report {
  cases: number
  counts: Record<Failure, number>
  verdicts: Map<string, number>
  failed: Outcome[]
}

export async function runOracle({
  cases,
  seed,
  folder,
  first = 0,
  keep = false,
  onCase,
}: Options): Promise<Report> {
  await ready
  const counts = { missed: 0, 'false alarm': 0, crash: 0, 'wrong count': 0, 'cannot tell': 0 }
  const report: Report = { cases: 0, counts, verdicts: new Map(), failed: [] }
  for (let round = Math.floor(first / PER_ROUND); round * PER_ROUND < first + cases; round++) {
    const inner = join(folder, `round_${round}`)
    for (const outcome of await runRound(seed, round, inner)) {
      if (outcome.number < first || outcome.number >= first + cases) continue
      report.cases++
      report.verdicts.set(outcome.verdict, (report.verdicts.get(outcome.verdict) ?? 0) + 1)
      for (const kind of new Set(outcome.failures.map(one => one.kind))) counts[kind]++
      if (outcome.failures.length > 0) report.failed.push(outcome)
      onCase?.(outcome)
    }
    if (!keep) rmSync(inner, { recursive: true, force: true })
  }
  return report
}

export function describe({ number, verdict, failures, faults, setting, found }: Outcome): string {
  const what = failures.map(({ kind, what: told }) => `  ${kind}: ${told}`)
  const head = [`case ${number}: ${verdict}; ${setting}`, `  faults: ${faults.join(', ') || 'none'}`]
  return [...head, `  found: ${found}`, ...what].join('\n')
}
