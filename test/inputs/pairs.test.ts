import { rmSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { MAX_NODES } from '../../src/connectome/edges.ts'
import type { NpyData } from '../../src/formats/npy.ts'
import { openCsvPairs, openNpyPairs, type PairOptions } from '../../src/inputs/pairs.ts'
import { columnsOf, type Pair, pairsOf, temporaryFolder, writeNpy, writeText } from './helpers.ts'

const folder = temporaryFolder()
afterAll(() => rmSync(folder, { recursive: true }))

const PAIRS: Pair[] = [
  [0, 5],
  [7, 0],
  [3, 3],
  [200, 1],
  [7, 0],
]

async function read(open: typeof openNpyPairs, file: string, options: PairOptions): Promise<Pair[]> {
  const list = await open(file, options)
  try {
    return await pairsOf(list.edges)
  } finally {
    await list.close()
  }
}

describe('npy lists', () => {
  const turns = PAIRS.flat()
  const columns = columnsOf(PAIRS)
  const types: [string, (ids: number[]) => NpyData][] = [
    ['u1', Uint8Array.from.bind(Uint8Array)],
    ['i2', Int16Array.from.bind(Int16Array)],
    ['u4', Uint32Array.from.bind(Uint32Array)],
    ['i8', ids => BigInt64Array.from(ids, BigInt)],
    ['u8', ids => BigUint64Array.from(ids, BigInt)],
  ]

  describe.each(types)('of %s', (_, data) => {
    it.each([
      ['2 x N in C order', [2, 5], false, columns],
      ['2 x N in Fortran order', [2, 5], true, turns],
      ['N x 2 in C order', [5, 2], false, turns],
      ['N x 2 in Fortran order', [5, 2], true, columns],
    ] as const)('%s', async (_, shape, fortranOrder, ids) => {
      const file = writeNpy(folder, 'list.npy', { shape, fortranOrder, data: data([...ids]) })
      expect(await read(openNpyPairs, file, { idBase: 0 })).toEqual(PAIRS)
    })
  })

  it('counts GIDs from 1, also where the name alone says that they are GIDs', async () => {
    const gids = Uint32Array.from(columns, id => id + 1)
    const file = writeNpy(folder, 'list.npy', { shape: [2, 5], data: gids })
    expect(await read(openNpyPairs, file, { idBase: 1 })).toEqual(PAIRS)
    for (const name of ['x_gids.npy', 'conns_removed.npy', 'outgoing_conns_removed.npy'])
      expect(
        await read(openNpyPairs, writeNpy(folder, name, { shape: [2, 5], data: gids }), {}),
        name,
      ).toEqual(PAIRS)
  })

  it('does not know its nodes', async () => {
    const file = writeNpy(folder, 'list.npy', { shape: [2, 1], data: Uint8Array.of(1, 2) })
    const { edges, close } = await openNpyPairs(file, { idBase: 0 })
    await close()
    expect(edges).toMatchObject({ unknown: ['nodes'], sourceCount: MAX_NODES, targetCount: MAX_NODES })
  })

  it('is refused without an id base', async () => {
    const file = writeNpy(folder, 'list.npy', { shape: [2, 1], data: Uint8Array.of(1, 2) })
    await expect(openNpyPairs(file)).rejects.toMatchObject({
      file,
      hint: expect.stringMatching(/--id-base 0.*1/),
    })
  })

  it('of shape 2 x 2 is refused unless somebody says what its pairs are', async () => {
    const square = { shape: [2, 2], data: Uint8Array.of(1, 2, 3, 4) }
    const file = writeNpy(folder, 'list.npy', square)
    await expect(openNpyPairs(file, { idBase: 0 })).rejects.toMatchObject({ field: '--pairs' })
    expect(await read(openNpyPairs, file, { idBase: 0, pairs: 'rows' })).toEqual([
      [1, 2],
      [3, 4],
    ])
    expect(await read(openNpyPairs, file, { idBase: 0, pairs: 'columns' })).toEqual([
      [1, 3],
      [2, 4],
    ])
    expect(await read(openNpyPairs, writeNpy(folder, 'conns_removed.npy', square), { idBase: 0 })).toEqual([
      [1, 3],
      [2, 4],
    ])
  })

  it.each([
    ['one dimension', { shape: [4], data: Uint8Array.of(1, 2, 3, 4) }],
    ['three columns', { shape: [3, 3], data: new Uint8Array(9) }],
    ['floats', { shape: [2, 1], data: new Float64Array(2) }],
    ['bool', { dtype: '|b1', shape: [2, 1], data: new Uint8Array(2) }],
  ])('%s: refused, naming the file', async (_, array) => {
    const file = writeNpy(folder, 'list.npy', array)
    await expect(openNpyPairs(file, { idBase: 0 })).rejects.toMatchObject({ name: 'InputError', file })
  })

  it('of nothing is empty, whatever NumPy made of it', async () => {
    for (const shape of [[0], [2, 0], [0, 2]])
      expect(
        await read(openNpyPairs, writeNpy(folder, 'list.npy', { shape, data: new Float64Array(0) }), {
          idBase: 1,
        }),
      ).toEqual([])
  })

  it.each([
    ['negative ids', { data: BigInt64Array.of(1n, 1n, -1n, 1n, 1n, 1n), idBase: 0 }],
    ['ids beyond 32 bits', { data: BigInt64Array.of(1n, 1n, 2n ** 40n, 1n, 1n, 1n), idBase: 0 }],
    ['GID 0', { data: BigInt64Array.of(1n, 1n, 0n, 1n, 1n, 1n), idBase: 1 }],
  ] as const)('%s are refused when they are read', async (_, { data, idBase }) => {
    const file = writeNpy(folder, 'list.npy', { shape: [2, 3], data })
    await expect(read(openNpyPairs, file, { idBase })).rejects.toMatchObject({ name: 'InputError', file })
  })
})

describe('csv lists', () => {
  const read0 = (text: string, options: PairOptions = { idBase: 0 }): Promise<Pair[]> =>
    read(openCsvPairs, writeText(folder, 'list.csv', text), options)

  it.each([
    ['comma', '0,5\n7,0\n3,3\n200,1\n7,0\n'],
    ['no line break at the end', '0,5\n7,0\n3,3\n200,1\n7,0'],
    ['Windows', '0,5\r\n7,0\r\n3,3\r\n200,1\r\n7,0\r\n'],
    ['tab', '0\t5\n7\t0\n3\t3\n200\t1\n7\t0\n'],
    ['blanks', ' 0 5\n7  0\n3 3 \n200 1\n7 0\n'],
    ['semicolons and blanks', '0; 5\n7 ;0\n3;3\n200;1\n7;0\n'],
    ['header', 'pre_id,post_id\n0,5\n7,0\n3,3\n200,1\n7,0\n'],
    ['quoted header and byte order mark', '\ufeff"source","target"\n0,5\n7,0\n3,3\n200,1\n7,0\n'],
    ['comments and blank lines', '# made by hand\n\n0,5\n7,0\n  \n3,3\n# more\n200,1\n7,0\n\n'],
    ['numbers of R', '"","pre","post"\n"1",0,5\n"2",7,0\n"3",3,3\n"4",200,1\n"5",7,0\n'],
    ['rows of R that are some of many', '"pre" "post"\n"12" 0 5\n"4" 7 0\n"a b" 3 3\n"7" 200 1\n"9" 7 0\n'],
    [
      'savetxt',
      '0.000000000000000000e+00 5.000000000000000000e+00\n7.0e+00 0.0e+00\n3 3.\n2.00e+02 1e0\n7 0\n',
    ],
  ])('%s', async (_, text) => expect(await read0(text)).toEqual(PAIRS))

  it('counts GIDs from 1', async () => {
    expect(await read0('1,6\n8,1\n', { idBase: 1 })).toEqual([
      [0, 5],
      [7, 0],
    ])
    await expect(read0('1,6\n0,1\n', { idBase: 1 })).rejects.toThrow(/row 1 holds 0/)
    await expect(read0('1,6\n', {})).rejects.toThrow(/from 0 .* or from 1/)
  })

  it('takes short exponents, which are exact in R', async () =>
    expect(await read0('1e+05,4\n123456,2e+05\n')).toEqual([
      [100000, 4],
      [123456, 200000],
    ]))

  it('of nothing is empty', async () => expect(await read0('')).toEqual([]))

  it.each([
    ['one column', '1,2\n3\n', /one column in line 2/],
    ['three columns', '1,2\n1,2,3\n', /3 columns in line 2/],
    ['a second header', 'pre,post\nsource,target\n', /"source" in line 2/],
    ['names that say nothing', 'a,b\n1,2\n', /"a" in line 1/],
    ['a damaged first line', 'l12,13\n1,2\n', /"l12" in line 1/],
    ['one name beside a number', 'pre,13\n1,2\n', /"pre,13" in line 1/],
    ['both names of one side', 'pre,source\n1,2\n', /"pre,source" in line 1/],
    ['a column without a name', 'pre,post\n5,2,3\n', /3 columns, the first of them no row number, in line 2/],
    [
      'a quoted column without a name',
      '"pre","post"\n"5","2","3"\n',
      /first of them no row number, in line 2/,
    ],
    ['row numbers that are none', 'pre,post\n1,5,3\n1,6,2\n', /first of them no row number, in line 3/],
    ['row numbers from 0 and 1', 'pre,post\n0,5,3\n2,6,2\n', /first of them no row number, in line 3/],
    ['numbers that MATLAB rounded', '219422,4\n1.2346e+05,4\n', /"1.2346e\+05", which is rounded, in line 2/],
    ['numbers that %g rounded', '1.2e+06,4\n', /"1.2e\+06", which is rounded, in line 1/],
    ['a third name', 'pre,post,weight\n1,2,3\n', /"weight" in line 1/],
    ['GIDs beside node ids', 'pre_gid,target_node_id\n1,2\n', /GIDs beside node ids.* in line 1/],
    ['what may be a header of pandas', '0,1\n7,8\n', /"0,1", which is a connection or a header .* in line 1/],
    ['an order that only a comment tells', '# columns: target, source\n1,2\n', /comment .* in line 1/],
    ['GIDs where node ids are meant', 'pre_gid,post_gid\n1,2\n', /line 1 names GIDs/],
    ['a header further down', '1,2\nsource,target\n', /"source" in line 2/],
    ['fractions', '1,2.5\n', /"2.5" in line 1/],
    ['negative ids', '1,-2\n', /"-2" in line 1/],
    ['ids beyond 32 bits', '1,4294967296\n', /"4294967296" in line 1/],
    ['hexadecimal', '1,0x10\n', /"0x10" in line 1/],
    ['an empty field', '1,\n', /in line 1/],
    ['a damaged number', '1,2\n1,2\u0001\n', /in line 2/],
    ['binary data', `\u0000${'\u0001'.repeat(9000)}`, /in line 1/],
  ])('%s: refused, naming file and line', async (_, text, message) => {
    await expect(read0(text)).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringMatching(message),
      file: expect.stringContaining('list.csv'),
    })
  })

  it('gives back whatever was written, beyond the size of pieces and windows', async () => {
    const id = fc.integer({ min: 0, max: 0xffff_fffe })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(id, id), { maxLength: 40 }),
        fc.constantFrom(',', ' ', '\t', ';'),
        async (pairs, by) => {
          const lines = pairs.map(pair => `${pair.join(by)}\n`).join('')
          const turned = pairs.map(([source, target]) => `${target}${by}${source}\n`).join('')
          // Without a header, a first line 0,1 may be one.
          if (!/^(0.1|1.0)$/.test(pairs[0]?.join() ?? '')) expect(await read0(lines)).toEqual(pairs)
          expect(await read0(`Source${by}Target\n${lines}`)).toEqual(pairs)
          expect(await read0(`post${by}pre\n${turned}`)).toEqual(pairs)
        },
      ),
      { numRuns: 60 },
    )
    const many = Array.from({ length: 200_000 }, (_, k): Pair => [k, 1_000_000_000 + k])
    const list = await openCsvPairs(
      writeText(folder, 'list.csv', many.map(pair => `${pair.join(',')}\n`).join('')),
      { idBase: 0 },
    )
    expect(await pairsOf(list.edges, 70_000)).toEqual(many)
  })
})
