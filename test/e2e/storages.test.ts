/** One circuit in every storage, with every budget and number of threads: the same words and the same JSON. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EdgeTable, SyntheticCircuit } from '../../src/demo/circuit.ts'
import { byTargetThenSource, type Connection, EXC, nodesOfClass } from '../../src/demo/circuit.ts'
import { FAULT_KINDS, type Fault, halfOfReciprocalPairs, planFaults } from '../../src/demo/faults.ts'
import { removeConnections } from '../../src/demo/manipulate.ts'
import { writeMaskFiles } from '../../src/demo/mask.ts'
import { seededRandom } from '../../src/demo/random.ts'
import { synthesize } from '../../src/demo/synthesize.ts'
import { writeCircuit } from '../../src/demo/write.ts'
import { STORAGES, type Storage, store } from './storages.ts'
import { type How, type Told, verifyStored, WINDOW } from './stored-verify.ts'

const NEURONS = 300
const HUB = 123
const ROWS_OF_HUB = 20 * WINDOW

const folder = mkdtempSync(join(tmpdir(), 'connproof-storages-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let asked: Connection[]
let faults: Fault[]
const originals = new Map<Storage, string>()
const manipulated = new Map<Storage, string>()

beforeAll(async () => {
  const made = synthesize({ seed: 'storages', neurons: NEURONS, meanInDegree: 12 })
  const circuit: SyntheticCircuit = { ...made, edges: withHub(made.edges) }
  const selected = nodesOfClass(circuit.nodes, EXC)
  asked = halfOfReciprocalPairs(circuit, selected, 40, seededRandom('asked'))
  faults = planFaults({ circuit, selected, asked }, [...FAULT_KINDS, ...FAULT_KINDS], seededRandom('faults'))
  const faulty = removeConnections(circuit.edges, asked, faults)
  await writeCircuit(join(folder, 'nodes'), { ...circuit, edges: made.edges })
  await writeMaskFiles(folder, asked, selected)
  for (const storage of STORAGES) {
    const place = (side: string) => join(folder, storage, side)
    const nodes = '../../nodes'
    originals.set(storage, await store(storage, place('before'), nodes, circuit.edges, NEURONS))
    manipulated.set(storage, await store(storage, place('after'), nodes, faulty, NEURONS))
  }
}, 120_000)

/** The connections of one target fill twenty windows. */
function withHub(edges: EdgeTable): EdgeTable {
  const each = Math.ceil(ROWS_OF_HUB / NEURONS)
  const rows: Connection[] = [...edges.target.keys()]
    .map(row => [edges.source[row] ?? 0, edges.target[row] ?? 0] as const)
    .filter(([, target]) => target !== HUB)
  for (let source = 0; source < NEURONS; source++)
    for (let k = 0; k < each; k++) rows.push([source, HUB] as const)
  rows.sort(byTargetThenSource)
  return {
    source: Uint32Array.from(rows, ([source]) => source),
    target: Uint32Array.from(rows, ([, target]) => target),
    properties: {},
  }
}

/** What is said, without times and without what names or describes the files themselves. */
async function verify(before: Storage, after: Storage, how: Omit<How, 'level'>): Promise<Told> {
  const [original, other] = [originals.get(before) ?? '', manipulated.get(after) ?? '']
  const mask = join(folder, 'conns_removed_adjmat.npz')
  const { code, json } = await verifyStored(original, other, mask, { level: 'connections', ...how })
  const told = json
    .split('\n')
    .filter(Boolean)
    .map(line => {
      const { circuit, file, original, inputs, order, seconds, made, edge_populations, ...rest } =
        JSON.parse(line)
      return JSON.stringify(rest)
    })
  return { code, json: told.join('\n') }
}

describe('one circuit in six storages', () => {
  let expected: Told
  beforeAll(async () => {
    expected = await verify('sorted', 'sorted', { megabytes: 2048, jobs: 1 })
  })

  it('has the planted faults', () => {
    expect(expected.code).toBe(1)
    const proof = JSON.parse(expected.json.split('\n').at(-1) ?? '')
    expect(proof.classes.lost_not_asked).toBe(faults.filter(f => f.class === 'lost_not_asked').length)
    expect(proof.edges.original).toBeGreaterThan(ROWS_OF_HUB)
  })

  it.each(STORAGES)('%s: the same bytes whatever the memory and the threads', async storage => {
    for (const megabytes of [64, 2048, 2])
      for (const jobs of [1, 2])
        expect(await verify(storage, storage, { megabytes, jobs }), `${megabytes}, ${jobs}`).toEqual(expected)
  })

  it.each(STORAGES)('%s before, another after', async storage => {
    const other = STORAGES[(STORAGES.indexOf(storage) + 1) % STORAGES.length] ?? 'sorted'
    expect(await verify(storage, other, { megabytes: 64, jobs: 1 })).toEqual(expected)
  })
})
