/** NaN on its way through connectome-manipulator 1.0.4 and a converter: what was said before, and what is said after. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { checkManipConfig } from '../../../src/interop/manip-config/check.ts'
import { openCircuit } from '../../../src/open-circuit.ts'
import { adviceFor } from '../../../src/report/advice.ts'
import { verifyConfig } from '../../../src/verify-config.ts'
import { MANIPULATOR_PYTHON } from '../../python.ts'
import { drawCircuit, writeCircuit } from './generated/circuit.ts'
import { runAndConvert } from './run-package.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-nan-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.skipIf(MANIPULATOR_PYTHON === undefined)('connectome-manipulator 1.0.4', () => {
  it('loses NaN: the check says it, and verify names the edges and the cause', {
    timeout: 120_000,
  }, async () => {
    const circuit = drawCircuit('NaN')
    const property = circuit.properties.u_syn
    if (property === undefined || !('type' in property)) throw new Error('no u_syn')
    const isNan = (edge: number): boolean => edge % 4 === 1
    const values = property.values.map((value, edge) => (isNan(edge) ? Number.NaN : value))
    circuit.properties.u_syn = { ...property, values }
    const file = writeCircuit(join(folder, 'circuit'), circuit)
    const config = join(folder, 'manip_config.json')
    const fcts = [{ source: 'null_manipulation', model_config: {} }]
    writeFileSync(config, JSON.stringify({ circuit_config: file, manip: { name: 'x', fcts } }))
    const { diagnostics } = await checkManipConfig(config, { release: '1.0.4' })
    expect(diagnostics.map(({ severity, code }) => [severity, code])).toEqual([['warning', 'property.nan']])
    expect(diagnostics[0]?.message).toMatch(`u_syn is NaN in ${values.filter(Number.isNaN).length} edges`)

    const log = join(folder, 'log.txt')
    const result = join(folder, 'out')
    expect(runAndConvert([[config, result]], log, folder), readFileSync(log, 'utf8')).toEqual([0])
    const original = await openCircuit(file)
    const [proof] = await verifyConfig({ original, manipulated: [result], config, jobs: 1 })
    original.close()
    if (proof === undefined) throw new Error('no proof')
    const changed = proof.findings.filter(({ code }) => code === 'property.changed')
    expect(changed.map(({ property, count }) => [property, count])).toEqual([
      ['u_syn', values.filter(Number.isNaN).length],
    ])
    expect(changed[0]?.edges?.every(({ originalEdge = 0 }) => isNan(originalEdge))).toBe(true)
    expect(adviceFor(proof)?.cause).toMatch(/were NaN/)
  })
})
