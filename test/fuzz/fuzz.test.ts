/** A short run of `npm run fuzz`. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { connproof } from '../cli/run.ts'
import { fuzz } from './fuzz.ts'
import { caseOf, judge, runHere } from './judge.ts'
import type { FuzzTarget } from './target.ts'

const root = mkdtempSync(join(tmpdir(), 'connproof-fuzz-'))
const folder = (): string => mkdtempSync(join(root, 'run-'))
afterAll(() => rmSync(root, { recursive: true }))

describe('damaged files of every format', () => {
  it('are refused by name, unless the damage does not matter or is what the file now says', async () => {
    const report = await fuzz({ folder: folder(), seed: 'short', cases: 300, run: runHere })
    expect(report.complaints).toEqual([])
    const refused = Object.entries(report.table).map(([format, row]) => [format, row.refused > 0])
    expect(refused).toEqual(refused.map(([format]) => [format, true]))
  })

  it('the command as a process does the same', async () => {
    const run = async (args: readonly string[]) => {
      const { code, stdout, stderr } = await connproof(args)
      return { code: code ?? 70, text: stdout + stderr }
    }
    const report = await fuzz({ folder: folder(), seed: 'spawned', cases: 16, run })
    expect(report.complaints).toEqual([])
  })
})

describe('the judge of the fuzz', () => {
  const file = join(root, 'file.npy')
  const target: FuzzTarget = { format: 'x', file, args: [], whole: 0, content: async () => now, fatal: [] }
  const damage = { name: 'damage', bytes: new Uint8Array(1) }
  let now = 'as before'
  const judged = (code: number, text: string, more: Partial<FuzzTarget> = {}, fatal = false) =>
    judge(
      { target: { ...target, ...more }, damage, fatal },
      async () => ({ code, text }),
      new Uint8Array(0),
      'as before',
    )
  const outcome = async (...args: Parameters<typeof judged>) => (await judged(...args)).outcome

  it('accepts what may come out', async () => {
    now = 'as before'
    expect(await outcome(2, 'file.npy: no magic')).toBe('refused')
    expect(await outcome(2, '/other/config: missing', { leads: true })).toBe('refused')
    expect(await outcome(0, 'verified')).toBe('irrelevant')
    now = 'something else'
    expect(await outcome(1, 'differs')).toBe('differs')
  })

  it('finds what may not', async () => {
    now = 'as before'
    expect(await outcome(2, 'no file is named')).toBe('WRONG')
    expect(await outcome(70, 'TypeError')).toBe('WRONG')
    expect(await outcome(1, 'differs')).toBe('WRONG')
    now = 'something else'
    expect(await outcome(0, 'verified')).toBe('WRONG')
    expect(await outcome(1, 'differs', {}, true)).toBe('WRONG')
    expect(await outcome(1, 'differs', { checksummed: true })).toBe('WRONG')
    expect(await outcome(1, 'differs', { content: () => Promise.reject(new Error('damaged')) })).toBe('WRONG')
  })

  it('makes the same cases of the same seed', () => {
    const bytes = () => new Uint8Array(100)
    const make = (seed: string, index: number) => caseOf(seed, index, [target], bytes).damage
    expect(make('a', 7)).toEqual(make('a', 7))
    expect(make('a', 7)).not.toEqual(make('a', 8))
    expect(make('a', 7)).not.toEqual(make('b', 7))
  })
})
