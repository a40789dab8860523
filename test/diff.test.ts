/** `diff` on files of every kind, against a twin over maps. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { diff } from '../src/diff.ts'
import { createHdf5 } from '../src/formats/hdf5/writer.ts'
import { writeMaskNpz } from '../src/formats/scipy-sparse.ts'
import { cooToCsc } from '../src/kernels/csc.ts'
import { diffRecord, diffToText } from '../src/report/diff.ts'
import { columnsOf, type Pair, temporaryFolder, writeNpy, writeText } from './inputs/helpers.ts'

const folder = temporaryFolder()
afterAll(() => rmSync(folder, { recursive: true }))
const NODES = 9

type Write = (pairs: readonly Pair[], name: string) => Promise<string> | string

const KINDS: Readonly<Record<string, Write>> = {
  'conns_removed.csv': (pairs, name) =>
    writeText(folder, `${name}_list_gids.csv`, pairs.map(([s, t]) => `${s + 1},${t + 1}\n`).join('')),
  npy: (pairs, name) =>
    writeNpy(folder, `${name}_list_gids.npy`, {
      shape: [2, pairs.length],
      data: BigInt64Array.from(columnsOf(pairs), id => BigInt(id + 1)),
    }),
  sonata: (pairs, name) => writeSonata(pairs, join(folder, `${name}.h5`)),
}

function writeSonata(pairs: readonly Pair[], file: string): string {
  const h5 = createHdf5(file)
  for (const [side, k] of [
    ['source', 0],
    ['target', 1],
  ] as const) {
    const path = `/edges/default/${side}_node_id`
    const data = BigUint64Array.from(pairs, pair => BigInt(pair[k]))
    const type = { kind: 'int', bytes: 8, signed: false } as const
    const options = { type, shape: [data.length], attributes: { node_population: 'cells' } }
    h5.dataset(path, options, new Uint8Array(data.buffer))
  }
  h5.close()
  return file
}

async function writeAdjacency(pairs: readonly Pair[], file: string): Promise<string> {
  const coo = {
    rows: NODES,
    columns: NODES,
    row: Uint32Array.from(pairs, ([source]) => source),
    column: Uint32Array.from(pairs, ([, target]) => target),
  }
  await writeMaskNpz(file, { ...cooToCsc(coo), label: file })
  return file
}

const count = (pairs: readonly Pair[]): Map<string, number> => {
  const edges = new Map<string, number>()
  for (const pair of pairs) edges.set(pair.join(), (edges.get(pair.join()) ?? 0) + 1)
  return edges
}

function reference(a: readonly Pair[], b: readonly Pair[]) {
  const [inA, inB] = [count(a), count(b)]
  const both = [...inA.keys()].filter(pair => inB.has(pair))
  return {
    only_in_a: inA.size - both.length,
    only_in_b: inB.size - both.length,
    in_both: both.length,
    multiplicity_changed: both.filter(pair => inA.get(pair) !== inB.get(pair)).length,
  }
}

const edges = fc.array(
  fc.tuple(fc.nat(NODES - 1), fc.nat(NODES - 1)).map(([s, t]): Pair => [s, t]),
  { minLength: 1, maxLength: 60 },
)
const kind = fc.constantFrom(...Object.keys(KINDS))
const write = (name: string, pairs: readonly Pair[], as: string) => (KINDS[as] as Write)(pairs, name)

describe('diff', () => {
  it('counts what the twin counts, whatever the files and the order of their rows', async () => {
    await fc.assert(
      fc.asyncProperty(edges, edges, kind, kind, async (a, b, kindA, kindB) => {
        const result = await diff(await write('a', a, kindA), await write('b', b, kindB), {
          all: true,
          pairs: 'columns',
        })
        const expected = reference(a, b)
        expect(diffRecord(result)).toMatchObject({
          counts: expected,
          equal: result.differences?.length === 0,
        })
        const [inA, inB] = [count(a), count(b)]
        for (const { source, target, original, manipulated, class: name } of result.differences ?? []) {
          const pair = `${source},${target}`
          expect([original, manipulated]).toEqual([inA.get(pair) ?? 0, inB.get(pair) ?? 0])
          expect(name).toBe(
            original === 0 ? 'only_in_b' : manipulated === 0 ? 'only_in_a' : 'multiplicity_changed',
          )
        }
      }),
      { numRuns: 80 },
    )
  })

  it('leaves the number of edges out where one side does not know it, or the caller does not want it', async () => {
    await fc.assert(
      fc.asyncProperty(edges, edges, kind, async (a, b, kindA) => {
        const left = await write('a', a, kindA)
        const { multiplicity_changed: _, ...expected } = reference(a, b)
        const adjacency = await diff(left, await writeAdjacency(b, join(folder, 'b.npz')), {
          all: true,
          pairs: 'columns',
        })
        const counts = { ...expected, multiplicity_changed: null }
        expect(diffRecord(adjacency)).toMatchObject({ counts })
        expect(adjacency.multiplicityUnknown).toMatch(/b\.npz lists connections/)
        const wanted = await diff(left, await write('b', b, 'npy'), {
          all: true,
          connectionsOnly: true,
          pairs: 'columns',
        })
        expect(diffRecord(wanted)).toMatchObject({ counts })
        const equal = expected.only_in_a + expected.only_in_b === 0
        expect([adjacency.equal, wanted.equal]).toEqual([equal, equal])
      }),
      { numRuns: 30 },
    )
  })

  it('names the first of each kind', async () => {
    const a = await write(
      'a',
      [
        [1, 2],
        [3, 4],
        [3, 4],
      ],
      'npy',
    )
    const b = await write(
      'b',
      [
        [3, 4],
        [5, 6],
      ],
      'sonata',
    )
    const text = diffToText(await diff(a, b), { show: 1 })
    expect(text.split('\n').slice(2)).toEqual([
      'different: 1 connection in both',
      '  1 connection only in A',
      '    1 -> 2  (GIDs 2 -> 3)  1 edge',
      '  1 connection only in B',
      '    5 -> 6  (GIDs 6 -> 7)  1 edge',
      '  1 connection in both, with another number of edges',
      '    3 -> 4  (GIDs 4 -> 5)  2 in A, 1 in B',
      '',
    ])
  })

  it('holds an empty list against one that is not', async () => {
    const [a, b] = [await write('a', [], 'npy'), await write('b', [[0, 0]], 'conns_removed.csv')]
    expect(diffRecord(await diff(a, b))).toMatchObject({ counts: { only_in_a: 0, only_in_b: 1, in_both: 0 } })
    expect((await diff(a, a)).equal).toBe(true)
  })

  it('refuses ids that no node can have, before memory is taken for them', async () => {
    const b = await write('b', [[0, 0]], 'npy')
    for (const as of Object.keys(KINDS)) {
      const a = await write('a', [[0, 4_000_000_000]], as)
      await expect(diff(a, b), as).rejects.toMatchObject({ file: a, message: /4000000000 is not plausible/ })
    }
  })
})
