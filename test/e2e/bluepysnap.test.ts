/** bluepysnap, the field's own reader, and connproof say the same of the same files. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EdgeTable, NODE_POPULATION, NODE_SETS } from '../../src/demo/circuit.ts'
import { planFaults } from '../../src/demo/faults.ts'
import { removeConnections } from '../../src/demo/manipulate.ts'
import { seededRandom } from '../../src/demo/random.ts'
import { synthesize } from '../../src/demo/synthesize.ts'
import { writeCircuit, writeManipulated } from '../../src/demo/write.ts'
import { diff } from '../../src/diff.ts'
import { openCircuit } from '../../src/open-circuit.ts'
import { verify } from '../../src/verify.ts'
import { PYTHON } from '../python.ts'

const PEER = fileURLToPath(new URL('bluepysnap_peer.py', import.meta.url))
const INSTALLED = PYTHON !== undefined && spawnSync(PYTHON, ['-c', 'import bluepysnap']).status === 0

const folder = mkdtempSync(join(tmpdir(), 'connproof-bluepysnap-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Connection = readonly [source: number, target: number, edges: number]
interface Told {
  readonly sets: Readonly<Record<string, readonly number[]>>
  readonly connections: readonly Connection[]
  readonly inside: readonly Connection[]
  readonly across: readonly Connection[]
}

/** Every connection with its edges: what an edgeless twin lacks. */
async function connectionsOf(circuit: string, edgeless: string): Promise<Connection[]> {
  const { differences = [] } = await diff(circuit, edgeless, { all: true })
  const rows = differences.map(({ source, target, original }) => [source, target, original] as const)
  return rows.sort((a, b) => a[0] - b[0] || a[1] - b[1])
}

describe.skipIf(!INSTALLED)('bluepysnap', () => {
  const circuit = synthesize({ seed: 'bluepysnap', neurons: 250, meanInDegree: 7 })
  const all = Uint32Array.from({ length: circuit.nodes.count }, (_, id) => id)
  const place = { circuit, selected: all, asked: [] }
  const faults = planFaults(
    place,
    ['lost', 'synapse lost', 'synapse added', 'added'],
    seededRandom('bluepysnap'),
  )
  let files: [string, string]
  let edgeless: string
  let told: [Told, Told]

  beforeAll(async () => {
    const none = { source: new Uint32Array(0), target: new Uint32Array(0), properties: {} }
    const changed = removeConnections(circuit.edges, [], faults)
    const write = (name: string, edges: EdgeTable) =>
      writeManipulated(join(folder, name), '../original', edges, circuit.nodes.count)
    files = [await writeCircuit(join(folder, 'original'), circuit), await write('manipulated', changed)]
    edgeless = await write('edgeless', none)
    told = JSON.parse(execFileSync(PYTHON ?? '', [PEER, ...files], { encoding: 'utf8' }))
  }, 60_000)

  it('resolves node sets alike', async () => {
    const opened = await openCircuit(files[0])
    const ours: Record<string, number[]> = {}
    for (const name of Object.keys(NODE_SETS).sort())
      ours[name] = [...(await opened.select(NODE_POPULATION, name)).ids]
    opened.close()
    expect(ours).toEqual(told[0].sets)
  })

  it.each([0, 1] as const)('finds the same connections with as many edges each (circuit %i)', async which => {
    expect(told[which].connections.length).toBeGreaterThan(1000)
    expect(await connectionsOf(files[which], edgeless)).toEqual(told[which].connections)
  })

  it('counts as many connections between selected neurons', async () => {
    for (const [key, source, target] of [
      ['inside', 'Excitatory', 'Excitatory'],
      ['across', 'Layer4', 'Inhibitory'],
    ] as const) {
      const original = await openCircuit(files[0])
      const [proof] = await verify({ original, manipulated: [files[1]], source, target })
      original.close()
      expect(proof?.connections).toEqual({ original: told[0][key].length, manipulated: told[1][key].length })
    }
  })

  it('tells the same differences', async () => {
    const key = ([source, target, edges]: Connection): string => `${source} ${target} ${edges}`
    const [before, after] = told.map(side => new Set(side.connections.map(key)))
    const { differences = [] } = await diff(...files, { all: true })
    expect(differences.length).toBe(faults.length)
    for (const { source, target, original, manipulated } of differences) {
      expect(before?.has(key([source, target, original]))).toBe(original > 0)
      expect(after?.has(key([source, target, manipulated]))).toBe(manipulated > 0)
    }
  })
})
