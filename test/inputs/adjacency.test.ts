import { rmSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { writeNpz } from '../../src/formats/npz.ts'
import { openAdjacency } from '../../src/inputs/adjacency.ts'
import { type Pair, pairsOf, temporaryFolder } from './helpers.ts'

const folder = temporaryFolder()
const file = join(folder, 'adjacency.npz')
afterAll(() => rmSync(folder, { recursive: true }))

type Format = 'csc' | 'csr' | 'coo'

async function write(format: Format, rows: number, columns: number, pairs: readonly Pair[]): Promise<void> {
  const text = (value: string) => ({ dtype: `|S${value.length}`, shape: [], data: Buffer.from(value) })
  const list = (values: number[]) => ({ shape: [values.length], data: Int32Array.from(values) })
  const major = format === 'csc' ? 1 : 0
  const sorted = [...pairs].sort((a, b) => (a[major] ?? 0) - (b[major] ?? 0))
  const length = format === 'csc' ? columns : rows
  const indptr = Array.from({ length: length + 1 }, (_, k) => sorted.filter(pair => pair[major] < k).length)
  const coordinates =
    format === 'coo'
      ? [
          ['row', list(pairs.map(([row]) => row))] as const,
          ['col', list(pairs.map(([, col]) => col))] as const,
        ]
      : [
          ['indices', list(sorted.map(pair => pair[1 - major] ?? 0))] as const,
          ['indptr', list(indptr)] as const,
        ]
  await writeNpz(file, [
    ...coordinates,
    ['format', text(format)],
    ['shape', { shape: [2], data: BigInt64Array.of(BigInt(rows), BigInt(columns)) }],
    ['data', { shape: [pairs.length], data: new Float32Array(pairs.length).fill(0.5) }],
  ])
}

const byTarget = (pairs: readonly Pair[]): Pair[] =>
  [...pairs].sort(([s, t], [other, target]) => t - target || s - other)

describe('adjacency matrices', () => {
  it.each(['csc', 'csr', 'coo'] as const)('%s: entries are connections from row to column', async format => {
    const sizes = fc.integer({ min: 1, max: 9 })
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(
          sizes,
          sizes,
          fc.array(fc.tuple(fc.nat(8), fc.nat(8)), { maxLength: 30 }),
          fc.integer({ min: 1, max: 7 }),
        ),
        async ([rows, columns, entries, window]) => {
          const pairs = entries.map(([row, column]): Pair => [row % rows, column % columns])
          await write(format, rows, columns, pairs)
          const { edges } = await openAdjacency(file)
          expect(byTarget(await pairsOf(edges, window))).toEqual(byTarget(pairs))
          expect(edges).toMatchObject({ sourceCount: rows, targetCount: columns, edgeCount: pairs.length })
          expect(edges.sourcePopulation === edges.targetPopulation).toBe(rows === columns)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('says neither what the nodes are called nor how many edges a connection has', async () => {
    await write('csc', 3, 3, [[0, 1]])
    expect((await openAdjacency(file)).edges.unknown).toEqual(['nodes', 'multiplicity'])
  })
})
