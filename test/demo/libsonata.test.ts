/** libsonata opens the demo's circuits and finds in them what was put there. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { MTYPES } from '../../src/demo/circuit.ts'
import { synthesize } from '../../src/demo/synthesize.ts'
import { PIPELINE_STYLE, writeCircuit, writeManipulated } from '../../src/demo/write.ts'
import { PYTHON } from '../python.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-libsonata-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const circuit = synthesize({ seed: 'libsonata', neurons: 250, meanInDegree: 6 })
const { nodes, edges } = circuit

function ask(config: string): Record<string, unknown> {
  const script = fileURLToPath(new URL('circuit_peer.py', import.meta.url))
  const answer = execFileSync(PYTHON ?? '', [script, config, join(folder, 'scratch.h5')], {
    encoding: 'utf8',
  })
  return JSON.parse(answer)
}

const rowsOf = (ids: Uint32Array): number[][] => {
  const rows = Array.from({ length: nodes.count }, (): number[] => [])
  for (const [row, id] of ids.entries()) rows[id]?.push(row)
  return rows
}
const where = (fits: (id: number) => boolean): number[] =>
  Array.from({ length: nodes.count }, (_, id) => id).filter(fits)

describe.skipIf(PYTHON === undefined)('libsonata', () => {
  it('reads the original', async () => {
    const answer = ask(await writeCircuit(join(folder, 'original'), circuit))
    expect(answer).toMatchObject({
      nodes: nodes.count,
      edges: edges.source.length,
      ends: ['All', 'All'],
      attributes: ['layer', 'morphology', 'mtype', 'synapse_class', 'x', 'y', 'z'],
      enumerations: ['mtype', 'synapse_class'],
      synapse_class: [...nodes.synapseClass],
      mtype: Array.from(nodes.mtype, code => MTYPES[code]?.name),
      layer: [...nodes.layer],
      properties: Object.keys(edges.properties).sort(),
      afferent: rowsOf(edges.target),
      efferent: rowsOf(edges.source),
    })
    expect(answer.sets).toMatchObject({
      All: where(() => true),
      Excitatory: where(id => nodes.synapseClass[id] === 0),
      Layer4: where(id => nodes.layer[id] === 4),
      Granular: where(id => nodes.layer[id] === 3 || nodes.layer[id] === 4),
      Layer5Excitatory: where(id => nodes.layer[id] === 5 && nodes.synapseClass[id] === 0),
    })
    expect(answer.same_index).toEqual({
      'source_to_target/node_id_to_ranges': true,
      'source_to_target/range_to_edge_id': true,
      'target_to_source/node_id_to_ranges': true,
      'target_to_source/range_to_edge_id': true,
    })
  })

  it('reads what the pipeline leaves', async () => {
    await writeCircuit(join(folder, 'original'), circuit)
    const file = await writeManipulated(
      join(folder, 'same'),
      '../original',
      edges,
      nodes.count,
      PIPELINE_STYLE,
    )
    expect(ask(file)).toMatchObject({
      nodes: nodes.count,
      edges: edges.source.length,
      afferent: rowsOf(edges.target),
      efferent: rowsOf(edges.source),
    })
  })
})
