/** Properties of types that are not compared: level full does not reach over them, unless the files are equal. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openCircuit } from '../../src/open-circuit.ts'
import type { Level, Proof } from '../../src/verification/proof.ts'
import { verify } from '../../src/verify.ts'
import { verifyConfig } from '../../src/verify-config.ts'
import { PYTHON } from '../python.ts'
import { circuit, writeModel } from './model.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-uncompared-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const [original, changed, copy] = ['original', 'changed', 'copy'].map(name => join(folder, name)) as [
  string,
  string,
  string,
]

const ADD = `
import h5py, numpy as np, sys
for k, folder in enumerate(sys.argv[1:]):
    with h5py.File(folder + "/edges.h5", "r+") as f:
        g = f["edges/edges"]
        odd = np.zeros(len(g["source_node_id"]), [("a", "f4"), ("b", "i4")])
        odd["b"][1] = k
        g["0/odd"] = odd
`

async function prove(result: string, level?: Level, allow: readonly 'level.lower'[] = []): Promise<Proof> {
  const opened = await openCircuit(original)
  try {
    const [proof] = await verify({
      original: opened,
      manipulated: [result],
      population: 'edges',
      level,
      allow,
    })
    if (proof === undefined) throw new Error('no proof')
    return proof
  } finally {
    opened.close()
  }
}

describe.skipIf(PYTHON === undefined)('a compound property', () => {
  beforeAll(() => {
    for (const one of [original, changed]) writeModel(one, circuit())
    execFileSync(PYTHON ?? '', ['-c', ADD, original, changed])
    cpSync(original, copy, { recursive: true })
  })

  it('is named as not compared below level full', async () => {
    const proof = await prove(changed)
    expect(proof).toMatchObject({ verdict: 'verified', level: 'synapses' })
    expect(proof.checks.find(({ id }) => id === 'synapses.same')?.except).toEqual(['odd'])
    expect(proof.notChecked.join()).toContain('property odd (')
  })

  it('is not passed over at level full', async () => {
    const proof = await prove(changed, 'full')
    expect(proof).toMatchObject({ verdict: 'cannot_tell', level: 'synapses' })
    expect(proof.trouble?.message).toContain('synapses.same for odd (cannot be compared)')
    const allowed = await prove(changed, 'full', ['level.lower'])
    expect(allowed).toMatchObject({ verdict: 'verified', level: 'synapses' })
    expect(allowed.findings).toMatchObject([{ code: 'level.lower', severity: 'warning' }])
  })

  it('is the same in a copy, whatever it holds', async () => {
    const proof = await prove(copy, 'full')
    expect(proof).toMatchObject({ verdict: 'verified', level: 'full', findings: [] })
    expect(proof.checks.find(({ id }) => id === 'synapses.same')).not.toHaveProperty('except')
    expect(proof.notChecked.join()).not.toContain('odd')
  })

  it('is not passed over with a configuration either', async () => {
    const config = join(folder, 'manip_config.json')
    const fcts = [{ source: 'null_manipulation', model_config: {} }]
    writeFileSync(
      config,
      JSON.stringify({
        circuit_config: join(original, 'circuit_config.json'),
        seed: 1,
        edges_popul_name: 'edges',
        manip: { name: 'n', fcts },
      }),
    )
    const opened = await openCircuit(original)
    const found: Proof[] = []
    for (const level of [undefined, 'full'] as const)
      found.push(...(await verifyConfig({ original: opened, manipulated: [changed], config, level })))
    opened.close()
    const [proof, full] = found
    expect(proof?.notChecked.join()).toContain('property odd (')
    expect(proof?.checks.find(({ except }) => except !== undefined)?.except).toEqual(['odd'])
    expect(full).toMatchObject({ verdict: 'cannot_tell', level: 'synapses' })
  })
})
