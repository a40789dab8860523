/** Configurations that are drawn, through `config --check --for 1.0.4` and through connectome-manipulator 1.0.4. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { runs } from '../../counts.ts'
import { MANIPULATOR_PYTHON } from '../../python.ts'
import { drawCases, writeCase } from './generated/cases.ts'
import { judgeAll } from './generated/judge.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-generated-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.skipIf(MANIPULATOR_PYTHON === undefined)('connectome-manipulator 1.0.4', () => {
  it('runs what our check says it runs, and nothing that it calls an error', {
    timeout: 3_600_000,
  }, async () => {
    const count = Number(process.env.CONNPROOF_CASES ?? runs(10, 300))
    const seed = process.env.CONNPROOF_SEED ?? 'configs'
    const cases = await Promise.all(
      drawCases(count, seed).map(
        async (one, k) => [one, await writeCase(join(folder, String(k)), one)] as const,
      ),
    )
    const log = join(folder, 'log.txt')
    const judged = await judgeAll(cases, log)
    const report = process.env.CONNPROOF_REPORT
    if (report !== undefined) {
      writeFileSync(report, JSON.stringify(judged, null, 1))
      writeFileSync(`${report}.log`, readFileSync(log))
    }
    expect(judged.filter(({ right }) => !right)).toEqual([])
  })
})
