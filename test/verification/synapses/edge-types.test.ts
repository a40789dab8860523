/** What the type of an edge says is a property of it; and ids of types may be anything. */
import { describe, expect, it } from 'vitest'
import { allBits, clearBit } from '../../../src/connectome/edge-bits.ts'
import { chosen } from '../../../src/connectome/operations.ts'
import type { PropertyColumn, ValueType } from '../../../src/connectome/table.ts'
import { checkInvariants } from '../../../src/verification/contracts/judge.ts'
import { compareSynapses } from '../../../src/verification/synapses/compare.ts'
import { UNCHANGED } from '../../../src/verification/synapses/expectation.ts'
import { columnOf, edgesOf, type Row, type TableFacts } from './tables.ts'

const ROWS: readonly Row[] = [0, 0, 1, 2, 3, 4].map((source, k) => ({
  source,
  target: k < 3 ? 1 : 2,
  values: { kind: `0${k}` },
}))
const KIND = { kind: { type: 'u8', bytes: 1 } } as const
const IDS = [100, 101, 100, 101, 102, 100]
const TYPES = { weight: { 100: '0.5', 101: '1', 102: '2' }, model: { 100: 'a', 101: 'b' } }

const edges = (facts: TableFacts = {}) =>
  edgesOf(ROWS, { columns: KIND, edgeType: IDS, types: TYPES, ...facts })
async function compare(before: TableFacts, after: TableFacts) {
  const found = await compareSynapses(edges(before), edges(after), UNCHANGED)
  return {
    ...found,
    told: found.findings.map(({ code, property, count }) => `${code} ${property} ${count}`),
  }
}

const column = (
  name: string,
  type: ValueType,
  values: ArrayLike<number | bigint>,
  each = 1,
): PropertyColumn => {
  const array = {
    u8: Uint8Array,
    i8: Int8Array,
    u16: Uint16Array,
    i16: Int16Array,
    u32: Uint32Array,
    i32: Int32Array,
    u64: BigUint64Array,
    i64: BigInt64Array,
    f16: Uint16Array,
    f32: Float32Array,
    f64: Float64Array,
  }[type]
  const data = (array as Float64ArrayConstructor).from(values as ArrayLike<number>)
  const bytes = new Uint8Array(data.buffer)
  return columnOf(name, type, data.BYTES_PER_ELEMENT * each, bytes)
}
const texts = (name: string, values: readonly string[]): PropertyColumn => {
  const distinct = [...new Set(values)]
  return {
    ...column(
      name,
      'u32',
      values.map(text => distinct.indexOf(text)),
    ),
    texts: distinct,
  }
}

