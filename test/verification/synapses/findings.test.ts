/** Each kind of finding by its own code, with the edge and the values; rules, texts and what is not checked. */
import { describe, expect, it } from 'vitest'
import type { EdgeSource } from '../../../src/connectome/edges.ts'
import type { PropertyColumn } from '../../../src/connectome/table.ts'
import { InputError } from '../../../src/errors.ts'
import { addBit, noEdges } from '../../../src/verification/synapses/bits.ts'
import { targetBlocks } from '../../../src/verification/synapses/blocks.ts'
import { judgeSynapses } from '../../../src/verification/synapses/checks.ts'
import { compareSynapses } from '../../../src/verification/synapses/compare.ts'
import {
  type Expectation,
  type PropertyRule,
  SYNAPSE_CODES,
  type SynapseFinding,
  UNCHANGED,
} from '../../../src/verification/synapses/expectation.ts'
import { COLUMNS, edgesOf, type Row, type TableFacts } from './tables.ts'

const f32 = (value: number): string => Buffer.from(Float32Array.of(value).buffer).toString('hex')
const f64 = (value: number): string => Buffer.from(Float64Array.of(value).buffer).toString('hex')
const row = (source: number, target: number, k: number): Row => ({
  source,
  target,
  values: {
    delay: f32(k),
    efferent_section_id: Buffer.from(BigInt64Array.of(BigInt(k)).buffer).toString('hex'),
    kind: '01',
    position: f32(1) + f32(2) + f32(k),
    u_syn: f64(k / 8),
  },
})
/** Two connections of two edges and one of one. */
const ROWS = [row(1, 0, 0), row(1, 0, 1), row(4, 2, 2), row(2, 3, 3), row(2, 3, 4)]
const with_ = (at: number, name: string, value: string): Row[] =>
  ROWS.map((one, k) => (k === at ? { ...one, values: { ...one.values, [name]: value } } : one))

async function find(
  after: readonly Row[],
  expectation: Expectation = UNCHANGED,
  facts: { before?: TableFacts; after?: TableFacts } = {},
): Promise<readonly SynapseFinding[]> {
  const found = await compareSynapses(edgesOf(ROWS, facts.before), edgesOf(after, facts.after), expectation)
  for (const { code } of found.findings) seen.add(code)
  return found.findings
}

const seen = new Set<string>()
const all = (...edges: number[]) => {
  const bits = noEdges(ROWS.length)
  for (const edge of edges) addBit(bits, edge)
  return bits
}
const ruled = (rule: PropertyRule): Expectation => ({ ...UNCHANGED, properties: new Map([['delay', rule]]) })

