/** One circuit with properties in every storage, at level synapses: the same JSON whatever the memory and the threads. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  byTargetThenSource,
  type Connection,
  type EdgeTable,
  EXC,
  nodesOfClass,
} from '../../src/demo/circuit.ts'
import { FAULT_KINDS, halfOfReciprocalPairs, planFaults } from '../../src/demo/faults.ts'
import { removeConnections } from '../../src/demo/manipulate.ts'
import { writeMaskFiles } from '../../src/demo/mask.ts'
import { seededRandom } from '../../src/demo/random.ts'
import { synthesize } from '../../src/demo/synthesize.ts'
import { writeCircuit } from '../../src/demo/write.ts'
import { STORAGES, type Storage, store } from './storages.ts'
import { type How, type Told, verifyStored, WINDOW } from './stored-verify.ts'

const NEURONS = 200
const HUB = 77
/** The in-degree of one target. */
const ROWS_OF_HUB = 20 * WINDOW
const CASES = ['clean', 'values', 'connections'] as const
type Case = (typeof CASES)[number]
/** Rows of the result of which one bit of one property is another. */
const CHANGED = [
  ['delay', 0.1],
  ['conductance', 0.5],
  ['conductance', 0.501],
  ['n_rrp_vesicles', 0.7],
  ['syn_type_id', 0.9999],
] as const

const folder = mkdtempSync(join(tmpdir(), 'connproof-synapse-storages-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const paths = new Map<string, string>()

beforeAll(async () => {
  const made = synthesize({ seed: 'synapse storages', neurons: NEURONS, meanInDegree: 8 })
  const circuit = { ...made, edges: withHub(made.edges) }
  const selected = nodesOfClass(circuit.nodes, EXC)
  const asked = halfOfReciprocalPairs(circuit, selected, 20, seededRandom('asked'))
  const faults = planFaults({ circuit, selected, asked }, FAULT_KINDS, seededRandom('faults'))
  const clean = removeConnections(circuit.edges, asked)
  const results: Record<Case, EdgeTable> = {
    clean,
    values: changed(clean),
    connections: removeConnections(circuit.edges, asked, faults),
  }
  await writeCircuit(join(folder, 'nodes'), made)
  await writeMaskFiles(folder, asked, selected)
  for (const storage of STORAGES) {
    const write = (name: string, edges: EdgeTable) =>
      store(storage, join(folder, storage, name), '../../nodes', edges, NEURONS)
    paths.set(`${storage} before`, await write('before', circuit.edges))
    for (const one of CASES) paths.set(`${storage} ${one}`, await write(one, results[one]))
  }
}, 240_000)

/** The rows of one target are those of many windows, and each has values of its own. */
function withHub(edges: EdgeTable): EdgeTable {
  const pick = seededRandom('hub')
  const rows: { connection: Connection; from: number }[] = []
  for (const [row, target] of edges.target.entries())
    if (target !== HUB) rows.push({ connection: [edges.source[row] ?? 0, target], from: row })
  for (let k = 0; k < ROWS_OF_HUB; k++)
    rows.push({ connection: [k % NEURONS, HUB], from: pick.below(edges.target.length) })
  rows.sort((a, b) => byTargetThenSource(a.connection, b.connection))
  return {
    source: Uint32Array.from(rows, row => row.connection[0]),
    target: Uint32Array.from(rows, row => row.connection[1]),
    properties: Object.fromEntries(
      Object.entries(edges.properties).map(([name, values]) => [
        name,
        values instanceof BigInt64Array
          ? BigInt64Array.from(rows, ({ from }) => values[from] ?? 0n)
          : Float32Array.from(
              rows,
              ({ from }, k) => (Number(values[from]) * (ROWS_OF_HUB + k)) / ROWS_OF_HUB,
            ),
      ]),
    ),
  }
}

function changed(edges: EdgeTable): EdgeTable {
  const properties = Object.fromEntries(
    Object.entries(edges.properties).map(([name, values]) => [name, values.slice()]),
  )
  for (const [name, part] of CHANGED) {
    const values = properties[name]
    if (values === undefined) throw new RangeError(name)
    const row = Math.floor(part * values.length)
    const bytes = new Uint8Array(values.buffer, row * values.BYTES_PER_ELEMENT, 1)
    bytes[0] = (bytes[0] ?? 0) ^ 1
  }
  return { ...edges, properties }
}

const verify = (before: Storage, after: Storage, one: Case, how: How): Promise<Told> => {
  const [original, result] = [paths.get(`${before} before`) ?? '', paths.get(`${after} ${one}`) ?? '']
  return verifyStored(original, result, join(folder, 'conns_removed_adjmat.npz'), how)
}

/** Without times, and without what names or describes the files themselves. */
function result({ json }: Told, edgeIds: boolean) {
  const own = [
    'circuit',
    'file',
    'original',
    'inputs',
    'order',
    'seconds',
    'made',
    'edge_populations',
    'not_checked',
  ]
  const ids = ['original_edge', 'manipulated_edge']
  return (
    json
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line))
      // Parquet files have no other population that could be lost.
      .filter(({ id }) => id !== 'populations.same')
      .map(({ synapses, ...record }) => {
        // Ids of Parquet files come narrowed, so that nothing is said of their type.
        const told = { ...record, synapses: synapses && { ...synapses, pipeline: undefined } }
        return JSON.stringify(told, (key, value) =>
          (own.includes(key) && !(key === 'original' && typeof value === 'number')) ||
          (!edgeIds && ids.includes(key))
            ? undefined
            : value,
        )
      })
  )
}

describe.each(CASES)('%s: one circuit in six storages, edge by edge', one => {
  let expected: Told
  beforeAll(async () => {
    expected = await verify('sorted', 'sorted', one, { megabytes: 2048, jobs: 1 })
  })

  it('is what was planted', () => {
    expect(expected.code).toBe(one === 'clean' ? 0 : 1)
    const proof = JSON.parse(expected.json.trim().split('\n').at(-1) ?? '')
    expect(proof.level).toBe('synapses')
    const found = proof.findings.flatMap((finding: { property?: string; count: number }) =>
      finding.property === undefined ? [] : [[finding.property, finding.count]],
    )
    if (one === 'values')
      expect(found).toEqual([
        ['conductance', 2],
        ['delay', 1],
        ['n_rrp_vesicles', 1],
        ['syn_type_id', 1],
      ])
    else expect(found).toEqual([])
    expect(proof.edges.original).toBeGreaterThan(ROWS_OF_HUB)
  })

  it.each(STORAGES)('%s: the same bytes whatever the memory and the threads', async storage => {
    const first = await verify(storage, storage, one, { megabytes: 2048, jobs: 1 })
    expect(first.code).toBe(expected.code)
    expect(result(first, false)).toEqual(result(expected, false))
    for (const how of [
      { megabytes: 64, jobs: 2 },
      { megabytes: 2, jobs: 1 },
    ]) {
      const again = await verify(storage, storage, one, how)
      expect(result(again, true), JSON.stringify(how)).toEqual(result(first, true))
    }
  })

  it.each([
    ['sorted', 'chunked'],
    ['chunked', 'parquet'],
    ['parquet', 'sorted'],
    ['shuffled', 'indexed'],
  ] as const)('%s before, %s after', async (before, after) => {
    const found = await verify(before, after, one, { megabytes: 64, jobs: 1 })
    expect(result(found, false)).toEqual(result(expected, false))
  })
})