describe('what edge types say', () => {
  it('is a property of each edge, the same where nothing changed', async () => {
    const { told, properties, pipeline, notChecked } = await compare({}, {})
    expect(told).toEqual([])
    expect(properties.map(({ name, exact }) => [name, exact])).toEqual([
      ['model', 6],
      ['weight', 6],
      ['kind', 6],
    ])
    expect([pipeline, notChecked]).toEqual([[], []])
  })

  it('is changed where the table has another value for a type that edges have', async () => {
    const { told, findings } = await compare(
      {},
      { types: { ...TYPES, weight: { 100: '0.5', 101: '9', 102: '2' } } },
    )
    expect(told).toEqual(['property.changed weight 2'])
    expect(findings[0]?.culprits[0]).toMatchObject({ originalEdge: 1, before: '1', after: '9', target: 1 })
    const unused = { ...TYPES, weight: { ...TYPES.weight, 103: '7' }, other: { 104: 'x' } }
    expect((await compare({}, { types: unused })).told).toEqual([])
  })

  it.each<[string, TableFacts, string[]]>([
    ['all ids are 0', { edgeType: 0 }, ['property.lost model 5', 'property.lost weight 6']],
    ['there is no table', { types: {} }, ['property.lost model 5', 'property.lost weight 6']],
    ['the table is not there', { types: 'lost' }, ['property.lost model 5', 'property.lost weight 6']],
    ['a column is gone', { types: { model: TYPES.model } }, ['property.lost weight 6']],
    ['a row is gone', { types: { ...TYPES, weight: { 100: '0.5', 101: '1' } } }, ['property.lost weight 1']],
    [
      'an id names no row',
      { edgeType: [100, 101, 100, 7, 102, 100] },
      ['property.lost model 1', 'property.lost weight 1'],
    ],
    [
      'an id names another',
      { edgeType: [100, 101, 102, 101, 102, 100] },
      ['property.changed weight 1', 'property.lost model 1'],
    ],
    [
      'there are no ids',
      { edgeType: undefined },
      ['property.missing edge_type_id 1', 'property.lost model 5', 'property.lost weight 6'],
    ],
    [
      'ids are 0, and there is no table',
      { edgeType: 0, types: {} },
      ['property.lost model 5', 'property.lost weight 6'],
    ],
    [
      'ids are others, and there is no table',
      { edgeType: [100, 101, 100, 101, 5, 100], types: {} },
      ['property.lost model 5', 'property.lost weight 6', 'edge_type.changed edge_type_id 1'],
    ],
  ])('is lost where %s', async (_, after, told) => {
    const found = await compare({}, after)
    expect([...found.told].sort()).toEqual([...told].sort())
    expect(found.pipeline).toEqual([])
  })

  it('is added where the original says nothing', async () => {
    expect((await compare({ types: {} }, {})).told).toEqual([
      'property.changed model 5',
      'property.changed weight 6',
    ])
  })

  it.each<[string, TableFacts]>([
    [
      'types are renumbered',
      {
        edgeType: IDS.map(id => id - 99),
        types: { weight: { 1: '0.5', 2: '1', 3: '2' }, model: { 1: 'a', 2: 'b' } },
      },
    ],
    ['ids have another type', { edgeType: undefined, more: [column('edge_type_id', 'u8', IDS)] }],
    [
      'types are far apart',
      {
        edgeType: IDS.map(id => (id === 101 ? 2 ** 52 : -id)),
        types: {
          weight: { [-100]: '0.5', [2 ** 52]: '1', [-102]: '2' },
          model: { [-100]: 'a', [2 ** 52]: 'b' },
        },
      },
    ],
    [
      'the group has them now',
      {
        edgeType: 0,
        types: {},
        more: [
          column('weight', 'f32', [0.5, 1, 0.5, 1, 2, 0.5]),
          column('model?', 'u8', [1, 1, 1, 1, 0, 1]),
          texts('model', ['a', 'b', 'a', 'b', 'a', 'a']),
        ],
      },
    ],
    [
      'the group of some edges has them',
      {
        more: [column('weight', 'i8', [0, 1, 0, 0, 2, 0]), column('weight?', 'u8', [0, 1, 0, 0, 1, 0])],
        types: { ...TYPES, weight: { 100: '0.5', 101: '1', 102: '9' } },
      },
    ],
  ])('is equal by value: %s', async (_, facts) => {
    expect((await compare({}, facts)).told).toEqual([])
    expect((await compare(facts, {})).told).toEqual([])
  })

  it('is not equal where the group has other values, or for other edges', async () => {
    const more = [column('weight', 'f64', [0.5, 1, 0.5, 1, 2, 0.75])]
    expect((await compare({}, { more })).told).toEqual(['property.changed weight 1'])
    const some = [...more, column('weight?', 'u8', [0, 0, 0, 0, 0, 1])]
    expect((await compare({}, { more: some })).told).toEqual(['property.changed weight 1'])
    expect((await compare({ more: some }, {})).told).toEqual(['property.changed weight 1'])
    expect(
      (await compare({ more }, { more, types: { weight: { 100: '3' }, model: TYPES.model } })).told,
    ).toEqual([])
    const words = [texts('model', ['a', 'b', 'a', 'b', 'c', 'a'])]
    expect((await compare({}, { more: words })).told).toEqual(['property.changed model 1'])
    const off = [column('weight', 'i32', [0, 1, 0, 1, 2, 0])]
    expect((await compare({}, { more: off })).told).toEqual(['property.changed weight? 3'])
  })

  it('is nothing beyond the ids where no type says anything: these are as they were, or 0', async () => {
    const none = { types: {} }
    expect((await compare(none, { ...none, edgeType: 0 })).pipeline).toEqual(['edge_type.zeroed'])
    expect((await compare(none, { ...none, edgeType: [100, 101, 100, 101, 102, 7] })).told).toEqual([
      'edge_type.changed edge_type_id 1',
    ])
    // However many were 0 before.
    for (const edgeType of [
      [0, 0, 0, 0, 5, 0],
      [0, 7, 0, 7, 0, 7],
    ]) {
      const zeroed = await compare({ ...none, edgeType }, { ...none, edgeType: 0 })
      expect([zeroed.told, zeroed.pipeline]).toEqual([[], ['edge_type.zeroed']])
    }
    // New edges of type 0 do not make zeros of the others.
    const fresh = [
      ...ROWS,
      { source: 5, target: 2, values: { kind: '06' } },
      { source: 6, target: 2, values: { kind: '07' } },
    ]
    const added = await compareSynapses(
      edgesOf(ROWS, { columns: KIND, ...none, edgeType: [0, 0, 0, 1, 1, 1] }),
      edgesOf(fresh, { columns: KIND, ...none, edgeType: [0, 0, 0, 1, 1, 1, 0, 0] }),
      { ...UNCHANGED, mayBeNew: source => source > 4 },
    )
    expect(added.findings).toEqual([])
    // Ids that name no type say nothing on either side.
    const unused = { types: { weight: { 5: '1' } }, edgeType: -1 }
    expect((await compare(unused, { ...unused, edgeType: 0 })).told).toEqual([])
  })

  it('is all as it was, or all 0, also where a sample of the ids shows neither', async () => {
    const all = Array.from({ length: 3000 }, (_, k) => ({
      source: k % 7,
      target: Math.floor(k / 500),
      values: {},
    }))
    // Samples are taken at every 2.9th row.
    const rare = all.map((_, k) => (k === 1 || k === 2000 ? 5 : 0))
    const often = all.map((_, k) => (k === 0 || k === 2001 ? 5 : 0))
    const made = (edgeType: number | readonly number[], rows = all) =>
      edgesOf(rows, { columns: {}, edgeType, types: {} })
    const zeroed = await compareSynapses(made(rare), made(0), UNCHANGED)
    expect([zeroed.findings, zeroed.pipeline]).toEqual([[], ['edge_type.zeroed']])
    // The first sampled is gone: what is left looks like zeros.
    const remain = allBits(all.length)
    clearBit(remain, 0)
    const left = made(often.slice(1), all.slice(1))
    const kept = await compareSynapses(made(often), left, { ...UNCHANGED, remain })
    expect([kept.findings, kept.pipeline]).toEqual([[], []])
    // Neither: some of them only.
    const some = rare.map((id, k) => (k === 1 ? 0 : id))
    for (const [one, other] of [
      [rare, some],
      [often, rare],
    ] as const) {
      const { findings } = await compareSynapses(made(one), made(other), UNCHANGED)
      expect(findings.map(({ code }) => code)).toEqual(['edge_type.changed'])
    }
    const wired = await checkInvariants(
      made(rare),
      made(0),
      [{ kind: 'conn_wiring', source: chosen(7), target: chosen(7), percent: 100 }],
      { splits: 1 },
    )
    expect(wired.columns).toEqual([])
  })

  it('is not known of edges files by themselves, which is said', async () => {
    const none = { types: undefined }
    const zeroed = await compare(none, { ...none, edgeType: 0 })
    expect([zeroed.told, zeroed.notChecked]).toEqual([
      [],
      [expect.stringContaining('what edge_type_id said')],
    ])
    const one = await compare({}, none)
    expect([one.told, one.notChecked]).toEqual([[], [expect.stringContaining('whether the manipulated has')]])
    expect((await compare({}, { ...none, edgeType: 0 })).told).toHaveLength(2)
    const lost = await compare({ types: 'lost' }, { types: 'lost' })
    expect([lost.told, lost.notChecked]).toEqual([[], [expect.stringContaining('types.csv: no such file')]])
  })
})

