/** Masks and selections that cannot be used: exit 2, a message that says where and what, no verdict. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXC, nodesOfClass } from '../../src/demo/circuit.ts'
import { halfOfReciprocalPairs } from '../../src/demo/faults.ts'
import { removeConnections } from '../../src/demo/manipulate.ts'
import { writeMaskFiles } from '../../src/demo/mask.ts'
import { seededRandom } from '../../src/demo/random.ts'
import { synthesize } from '../../src/demo/synthesize.ts'
import { writeCircuit, writeManipulated } from '../../src/demo/write.ts'
import { connproof } from './cli.ts'
import { cut, flipByte } from './damage.ts'
import { expectRefused, type Refusal } from './refusal.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-masks-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (...path: string[]): string => join(folder, ...path)
const mask = at('conns_removed_adjmat.npz')
let selected: Uint32Array

beforeAll(async () => {
  const circuit = synthesize({ seed: 'bad input', neurons: 120, meanInDegree: 8 })
  selected = nodesOfClass(circuit.nodes, EXC)
  const asked = halfOfReciprocalPairs(circuit, selected, 20, seededRandom('asked'))
  await writeCircuit(at('original'), circuit)
  await writeMaskFiles(folder, asked, selected)
  await writeManipulated(
    at('good'),
    '../original',
    removeConnections(circuit.edges, asked),
    circuit.nodes.count,
  )
})

describe('a mask or selection', () => {
  const refused = (flags: string[], one: Refusal): Promise<void> =>
    expectRefused(connproof(['verify', at('original'), at('good'), '--json', ...flags]), one)

  it('of another shape', async () => {
    const copy = at('shape.npz')
    cpSync(mask, copy)
    await refused(['--removed', copy, '--nodes', 'Layer5'], {
      file: /shape\.npz$/,
      field: /shape/,
      message: new RegExp(`${selected.length} x ${selected.length}.*Layer5`),
    })
  })

  it('without any word on what its rows are', async () => {
    const copy = at('alone.npz')
    cpSync(mask, copy)
    await refused(['--removed', copy], { file: /alone\.npz$/, field: /shape/, message: /120 \(all nodes\)/ })
  })

  it('for other nodes than the selected ones, though as many', async () => {
    const others = Array.from(selected, id => id)
    const missing = Array.from({ length: 120 }, (_, id) => id).find(id => !others.includes(id)) ?? 0
    others[others.length - 1] = missing
    const file = at('others.json')
    writeFileSync(file, JSON.stringify(others.sort((a, b) => a - b)))
    await refused(['--removed', mask, '--nodes', file, '--id-base', '0'], {
      file: /conns_removed_adjmat\.npz$/,
      field: /conns_removed_gids\.npy/,
      message: /another source selection.*GID/,
    })
  })

  it('that is not there', () =>
    refused(['--removed', at('none.npz')], { file: /none\.npz$/, message: /no such file|does not exist/i }))

  it('with a bad CRC', async () => {
    const copy = at('crc_adjmat.npz')
    cpSync(mask, copy)
    // Into the deflated bytes of the member, past the local header of 30 bytes and its name.
    flipByte(copy, { after: Buffer.from('indices.npy'), offset: 11 + 60 })
    await refused(['--removed', copy, '--nodes', 'Excitatory'], {
      file: /crc_adjmat\.npz$/,
      field: /indices/,
      message: /CRC|deflate|inflate|damaged/i,
    })
  })

  it('cut short', async () => {
    const copy = at('cut_adjmat.npz')
    cpSync(mask, copy)
    cut(copy, 0.7)
    await refused(['--removed', copy, '--nodes', 'Excitatory'], {
      file: /cut_adjmat\.npz$/,
      message: /truncated|zip/i,
    })
  })

  it('with a node set that does not exist: the nearest name is suggested', () =>
    refused(['--removed', mask, '--nodes', 'Exitatory'], {
      file: /node_sets\.json$/,
      field: /Exitatory/,
      message: /no node set "Exitatory"/,
    }))

  it('with an attribute that does not exist: the nearest name is suggested', async () => {
    const result = await connproof([
      'verify',
      at('original'),
      at('good'),
      '--removed',
      mask,
      '--nodes',
      'layr=4',
    ])
    expect(result).toMatchObject({ code: 2, stdout: '' })
    expect(result.stderr).toMatch(/layr/)
    expect(result.stderr).toMatch(/did you mean "?layer"?\?/i)
  })

  it('that selects nothing', () =>
    refused(['--removed', mask, '--nodes', 'Layer1&synapse_class=EXC'], {
      file: /nodes\.h5$/,
      field: /Layer1&synapse_class=EXC/,
      message: /selects no node/,
    }))
})
