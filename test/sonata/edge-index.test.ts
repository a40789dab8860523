import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildIndex } from '../../src/demo/index-groups.ts'
import { checkIndices } from '../../src/sonata/edge-index.ts'
import { openEdgePopulation } from '../../src/sonata/edges.ts'
import { type MemoryDataset, MemoryHdf5 } from './memory-hdf5.ts'

type Pairs = readonly (readonly [number, number])[]

interface Index {
  nodes: Pairs
  ranges: Pairs
}

const SOURCE = [0, 0, 1, 2, 0, 2]
const TARGET = [1, 1, 1, 1, 3, 3]
/** Of `SOURCE` and `TARGET`, with 4 nodes; nodes without edges in the three ways. */
const BY_SOURCE: Index = {
  nodes: [
    [0, 2],
    [2, 3],
    [3, 5],
    [5, 5],
  ],
  ranges: [
    [0, 2],
    [4, 5],
    [2, 3],
    [3, 4],
    [5, 6],
  ],
}
const BY_TARGET: Index = {
  nodes: [
    [0, 0],
    [0, 1],
    [-1, -1],
    [1, 2],
  ],
  ranges: [
    [0, 4],
    [4, 6],
  ],
}

function file(
  indices: { source?: Index; target?: Index },
  names = { group: 'indices', first: 'node_id_to_ranges' },
  ids: { source: readonly number[]; target: readonly number[] } = { source: SOURCE, target: TARGET },
): MemoryHdf5 {
  const datasets: Record<string, MemoryDataset> = {}
  for (const side of ['source', 'target'] as const) {
    datasets[`/edges/e/${side}_node_id`] = {
      data: BigUint64Array.from(ids[side], BigInt),
      attributes: { node_population: 'n' },
    }
    const index = indices[side]
    if (index === undefined) continue
    const group = `/edges/e/${names.group}/${side === 'source' ? 'source_to_target' : 'target_to_source'}`
    datasets[`${group}/${names.first}`] = table(index.nodes)
    datasets[`${group}/range_to_edge_id`] = table(index.ranges)
  }
  return new MemoryHdf5('edges.h5', datasets)
}

const table = (pairs: Pairs): MemoryDataset => ({
  data: BigInt64Array.from(pairs.flat(), BigInt),
  shape: [pairs.length, 2],
})

async function problems(h5: MemoryHdf5, blockRows?: number): Promise<string[]> {
  const found = await checkIndices(h5, 'e', await openEdgePopulation(h5, 'e'), { blockRows })
  return found.map(({ code, message }) => `${code}: ${message}`)
}

describe('indices that agree', () => {
  it('with both columns, empty ranges written in all three ways', async () =>
    expect(await problems(file({ source: BY_SOURCE, target: BY_TARGET }))).toEqual([]))

  it('under the names of AIBS files', async () => {
    const names = { group: 'indicies', first: 'node_id_to_range' }
    expect(await problems(file({ source: BY_SOURCE, target: BY_TARGET }, names))).toEqual([])
    const wrong = {
      ...BY_TARGET,
      ranges: [
        [0, 4],
        [4, 5],
      ] as const,
    }
    expect((await problems(file({ target: wrong }, names))).length).toBe(1)
  })

  it('or are not there, or only one of them', async () => {
    expect(await problems(file({}))).toEqual([])
    expect(await problems(file({ target: BY_TARGET }))).toEqual([])
  })

  it('with fewer rows than nodes, or more', async () => {
    expect(await problems(file({ source: { ...BY_SOURCE, nodes: BY_SOURCE.nodes.slice(0, 3) } }))).toEqual([])
    const longer = [...BY_SOURCE.nodes, [5, 5], [0, 0]] as Pairs
    expect(await problems(file({ source: { ...BY_SOURCE, nodes: longer } }))).toEqual([])
  })

  it('of no edges', async () => {
    const none = { source: [], target: [] }
    const empty: Index = { nodes: [[0, 0]], ranges: [] }
    expect(
      await problems(file({ source: empty, target: { nodes: [], ranges: [] } }, undefined, none)),
    ).toEqual([])
  })
})

