import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/errors.ts'
import { openHdf5 } from '../../src/formats/hdf5/open.ts'
import { type JsonValue, parseJson } from '../../src/formats/json.ts'
import { NodeSets } from '../../src/sonata/node-sets.ts'
import { NodePopulation } from '../../src/sonata/nodes.ts'
import { runs } from '../counts.ts'
import { evaluateNodeSet, type ReferenceColumn, type ReferenceNodes } from '../reference/node-sets.ts'
import { hasShared, SHARED } from '../shared.ts'
import { MemoryHdf5 } from './memory-hdf5.ts'

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/sonata/${name}`, import.meta.url))

type Answer = readonly number[] | { error: string }
interface Expected {
  cases: { name: string; json: string; results: { error: string } | Record<string, Record<string, Answer>> }[]
}
const expected = JSON.parse(readFileSync(fixture('expected.json'), 'utf8')) as Expected

async function population(file: string, name: string): Promise<NodePopulation> {
  return NodePopulation.open(await openHdf5(file), name)
}

async function answer(sets: NodeSets, name: string, nodes: NodePopulation): Promise<Answer> {
  try {
    return [...(await sets.evaluate(name, nodes))]
  } catch (error) {
    if (error instanceof InputError) return { error: error.message }
    throw error
  }
}

async function failure(sets: JsonValue, name: string): Promise<InputError> {
  const nodes = await population(fixture('nodes.h5'), 'neurons')
  try {
    await NodeSets.parse(sets, 'sets.json').evaluate(name, nodes)
  } catch (error) {
    if (error instanceof InputError) return error
    throw error
  }
  throw new Error('evaluated')
}

describe('node sets as libsonata evaluates them', () => {
  it.each(expected.cases)('$name', async ({ name, json, results }) => {
    const parse = (): NodeSets => NodeSets.parse(parseJson(json, 'case'), 'case')
    if (typeof results.error === 'string' && !json.startsWith('{')) return expect(parse).toThrow(InputError)
    const sets = parse()
    if (typeof results.error === 'string') return expect(sets.problem).toBeInstanceOf(InputError)
    expect(sets.problem).toBeUndefined()
    for (const [population_, answers] of Object.entries(results as Record<string, Record<string, Answer>>)) {
      const nodes = await population(fixture('nodes.h5'), population_)
      expect([...sets.names].sort()).toEqual(Object.keys(answers).sort())
      for (const [set, wanted] of Object.entries(answers)) {
        const got = await answer(sets, set, nodes)
        // HDF5 turns the code -1 into 0 inside libsonata; we refuse it like any other code without a value.
        const refused = 'error' in wanted || (name === 'code below' && set === 'Set')
        if (refused) expect(got, `${population_} ${set}`).toHaveProperty('error')
        else expect(got, `${population_} ${set}`).toEqual(wanted)
      }
    }
  })

  it.skipIf(!hasShared)('all of nodeset_expected.json', async () => {
    const nodesOf: Record<string, string> = { snap_tests: 'snap_tests/nodes.h5', cm_unit: 'cm_unit/nodes.h5' }
    const all = JSON.parse(readFileSync(`${SHARED}/data/nodeset_expected.json`, 'utf8')) as Record<
      string,
      number[] | string
    >
    for (const [key, wanted] of Object.entries(all)) {
      const [file = '', population_ = '', set = ''] = key.split('|')
      const sets = await NodeSets.read(`${SHARED}/data/circuits/${file}`)
      const nodes = await population(
        `${SHARED}/data/circuits/${nodesOf[file.split('/')[0] ?? ''] ?? ''}`,
        population_,
      )
      const got = await answer(sets, set, nodes)
      if (typeof wanted === 'string') {
        const attribute = /'(.*)'/.exec(wanted)?.[1] ?? ''
        const { error } = got as { error: string }
        expect(error, key).toContain(`no such attribute: "${attribute}"`)
        expect(error, key).toContain(`"${set}"`)
      } else expect(got, key).toEqual(wanted)
    }
    expect(Object.keys(all).length).toBe(47)
  })
})

describe('messages', () => {
  it('name the set, the attribute and the nearest attribute', async () => {
    const error = await failure({ Broken: { layr: 1 } }, 'Broken')
    expect(error.message).toContain('node set "Broken"')
    expect(error.message).toContain('"layr"')
    expect(error.hint).toContain('Did you mean "layer"?')
    expect(error.file).toBe(fixture('nodes.h5'))
  })

  it('name the nearest node set', async () => {
    const error = await failure({ Excitatory: { node_id: 1 } }, 'Exitatory')
    expect(error.message).toContain('no node set "Exitatory"')
    expect(error.hint).toContain('"Excitatory"')
  })

  it('name the circle', () => {
    const sets = NodeSets.parse({ A: ['B'], B: ['C'], C: ['B'] }, 'sets.json')
    expect(sets.problem?.message).toContain('"B" -> "C" -> "B"')
  })

  it('say what the column holds', async () => {
    expect((await failure({ A: { layer_text: 2 } }, 'A')).message).toContain('holds text, but an integer')
    expect((await failure({ A: { synapse_class: 1 } }, 'A')).message).toContain('@library')
    expect((await failure({ A: { x: 1 } }, 'A')).message).toContain('floating-point')
  })

  it.each([2 ** 53, 2 ** 63, -(2 ** 53)])(
    'refuse the integer %d, which JSON does not hold exactly',
    value => {
      expect(NodeSets.parse({ A: { layer: value } }, 'f').problem?.message).toContain('2^53')
      expect(NodeSets.parse({ A: { layer: [1, value] } }, 'f').problem?.message).toContain('2^53')
    },
  )

  it('survive sets that a naive walk would take forever over', async () => {
    const sets: Record<string, JsonValue> = { z: { node_id: 1 } }
    for (let i = 0; i < 10; i++) sets[`c${i}`] = Array<string>(100).fill(i < 9 ? `c${i + 1}` : 'z')
    const nodes = await population(fixture('nodes.h5'), 'neurons')
    expect([...(await NodeSets.parse(sets, 'f').evaluate('c0', nodes))]).toEqual([1])
  })
})

const columnArb = (size: number): fc.Arbitrary<ReferenceColumn> => {
  const list = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
    fc.array(value, { minLength: size, maxLength: size })
  return fc.oneof(
    list(fc.constantFrom('a', 'b', 'ab', '')).map(values => ({ kind: 'text' as const, values })),
    list(fc.integer({ min: 0, max: 2 })).map(codes => ({
      kind: 'library' as const,
      codes,
      values: codes.map(code => ['b', 'a', 'ab'][code] ?? ''),
    })),
    list(fc.integer({ min: -2, max: 3 })).map(values => ({ kind: 'integer' as const, values })),
    list(fc.constantFrom(0, 0.5, 1, -1, Number.NaN)).map(values => ({ kind: 'float' as const, values })),
  )
}

const clauseArb = fc.oneof(
  fc.record({ column: fc.constantFrom('p', 'q', 'r', 's'), wanted: wantedArb() }),
  fc.record({ column: fc.constant('node_id'), wanted: fc.array(fc.nat(12), { maxLength: 6 }) }),
  fc.record({
    column: fc.constant('population'),
    wanted: fc.constantFrom('here', 'there', ['there', 'here']),
  }),
)

function wantedArb(): fc.Arbitrary<unknown> {
  const texts = fc.constantFrom('a', 'b', 'ab', 'none')
  const numbers = fc.integer({ min: -2, max: 3 })
  return fc.oneof(
    texts,
    numbers,
    fc.array(texts, { maxLength: 3 }),
    fc.array(numbers, { maxLength: 3 }),
    fc.constantFrom('a', '^a', 'b$', '.').map($regex => ({ $regex })),
    fc
      .tuple(fc.constantFrom('$gt', '$gte', '$lt', '$lte'), fc.constantFrom(-1, 0, 0.5, 1))
      .map(([o, v]) => ({ [o]: v })),
  )
}

const setsArb = fc.record({
  basic: fc.array(fc.array(clauseArb, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 }),
  compound: fc.array(fc.array(fc.nat(100), { maxLength: 4 }), { maxLength: 3 }),
})

/** `B0 ..` basic, `C0 ..` compound; compound sets refer to any basic and to earlier compound ones. */
function toJson({
  basic,
  compound,
}: {
  basic: { column: string; wanted: unknown }[][]
  compound: number[][]
}): Record<string, JsonValue> {
  const sets: Record<string, unknown> = {}
  basic.forEach((clauses, i) => {
    sets[`B${i}`] = Object.fromEntries(clauses.map(({ column, wanted }) => [column, wanted]))
  })
  compound.forEach((members, i) => {
    const names = Object.keys(sets)
    sets[`C${i}`] = members.map(member => names[member % names.length])
  })
  return sets as Record<string, JsonValue>
}

function toFile(nodes: ReferenceNodes): MemoryHdf5 {
  const group = `/nodes/${nodes.name}`
  const datasets: ConstructorParameters<typeof MemoryHdf5>[1] = {
    [`${group}/node_type_id`]: { data: new Int32Array(nodes.size) },
  }
  for (const [name, column] of Object.entries(nodes.columns)) {
    const data = {
      text: () => column.values as string[],
      library: () => Int8Array.from(('codes' in column && column.codes) || []),
      integer: () => BigInt64Array.from((column.values as number[]).map(BigInt)),
      float: () => Float64Array.from(column.values as number[]),
    }[column.kind]()
    Object.assign(datasets, { [`${group}/0/${name}`]: { data } })
    if (column.kind === 'library')
      Object.assign(datasets, { [`${group}/0/@library/${name}`]: { data: ['b', 'a', 'ab'] } })
  }
  return new MemoryHdf5('memory.h5', datasets)
}

describe('against the reference', () => {
  const nodesArb = fc.nat(10).chain(size =>
    fc.record({
      name: fc.constant('here'),
      size: fc.constant(size),
      columns: fc.record({ p: columnArb(size), q: columnArb(size), r: columnArb(size) }),
    }),
  )

  it('random sets on random populations', async () => {
    let evaluated = 0
    let refused = 0
    await fc.assert(
      fc.asyncProperty(nodesArb, setsArb, async (reference, description) => {
        const json = toJson(description)
        const sets = NodeSets.parse(json, 'random')
        const nodes = await NodePopulation.open(toFile(reference), 'here')
        for (const name of Object.keys(json)) {
          // The reference looks at nodes, so it can see wrong types only where there are nodes.
          if (reference.size === 0) continue
          let wanted: Answer
          try {
            wanted = evaluateNodeSet(json, name, reference)
            evaluated++
          } catch (error) {
            wanted = { error: String(error) }
            refused++
          }
          const got = await answer(sets, name, nodes)
          if ('error' in wanted) expect(got).toHaveProperty('error')
          else expect(got).toEqual(wanted)
        }
      }),
      { numRuns: runs(500, 2000) },
    )
    expect(evaluated).toBeGreaterThan(runs(250, 1000))
    expect(refused).toBeGreaterThan(runs(250, 1000))
  })

  it('columns longer than the window', async () => {
    const size = 150_001
    const values = Array.from({ length: size }, (_, id) => (id * 7919) % 10)
    const column = { kind: 'integer' as const, values }
    const reference = { name: 'here', size, columns: { q: column } }
    const nodes = await NodePopulation.open(toFile(reference), 'here')
    const json = { A: { q: [3, 4] }, B: { q: { $gte: 8 } } }
    const sets = NodeSets.parse(json, 'f')
    for (const name of ['A', 'B'])
      expect([...(await sets.evaluate(name, nodes))]).toEqual(evaluateNodeSet(json, name, reference))
  })
})

describe('a file with a faulty set', () => {
  const json = { Good: { layer: 1 }, Bad: { layer: 1.5 }, All: {}, Both: ['Good', 'Bad'], Blank: ['All'] }

  it('gives its other sets, and says why libsonata refuses it', async () => {
    const nodes = await population(fixture('nodes.h5'), 'neurons')
    const sets = NodeSets.parse(json, 'sets.json')
    expect([...(await sets.evaluate('Good', nodes))]).toEqual([0])
    expect(sets.problem?.message).toContain('"Bad"')
    await expect(sets.evaluate('Bad', nodes)).rejects.toThrow('expected integers, found 1.5')
    await expect(sets.evaluate('Both', nodes)).rejects.toThrow('"Bad"')
    await expect(sets.evaluate('Blank', nodes)).rejects.toThrow('its member "All" is {}')
  })

  it('names {} as what it is', async () => {
    const sets = NodeSets.parse(json, 'sets.json')
    expect(sets.names).not.toContain('All')
    const nodes = await population(fixture('nodes.h5'), 'neurons')
    await expect(sets.evaluate('All', nodes)).rejects.toThrow('node set "All" is {}, which defines nothing')
    await expect(sets.evaluate('All', nodes)).rejects.toMatchObject({
      hint: expect.stringContaining('{"population": "NAME"}'),
    })
  })

  it.each([
    ['flag', 1, 'an enumeration'],
    ['flag', { $gt: 0 }, 'an enumeration'],
    ['fixed', 'ab', 'fixed-length text'],
    ['fixed', { $regex: 'a' }, 'fixed-length text'],
    ['half', 1, 'float16'],
  ] as const)('attribute %s compared with %j is refused: %s', async (attribute, wanted, storage) => {
    expect((await failure({ A: { [attribute]: wanted } }, 'A')).message).toContain(`is stored as ${storage}`)
  })

  it('takes float16 where libsonata does', async () => {
    const nodes = await population(fixture('nodes.h5'), 'neurons')
    const sets = NodeSets.parse({ A: { half: { $gt: 0.9 } } }, 'f')
    expect([...(await sets.evaluate('A', nodes))]).toEqual([11])
  })
})
