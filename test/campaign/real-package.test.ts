/** From a list to the verdict with nothing simulated between: connectome-manipulator itself makes the circuits. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { connproof } from '../cli/run.ts'
import { runPackage } from '../interop/manip-config/run-package.ts'
import { MANIPULATOR_PYTHON } from '../python.ts'
import { hasShared, SHARED } from '../shared.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-chain-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const CAMPAIGN = `
circuit: synth
output: configs
nodes:
  exc: { synapse_class: EXC }
defaults: { nodes: exc, mode: reciprocal, seed: 9900 }
manipulations:
  - { name: Recip, from: reciprocal, amounts: [{ count: 20 }, all] }
config: { generation: B, splits: 3, seed: 1 }
`

describe.skipIf(!hasShared || MANIPULATOR_PYTHON === undefined)('connectome-manipulator 1.0.4', () => {
  it('makes the circuits of a campaign, and each is verified', { timeout: 120_000 }, async () => {
    cpSync(`${SHARED}/data/circuits/synth`, join(folder, 'synth'), { recursive: true })
    writeFileSync(join(folder, 'campaign.yaml'), CAMPAIGN)
    const run = (...args: string[]) => connproof(args, { cwd: folder })
    for (const verb of ['select', 'config']) {
      const { code, stderr } = await run(verb, 'campaign.yaml')
      expect({ verb, code, stderr }).toEqual({ verb, code: 0, stderr: '' })
    }
    const configs = [0, 1].map(k => join(folder, 'configs', `manip_config__Recip-${k}.json`))
    expect((await run('config', '--check', '--for', '1.0.4', ...configs)).code).toBe(0)
    const runs = configs.map((config, k) => [config, join(folder, `synth__Recip-${k}`)] as const)
    expect(runPackage(runs, join(folder, 'log.txt'))).toEqual([0, 0])
    const { code, stdout } = await run('verify', 'campaign.yaml')
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('2 circuits: 2 verified') })
    expect(stdout).toMatch(/^Recip-0: \d+ neurons in total; .* \(DIFF: -20\): verified$/m)
    const proof = JSON.parse(readFileSync(join(folder, 'configs', 'Recip', '1', 'proof.json'), 'utf8'))
    expect(proof.verdict).toBe('verified')
    // The circuit of the other variant in the place of this one is no such circuit.
    rmSync(join(folder, 'synth__Recip-0'), { recursive: true })
    cpSync(join(folder, 'synth__Recip-1'), join(folder, 'synth__Recip-0'), { recursive: true })
    expect((await run('verify', 'campaign.yaml')).code).toBe(1)
  })
})
