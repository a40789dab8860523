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
    const only = /^(?!synapses|full)/
    const report = await fuzz({ folder: folder(), seed: 'short', cases: 300, run: runHere, only })
    expect(report.complaints).toEqual([])
    const refused = Object.entries(report.table).map(([format, row]) => [format, row.refused > 0])
    expect(refused).toEqual(refused.map(([format]) => [format, true]))
  })

  it('with properties of edges: a changed value is named, with its property and edge', async () => {
    const only = /^(synapses|full)/
    const report = await fuzz({ folder: folder(), seed: 'short', cases: 200, run: runHere, only })
    expect(report.complaints).toEqual([])
    const found = Object.entries(report.table).map(([format, row]) => [format, row.refused + row.differs > 0])
    expect(found).toEqual(found.map(([format]) => [format, true]))
  })

  it('the command as a process does the same', async () => {
    const run = async (args: readonly string[]) => {
      const { code, stdout, stderr } = await connproof(args)
      return { code: code ?? 70, text: stdout + stderr }
    }
    const only = /^(?!synapses (?!filtered|odd|edges)|full nodes)/
    const report = await fuzz({ folder: folder(), seed: 'spawned', cases: 16, run, only })
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

  it('wants the changed value to be named, and nothing else', async () => {
    const changed = { property: 'delay', edge: 7 }
    const text = (...findings: object[]): string => JSON.stringify({ type: 'proof', findings })
    const finding = (edge: number, property = 'delay', count = 1) => ({
      property,
      count,
      edges: [{ manipulated_edge: edge }],
    })
    const told = async (code: number, said: string, mayBeNone = false) =>
      (
        await judge(
          { target, damage: { ...damage, changed: { ...changed, mayBeNone } }, fatal: false },
          async () => ({ code, text: said }),
          new Uint8Array(0),
          'as before',
        )
      ).outcome
    now = 'something else'
    expect(await told(1, text(finding(7)))).toBe('differs')
    expect(await told(0, text())).toBe('WRONG')
    expect(await told(1, text(finding(8)))).toBe('WRONG')
    expect(await told(1, text(finding(7, 'u_syn')))).toBe('WRONG')
    expect(await told(1, text(finding(7, 'delay', 2)))).toBe('WRONG')
    expect(await told(1, text(finding(7), finding(7, 'u_syn')))).toBe('WRONG')
    expect(await told(2, 'file.npy: damaged')).toBe('WRONG')
    expect(await told(2, 'file.npy: damaged', true)).toBe('refused')
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