describe('edge_type_id that is not one integer per edge', () => {
  const ids = (more: PropertyColumn | undefined): TableFacts =>
    more === undefined ? { edgeType: undefined } : { edgeType: undefined, more: [more] }
  const unreadable = {
    edgeType: undefined,
    unreadable: [{ name: 'edge_type_id', reason: 'compound of 8 bytes' }],
  }
  const STRANGE: [string, TableFacts][] = [
    [
      'float32',
      ids(
        column(
          'edge_type_id',
          'f32',
          IDS.map(() => 0),
        ),
      ),
    ],
    ['float64', ids(column('edge_type_id', 'f64', IDS))],
    ['float16', ids(column('edge_type_id', 'f16', IDS))],
    [
      'text',
      ids(
        texts(
          'edge_type_id',
          IDS.map(() => '7'),
        ),
      ),
    ],
    ['two per edge', ids(column('edge_type_id', 'i64', [...IDS, ...IDS].map(BigInt), 2))],
    ['unreadable', unreadable],
  ]
  const plain: TableFacts = { edgeType: 0 }

  it.each(STRANGE)('is a difference to ids, and to none: %s', async (_, strange) => {
    for (const types of [{}, TYPES]) {
      expect((await compare({ ...plain, types }, { ...strange, types })).told).toEqual([
        'property.type edge_type_id 1',
      ])
      expect((await compare({ ...strange, types }, { ...plain, types })).told).toEqual([
        'property.type edge_type_id 1',
      ])
    }
    const none = { ...ids(undefined), types: {} }
    expect((await compare(none, { ...strange, types: {} })).told).toEqual(['property.added edge_type_id 1'])
    expect((await compare({ ...strange, types: {} }, none)).told).toEqual(['property.missing edge_type_id 1'])
  })

  it.each(STRANGE)('is as it was, or cannot be told where types say something: %s', async (_, strange) => {
    expect((await compare({ ...strange, types: {} }, { ...strange, types: {} })).told).toEqual([])
    await expect(compare(strange, strange)).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringContaining('expected one integer edge_type_id per edge'),
      hint: expect.stringContaining('int64'),
    })
  })

  it('is changed where it holds other numbers', async () => {
    const [one, other] = [
      column('edge_type_id', 'f32', IDS),
      column(
        'edge_type_id',
        'f32',
        IDS.map(id => id + 1),
      ),
    ]
    expect((await compare({ ...ids(one), types: {} }, { ...ids(other), types: {} })).told).toEqual([
      'property.changed edge_type_id 6',
    ])
  })

  it('beyond int64 is never taken for a negative number', async () => {
    const huge = {
      ...ids(
        column(
          'edge_type_id',
          'u64',
          IDS.map(() => 2n ** 64n - 1n),
        ),
      ),
      types: {},
    }
    await expect(compare({ edgeType: -1, types: {} }, huge)).rejects.toThrow('does not fit int64')
    expect((await compare(huge, huge)).told).toEqual([])
    expect((await compare({}, { ...huge, types: TYPES })).told).toEqual([
      'property.lost model 5',
      'property.lost weight 6',
    ])
  })
})
