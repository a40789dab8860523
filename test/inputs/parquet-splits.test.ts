/** Which files of a run are its result: as connectome-manipulator 1.0.4 leaves them, and as they must not be. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { InputError } from '../../src/errors.ts'
import { readParquetEdges } from '../../src/inputs/parquet-edges.ts'
import { findParquet, findSplits } from '../../src/inputs/parquet-splits.ts'
import { EXPECTED, FIXTURES, fixture, readIds } from '../formats/parquet-fixtures.ts'

const root = mkdtempSync(join(tmpdir(), 'connproof-splits-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** A folder with these files, name to fixture; `done`: what parquet.DONE lists, or its text. */
function run(files: Record<string, string>, done?: readonly string[] | string): string {
  const folder = mkdtempSync(join(root, 'run-'))
  for (const [name, from] of Object.entries(files))
    copyFileSync(from.startsWith('_metadata') ? join(FIXTURES, from) : fixture(from), join(folder, name))
  if (done !== undefined)
    writeFileSync(join(folder, 'parquet.DONE'), typeof done === 'string' ? done : JSON.stringify(done))
  return folder
}

async function refusal(folder: string): Promise<InputError> {
  const error = await readParquetEdges(folder).catch(reason => reason)
  expect(error).toBeInstanceOf(InputError)
  return error
}

const ten = Array.from({ length: 10 }, (_, i) => `edges.10-0${i}`)

describe('the splits of a run', () => {
  it('are one file where there is one split', async () => {
    const folder = run({ 'edges.parquet': 'default', _metadata: '_metadata' }, ['edges'])
    expect(await findSplits(folder)).toEqual({
      path: folder,
      files: [join(folder, 'edges.parquet')],
      metadata: join(folder, '_metadata'),
      empty: [],
    })
    expect((await findSplits(join(folder, 'edges.parquet'))).files).toEqual([join(folder, 'edges.parquet')])
  })

  it('are in the order of their numbers, whatever the order in parquet.DONE; empty ones have no file', async () => {
    const folder = run(
      { 'edges.10-07.parquet': 'int32', 'edges.10-02.parquet': 'overflow' },
      [...ten].reverse(),
    )
    const { files, empty } = await findSplits(folder)
    expect(files).toEqual([join(folder, 'edges.10-02.parquet'), join(folder, 'edges.10-07.parquet')])
    expect(empty).toEqual(ten.filter(stem => !/[27]$/.test(stem)))
    const edges = await (await readParquetEdges(folder)).open()
    const both = (side: 'source' | 'target') => ['overflow', 'int32'].flatMap(name => EXPECTED[name]?.[side])
    expect(await readIds(edges.source)).toEqual(both('source'))
    expect(await readIds(edges.target)).toEqual(both('target'))
    edges.close()
  })

  it('may all be empty', async () => {
    const folder = run({}, ['edges.2-0', 'edges.2-1'])
    const edges = await (await readParquetEdges(folder)).open()
    expect(edges).toMatchObject({ edgeCount: 0, population: 'default', unknown: ['nodes'] })
    expect(await readIds(edges.source)).toEqual([])
  })

  it.each<[string, Record<string, string>, readonly string[] | string | undefined, string, RegExp]>([
    [
      'left by a stopped run',
      { 'edges.2-0.parquet': 'default', 'edges.2-1.parquet': 'default' },
      ['edges.2-0'],
      'edges.2-1.parquet',
      /^not listed in parquet.DONE: the run stopped before this split was finished$/,
    ],
    [
      'left by a run that finished none',
      { 'edges.3-0.parquet': 'default' },
      [],
      'edges.3-0.parquet',
      /run stopped/,
    ],
    [
      'missing',
      { 'edges.4-0.parquet': 'default' },
      ['edges.4-0'],
      'parquet.DONE',
      /^3 of 4 splits are missing: edges.4-1, edges.4-2, edges.4-3 /,
    ],
    [
      'missing, many',
      {},
      ten.slice(5),
      'parquet.DONE',
      /^5 of 10 splits are missing: edges.10-00, edges.10-01, edges.10-02, \.\.\. /,
    ],
    ['none at all', {}, [], 'parquet.DONE', /^no split was finished/],
    [
      'doubled by a run with one split',
      { 'edges.parquet': 'default', 'edges.2-0.parquet': 'default', 'edges.2-1.parquet': 'default' },
      ['edges.2-0', 'edges.2-1'],
      'edges.parquet',
      /^of a run with another number of splits: parquet.DONE lists 2 splits$/,
    ],
    [
      'doubled by a run with two splits',
      { 'edges.parquet': 'default', 'edges.2-0.parquet': 'default' },
      ['edges'],
      'edges.2-0.parquet',
      /^of a run with another number of splits: parquet.DONE lists one split$/,
    ],
    [
      'of another name',
      { 'edges.parquet': 'default', 'more.parquet': 'default' },
      ['edges'],
      'more.parquet',
      /^not a split of this run/,
    ],
    [
      'without padding',
      { 'edges.10-1.parquet': 'default' },
      ten,
      'edges.10-1.parquet',
      /^not a split of this run/,
    ],
    [
      'listed for several runs',
      { 'edges.parquet': 'default' },
      ['edges', 'edges.2-0'],
      'parquet.DONE',
      /^splits of several runs: of 1 and of 2 splits$/,
    ],
    [
      'listed by another name',
      {},
      ['edges.2-2', 'edges.2-0'],
      'parquet.DONE',
      /^"edges.2-2" is not the name of a split$/,
    ],
    ['listed as one of one', {}, ['edges.1-0'], 'parquet.DONE', /^"edges.1-0" is not the name of a split$/],
    [
      'listed as no list',
      { 'edges.parquet': 'default' },
      '{"edges": 1}',
      'parquet.DONE',
      /^expected a list of names of splits, found an object$/,
    ],
    ['listed as numbers', { 'edges.parquet': 'default' }, '[1]', 'parquet.DONE', /found other values in it$/],
    ['listed as no JSON', { 'edges.parquet': 'default' }, '["edges"', 'parquet.DONE', /^not valid JSON/],
    [
      'not listed',
      { 'edges.parquet': 'default' },
      undefined,
      '',
      /^no parquet.DONE, so it cannot be told whether the 1 \.parquet files are all$/,
    ],
  ])('are refused: %s', async (_, files, done, file, message) => {
    const folder = run(files, done)
    const error = await refusal(folder)
    expect(error.message).toMatch(message)
    expect(error.file).toBe(join(folder, file))
  })

  it('are refused where one is cut off', async () => {
    const files = { 'edges.2-0.parquet': 'default', 'edges.2-1.parquet': 'plain' }
    for (const [length, message] of [
      [0, 'expected a Parquet file, found 0 bytes'],
      [2000, 'damaged Parquet file: it has no footer: the file is truncated'],
    ] as const) {
      const folder = run(files, ['edges.2-0', 'edges.2-1'])
      truncateSync(join(folder, 'edges.2-1.parquet'), length)
      expect(await refusal(folder)).toMatchObject({ message, file: join(folder, 'edges.2-1.parquet') })
    }
  })

  it('of a single file follow the parquet.DONE beside it, if there is one', async () => {
    const alone = run({ 'anything.parquet': 'many_pages' })
    expect((await findSplits(join(alone, 'anything.parquet'))).files).toEqual([
      join(alone, 'anything.parquet'),
    ])
    const stale = run({ 'edges.parquet': 'default' }, [])
    expect((await refusal(join(stale, 'edges.parquet'))).message).toMatch(/the run stopped/)
    const one = run({ 'edges.2-0.parquet': 'default', 'edges.2-1.parquet': 'default' }, [
      'edges.2-0',
      'edges.2-1',
    ])
    expect(await refusal(join(one, 'edges.2-1.parquet'))).toMatchObject({
      message: 'one of 2 splits',
      hint: `Give the folder, ${one}.`,
    })
  })

  it('are found in a folder, below it, or as a file', async () => {
    const above = mkdtempSync(join(root, 'above-'))
    mkdirSync(join(above, 'parquet'))
    expect(await findParquet(above)).toBeUndefined()
    writeFileSync(join(above, 'parquet', 'parquet.DONE'), '[]')
    expect(await findParquet(above)).toBe(join(above, 'parquet'))
    expect(await findParquet(join(above, 'parquet'))).toBe(join(above, 'parquet'))
    copyFileSync(fixture('default'), join(above, 'no-extension'))
    expect(await findParquet(join(above, 'no-extension'))).toBe(join(above, 'no-extension'))
    writeFileSync(join(above, 'broken.parquet'), '')
    expect(await findParquet(join(above, 'broken.parquet'))).toBe(join(above, 'broken.parquet'))
    writeFileSync(join(above, 'text'), 'PAR')
    expect(await findParquet(join(above, 'text'))).toBeUndefined()
    expect(await findParquet(join(above, 'nothing'))).toBeUndefined()
  })
})