describe('a finding names', () => {
  it('the value before and after, and both edge ids', async () => {
    const after = with_(3, 'delay', f32(2.5)).slice(2)
    expect(await find(after)).toEqual([
      {
        code: 'property.changed',
        property: 'delay',
        count: 1,
        culprits: [
          {
            source: 2,
            target: 3,
            originalEdge: 3,
            manipulatedEdge: 1,
            property: 'delay',
            before: 3,
            after: 2.5,
          },
        ],
      },
    ])
  })

  it.each<[name: string, value: string, before: unknown, after: unknown]>([
    ['efferent_section_id', 'ffffffffffffff7f', 3, 9223372036854775807n],
    ['kind', 'ff', 1, 255],
    ['position', f32(1) + f32(2.5) + f32(3), '[1, 2, 3]', '[1, 2.5, 3]'],
    ['u_syn', '0100000000f0f87f'.replace('f0', '00'), 0.375, 'NaN (0x7ff8000000000001)'],
    ['u_syn', f64(-0), 0.375, '-0'],
  ])('%s as it is stored: %s', async (name, value, before, after) => {
    const [finding] = await find(with_(3, name, value))
    expect(finding?.culprits[0]).toMatchObject({ property: name, before, after })
  })

  it('edges that are gone from a kept connection, and edges too many', async () => {
    expect(await find(ROWS.filter((_, k) => k !== 3))).toMatchObject([
      { code: 'synapse.missing', count: 1, culprits: [{ source: 2, target: 3, originalEdge: 3 }] },
    ])
    expect(await find([...ROWS, row(2, 3, 4)])).toMatchObject([
      { code: 'synapse.extra', count: 1, culprits: [{ source: 2, target: 3, manipulatedEdge: 5 }] },
    ])
  })

  it('rows of one connection in another order, and rows of several', async () => {
    const [a, b, c, d, e] = ROWS as [Row, Row, Row, Row, Row]
    expect(await find([b, a, c, d, e])).toMatchObject([{ code: 'synapse.order', count: 2 }])
    expect(await find([c, a, b, d, e])).toMatchObject([{ code: 'synapse.order', count: 1 }])
    expect(await find([c, b, a, e, d], { order: { kind: 'any' } })).toEqual([])
  })

  it('properties that are gone, new, or of another type', async () => {
    const { delay, ...rest } = COLUMNS
    expect(delay).toBeDefined()
    expect(await find(ROWS, UNCHANGED, { after: { columns: rest } })).toMatchObject([
      { code: 'property.missing', property: 'delay', expected: 'float32' },
    ])
    expect(await find(ROWS, UNCHANGED, { before: { columns: rest } })).toMatchObject([
      { code: 'property.added', property: 'delay', found: 'float32' },
    ])
    const wider = { ...COLUMNS, u_syn: { type: 'i64', bytes: 8 } } as const
    expect(await find(ROWS, UNCHANGED, { after: { columns: wider } })).toMatchObject([
      { code: 'property.type', property: 'u_syn', expected: 'float64', found: 'int64' },
    ])
    const { position } = COLUMNS
    const deeper = { ...COLUMNS, position: { ...position, shape: [3, 1] } }
    expect(await find(ROWS, UNCHANGED, { after: { columns: deeper } })).toMatchObject([
      { code: 'property.type', property: 'position', expected: '3 x float32', found: '3 x 1 x float32' },
    ])
  })

  it('ids of another width are none: they are compared by value', async () => {
    for (const idType of ['u32', 'i64'] as const) {
      const found = await compareSynapses(edgesOf(ROWS), edgesOf(ROWS, { idType }), UNCHANGED)
      expect(found).toMatchObject({ findings: [], pipeline: ['ids.retyped'] })
    }
  })

  it('a property that lies outside of its group, which the pipeline drops and nobody may add', async () => {
    const { delay, ...rest } = COLUMNS
    const outside = { ...rest, '../delay': delay }
    expect(await find(ROWS, UNCHANGED, { after: { columns: outside } })).toMatchObject([
      { code: 'property.missing', property: 'delay' },
      { code: 'property.added', property: '../delay' },
    ])
    const dropped = await compareSynapses(
      edgesOf(ROWS, { columns: outside }),
      edgesOf(ROWS, { columns: rest }),
      UNCHANGED,
    )
    expect(dropped).toMatchObject({ findings: [], pipeline: ['strays.dropped'] })
    expect(
      await find(ROWS, UNCHANGED, { before: { columns: outside }, after: { columns: outside } }),
    ).toEqual([])
  })

  it('what libsonata reads no more: unnamed ends, and rows of a group in an order of their own', async () => {
    const unnamed = { traits: ['ends_unnamed'] } as const
    expect(await find(ROWS, UNCHANGED, { after: unnamed })).toMatchObject([{ code: 'ends.unnamed' }])
    expect(await find(ROWS, UNCHANGED, { before: unnamed, after: unnamed })).toEqual([])
    const own = { onlyByGuide: 'properties in groups 0, 1' }
    expect(await find(ROWS, UNCHANGED, { after: own })).toMatchObject([
      { code: 'property.layout', found: own.onlyByGuide },
    ])
    for (const after of [own, {}]) {
      const found = await compareSynapses(edgesOf(ROWS, own), edgesOf(ROWS, after), UNCHANGED)
      expect(found.findings).toEqual([])
      expect(found.notChecked).toEqual([expect.stringContaining('as libsonata reads them')])
    }
  })

  it('edge types that are neither what they were nor 0, whichever most of them are', async () => {
    const types = (edgeType: number | number[]) => ({
      before: { edgeType: [7, 7, 8, 8, 9] },
      after: { edgeType },
    })
    expect(await find(ROWS, UNCHANGED, types(0))).toEqual([])
    expect(await find(ROWS, UNCHANGED, types([7, 7, 8, 8, 9]))).toEqual([])
    expect(await find(ROWS, UNCHANGED, types([0, 0, 0, 4, 0]))).toMatchObject([
      { code: 'edge_type.changed', count: 1, culprits: [{ originalEdge: 3, before: 0, after: 4 }] },
    ])
    expect(await find(ROWS, UNCHANGED, types([7, 7, 8, 8, 8]))).toMatchObject([
      { code: 'edge_type.changed', count: 1, culprits: [{ originalEdge: 4, before: 9, after: 8 }] },
    ])
    // More of what types say is in edge-types.test.ts.
    const says = { types: { weight: { 7: '0.5' } } }
    const { before, after } = types(0)
    expect(await find(ROWS, UNCHANGED, { before: { ...before, ...says }, after })).toMatchObject([
      {
        code: 'property.lost',
        property: 'weight',
        count: 2,
        culprits: [{ before: '0.5', after: 'nothing' }, {}],
      },
    ])
  })
})

