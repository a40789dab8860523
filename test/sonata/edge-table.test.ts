/** Properties of SONATA edges as columns: groups, dynamics, enumerations, texts, and what cannot be one. */
import { describe, expect, it } from 'vitest'
import type { PropertyColumn } from '../../src/connectome/table.ts'
import { InputError } from '../../src/errors.ts'
import { openEdgeTable } from '../../src/sonata/edge-table.ts'
import { type MemoryDataset, MemoryHdf5 } from './memory-hdf5.ts'

const E = '/edges/e'
const table = (datasets: Record<string, MemoryDataset>, rows = 4) =>
  openEdgeTable(new MemoryHdf5('edges.h5', datasets), 'e', rows)

async function values(column: PropertyColumn | undefined, first = 0, count = 4): Promise<number[]> {
  if (column === undefined) throw new Error('no such column')
  const bytes = new Uint8Array(count * column.bytes)
  await column.readInto(first, count, bytes)
  const arrays = {
    u8: Uint8Array,
    f32: Float32Array,
    f64: Float64Array,
    u16: Uint16Array,
    u32: Uint32Array,
  } as const
  const array = arrays[column.type as keyof typeof arrays]
  return [...new array(bytes.buffer)]
}

const IDS = {
  [`${E}/source_node_id`]: { data: new BigUint64Array(4) },
  [`${E}/target_node_id`]: { data: new BigUint64Array(4) },
  [`${E}/indices/target_to_source/range_to_edge_id`]: { data: new BigUint64Array(2) },
}

it('refuses a property that its group lists and that is not there', async () => {
  const h5 = new MemoryHdf5('edges.h5', { ...IDS, [`${E}/0/delay`]: { data: Float32Array.of(1, 2, 3, 4) } })
  const members = h5.members.bind(h5)
  h5.members = async group => (group === `${E}/0` ? ['delay', 'u_syn'] : members(group))
  await expect(openEdgeTable(h5, 'e', 4)).rejects.toMatchObject({ file: 'edges.h5', field: `${E}/0/u_syn` })
})

describe('one group', () => {
  it.each([[1], [2]])('refuses edge_type_id of %i values per edge in rows, which are no ids', async each => {
    const { columns, unreadable } = await table({
      ...IDS,
      [`${E}/edge_type_id`]: { data: new Int8Array(4 * each), shape: [4, each] },
    })
    expect(columns).toEqual([])
    expect(unreadable).toEqual([
      {
        name: 'edge_type_id',
        reason: `${E}/edge_type_id holds ${each} integers per edge, not one plain integer`,
        holds: `${each} integers per edge`,
      },
    ])
  })

  it('gives a column for each property, edge_type_id and dynamics_params among them', async () => {
    const found = await table({
      ...IDS,
      [`${E}/edge_type_id`]: { data: Int8Array.of(1, 2, 3, 4) },
      [`${E}/0/delay`]: { data: Float32Array.of(1, 2, 3, 4) },
      [`${E}/0/place`]: { data: Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8), shape: [4, 2] },
      [`${E}/0/dynamics_params/tau`]: { data: Float64Array.of(5, 6, 7, 8) },
    })
    expect(found.columns.map(({ name, type, bytes }) => [name, type, bytes])).toEqual([
      ['@dynamics:tau', 'f64', 8],
      ['delay', 'f32', 4],
      ['edge_type_id', 'i8', 1],
      ['place', 'f64', 16],
    ])
    expect(found).toMatchObject({ rows: 4, traits: ['ends_unnamed', 'dynamics_params'], unreadable: [] })
    expect(found.columns[3]?.shape).toEqual([2])
    expect(await values(found.columns[1], 1, 2)).toEqual([2, 3])
  })

  it('gives texts as codes, of enumerations and of plain text', async () => {
    const found = await table({
      ...IDS,
      [`${E}/0/kind`]: { data: Uint16Array.of(0, 1, 1, 0) },
      [`${E}/0/@library/kind`]: { data: ['E', 'I'] },
      [`${E}/0/rule`]: { data: ['x', 'y', 'x', 'z'] },
    })
    expect(found.columns.map(({ name, texts }) => [name, texts])).toEqual([
      ['kind', ['E', 'I']],
      ['rule', ['x', 'y', 'z']],
    ])
    expect(await values(found.columns[0])).toEqual([0, 1, 1, 0])
    expect(await values(found.columns[1])).toEqual([0, 1, 0, 2])
  })

  it('says what is no column instead of leaving it out', async () => {
    const found = await table({
      ...IDS,
      [`${E}/0/short`]: { data: Float32Array.of(1, 2) },
      [`${E}/0/deep/x`]: { data: Float32Array.of(1) },
    })
    expect(found.columns).toEqual([])
    expect(found.unreadable.map(({ name }) => name)).toEqual(['deep', 'short'])
    expect(found.unreadable[1]?.reason).toContain('shape (2)')
  })

  it('is taken row by row where edge_group_index says no more than that', async () => {
    const groups = {
      [`${E}/edge_group_id`]: { data: Uint8Array.of(0, 0, 0, 0) },
      [`${E}/0/delay`]: { data: Float32Array.of(1, 2, 3, 4) },
    }
    const plain = await table({
      ...IDS,
      ...groups,
      [`${E}/edge_group_index`]: { data: Uint32Array.of(0, 1, 2, 3) },
    })
    expect(plain.columns[0]?.place).toBeDefined()
    expect(plain).toMatchObject({ traits: ['ends_unnamed', 'group_columns'], onlyByGuide: undefined })
    const other = await table({
      ...IDS,
      ...groups,
      [`${E}/edge_group_index`]: { data: Uint32Array.of(3, 2, 1, 0) },
    })
    expect(other.columns[0]?.place).toBeUndefined()
    expect(await values(other.columns[0])).toEqual([4, 3, 2, 1])
    expect(other.onlyByGuide).toContain('edge_group_index')
  })

  it('is group 0; what lies beside it or in another group is of no edge, and named by its place', async () => {
    const delay = { data: Float32Array.of(1, 2, 3, 4) }
    const beside = await table({ ...IDS, [`${E}/delay`]: delay, [`${E}/0/u`]: delay })
    expect(beside.columns.map(({ name }) => name)).toEqual(['../delay', 'u'])
    const renamed = await table({
      ...IDS,
      [`${E}/1/delay`]: delay,
      [`${E}/1/kind`]: { data: Uint8Array.of(0, 1, 1, 0) },
      [`${E}/1/@library/kind`]: { data: ['E', 'I'] },
    })
    expect(renamed.columns.map(({ name }) => name)).toEqual(['../1/delay', '../1/kind'])
    const said = await table({
      ...IDS,
      [`${E}/edge_group_id`]: { data: Uint8Array.of(1, 1, 1, 1) },
      [`${E}/edge_group_index`]: { data: Uint8Array.of(0, 1, 2, 3) },
      [`${E}/1/delay`]: delay,
    })
    expect(said.columns.map(({ name }) => name)).toEqual(['delay'])
    expect(said.onlyByGuide).toBe('properties in group 1 instead of 0')
  })

  it.each([
    ['edge_group_id', Uint8Array.of(0, 0, 1, 0)],
    ['edge_group_index', Uint8Array.of(0, 1, 3, 2)],
  ])('with %s alone, and not as without it, is refused', async (name, data) => {
    await expect(
      table({ ...IDS, [`${E}/${name}`]: { data }, [`${E}/0/u`]: { data: Float32Array.of(1, 2, 3, 4) } }),
    ).rejects.toThrow(InputError)
  })

  it('knows the ends where both id columns name their node population', async () => {
    const attributes = { node_population: 'A' }
    const named = {
      [`${E}/source_node_id`]: { data: new BigUint64Array(4), attributes },
      [`${E}/target_node_id`]: { data: new BigUint64Array(4), attributes },
    }
    expect((await table(named)).traits).toEqual([])
    expect(
      (await table({ ...named, [`${E}/target_node_id`]: { data: new BigUint64Array(4) } })).traits,
    ).toEqual(['ends_unnamed'])
  })
})

