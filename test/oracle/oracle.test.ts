/** A sample of `npm run oracle`: what connproof says of random circuits, against an oracle that shares no code with it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, describe as suite } from 'vitest'
import { describe, runOracle } from './oracle.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-oracle-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

suite('500 random circuits, results and questions', () => {
  it('are judged as the oracle judges them, with its counts', { timeout: 300_000 }, async () => {
    const { failed, verdicts, cases } = await runOracle({ cases: 500, seed: 'ci', folder })
    expect(failed.map(describe)).toEqual([])
    expect(cases).toBe(500)
    // Each kind of answer is asked for often enough to be worth something.
    expect(verdicts.get('verified')).toBeGreaterThan(150)
    expect(verdicts.get('differs')).toBeGreaterThan(150)
    expect(verdicts.get('cannot_tell')).toBeGreaterThan(2)
    expect(verdicts.get('lower')).toBeGreaterThan(2)
  })
})
