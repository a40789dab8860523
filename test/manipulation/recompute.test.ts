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
  const made = (script: string, name: string): [unknown, unknown] => {
    const folder = mkdtempSync(join(tmpdir(), 'connproof-grid-'))
    try {
      const file = join(folder, name)
      execFileSync(MANIPULATOR_PYTHON ?? '', [join(FIXTURES, script), file], { stdio: 'ignore' })
      const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))
      return [read(file), read(join(FIXTURES, name))]
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }

  it('makes the committed digests of predictions', () => {
    const [now, committed] = made('grid.py', 'digests.json') as [Digests, Digests]
    expect(now.cases.length).toBe(committed.cases.length)
    expect(now.cases).toEqual(committed.cases)
  }, 600_000)

  it('makes the committed values at the edges of types', () => {
    const [now, committed] = made('edge_values.py', 'edge-values.json')
    expect(now).toEqual(committed)
  }, 60_000)
})

interface Digests {
  cases: unknown[]
}