describe('node populations', () => {
  it('are those of _metadata', async () => {
    const folder = run({ 'edges.parquet': 'default', _metadata: '_metadata' }, ['edges'])
    expect(await readParquetEdges(folder)).toMatchObject({
      population: 'All__All__chemical',
      nodes: { sourcePopulation: 'All', targetPopulation: 'All', sourceCount: 300, targetCount: 300 },
    })
  })

  it('are those of the caller where there is no _metadata, else not known', async () => {
    const folder = run({ 'edges.parquet': 'default' }, ['edges'])
    const others = { sourcePopulation: 'A', targetPopulation: 'B', sourceCount: 400, targetCount: 70 }
    expect(await readParquetEdges(folder, others)).toMatchObject({
      population: 'A__B__chemical',
      nodes: others,
    })
    const unnamed = await (await readParquetEdges(folder)).open()
    expect(unnamed).toMatchObject({ sourcePopulation: '(nodes)', unknown: ['nodes'], edgeCount: 700 })
  })

  it('are refused where _metadata is damaged', async () => {
    const folder = run({ 'edges.parquet': 'default', _metadata: '_metadata' }, ['edges'])
    truncateSync(join(folder, '_metadata'), 100)
    expect(await refusal(folder)).toMatchObject({ file: join(folder, '_metadata') })
  })

  it.each([
    ['huge', 'a population of 4294967294 nodes is not plausible with 700 edges'],
    ['words', 'expected a number of nodes below 4294967295, found "many"'],
  ])('are refused where their number is %s', async (what, message) => {
    const folder = run({ 'edges.parquet': 'default', _metadata: `_metadata_${what}` }, ['edges'])
    expect(await refusal(folder)).toMatchObject({ message, file: join(folder, '_metadata') })
  })
})

describe('columns', () => {
  it('may be called as tables call them in memory', async () => {
    const edges = await (await readParquetEdges(fixture('in_memory_names'))).open()
    expect(await readIds(edges.target)).toEqual(EXPECTED.in_memory_names?.target)
    expect(edges.target.label).toBe(`${fixture('in_memory_names')}: @target_node`)
    edges.close()
  })

  it.each([
    ['both_names', 'expected a column source_node_id or @source_node, found both'],
    ['no_target', 'expected a column target_node_id or @target_node, found source_node_id, delay'],
  ])('%s are refused', async (name, message) => {
    expect(await refusal(fixture(name))).toMatchObject({ message, file: fixture(name) })
  })
})
