/** A sample of the matrix through connectome-manipulator 1.0.4 itself, its converter replaced by a small one. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { runAndConvert } from '../interop/manip-config/run-package.ts'
import { MANIPULATOR_PYTHON } from '../python.ts'
import { type Case, drawCase, manipConfig, writeCase } from './circuits.ts'
import { command } from './command.ts'

const root = mkdtempSync(join(tmpdir(), 'connproof-package-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** What the package runs: circuits whose files can all be read, connections within one population. */
function cases(count: number): Case[] {
  const found: Case[] = []
  for (let k = 0; found.length < count; k++) {
    const drawn = drawCase(`package ${k}`)
    const whole = drawn.original.every(({ broken }) => broken === undefined)
    const { maker, fault, original, by, removed } = drawn
    if (maker === 'package' && fault === undefined && by === 'config' && whole && original.length > 1)
      if (removed.length > 0) found.push(drawn)
  }
  return found
}

describe.skipIf(MANIPULATOR_PYTHON === undefined)('connectome-manipulator 1.0.4', () => {
  it('makes circuits that are told as the matrix has it', { timeout: 300_000 }, async () => {
    const sample = cases(6)
    const written = []
    for (const [k, drawn] of sample.entries()) {
      const folder = join(root, String(k))
      mkdirSync(folder)
      const { original } = await writeCase(folder, drawn)
      const config = join(folder, 'run.json')
      const text = manipConfig(original, drawn.pair.original, join(folder, 'mask.npz'))
      writeFileSync(config, JSON.stringify(text))
      written.push({ original, config, output: join(folder, 'result') })
    }
    const log = join(root, 'log.txt')
    const codes = runAndConvert(
      written.map(({ config, output }) => [config, output]),
      log,
      root,
    )
    expect(codes, readFileSync(log, 'utf8').slice(-3000)).toEqual(sample.map(() => 0))
    for (const [k, { pair, code, allowed, lost }] of sample.entries()) {
      const { original, config, output } = written[k] ?? { original: '', config: '', output: '' }
      const verify = ['verify', original, join(output, 'circuit_config.json'), '--config', config, '-q']
      const said = await command(verify)
      expect({ k, pair, lost, code: said.code }).toEqual({ k, pair, lost, code })
      if (code === 2) continue
      const proof = said.records.find(({ type }) => type === 'proof')
      expect(proof).toMatchObject({ edge_populations: pair })
      const accepted = await command([...verify, '--allow', 'population.lost'])
      expect({ k, code: accepted.code }).toEqual({ k, code: allowed })
    }
  })
})
