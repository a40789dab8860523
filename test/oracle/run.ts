/**
 * `npm run oracle -- --cases N --seed S`: random circuits and questions, answered by connproof and by an oracle that
 * shares no code with it. Any disagreement is told with the command that repeats it, and the exit code is 1.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { describe, runOracle } from './oracle.ts'

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '2000' },
    seed: { type: 'string', default: 'connproof' },
    from: { type: 'string', default: '0' },
    case: { type: 'string' },
    keep: { type: 'boolean', default: false },
    show: { type: 'string', default: '20' },
  },
})

const one = values.case === undefined ? undefined : Number(values.case)
const cases = one === undefined ? Number(values.cases) : 1
if (!Number.isSafeInteger(cases) || cases < 1 || !Number.isSafeInteger(one ?? 0)) {
  console.error('--cases, --from, --case and --show are numbers')
  process.exit(2)
}
const folder = mkdtempSync(join(tmpdir(), 'connproof-oracle-'))
const started = performance.now()
let shown = 0
const report = await runOracle({
  ...{ cases, seed: values.seed, folder, keep: values.keep, first: one ?? Number(values.from) },
  onCase: outcome => {
    if (one !== undefined) console.log(describe(outcome))
    else if (outcome.failures.length > 0 && shown++ < Number(values.show)) {
      console.log(describe(outcome))
      console.log(`  again: npm run oracle -- --seed '${values.seed}' --case ${outcome.number} --keep`)
    }
    if (outcome.number % 5000 === 4999) console.error(`${outcome.number + 1} cases, ${shown} failed`)
  },
})
if (values.keep) console.log(`kept: ${folder}`)
else rmSync(folder, { recursive: true, force: true })

const { counts, verdicts } = report
const seconds = (performance.now() - started) / 1000
const list = [...verdicts].map(([verdict, count]) => `${count} ${verdict}`).join(', ')
console.log(
  `${report.cases} cases, seed '${values.seed}': ${counts.missed} missed, ${counts['false alarm']} false alarms, ` +
    `${counts['cannot tell']} needless "cannot tell", ${counts.crash} crashes, ${counts['wrong count']} wrong counts ` +
    `(${list}; ${(report.cases / seconds).toFixed(0)} cases/s)`,
)
if (report.failed.length > 0) process.exitCode = 1
