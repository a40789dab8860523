/** `inspect` of files that are no circuits, and of edges without nodes. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createHdf5 } from '../src/formats/hdf5/writer.ts'
import { inspect } from '../src/inspect.ts'
import { columnsOf, type Pair, temporaryFolder, writeNpy, writeText } from './inputs/helpers.ts'

const folder = temporaryFolder()
afterAll(() => rmSync(folder, { recursive: true }))

const PAIRS: Pair[] = [
  [0, 1],
  [1, 0],
  [1, 0],
  [2, 2],
]

function writeEdges(pairs: readonly Pair[]): string {
  const file = join(folder, 'edges.h5')
  const h5 = createHdf5(file)
  for (const [side, k] of [
    ['source', 0],
    ['target', 1],
  ] as const) {
    const ids = BigUint64Array.from(pairs, pair => BigInt(pair[k]))
    const type = { kind: 'int', bytes: 8, signed: false } as const
    const options = { type, shape: [ids.length], attributes: { node_population: 'cells' } }
    h5.dataset(`/edges/default/${side}_node_id`, options, new Uint8Array(ids.buffer))
  }
  h5.close()
  return file
}

describe('inspect', () => {
  it('says the same of a list as of an edges file', async () => {
    const [edges] = (await inspect(writeEdges(PAIRS))).edges
    const npy = writeNpy(folder, 'list_gids.npy', {
      shape: [2, 4],
      data: Uint16Array.from(columnsOf(PAIRS), id => id + 1),
    })
    const csv = writeText(
      folder,
      'list.csv',
      `source\ttarget\n${PAIRS.map(pair => `${pair.join('\t')}\n`).join('')}`,
    )
    const facts = { edges: 4, connections: 3, multi: 1, max_per_conn: 2, autapses: 1, reciprocal_pairs: 1 }
    const same = { ...facts, sha256_pairs_tgtsrc: edges?.sha256_pairs_tgtsrc }
    expect(edges).toMatchObject({ ...same, source: 'cells' })
    for (const file of [npy, csv]) {
      const { edges: found, nodes } = await inspect(file, { idBase: file === csv ? 0 : undefined })
      expect(found).toMatchObject([{ ...same, file, source: null, target: null, index: null }])
      expect(nodes).toEqual([])
    }
  })

  it('refuses an id that no node can have, before memory is taken for it', async () => {
    const file = writeEdges([...PAIRS, [4_000_000_000, 1]])
    const { edges } = await inspect(file)
    expect(edges).toMatchObject([{ problem: { message: /4000000000 is not plausible with 5 edges/, file } }])
    const list = writeText(folder, 'list.csv', '1,4000000000\n')
    await expect(inspect(list, { idBase: 0 })).rejects.toMatchObject({ file: list, message: /not plausible/ })
  })
})