describe('several groups', () => {
  const several = {
    ...IDS,
    [`${E}/edge_group_id`]: { data: Uint8Array.of(0, 1, 1, 0) },
    [`${E}/edge_group_index`]: { data: Uint32Array.of(0, 0, 1, 1) },
    [`${E}/0/delay`]: { data: Float32Array.of(10, 11) },
    [`${E}/1/delay`]: { data: Float32Array.of(20, 21) },
    [`${E}/1/only`]: { data: Float64Array.of(5, 6) },
  }

  it('are put together edge by edge; who has no value is told apart from who has 0', async () => {
    const found = await table(several)
    expect(found.columns.map(({ name }) => name)).toEqual(['delay', 'only', 'only?'])
    expect(await values(found.columns[0])).toEqual([10, 20, 21, 11])
    expect(await values(found.columns[1])).toEqual([0, 5, 6, 0])
    expect(await values(found.columns[2])).toEqual([0, 1, 1, 0])
    expect(found.traits).toEqual(['ends_unnamed', 'group_columns', 'several_groups'])
    expect(found.onlyByGuide).toBe('properties in groups 0, 1')
  })

  it.each<[what: string, change: Record<string, MemoryDataset>]>([
    ['a row that is not there', { [`${E}/edge_group_index`]: { data: Uint32Array.of(0, 0, 2, 1) } }],
    ['a group that is not there', { [`${E}/edge_group_id`]: { data: Uint8Array.of(0, 1, 7, 0) } }],
  ])('with %s are refused', async (_, change) => {
    const found = await table({ ...several, ...change })
    await expect(values(found.columns[0])).rejects.toThrow(InputError)
  })

  it('without a table that says which are refused', async () => {
    const { [`${E}/edge_group_id`]: _, ...rest } = several
    await expect(table(rest)).rejects.toThrow(InputError)
  })

  it('of different types are said to be unreadable', async () => {
    const found = await table({ ...several, [`${E}/1/delay`]: { data: Float64Array.of(20, 21) } })
    expect(found.unreadable.map(({ name }) => name)).toEqual(['delay'])
  })
})
