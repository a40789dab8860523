/** The committed digests are what the package makes here, where it is installed. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { MANIPULATOR_PYTHON } from '../python.ts'

const FIXTURES = fileURLToPath(new URL('../fixtures/predictions', import.meta.url))

describe.skipIf(MANIPULATOR_PYTHON === undefined)('connectome-manipulator itself', () => {
  it('makes the committed digests of predictions', () => {
    const folder = mkdtempSync(join(tmpdir(), 'connproof-grid-'))
    try {
      const file = join(folder, 'digests.json')
      execFileSync(MANIPULATOR_PYTHON ?? '', [join(FIXTURES, 'grid.py'), file], { stdio: 'ignore' })
      const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as { cases: unknown[] }
      const [made, committed] = [read(file), read(join(FIXTURES, 'digests.json'))]
      expect(made.cases.length).toBe(committed.cases.length)
      expect(made.cases).toEqual(committed.cases)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }, 600_000)
})