describe('a rule', () => {
  const half: PropertyRule = {
    kind: 'exact',
    rows: all(1, 3),
    expect: (edges, _before, expected) => {
      const values = new Float32Array(expected.buffer, expected.byteOffset, edges.length)
      values.forEach((value, k) => {
        values[k] = value / 2
      })
    },
  }

  it('that predicts values is held to them, bit by bit, in its rows and in no others', async () => {
    const right = ROWS.map((one, k) =>
      [1, 3].includes(k) ? { ...one, values: { ...one.values, delay: f32(k / 2) } } : one,
    )
    expect(await find(right, ruled(half))).toEqual([])
    expect(await find(ROWS, ruled(half))).toMatchObject([
      {
        code: 'property.changed',
        count: 2,
        culprits: [{ originalEdge: 1, before: 1, expected: 0.5, after: 1 }, {}],
      },
    ])
    const more = right.map((one, k) => (k === 4 ? { ...one, values: { ...one.values, delay: f32(2) } } : one))
    expect(await find(more, ruled(half))).toMatchObject([{ culprits: [{ originalEdge: 4 }] }])
  })

  it('that bounds values finds those outside, and says how many were only bounded', async () => {
    const rule: PropertyRule = {
      kind: 'bounded',
      rows: all(0, 2),
      reason: 'drawn',
      judge: (edges, _before, after, bad) => {
        const values = new Float32Array(after.slice().buffer)
        for (const k of edges.keys()) bad[k] = (values[k] ?? 0) > 10 ? 1 : 0
      },
    }
    const inside = await compareSynapses(edgesOf(ROWS), edgesOf(with_(2, 'delay', f32(9))), ruled(rule))
    expect(inside.findings).toEqual([])
    expect(inside.properties.find(({ name }) => name === 'delay')).toEqual({
      name: 'delay',
      exact: 3,
      bounded: 2,
      free: 0,
    })
    expect(inside.notChecked).toEqual(['delay of 2 edges beyond its bounds (drawn)'])
    expect(await find(with_(2, 'delay', f32(11)), ruled(rule))).toMatchObject([
      {
        code: 'property.bounds',
        property: 'delay',
        count: 1,
        culprits: [{ originalEdge: 2, before: 2, after: 11 }],
      },
    ])
    expect(await find(with_(3, 'delay', f32(9)), ruled(rule))).toMatchObject([{ code: 'property.changed' }])
  })

  it('that leaves values free counts them, and still finds all else in these rows', async () => {
    const rule: PropertyRule = { kind: 'free', rows: all(0, 1), reason: 'redrawn' }
    const free = await compareSynapses(edgesOf(ROWS), edgesOf(with_(1, 'delay', f32(77))), ruled(rule))
    expect(free.findings).toEqual([])
    expect(free.notChecked).toEqual(['delay of 2 edges (redrawn)'])
    expect(await find(with_(1, 'kind', '02'), ruled(rule))).toMatchObject([
      { code: 'property.changed', property: 'kind' },
    ])
  })

  it('that lets a property go does not let it change', async () => {
    const { delay, ...rest } = COLUMNS
    expect(delay).toBeDefined()
    const rule: PropertyRule = { kind: 'droppable', reason: 'not among the default ones' }
    const gone = await compareSynapses(edgesOf(ROWS), edgesOf(ROWS, { columns: rest }), ruled(rule))
    expect(gone.findings).toEqual([])
    expect(gone.notChecked).toEqual(['property delay (not among the default ones)'])
    expect(await find(with_(1, 'delay', f32(7)), ruled(rule))).toMatchObject([{ code: 'property.changed' }])
  })
})

