/** `sel_src` and `sel_dest` as the package resolves them. */
import { describe, expect, it } from 'vitest'
import type { AttributeTest } from '../../../src/interop/manip-config/node-query.ts'
import { resolveNodeQuery } from '../../../src/interop/manip-config/resolve-query.ts'
import { type NodeColumn, numberColumn } from '../../../src/sonata/node-columns.ts'
import type { Nodes } from '../../../src/sonata/nodes.ts'

const place = { file: 'nodes.h5', field: '/nodes/A/0/x' }

/** Columns over values in memory. */
function column(kind: NodeColumn['kind'], values: readonly (string | number)[]): NodeColumn {
  const match = async (accepts: (value: never) => boolean): Promise<Uint32Array> =>
    Uint32Array.from(values.flatMap((value, id) => (accepts(value as never) ? [id] : [])))
  return {
    name: 'x',
    place,
    kind,
    matchText: match,
    matchNumbers: match,
    distinct: async () => values.map(String),
  }
}

async function select(x: NodeColumn, size: number, ...tests: Partial<AttributeTest>[]): Promise<number[]> {
  const nodes: Nodes = {
    name: 'A',
    size,
    file: 'nodes.h5',
    attributeNames: async () => ['x'],
    attribute: async () => x,
  }
  const full = tests.map(test => ({ attribute: 'x', values: [], single: false, ...test }))
  const query = { kind: 'attributes', nodeSet: undefined, tests: full } as const
  return [...(await resolveNodeQuery(query, { nodes, nodeSets: undefined })).ids]
}

describe('an attribute', () => {
  const layers = column('integer', [1, 2, 3, 2])
  const names = column('text', ['1', 'b', '1'])
  const floats = column('float', [0.5, 0.25, Math.fround(0.1)])

  it('is one of the values, in ascending ids', async () => {
    expect(await select(layers, 4, { values: [2, 3] })).toEqual([1, 2, 3])
    expect(await select(layers, 4, { values: [2, 3] }, { values: [2, 1] })).toEqual([1, 3])
    expect(await select(floats, 3, { values: [0.5], single: true })).toEqual([0])
    expect(await select(column('integer', [0, 1]), 2, { values: [true], single: true })).toEqual([1])
  })

  it('of one type is no single value of the other: nothing is selected', async () => {
    expect(await select(layers, 4, { values: ['2'], single: true })).toEqual([])
    expect(await select(names, 3, { values: [1], single: true })).toEqual([])
  })

  it.each([
    ['texts for numbers', layers, [2, '3']],
    ['numbers for texts', names, ['b', 1]],
    ['a fraction that single precision does not have', floats, [0.1]],
  ])('refuses what depends on NumPy: %s', async (_, x, values) => {
    await expect(select(x, 3, { values })).rejects.toThrow(/NumPy|precision/)
  })
})

it('a number column is read by the same rule', () => {
  // The stand-ins above must have the interface of the real thing.
  expect(Object.keys(column('integer', [])).sort()).toEqual(
    Object.keys(numberColumn('x', place, { type: { kind: 'int' } } as never)).sort(),
  )
})