describe('indices that do not agree are told apart', () => {
  const { nodes, ranges } = BY_TARGET
  it.each<[string, Index, string[]]>([
    [
      'an edge left out',
      {
        nodes,
        ranges: [
          [0, 4],
          [4, 5],
        ],
      },
      ['index.uncovered: index target_to_source: 1 of 6 edges are in no range (first: edge 5, of node 3)'],
    ],
    [
      'too few nodes',
      { nodes: nodes.slice(0, 3), ranges },
      ['index.uncovered: index target_to_source: 2 of 6 edges are in no range (first: edge 4, of node 3)'],
    ],
    [
      'nodes exchanged',
      {
        nodes: [
          [0, 0],
          [1, 2],
          [0, 0],
          [0, 1],
        ],
        ranges,
      },
      [
        'index.wrong_node: index target_to_source: 6 of 6 edges are listed under another node ' +
          '(first: edge 0 is of node 1, the index says 3)',
      ],
    ],
    [
      'edges past the end',
      {
        nodes,
        ranges: [
          [0, 4],
          [4, 7],
        ],
      },
      [
        'index.bad_edge_range: index target_to_source: 1 ranges of edges are reversed or out of bounds ' +
          '(first: [4, 7) of node 3, with 6 edges)',
        'index.uncovered: index target_to_source: 2 of 6 edges are in no range (first: edge 4, of node 3)',
      ],
    ],
    [
      'a reversed range',
      {
        nodes: [
          [0, 0],
          [1, 0],
          [0, 0],
          [1, 2],
        ],
        ranges,
      },
      [
        'index.bad_node_range: index target_to_source: 1 ranges of nodes are reversed or out of bounds ' +
          '(first: node 1 has [1, 0) of 2)',
        'index.uncovered: index target_to_source: 4 of 6 edges are in no range (first: edge 0, of node 1)',
      ],
    ],
    [
      'ranges past the end',
      {
        nodes: [
          [0, 0],
          [0, 1],
          [0, 0],
          [1, 3],
        ],
        ranges,
      },
      [
        'index.bad_node_range: index target_to_source: 1 ranges of nodes are reversed or out of bounds ' +
          '(first: node 3 has [1, 3) of 2)',
        'index.uncovered: index target_to_source: 2 of 6 edges are in no range (first: edge 4, of node 3)',
      ],
    ],
    [
      'an edge twice, another not',
      {
        nodes,
        ranges: [
          [0, 4],
          [3, 5],
        ],
      },
      [
        'index.overlap: index target_to_source: 1 of 6 edges are in several ranges (first: edge 3, of nodes 1 and 3)',
        'index.wrong_node: index target_to_source: 1 of 6 edges are listed under another node ' +
          '(first: edge 3 is of node 1, the index says 3)',
        'index.uncovered: index target_to_source: 1 of 6 edges are in no range (first: edge 5, of node 3)',
      ],
    ],
    [
      'nodes that share ranges',
      {
        nodes: [
          [0, 2],
          [0, 1],
          [0, 0],
          [1, 2],
        ],
        ranges,
      },
      [
        'index.shared_ranges: index target_to_source: nodes share rows of range_to_edge_id, node 1 among them',
      ],
    ],
    [
      'ranges that hold all edges again and again',
      {
        nodes: [
          [0, 0],
          [0, 1],
          [1, 3],
          [0, 0],
        ],
        ranges: [
          [0, 6],
          [0, 6],
          [0, 6],
        ],
      },
      [
        'index.overlap: index target_to_source: 6 of 6 edges are in several ranges (first: edge 0, of nodes 1 and 2)',
        'index.shared_ranges: index target_to_source: the ranges overlap: they hold more than the 6 edges',
      ],
    ],
  ])('%s', async (_, target, expected) => expect(await problems(file({ target }))).toEqual(expected))

  it('a table that is missing or of another shape', async () => {
    const datasets = (more: Record<string, MemoryDataset>): MemoryHdf5 =>
      new MemoryHdf5('edges.h5', {
        '/edges/e/source_node_id': { data: BigUint64Array.of(0n), attributes: { node_population: 'n' } },
        '/edges/e/target_node_id': { data: BigUint64Array.of(0n), attributes: { node_population: 'n' } },
        '/edges/e/indices/source_to_target/node_id_to_ranges': table([[0, 1]]),
        ...more,
      })
    const path = '/edges/e/indices/source_to_target/range_to_edge_id'
    expect(await problems(datasets({}))).toEqual([`index.unreadable: ${path} is missing`])
    for (const data of [
      { data: BigInt64Array.of(0n, 1n, 2n), shape: [1, 3] },
      { data: BigInt64Array.of(0n, 1n) },
      { data: Float64Array.of(0, 1), shape: [1, 2] },
    ])
      expect((await problems(datasets({ [path]: data })))[0]).toContain('expected integers of shape (n, 2)')
  })
})

describe('any column', () => {
  const columns = fc.integer({ min: 1, max: 40 }).chain(nodes =>
    fc.record({
      nodes: fc.constant(nodes),
      ids: fc.array(fc.nat(nodes - 1), { minLength: 1, maxLength: 200 }),
    }),
  )
  const indexOf = (ids: readonly number[], nodes: number): Index => {
    const { nodeIdToRanges, rangeToEdgeId } = buildIndex(Uint32Array.from(ids), nodes, 'offset')
    return { nodes: pairs(nodeIdToRanges), ranges: pairs(rangeToEdgeId) }
  }
  const pairs = (flat: BigUint64Array): Pairs =>
    Array.from({ length: flat.length / 2 }, (_, k) => [Number(flat[2 * k]), Number(flat[2 * k + 1])] as const)

  it('agrees with the index that is built from it, in blocks of any size', () =>
    fc.assert(
      fc.asyncProperty(columns, fc.integer({ min: 1, max: 64 }), async ({ ids, nodes }, blockRows) => {
        const h5 = file({ source: indexOf(ids, nodes) }, undefined, { source: ids, target: ids })
        expect(await problems(h5, blockRows)).toEqual([])
      }),
    ))

  it('does not, once a row of it has another node; the block size does not matter', () =>
    fc.assert(
      fc.asyncProperty(
        columns,
        fc.nat(),
        fc.integer({ min: 1, max: 64 }),
        async ({ ids, nodes }, row, blockRows) => {
          const other = ids.with(row % ids.length, nodes)
          const h5 = file({ source: indexOf(ids, nodes) }, undefined, { source: other, target: ids })
          const found = await problems(h5, blockRows)
          expect(found.map(text => text.split(':')[0])).toEqual(['index.wrong_node'])
          expect(found).toEqual(await problems(h5))
        },
      ),
    ))
})
