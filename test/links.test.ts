/** Circuits whose files lead to other files; made by `test/fixtures/links/make_links.py`. */
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { Circuit } from '../src/connectome/circuit.ts'
import { openCircuit } from '../src/open-circuit.ts'
import type { Level, Proof } from '../src/verification/proof.ts'
import { verify } from '../src/verify.ts'

const FIXTURES = fileURLToPath(new URL('fixtures/links', import.meta.url))
const PARTS = ['a.h5', 'ids.h5', 'more/source.h5', 'more/target.h5', 'values.h5'].map(part => `parts/${part}`)

const folder = mkdtempSync(join(tmpdir(), 'connproof-linked-'))
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(() => {
  rmSync(folder, { recursive: true, force: true })
  cpSync(FIXTURES, folder, { recursive: true })
})

async function proofOf(before: string, after: string, level: Level = 'synapses'): Promise<Proof> {
  const original = await openCircuit(join(folder, before))
  try {
    const [proof] = await verify({ original, manipulated: [join(folder, after)], level })
    if (proof === undefined) throw new Error('no proof')
    return proof
  } finally {
    original.close()
  }
}

const inputs = (proof: Proof, role: string): string[] =>
  proof.inputs.filter(input => input.role === role).map(({ file }) => relative(folder, file))

describe('a circuit of links', () => {
  it.each([
    ['plain', 'linked'],
    ['linked', 'plain'],
  ])('is the same as the one without: %s, %s', async (before, after) => {
    const full = await proofOf(before, after, 'full')
    expect(full.verdict).toBe('verified')
    // Level full alone reads the indices.
    expect(inputs(full, before === 'linked' ? 'original' : 'manipulated')).toContain('linked/parts/index.h5')
    const proof = await proofOf(before, after)
    expect(proof.verdict).toBe('verified')
    const files = ['circuit_config.json', 'edges.h5', 'nodes.h5']
    const linked = [...files, ...PARTS].map(file => `linked/${file}`)
    const plain = files.map(file => `plain/${file}`)
    expect(new Set(inputs(proof, 'original'))).toEqual(new Set(before === 'linked' ? linked : plain))
    expect(new Set(inputs(proof, 'manipulated'))).toEqual(new Set(after === 'linked' ? linked : plain))
  })

  it.each([
    ['parts/more/source.h5', '/edges/P/source_node_id', 'connections'],
    ['parts/ids.h5', '/edges/P/source_node_id', 'connections'],
    ['parts/a.h5', '/nodes/A', 'connections'],
    ['parts/values.h5', '/edges/P/0/weight', 'synapses'],
  ] as const)('cannot be told without %s', async (part, field, level) => {
    rmSync(join(folder, 'linked', part))
    const proof = await proofOf('plain', 'linked', level)
    expect(proof.verdict).toBe('cannot_tell')
    const told = JSON.stringify(proof.trouble)
    expect(told).toContain('external link to something that is not there')
    expect(told).toContain('Put the file that the link names beside this one')
    expect(told).toMatch(new RegExp(field.split('/').at(-1)?.replace('_node_id', '') ?? ''))
  })

  it('has the attributes of what its links lead to, not of what the file itself holds there', async () => {
    const proof = await proofOf('plain', 'misleading', 'connections')
    expect(proof.verdict).toBe('cannot_tell')
    expect(proof.trouble?.message).toMatch(/P \(B -> A\)/)
  })

  it('differs where a linked file does', async () => {
    // The last eight bytes of the values: a weight of 3.25.
    const file = join(folder, 'linked/parts/values.h5')
    const bytes = readFileSync(file)
    const at = bytes.lastIndexOf(Buffer.from(new Float64Array([3.25]).buffer))
    bytes.writeDoubleLE(3.5, at)
    writeFileSync(file, bytes)
    const proof = await proofOf('plain', 'linked', 'synapses')
    expect(proof.verdict).toBe('differs')
  })

  it('is no verdict where a linked file changes while it is read', async () => {
    const file = join(folder, 'linked/parts/values.h5')
    const opened = await openCircuit(join(folder, 'linked'))
    const touching: Circuit = {
      name: opened.name,
      file: opened.file,
      namedBy: opened.namedBy,
      edgePopulations: () => opened.edgePopulations(),
      select: (...given) => opened.select(...given),
      filesRead: () => opened.filesRead(),
      close: () => opened.close(),
      edgePopulation: async name => {
        const edges = await opened.edgePopulation(name)
        const table = async () => {
          const found = await edges.table?.()
          utimesSync(file, new Date(), new Date(statSync(file).mtimeMs + 5000))
          return found ?? { rows: 0, columns: [], traits: [], unreadable: [] }
        }
        return { ...edges, table }
      },
    }
    const [proof] = await verify({ original: touching, manipulated: [join(folder, 'plain')] })
    opened.close()
    expect(proof?.verdict).toBe('cannot_tell')
    expect(proof?.trouble).toMatchObject({ message: 'was changed while it was read', file })
  })
})