describe('edges of which it is known that they must remain', () => {
  it('are missing or too many by name', async () => {
    const order = { kind: 'input' } as const
    expect(await find([ROWS[0], ROWS[3]] as Row[], { remain: all(0, 3), order })).toEqual([])
    expect(await find([ROWS[1], ROWS[3]] as Row[], { remain: all(0, 3), order })).not.toEqual([])
    expect(await find([ROWS[0]] as Row[], { remain: all(0, 3), order })).toMatchObject([
      { code: 'synapse.missing', culprits: [{ originalEdge: 3 }] },
    ])
    expect(await find(ROWS, { remain: all(0, 1, 2, 3), order })).toMatchObject([
      { code: 'synapse.extra', culprits: [{ source: 2, target: 3 }] },
    ])
  })

  it('may have new ones beside them where that is allowed', async () => {
    const after = [...ROWS, row(6, 6, 9), row(2, 3, 50)]
    const mayBeNew = (source: number): boolean => source === 6 || source === 2
    const found = await compareSynapses(edgesOf(ROWS), edgesOf(after), {
      remain: all(0, 1, 2, 3, 4),
      order: { kind: 'any' },
      mayBeNew,
    })
    expect(found).toMatchObject({ findings: [], edges: { kept: 5, new: 2 } })
    expect(await find(after, { remain: all(0, 1, 2, 3, 4), order: { kind: 'any' } })).toMatchObject([
      { code: 'synapse.extra', count: 2 },
    ])
  })
})

describe('text', () => {
  const textColumn = (codes: readonly number[], texts: readonly string[]): PropertyColumn => ({
    name: 'kind',
    type: 'u8',
    bytes: 1,
    length: codes.length,
    texts,
    label: 'kind',
    readInto: (first, count, into) => into.set(codes.slice(first, first + count)),
  })
  const withText = (codes: readonly number[], texts: readonly string[]): EdgeSource => ({
    ...edgesOf(ROWS),
    table: async () => ({ rows: 5, traits: [], unreadable: [], columns: [textColumn(codes, texts)] }),
  })

  it('is compared by what it says, whatever its codes are', async () => {
    const before = withText([0, 0, 1, 1, 0], ['a', 'b'])
    const after = await compareSynapses(before, withText([2, 2, 0, 0, 2], ['b', 'x', 'a']), UNCHANGED)
    expect(after.findings).toEqual([])
    const other = await compareSynapses(before, withText([2, 2, 0, 1, 2], ['b', 'x', 'a']), UNCHANGED)
    expect(other.findings).toMatchObject([{ culprits: [{ originalEdge: 3, before: 'b', after: 'x' }] }])
  })

  it('an enumeration of HDF5 is compared by the names of its members', async () => {
    type Members = NonNullable<PropertyColumn['members']>
    const withMembers = (codes: readonly number[], members: Members): EdgeSource => {
      const { texts: _, ...column } = textColumn(codes, [])
      const columns = [{ ...column, members }]
      return { ...edgesOf(ROWS), table: async () => ({ rows: 5, traits: [], unreadable: [], columns }) }
    }
    const before = withMembers([0, 0, 1, 1, 1], [[0, 'OFF'], [1, 'ON']]) // biome-ignore format: pairs
    const swapped: Members = [[0, 'ON'], [1, 'OFF']] // biome-ignore format: pairs
    const renamed = await compareSynapses(before, withMembers([0, 0, 1, 1, 1], swapped), UNCHANGED)
    expect(renamed.findings).toMatchObject([{ code: 'property.changed', property: 'kind', count: 5 }])
    expect(renamed.findings[0]?.culprits[0]).toMatchObject({ before: 'OFF', after: 'ON' })
    const same = await compareSynapses(before, withMembers([1, 1, 0, 0, 0], swapped), UNCHANGED)
    expect(same.findings).toEqual([])
    const unnamed = compareSynapses(before, withMembers([7, 1, 0, 0, 1], swapped), UNCHANGED)
    await expect(unnamed).rejects.toThrow('does not name')
  })

  it('with codes that stand for nothing is refused', async () => {
    const bad = compareSynapses(withText([0, 0, 0, 0, 0], ['a']), withText([0, 0, 9, 0, 0], ['a']), UNCHANGED)
    await expect(bad).rejects.toThrow(InputError)
  })
})

