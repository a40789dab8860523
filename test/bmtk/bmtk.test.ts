/** Circuits of bmtk's NetworkBuilder, whose properties lie in tables of types: what bmtk reads is what counts. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openCircuit } from '../../src/open-circuit.ts'
import type { Level } from '../../src/verification/proof.ts'
import { verify } from '../../src/verify.ts'
import { PYTHON } from '../python.ts'

const MAKE = fileURLToPath(new URL('make.py', import.meta.url))
const VERSION = '1.2.0'
const INSTALLED =
  PYTHON !== undefined &&
  spawnSync(PYTHON, ['-c', `import bmtk; assert bmtk.__version__ == "${VERSION}"`]).status === 0

const folder = mkdtempSync(join(tmpdir(), 'connproof-bmtk-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Counts = Readonly<Record<string, number>>
/** Edges and nodes that differ from the original, by property; or why bmtk cannot read the circuit. */
let told: Readonly<Record<string, readonly [edges: Counts, nodes: Counts] | string>> = {}

async function prove(name: string, level: Level) {
  const original = await openCircuit(join(folder, 'original'))
  try {
    const [proof] = await verify({ original, manipulated: [join(folder, name)], level })
    if (proof === undefined) throw new Error('no proof')
    return proof
  } finally {
    original.close()
  }
}

/** Edges concerned, by property. */
const counted = ({ findings }: Awaited<ReturnType<typeof prove>>): Counts =>
  Object.fromEntries(
    findings.flatMap(({ code, property, count }) =>
      code === 'property.changed' || code === 'property.lost' ? [[property ?? '', count]] : [],
    ),
  )

describe.skipIf(!INSTALLED)(`bmtk ${VERSION}`, () => {
  beforeAll(() => {
    const python = PYTHON ?? 'python'
    told = JSON.parse(execFileSync(python, [MAKE, folder], { encoding: 'utf8' }).split('\n').at(-2) ?? '{}')
  }, 60_000)

  it.each(['untouched', 'written otherwise', 'renumbered', 'nodes renumbered'])(
    'verified at every level: %s',
    async name => {
      expect(told[name]).toEqual([{}, {}])
      const { verdict, level, findings } = await prove(name, 'full')
      expect({ verdict, level, findings }).toEqual({ verdict: 'verified', level: 'full', findings: [] })
    },
  )

  it.each(['doubled', 'template', 'one edge'])(
    'found at level synapses, in as many edges: %s',
    async name => {
      const [edges = {}] = told[name] ?? []
      const proof = await prove(name, 'synapses')
      expect(proof.verdict).toBe('differs')
      expect(Object.keys(edges)).not.toEqual([])
      expect(counted(proof)).toEqual(edges)
      expect(proof.findings[0]?.edges?.[0]).toMatchObject({ originalEdge: expect.any(Number) })
    },
  )

  it.each(['zeroed', 'zeroed, not named', 'lost', 'not named'])('lost at level synapses: %s', async name => {
    const proof = await prove(name, 'synapses')
    expect(proof.verdict).toBe('differs')
    // All edges have a type that says this; the weights of some are their group's, and still there.
    expect(counted(proof)).toMatchObject({
      delay: 168,
      model_template: 168,
      dynamics_params: 168,
      'syn_weight?': 120,
    })
    expect(proof.synapses?.pipeline).not.toContain('edge_type.zeroed')
  })

  it.each(['node template', 'one node', 'node types not named'])('found at level full: %s', async name => {
    expect((await prove(name, 'synapses')).verdict).toBe('verified')
    const { verdict, findings } = await prove(name, 'full')
    expect(verdict).toBe('differs')
    const types = findings.filter(({ code, check }) => code === 'types.changed' && check === 'nodes.files')
    expect(types.length).toBeGreaterThan(0)
    const [, nodes] = typeof told[name] === 'string' ? [] : (told[name] ?? [])
    if (nodes !== undefined && name !== 'node types not named')
      expect(Object.values(nodes)).toEqual(types.map(({ count }) => count))
  })
})
