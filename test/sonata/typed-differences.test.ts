/** What node and edge types say, row by row, of two populations with the same rows. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { FilesRead } from '../../src/formats/files-read.ts'
import { typedDifferences } from '../../src/sonata/typed-differences.ts'
import { type MemoryDataset, MemoryHdf5 } from './memory-hdf5.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-typed-'))
afterAll(() => rmSync(folder, { recursive: true }))

const reads = new FilesRead()
/** `types`: text of the CSV; undefined: none is named. */
function side(
  what: 'nodes' | 'edges',
  ids: MemoryDataset['data'] | undefined,
  types: string | undefined,
  more = {},
) {
  const id = what === 'nodes' ? 'node_type_id' : 'edge_type_id'
  const name = `${what} ${Math.random()}.csv`
  if (types !== undefined) writeFileSync(join(folder, name), `${id} ${types}`)
  const datasets = { ...(ids && { [`/${what}/p/${id}`]: { data: ids } }), ...more }
  return {
    h5: new MemoryHdf5('p.h5', { [`/${what}/p/0/x`]: { data: Float32Array.of(1, 2, 3) }, ...datasets }),
    side: what,
    population: 'p',
    typesFile: types === undefined ? undefined : join(folder, name),
    reads,
  }
}

const IDS = BigUint64Array.of(1n, 2n, 1n)
const TYPES = 'a b x\n1 p 4 9\n2 q NULL 9\n'

describe.each(['nodes', 'edges'] as const)('types of %s', what => {
  const original = () => side(what, IDS, TYPES)
  const compare = async (after: ReturnType<typeof side>) =>
    (await typedDifferences(original(), after)).differences

  it('that say the same are the same, whatever their numbers, words and unused rows are', async () => {
    expect(await compare(original())).toEqual([])
    expect(
      await compare(side(what, Int8Array.of(7, 8, 7), 'x b a\n8 0 nan q\n7 0 4.0 p\n9 1 1 1\n')),
    ).toEqual([])
    expect((await typedDifferences(side(what, IDS, undefined), side(what, IDS, 'c\n1 NA\n'))).labels).toBe(
      false,
    )
    expect(reads.list().length).toBeGreaterThan(0)
  })

  it('that changed, are gone, or are of other rows are told by column', async () => {
    const row = { row: 0, count: 2 }
    expect(await compare(side(what, IDS, 'a b x\n1 p 5 9\n2 q NULL 9\n'))).toEqual([
      { property: 'b', ...row, before: '4', after: '5' },
    ])
    const gone = [
      { property: 'a', row: 0, count: 3, before: 'p', after: null },
      { property: 'b', ...row, before: '4', after: null },
    ]
    expect(await compare(side(what, IDS, undefined))).toEqual(gone)
    expect(await compare({ ...original(), typesFile: join(folder, 'gone.csv') })).toEqual(gone)
    expect(await compare(side(what, undefined, TYPES))).toEqual(gone)
    expect(await compare(side(what, Uint8Array.of(1, 2, 2), TYPES))).toEqual([
      { property: 'a', row: 2, count: 1, before: 'p', after: 'q' },
      { property: 'b', row: 2, count: 1, before: '4', after: null },
    ])
  })

  it('say nothing of rows whose group has the column', async () => {
    const groups = (file: string) =>
      side(what, IDS, file, {
        [`/${what}/p/1/a`]: { data: ['z'] },
        [`/${what}/p/${what.slice(0, -1)}_group_id`]: { data: Uint8Array.of(1, 0, 0) },
      })
    const found = await typedDifferences(groups(TYPES), groups(TYPES.replaceAll('p', 'r')))
    expect(found.differences).toEqual([{ property: 'a', row: 2, count: 1, before: 'p', after: 'r' }])
  })

  it('need ids that are integers, where they say something', async () => {
    for (const ids of [Float32Array.of(1, 2, 1), ['1', '2', '1']])
      await expect(compare(side(what, ids, TYPES))).rejects.toMatchObject({
        name: 'InputError',
        hint: expect.stringContaining('int64'),
      })
    expect(
      (await typedDifferences(side(what, ['1'], undefined), side(what, ['1'], undefined))).differences,
    ).toEqual([])
  })
})
