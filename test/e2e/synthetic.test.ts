/** Made circuits through files and the command line: what was planted comes back, and nothing else. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  byTargetThenSource,
  type Connection,
  connectionsOf,
  type EdgeTable,
  EXC,
  nodesOfClass,
  type SyntheticCircuit,
} from '../../src/demo/circuit.ts'
import {
  FAULT_KINDS,
  type Fault,
  halfOfReciprocalPairs,
  planFaults,
  unconnectedPairs,
} from '../../src/demo/faults.ts'
import { removeConnections } from '../../src/demo/manipulate.ts'
import { writeMaskFiles } from '../../src/demo/mask.ts'
import { seededRandom } from '../../src/demo/random.ts'
import { synthesize } from '../../src/demo/synthesize.ts'
import {
  type EdgeFileStyle,
  ORIGINAL_STYLE,
  PIPELINE_STYLE,
  writeCircuit,
  writeManipulated,
} from '../../src/demo/write.ts'
import { type CliResult, connproof } from './cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-synthetic-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let circuit: SyntheticCircuit
let selected: Uint32Array
let asked: Connection[]
let good: EdgeTable

beforeAll(async () => {
  circuit = synthesize({ seed: 'e2e', neurons: 150, meanInDegree: 8 })
  selected = nodesOfClass(circuit.nodes, EXC)
  asked = halfOfReciprocalPairs(circuit, selected, 40, seededRandom('asked'))
  good = removeConnections(circuit.edges, asked)
  await writeCircuit(join(folder, 'original'), circuit)
  await writeMaskFiles(folder, asked, selected)
})

const write = (name: string, edges: EdgeTable, style?: EdgeFileStyle): Promise<string> =>
  writeManipulated(join(folder, name), '../original', edges, circuit.nodes.count, style)

/** No selection flags: the ids beside the mask say which nodes it is for. */
const verify = (...circuits: string[]): Promise<CliResult> =>
  connproof([
    'verify',
    join(folder, 'original'),
    ...circuits.filter(word => !word.startsWith('-')),
    '--removed',
    join(folder, 'conns_removed_adjmat.npz'),
    '--json',
    '--show',
    '1000',
    ...circuits.filter(word => word.startsWith('-')),
  ])

const CLASS_OF_CODE: Record<string, string> = {
  'asked.still_there': 'asked_still_there',
  'lost.not_asked': 'lost_not_asked',
  'added.not_asked': 'added_not_asked',
  'multiplicity.changed': 'multiplicity_changed',
  'outside.changed': 'outside_changed',
}

/** Findings as faults, ascending by (target, source). */
function foundFaults(result: CliResult, at = 0): Fault[] {
  return (result.proofs[at]?.findings ?? [])
    .filter(finding => finding.code !== 'count.differs')
    .flatMap(({ code, culprits }) =>
      culprits.map(culprit => ({
        class: (CLASS_OF_CODE[code] ?? code) as Fault['class'],
        source: culprit.source,
        target: culprit.target,
        original: culprit.original_edges,
        manipulated: culprit.manipulated_edges,
      })),
    )
    .sort((a, b) => byTargetThenSource([a.source, a.target], [b.source, b.target]))
}

describe('a correct removal', () => {
  const legal: [string, Partial<EdgeFileStyle>][] = [
    ['ids are int64 instead of uint64', { ids: 'int64' }],
    ['the population has another name', { population: 'All__All__chemical' }],
    ['edge_type_id is 0', { edgeTypeId: 0n }],
    ['the edge groups are gone', { groups: false }],
    ['nodes without edges have the range 0 to 0', { emptyRange: 'zero' }],
    ['all of these, as the pipeline leaves it', PIPELINE_STYLE],
  ]

  it.each(legal)('is verified when %s', async (_, change) => {
    const file = await write('legal', good, { ...ORIGINAL_STYLE, ...change })
    const result = await verify(file)
    expect(result).toMatchObject({ code: 0, stderr: '' })
    expect(result.proofs).toMatchObject([{ verdict: 'verified', findings: [], diff: -40 }])
    expect(result.proofs[0]?.classes?.removed_as_asked).toBe(40)
  })

  it('is verified for sources in any order within a target', async () => {
    const random = seededRandom('order')
    const keys = Array.from(good.target, target => target + random.uniform())
    const rows = [...keys.keys()].sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0))
    const mixed: EdgeTable = {
      source: Uint32Array.from(rows, row => good.source[row] ?? 0),
      target: Uint32Array.from(rows, row => good.target[row] ?? 0),
      properties: {},
    }
    expect(mixed.source).not.toEqual(good.source)
    const file = await write('mixed', mixed)
    expect((await verify(file, '--level=connections')).code).toBe(0)
    expect((await verify(file)).proofs[0]?.findings.map(({ code }) => code)).toContain('synapse.order')
  })

  it('of nothing is verified without a mask, and any removal is not', async () => {
    const same = await write('same', circuit.edges)
    const removed = await write('removed', good)
    const result = await connproof([
      'verify',
      join(folder, 'original'),
      same,
      removed,
      '--json',
      '--show',
      '1000',
    ])
    expect(result.code).toBe(1)
    expect(result.proofs.map(proof => proof.verdict)).toEqual(['verified', 'differs'])
    const lost = asked.map(([source, target]) => [source, target])
    expect(foundFaults(result, 1).map(({ source, target }) => [source, target])).toEqual(lost)
  })
})