describe('what cannot be read', () => {
  const unreadable = [{ name: 'odd', reason: 'a compound' }]
  it('is said where neither can, and a difference where one can', async () => {
    const both = await compareSynapses(
      edgesOf(ROWS, { unreadable }),
      edgesOf(ROWS, { unreadable }),
      UNCHANGED,
    )
    expect(both).toMatchObject({
      findings: [],
      notChecked: ['property odd (a compound)'],
      uncompared: ['odd'],
    })
    expect(judgeSynapses(both).checks[1]).toEqual({
      id: 'synapses.same',
      level: 'synapses',
      status: 'passed',
      except: ['odd'],
    })
    const [before, after] = ['compound of 8 bytes', 'opaque of 8 bytes'].map(holds => ({
      unreadable: [{ name: 'odd', reason: 'no number', holds }],
    }))
    expect(await find(ROWS, UNCHANGED, { before, after })).toMatchObject([{ code: 'property.type' }])
    expect(await find(ROWS, UNCHANGED, { before: { unreadable } })).toMatchObject([
      { code: 'property.missing' },
    ])
    expect(await find(ROWS, UNCHANGED, { after: { unreadable } })).toMatchObject([{ code: 'property.added' }])
  })

  it.each(['edge_type_id', 'delay'])(
    'in the original alone is a difference of %s, whatever it is now',
    async name => {
      const unreadable = [{ name, reason: 'a compound' }]
      const columns = Object.fromEntries(Object.entries(COLUMNS).filter(([known]) => known !== name))
      const before = edgesOf(ROWS, { unreadable, columns })
      const after = edgesOf(ROWS, { edgeType: [0, 0, 0, 0, 9] })
      const found = await compareSynapses(before, after, UNCHANGED)
      expect(found.findings).toContainEqual({
        code: 'property.type',
        property: name,
        count: 1,
        expected: 'a compound',
        found: name === 'delay' ? 'float32' : 'int64',
        culprits: [],
      })
      expect(found.notChecked).toEqual([])
    },
  )

  it('is refused for lists without properties', async () => {
    const { table, ...list } = edgesOf(ROWS)
    expect(table).toBeDefined()
    await expect(compareSynapses(list, edgesOf(ROWS), UNCHANGED)).rejects.toThrow(InputError)
  })
})

it('blocks hold every row of both sides once, sorted, with its values', async () => {
  const shuffled = [4, 0, 3, 2, 1].map(k => ROWS[k]) as Row[]
  const options = { windowRows: 8, memory: 1 }
  const edges: number[] = []
  for await (const { from, to, original, manipulated } of targetBlocks(
    edgesOf(ROWS),
    edgesOf(shuffled),
    options,
  )) {
    expect(from).toBeLessThan(to)
    expect(original.count).toBe(manipulated.count)
    const delays = (side: typeof original) =>
      new Float32Array(side.columns.get('delay')?.slice().buffer ?? new ArrayBuffer(0))
    expect([...original.edge].map(edge => Number(edge))).toEqual([...delays(original)])
    expect([...manipulated.edge].map(edge => [4, 0, 3, 2, 1][edge])).toEqual([...delays(manipulated)])
    edges.push(...original.edge)
  }
  expect(edges).toEqual([0, 1, 2, 3, 4])
})

it('every code was seen', () => {
  expect([...seen].sort()).toEqual([...SYNAPSE_CODES].sort())
})
