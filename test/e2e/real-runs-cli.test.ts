/** Exit codes of the command line on real runs, each once. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { writeMaskNpz } from '../../src/formats/scipy-sparse.ts'
import { cooToCsc } from '../../src/kernels/csc.ts'
import { readMask } from '../../src/selection/mask.ts'
import { openCircuit } from '../../src/sonata/circuit.ts'
import { hasShared } from '../shared.ts'
import { type CliResult, connproof } from './cli.ts'
import { flipped, meaning } from './flip.ts'
import { prepare, type RealRun, realRuns, runsWithWholeMask } from './real-runs.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-exit-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const all = realRuns().filter(run => run.hasEdges)
const named = (part: string): RealRun[] => all.filter(run => run.name.includes(part))

function verify(run: RealRun, options: { mask?: string; allow?: string } = {}): Promise<CliResult> {
  const prepared = prepare(run, folder)
  const args = [
    'verify',
    prepared.original,
    prepared.manipulated,
    '--id-base',
    '0',
    '--json',
    '-q',
    '--level',
    'connections',
  ]
  const mask = options.mask ?? (run.hasMask ? prepared.mask : undefined)
  if (mask !== undefined) args.push('--removed', mask)
  if (mask !== undefined && prepared.source !== undefined) args.push('--source', prepared.source)
  if (mask !== undefined && prepared.target !== undefined) args.push('--target', prepared.target)
  if (options.allow !== undefined) args.push('--allow', options.allow)
  return connproof(args)
}

describe.skipIf(!hasShared)('exit code of verify on real runs', () => {
  it.each(runsWithWholeMask())('0: $name, and 1 with one bit flipped, which is named', async run => {
    const result = await verify(run)
    expect(result).toMatchObject({ code: 0, stderr: '' })
    expect(result.proofs).toMatchObject([
      { verdict: 'verified', diff: -(run.expected.removed_connections ?? 0) },
    ])

    const prepared = prepare(run, folder)
    const mask = await readMask(prepared.mask)
    const bit = { row: mask.row[3] ?? 0, column: mask.column[3] ?? 0 }
    const circuit = await openCircuit(prepared.original)
    const { sourcePopulation, targetPopulation } = await circuit.edgePopulation()
    const source = (await meaning(circuit, prepared.source, sourcePopulation))[bit.row]
    const target = (await meaning(circuit, prepared.target, targetPopulation))[bit.column]
    circuit.close()
    const other = join(folder, 'flipped.npz')
    await writeMaskNpz(other, { ...cooToCsc(flipped(mask, bit)), label: other })
    const flippedResult = await verify(run, { mask: other })
    expect(flippedResult.code).toBe(1)
    expect(flippedResult.proofs[0]?.findings).toMatchObject([
      { code: 'lost.not_asked', count: 1, culprits: [{ source, target }] },
      { code: 'count.differs' },
    ])
  })

  it.each(named('null_'))('0: $name', async run => {
    expect(await verify(run)).toMatchObject({ code: 0, proofs: [{ verdict: 'verified', diff: 0 }] })
  })

  it.each(named('extra_entries'))('1: $name, and 0 where absent connections are allowed', async run => {
    const told = Number(run.expected.note?.split(' ')[0])
    const result = await verify(run)
    expect(result.code).toBe(1)
    expect(result.proofs[0]?.classes).toMatchObject({
      asked_absent: told,
      removed_as_asked: run.expected.removed_connections,
    })
    expect(await verify(run, { allow: 'asked.absent' })).toMatchObject({ code: 0 })
  })

  it.each(named('mask_60pct'))('1: $name', async run => {
    expect(await verify(run)).toMatchObject({ code: 1, proofs: [{ verdict: 'differs' }] })
  })

  const unreadable = /truncated|killed/
  it.each(named('failed_').filter(run => unreadable.test(run.name)))('2: $name', async run => {
    const result = await verify(run)
    expect(result).toMatchObject({ code: 2, proofs: [{ verdict: 'cannot_tell', classes: null }] })
    expect(result.proofs[0]?.error?.file).toMatch(/edges\.h5$/)
  })

  // Of the misspelt keys, the one that changed nothing differs only from what was meant: see real-runs.test.ts.
  const wrong = /missing_splits|misspelt_sel|stale/
  it.each(named('failed_').filter(run => wrong.test(run.name)))('1: $name', async run => {
    const result = await verify(run)
    expect(result).toMatchObject({ code: 1, proofs: [{ verdict: 'differs' }] })
    expect(result.proofs[0]?.classes?.lost_not_asked).toBe(run.expected.removed_connections)
  })
})