describe('planted faults', () => {
  const place = () => ({ circuit, selected, asked })

  it.each(FAULT_KINDS)('"%s" is found, with the synapses before and after', async kind => {
    const faults = planFaults(place(), [kind, kind], seededRandom(kind))
    expect(faults.length).toBeGreaterThanOrEqual(2)
    const result = await verify(await write('one', removeConnections(circuit.edges, asked, faults)))
    expect(result.code).toBe(1)
    expect(result.proofs[0]?.verdict).toBe('differs')
    expect(foundFaults(result)).toEqual(faults)
  })

  it('all kinds together are found, twenty times', async () => {
    const random = seededRandom('together')
    const planted: Fault[][] = []
    const files: string[] = []
    for (let k = 0; k < 20; k++) {
      const kinds = Array.from({ length: 1 + random.below(12) }, () => random.sample(FAULT_KINDS, 1)).flat()
      const faults = planFaults(place(), kinds, random)
      planted.push(faults)
      files.push(await write(`many-${k}`, removeConnections(circuit.edges, asked, faults)))
    }
    const result = await verify(...files)
    expect(result.code).toBe(1)
    for (const [k, faults] of planted.entries()) expect(foundFaults(result, k)).toEqual(faults)
  })

  it('that balance each other pass the count and are found all the same', async () => {
    const faults = planFaults(place(), ['balanced', 'still there'], seededRandom('balance'))
    const [first = -1] = selected
    expect(faults.some(fault => fault.class === 'lost_not_asked' && fault.source === first)).toBe(true)
    const result = await verify(await write('balanced', removeConnections(circuit.edges, asked, faults)))
    expect(result.code).toBe(1)
    expect(result.proofs[0]).toMatchObject({ diff: -asked.length })
    expect(result.proofs[0]?.findings.map(finding => finding.code)).not.toContain('count.differs')
    expect(foundFaults(result)).toEqual(faults)
  })

  it('in the mask: asked connections that never existed are told, unless that is allowed', async () => {
    const absent = unconnectedPairs(place(), 3, seededRandom('absent'))
    const both = [...asked, ...absent].sort(byTargetThenSource)
    const other = join(folder, 'absent')
    const file = await write('absent', good)
    const { mask } = await writeMaskFiles(other, both, selected)
    const args = ['verify', join(folder, 'original'), file, '--removed', mask, '--json']
    const told = await connproof(args)
    expect(told.code).toBe(1)
    expect(told.proofs[0]?.classes).toMatchObject({ asked_absent: 3, removed_as_asked: 40 })
    const [finding] = told.proofs[0]?.findings ?? []
    expect(finding?.culprits.map(({ source, target }) => [source, target])).toEqual(absent)
    expect(await connproof([...args, '--allow', 'asked.absent'])).toMatchObject({ code: 0 })
  })

  it('at the first and last connection of the file are found', async () => {
    const connections = connectionsOf(circuit.edges)
    for (const at of [0, connections.length - 1]) {
      const { connection, rows } = connections[at] ?? { connection: [0, 0] as Connection, rows: 0 }
      const [source, target] = connection
      const fault: Fault = { class: 'lost_not_asked', source, target, original: rows, manipulated: 0 }
      const file = await write('edge', removeConnections(circuit.edges, [], [fault]))
      const result = await connproof(['verify', join(folder, 'original'), file, '--json'])
      expect(result.code).toBe(1)
      expect(foundFaults(result)).toEqual([fault])
    }
  })
})
