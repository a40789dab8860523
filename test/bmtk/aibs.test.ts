/** Circuits of the Allen Institute: edges and nodes are what their tables of types say. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { inspect } from '../../src/inspect.ts'
import { openCircuit } from '../../src/open-circuit.ts'
import { verify } from '../../src/verify.ts'
import { hasShared, SHARED } from '../shared.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-aibs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A copy of a circuit with the text of one file changed, as the manipulated one. */
async function prove(
  circuit: string,
  edges: string,
  level: 'synapses' | 'full',
  file?: string,
  change?: [RegExp, string],
) {
  const from = join(SHARED, 'data/circuits/aibs_sonata_examples', circuit)
  const to = mkdtempSync(join(folder, 'copy-'))
  cpSync(from, to, { recursive: true, mode: 0 })
  if (file !== undefined && change !== undefined) {
    const path = join(to, 'network', file)
    const text = readFileSync(path, 'utf8')
    expect(text).toMatch(change[0])
    rmSync(path)
    writeFileSync(path, text.replace(...change))
  }
  const original = await openCircuit(from, { edges })
  try {
    const [proof] = await verify({ original, manipulated: [to], level, allow: ['level.lower'] })
    if (proof === undefined) throw new Error('no proof')
    return proof
  } finally {
    original.close()
  }
}

describe.skipIf(!hasShared)('circuits of the Allen Institute (shared data)', () => {
  it.each<[string, string, string, [RegExp, string], string]>([
    [
      '300_pointneurons',
      'internal_to_internal',
      'internal_internal_edge_types.csv',
      [/ 2\.0 /g, ' 4.0 '],
      'delay',
    ],
    ['layer4_sample', 'l4_to_l4', 'l4_l4_edge_types.csv', [/GABA_InhToInh/, 'AMPA'], 'dynamics_params'],
  ])('%s: a value of the edge types changed', async (circuit, edges, file, change, property) => {
    expect(await prove(circuit, edges, 'synapses')).toMatchObject({ verdict: 'verified', findings: [] })
    const proof = await prove(circuit, edges, 'synapses', file, change)
    expect(proof).toMatchObject({ verdict: 'differs', findings: [{ code: 'property.changed', property }] })
  })

  it('what edge types say is listed by inspect', async () => {
    const file = join(SHARED, 'data/circuits/aibs_sonata_examples/300_pointneurons/circuit_config.json')
    const { edges } = await inspect(file, { population: 'internal_to_internal' })
    expect(edges[0]?.types).toEqual(expect.arrayContaining(['delay', 'dynamics_params', 'model_template']))
    expect(edges[0]?.types).not.toContain('edge_type_id')
  })

  it('a model template of nodes changed', async () => {
    const circuit = ['300_pointneurons', 'internal_to_internal'] as const
    const change: [RegExp, string] = [/iaf_psc_alpha/, 'iaf_psc_exp']
    const same = await prove(...circuit, 'full')
    expect(same.findings.filter(({ severity }) => severity === 'error')).toEqual([])
    const proof = await prove(...circuit, 'full', 'internal_node_types.csv', change)
    expect(proof.verdict).toBe('differs')
    expect(proof.findings).toContainEqual(
      expect.objectContaining({ code: 'types.changed', check: 'nodes.files' }),
    )
  })
})
