/** From lists and a circuit to files, and back to a proof of what they ask for. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PairList } from '../src/connectome/pairs.ts'
import { type DemoFiles, writeDemo } from '../src/demo/files.ts'
import { pairListOf, readPairList } from '../src/inputs/pair-list.ts'
import { openCircuit } from '../src/open-circuit.ts'
import { leftOutSentence, refusalOf, selectionLines, selectionRecord } from '../src/report/selection.ts'
import {
  heldTo,
  type PrepareOptions,
  prepareList,
  type SelectCircuit,
  selectFrom,
  writeSelection,
} from '../src/select.ts'
import { bindMask, readMask } from '../src/selection/mask.ts'
import type { SonataCircuit } from '../src/sonata/circuit.ts'

const root = mkdtempSync(join(tmpdir(), 'connproof-select-'))
let demo: DemoFiles
let sonata: SonataCircuit
let circuit: SelectCircuit

beforeAll(async () => {
  demo = await writeDemo(root, { seed: 'select', neurons: 150, removals: 20 })
  sonata = await openCircuit(join(root, 'original'))
  const edges = await sonata.edgePopulation()
  const excitatory = await sonata.select(edges.sourcePopulation, demo.nodeSet)
  circuit = { edges, source: excitatory, target: excitatory }
})

afterAll(() => {
  sonata.close()
  rmSync(root, { recursive: true })
})

const list = (...rows: [number, number][]): PairList => pairListOf(rows, 0, { file: 'list' })
const listOfAsked = (): PairList =>
  list(...demo.asked.map(([source, target]) => [source, target] as [number, number]))
const codes = async (pairs: PairList, options: Partial<PrepareOptions> = {}): Promise<string[]> =>
  (await prepareList(pairs, { mode: 'reciprocal', circuit, ...options })).findings.map(
    ({ code, count, severity }) => `${code} ${count} ${severity}`,
  )

describe('a list held against a circuit', () => {
  it('of connections that lost their reverse in the demo is sound', async () => {
    expect(await codes(listOfAsked())).toEqual([])
    expect(await codes(listOfAsked(), { mode: 'directed' })).toEqual([])
  })

  it('is found at fault, and refused in one error', async () => {
    const [a = 0, b = 0] = demo.asked[0] ?? []
    const outside =
      Array.from({ length: 150 }, (_, id) => id).find(id => !circuit.source.ids.includes(id)) ?? -1
    const faulty = list([a, b], [b, a], [a, a], [a, outside])
    const options = { mode: 'reciprocal', circuit } as const
    const prepared = await prepareList(faulty, options)
    expect(prepared.findings.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['list.both-directions', 'list.autapse', 'list.outside']),
    )
    const refusal = refusalOf(prepared)
    expect(refusal?.message).toContain(`1 row connects a node to itself (GIDs ${a + 1} -> ${a + 1} in row 2)`)
    expect(refusal?.message).toContain(`list.outside: 1 row has a node outside the selection`)
    expect(refusal?.hint).toContain('--allow list.')
    const allow = prepared.findings.map(({ code }) => code)
    expect(refusalOf(await prepareList(faulty, { ...options, allow }))).toBeUndefined()
  })

  it('is told apart by which of its two directions the circuit lacks', async () => {
    const every = await prepareList(
      { from: 'connections', source: circuit.source, target: circuit.target },
      { mode: 'directed', circuit },
    )
    const pairs = Array.from(every.list.source, (source, k) => `${source} ${every.list.target[k]}`)
    const oneWay = pairs.find(pair => !pairs.includes(pair.split(' ').reverse().join(' '))) ?? ''
    const [a = 0, b = 0] = oneWay.split(' ').map(Number)
    expect(await codes(list([a, b]))).toEqual(['list.no-reverse 1 error'])
    expect(await codes(list([b, a]))).toEqual(['list.absent 1 error'])
    expect(await codes(list([a, b]), { mode: 'directed' })).toEqual([])
    expect(await codes(list([b, a]), { mode: 'directed' })).toEqual(['list.absent 1 error'])
  })

  it('with an id that no node has is unusable, whatever is allowed', async () => {
    const wrong = prepareList(list([0, 1], [3, 150]), { mode: 'directed', circuit, allow: ['list.outside'] })
    await expect(wrong).rejects.toThrow('row 1 has the target GID 151 (node id 150), but population')
  })
})

describe('a list of the circuit', () => {
  it('of reciprocal pairs needs no lint, and has the pairs that were asked for', async () => {
    const prepared = await prepareList({ from: 'reciprocal' }, { mode: 'reciprocal', circuit })
    expect(prepared.findings).toEqual([])
    expect(await codes(prepared.list)).toEqual([])
    const pairs = Array.from(prepared.list.source, (source, k) => `${source} ${prepared.list.target[k]}`)
    expect(pairs).toEqual(
      expect.arrayContaining(demo.asked.map(([s, t]) => `${Math.min(s, t)} ${Math.max(s, t)}`)),
    )
    expect(prepared.list.order).toBe('u < v, ascending by (u, v)')
  })

  it('between two sets is restricted to the selection, and each connection exists', async () => {
    const all = await sonata.select(circuit.edges.sourcePopulation, undefined)
    const layer = await sonata.select(circuit.edges.sourcePopulation, 'layer=4,5')
    const prepared = await prepareList(
      { from: 'connections', source: layer, target: all },
      { mode: 'directed', circuit },
    )
    expect(prepared.list.source.length).toBeGreaterThan(10)
    expect(prepared.list.source.every(id => layer.ids.includes(id) && circuit.source.ids.includes(id))).toBe(
      true,
    )
    expect(prepared.list.target.every(id => circuit.source.ids.includes(id))).toBe(true)
    expect(await codes(prepared.list, { mode: 'directed' })).toEqual([])
  })

  it('is asked of a circuit', async () => {
    await expect(prepareList({ from: 'reciprocal' }, { mode: 'reciprocal' })).rejects.toThrow(
      'needs a circuit',
    )
  })
})

describe('a count above the list', () => {
  it('is refused and names --all; allowed, it is all there is', async () => {
    const given = await prepareList(list([0, 1], [2, 1]), { mode: 'directed' })
    const refused = refusalOf(heldTo(given, { count: 5 }))
    expect(refused).toMatchObject({
      field: 'list.short',
      hint: expect.stringMatching(/has 2.*--all.*--allow list.short/),
    })
    for (const amount of [{ count: 2 }, { fraction: 1 }, 'all'] as const)
      expect(heldTo(given, amount), JSON.stringify(amount)).toBe(given)
    const allow = ['list.short'] as const
    const short = heldTo(await prepareList(list([0, 1], [2, 1]), { mode: 'directed', allow }), { count: 5 })
    expect(refusalOf(short)).toBeUndefined()
    const selection = selectFrom(short, { amount: { count: 5 }, seed: 1 })
    expect(selectionRecord(selection)).toMatchObject({
      selected: 2,
      findings: [{ code: 'list.short', severity: 'allowed', count: 3 }],
    })
    expect(selectionLines(selection, { index: 0, mask: 'M' })[0]).toBe(
      'WARNING: Not enough connections to be removed!',
    )
  })
})

describe('autapses of a circuit', () => {
  const nodes = (expression: string, ids = Uint32Array.of(0, 1, 2)) => ({
    population: 'n',
    populationSize: 3,
    ids,
    expression,
  })
  const rows = [
    [0, 0],
    [0, 1],
    [1, 0],
    [2, 2],
    [1, 2],
  ] as const
  const column = (ids: number[]) => {
    const read = (first: number, count: number, into: Uint8Array): void =>
      into.set(new Uint8Array(Uint32Array.from(ids.slice(first, first + count)).buffer))
    return { length: ids.length, label: 'ids', type: 'u32', readInto: read } as const
  }
  const own = (targetPopulation = 'n'): SelectCircuit => ({
    source: nodes('all'),
    target: { ...nodes('all'), population: targetPopulation },
    edges: {
      ...{ population: 'default', file: 'own', sourcePopulation: 'n', targetPopulation },
      ...{ sourceCount: 3, targetCount: 3, edgeCount: rows.length },
      source: column(rows.map(([source]) => source)),
      target: column(rows.map(([, target]) => target)),
    },
  })
  const all = { from: 'connections', source: nodes('all'), target: nodes('all') } as const

  it('are left out and counted where nobody wrote a list', async () => {
    const prepared = await prepareList(all, { mode: 'directed', circuit: own() })
    expect(prepared.list.source).toEqual(Uint32Array.of(1, 0, 1))
    expect(prepared.list.target).toEqual(Uint32Array.of(0, 1, 2))
    expect(prepared).toMatchObject({ findings: [], autapsesLeftOut: 2 })
    expect(refusalOf(prepared)).toBeUndefined()
    expect(leftOutSentence(prepared)).toBe('left out: 2 autapses of the circuit')
    const selection = selectFrom(prepared, { amount: 'all', seed: 1 })
    expect(selectionRecord(selection)).toMatchObject({ list: { connections: 3, autapses_left_out: 2 } })
    const pairs = await prepareList({ from: 'reciprocal' }, { mode: 'reciprocal', circuit: own() })
    expect([pairs.list.source, pairs.autapsesLeftOut]).toEqual([Uint32Array.of(0), 2])
  })

  it('are taken where they are allowed, and are none between two populations', async () => {
    const options = { mode: 'directed', circuit: own(), allow: ['list.autapse'] } as const
    const taken = await prepareList(all, options)
    expect(taken.list.source.length).toBe(5)
    expect(taken.findings).toMatchObject([{ code: 'list.autapse', severity: 'allowed', count: 2 }])
    const between = await prepareList(all, { mode: 'directed', circuit: own('m') })
    expect([between.list.source.length, between.findings]).toEqual([5, []])
  })

  it('are refused in a list that somebody wrote', async () => {
    expect(await codes(list([0, 0], [0, 1]), { mode: 'directed', circuit: own() })).toEqual([
      'list.autapse 1 error',
    ])
  })
})

describe('a selection', () => {
  it("is written and read back, says the notebook's lines, and keeps no earlier mask", async () => {
    const folder = join(root, 'out', '3')
    const prepared = await prepareList({ from: 'reciprocal' }, { mode: 'reciprocal', circuit })
    const selection = selectFrom(prepared, { amount: { count: 9 }, seed: 5 })
    const files = await writeSelection(folder, selection, { record: '{}\n' })
    expect(files.map(({ change }) => change)).toEqual(Array(7).fill('written'))
    const written = await readPairList(join(folder, 'conns_removed.npy'))
    expect([written.source, written.target]).toEqual([selection.drawn.source, selection.drawn.target])
    const mask = bindMask(
      await readMask(join(folder, 'conns_removed_adjmat.npz')),
      circuit.source,
      circuit.target,
    )
    expect(mask).toEqual({ ...selection.masked?.mask, label: mask.label })

    const size = circuit.source.ids.length
    expect(selectionLines(selection, { index: 3, mask: 'M' })).toEqual([
      `INFO: <SIM3> Randomly selected 9 of ${prepared.list.source.length} reciprocal connections (${selection.drawn.flipped} directions flipped) to be removed (amount=9, seed=5)!`,
      `Created <${size}x${size}> adjacency matrix in CSC format with 9 elements at M`,
    ])
    expect(selectionRecord(selection)).toMatchObject({ generator: 'RandomState', seed: 5, distinct: 9 })

    const bare = selectFrom({ ...prepared, circuit: undefined }, { amount: { count: 9 }, seed: 5 })
    await expect(writeSelection(folder, bare)).rejects.toThrow('from another selection')
    await writeSelection(folder, bare, { force: true })
    expect(readdirSync(folder).sort()).toEqual([
      'conns_removed.csv',
      'conns_removed.npy',
      'conns_removed.target',
    ])
  })

  it('of repeats is written as it is, and its distinct number is that of the mask', async () => {
    const asked = listOfAsked()
    const [a = 0, b = 0] = demo.asked[0] ?? []
    const repeated = list([a, b], [a, b], ...demo.asked.slice(1).map(([s, t]) => [s, t] as [number, number]))
    const prepared = await prepareList(repeated, { mode: 'directed', circuit })
    const selection = selectFrom(prepared, { amount: 'all', seed: 1 })
    expect(prepared.findings.map(({ code, severity }) => `${code} ${severity}`)).toEqual([
      'list.repeats warning',
    ])
    expect(selection.drawn.source.length).toBe(asked.source.length + 1)
    expect(selection.masked?.mask.indices.length).toBe(asked.source.length)
    expect(selectionLines(selection, { index: 0, mask: 'M' })[1]).toBe(
      `WARNING: Only ${asked.source.length} of ${asked.source.length + 1} connections are unique!`,
    )
  })

  it('says when the list has too few, and when some are outside', async () => {
    const outside =
      Array.from({ length: 150 }, (_, id) => id).find(id => !circuit.source.ids.includes(id)) ?? -1
    const [a = 0, b = 0] = demo.asked[0] ?? []
    const allow = ['list.outside', 'list.absent'] as const
    const prepared = await prepareList(list([a, outside], [a, b]), { mode: 'directed', circuit, allow })
    const lines = selectionLines(selectFrom(prepared, { amount: { count: 5 }, seed: 1 }), {
      index: 0,
      mask: 'M',
    })
    expect(lines[0]).toBe('WARNING: Not enough connections to be removed!')
    expect(lines[2]).toBe('WARNING: 1 of 2 connections are outside the selection and not in the mask!')
    expect(lines[3]).toContain('with 1 elements')
  })

  it('cannot be drawn by an amount or a seed that NumPy refuses', async () => {
    const prepared = await prepareList(list([0, 1]), { mode: 'directed' })
    expect(() => selectFrom(prepared, { amount: { count: -1 }, seed: 1 })).toThrow(
      expect.objectContaining({ name: 'InputError' }),
    )
    expect(() => selectFrom(prepared, { amount: 'all', seed: 2 ** 32 })).toThrow('expected a seed')
  })
})

it('a list on disk and the same list in place give the same bytes', async () => {
  const file = join(root, 'list.csv')
  writeFileSync(file, '3,7\n7,12\n12,3\n')
  const lists = [await readPairList(file), list([2, 6], [6, 11], [11, 2])]
  const contents = []
  for (const [k, one] of lists.entries()) {
    const prepared = await prepareList(one, { mode: 'reciprocal' })
    const files = await writeSelection(
      join(root, `same-${k}`),
      selectFrom(prepared, { amount: 'all', seed: 3 }),
    )
    contents.push(files.map(({ path }) => readFileSync(path, 'utf8')))
  }
  expect(contents[0]).toEqual(contents[1])
})
