import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NodeSelection } from '../../src/connectome/selection.ts'
import { InputError } from '../../src/errors.ts'
import { openHdf5 } from '../../src/formats/hdf5/open.ts'
import { encodeNpy } from '../../src/formats/npy.ts'
import { NodeSets } from '../../src/sonata/node-sets.ts'
import { NodePopulation } from '../../src/sonata/nodes.ts'
import { resolveSelection } from '../../src/sonata/selection.ts'

const fixture = fileURLToPath(new URL('../fixtures/sonata/nodes.h5', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'connproof-selection-'))
afterAll(() => rmSync(folder, { recursive: true }))

let nodes: NodePopulation
let fibres: NodePopulation
beforeAll(async () => {
  const h5 = await openHdf5(fixture)
  nodes = await NodePopulation.open(h5, 'neurons')
  fibres = await NodePopulation.open(h5, 'fibres')
})

const nodeSets = NodeSets.parse(
  {
    Layer23: { layer: [2, 3] },
    Exc: { synapse_class: 'EXC' },
    Nobody: { node_id: [] },
    'layer=4': { node_id: 0 },
    'Exc & Layer23': { node_id: 1 },
    Broken: { layr: 2 },
  },
  'node_sets.json',
)

const select = (expression?: string, idBase?: 0 | 1): Promise<NodeSelection> =>
  resolveSelection(expression, { nodes, nodeSets, idBase })
const ids = async (expression?: string, idBase?: 0 | 1): Promise<number[]> => [
  ...(await select(expression, idBase)).ids,
]

async function failure(
  expression: string,
  idBase?: 0 | 1,
  context = { nodes, nodeSets },
): Promise<InputError> {
  try {
    await resolveSelection(expression, { ...context, idBase })
  } catch (error) {
    if (error instanceof InputError) return error
    throw error
  }
  throw new Error('accepted')
}

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

describe('expressions', () => {
  it('no expression: all nodes', async () => {
    expect(await select()).toEqual({
      population: 'neurons',
      populationSize: 12,
      ids: Uint32Array.from({ length: 12 }, (_, i) => i),
      expression: 'all nodes',
    })
  })

  it.each<[string, number[]]>([
    ['Layer23', [1, 2, 3, 4, 5]],
    [' Layer23 ', [1, 2, 3, 4, 5]],
    ['layer=2', [1, 2]],
    ['layer_text=2', [1, 2]],
    ['layer_library=2', [1, 2]],
    ['layer_u8=2', [1, 2]],
    ['layer=2.0', [1, 2]],
    ['layer=2,3', [1, 2, 3, 4, 5]],
    ['layer_text=2, 3', [1, 2, 3, 4, 5]],
    ['layer_library=3,2,2', [1, 2, 3, 4, 5]],
    ['signed=-3,-2', [0, 1]],
    ['fixed=ab', [0, 3, 6, 9]],
    ['comma=one, two', [0, 3, 6, 9]],
    ['comma=one,two', [1, 2, 4, 5, 7, 8, 10, 11]],
    ['region=S1;L2', [2, 5, 8, 11]],
    ['Ünïcode=漢', [1, 4, 7, 10]],
    ['synapse_class=INH', [3, 7, 11]],
    ['synapse_class=INH & layer=3', [3]],
    ['Layer23&Exc', [1, 2, 4, 5]],
    ['Layer23 & layer=3 & node_id=3,4,11', [3, 4]],
    ['node_id=11,0,0', [0, 11]],
    // A set of this name wins over the attribute and over the terms.
    ['layer=4', [0]],
    ['Exc & Layer23', [1]],
    ['Exc & layer=4', [0]],
  ])('%s', async (expression, expected) => expect(await ids(expression)).toEqual(expected))

  it('keeps what was written', async () => expect((await select(' Layer23 ')).expression).toBe(' Layer23 '))

  it('a node set wins over a file of its name', async () => {
    const path = write('0.txt', '7')
    const sets = NodeSets.parse({ [path]: { node_id: 3 } }, 'f')
    expect([...(await resolveSelection(path, { nodes, nodeSets: sets })).ids]).toEqual([3])
    expect([...(await resolveSelection(path, { nodes, nodeSets, idBase: 0 })).ids]).toEqual([7])
  })

  it.each<[string, string, string]>([
    ['Laier23', 'no node set "Laier23"', 'Did you mean "Layer23"?'],
    ['Thalamus', 'no node set "Thalamus"', 'Node sets: Layer23, Exc'],
    ['layr=2', 'no such attribute: "layr"', 'Did you mean "layer"?'],
    ['layer=9', 'no node of population "neurons" has layer "9"', 'Values: 1, 2, 3, 4, 5, 6.'],
    ['layer=2,9', 'has layer "9"', 'Values: 1, 2'],
    ['layer=', 'has layer ""', 'Values: 1, 2'],
    ['layer=two', 'has layer "two"', 'Values: 1, 2'],
    ['layer_u8=1e0', 'has layer_u8 "1e0"', 'Values'],
    ['synapse_class=EXX', 'has synapse_class "EXX"', 'Did you mean "EXC"? Values: EXC, INH.'],
    ['region=S1', 'has region "S1"', 'Values: S1;L0, S1;L1, S1;L2.'],
    ['x=1', 'floating-point', '$gte'],
    ['null=1', 'has null "1"', 'The attribute has no values.'],
    ['damaged=A', 'code -1', 'damaged'],
    ['Layer23 &', 'a term is missing', 'joined by "&"'],
    ['', 'empty node selection', 'attribute=value'],
    ['=2', 'no node set "=2"', 'attribute=value'],
    ['node_id=12', 'node ids from 0 to 11, found "12"', ''],
    ['node_id=a', 'found "a"', ''],
    ['missing.npy', 'no such file of ids', ''],
    ['folder/missing', 'no such file of ids', ''],
    ['Nobody', '"Nobody" selects no node', ''],
    ['layer=1 & Layer23', 'selects no node', ''],
    ['Broken', 'node set "Broken"', 'Did you mean "layer"?'],
  ])('%s: %s', async (expression, message, hint) => {
    const error = await failure(expression)
    expect(error.message).toContain(message)
    expect(error.hint ?? '').toContain(hint)
  })

  it('many values are counted, not listed', async () => {
    const { MemoryHdf5 } = await import('./memory-hdf5.ts')
    const data = Array.from({ length: 30 }, (_, i) => `m${i}`)
    const h5 = new MemoryHdf5('m.h5', { '/nodes/n/0/mtype': { data } })
    const error = await failure('mtype=x', undefined, { nodes: await NodePopulation.open(h5, 'n'), nodeSets })
    expect(error.hint).toContain('more than 20 values')
  })

  it('a population without attributes', async () => {
    const error = await failure('layer=2', undefined, { nodes: fibres, nodeSets })
    expect(error.hint).toContain('no attributes')
    expect([...(await resolveSelection('node_id=4', { nodes: fibres, nodeSets })).ids]).toEqual([4])
  })

  it('a circuit without node sets', async () => {
    await expect(resolveSelection('Excitatory', { nodes, nodeSets: undefined })).rejects.toMatchObject({
      hint: expect.stringContaining('no node sets'),
    })
  })
})

describe('files of ids', () => {
  it.each<[string, string]>([
    ['a.txt', '3\n5\n7\n'],
    ['b.txt', ' 3 5\t7'],
    ['c.csv', '3,5,7'],
    ['d.csv', '3;5;7\r\n'],
    ['e.txt', '# made by hand\n3 # first\n5\n7'],
    ['g.txt', '3 5\n7'],
    ['h.csv', ',id\n0,3\n1,5\n2,7\n'],
    ['i.csv', 'Unnamed: 0,0\n0,3\n1,5\n2,7\n'],
    ['j.csv', '"","x"\n"1",3\n"2",5\n"3",7\n'],
    ['k.csv', '"id"\n"12" 3\n"a b" 5\n"2" 7\n'],
    ['f.txt', '3.000000000000000000e+00\n5.0e+00\n7.'],
    ['l.tsv', 'id\n3\n5\n7\n'],
    ['m.txt', '# id\n3\n5\n7\n'],
    ['g.json', '[3, 5, 7.0]'],
    ['h.TXT', '\ufeff3 5 7'],
  ])('%s: %j', async (name, content) => {
    const path = write(name, content)
    expect(await select(path, 0)).toEqual({
      population: 'neurons',
      populationSize: 12,
      ids: Uint32Array.of(3, 5, 7),
      expression: path,
    })
    expect(await ids(path, 1)).toEqual([2, 4, 6])
  })

  it.each(['<i8', '<u4', '<i4', '<u1'])('npy of %s', async dtype => {
    const arrays = {
      '<i8': BigInt64Array.of(3n, 5n),
      '<u4': Uint32Array.of(3, 5),
      '<i4': Int32Array.of(3, 5),
      '<u1': Uint8Array.of(3, 5),
    }
    const path = write(
      `x${dtype.slice(1)}.npy`,
      encodeNpy({ shape: [2], data: arrays[dtype as keyof typeof arrays] }),
    )
    expect(await ids(path, 0)).toEqual([3, 5])
  })

  it.each(['my_gids.txt', 'my_gids_source.txt', 'my_gids_target.txt'])('%s counts from 1', async name => {
    const path = write(name, '1 12')
    expect(await ids(path)).toEqual([0, 11])
    expect(await ids(path, 1)).toEqual([0, 11])
    write(name, '0 11')
    expect((await failure(path)).message).toContain('GIDs from 1 to 12, found 0 at position 1')
  })

  it('an explicit base wins over the name', async () =>
    expect(await ids(write('y_gids.txt', '0 11'), 0)).toEqual([0, 11]))

  it('asks for the base', async () => {
    const error = await failure(write('ids.txt', '3'))
    expect(error.field).toBe('id base')
    expect(error.hint).toContain('1 for GIDs')
    expect((await failure(write('not_gids_really.txt', '3'))).field).toBe('id base')
  })

  it('keeps an order that is not ascending', async () => {
    const selection = await select(write('order.txt', '7 3 11 0'), 0)
    expect([...selection.ids]).toEqual([0, 3, 7, 11])
    expect([...(selection.listOrder ?? [])]).toEqual([7, 3, 11, 0])
  })

  it.each<[string, string, 0 | 1, string]>([
    ['o.txt', '3\n12\n13', 0, 'node ids from 0 to 11, found 12 at position 2'],
    ['p.txt', '1\n13', 1, 'GIDs from 1 to 12, found 13 at position 2'],
    ['q.txt', '-1', 0, 'found -1 at position 1'],
    ['r.txt', '5 3 8 3 5', 0, '3 occurs twice, at positions 2 and 4'],
    ['s.txt', '3 3', 1, '3 occurs twice, at positions 1 and 2'],
    ['t.txt', '1\n2\nx3', 0, 'found "x3" in line 3'],
    ['u.txt', '1.5', 0, 'found "1.5" in line 1'],
    ['index.csv', '0,3\n1,5', 0, 'found several columns, 0, 3, in line 1'],
    ['second.csv', 'id\n3,9\n5,9', 0, 'found 2 columns, the first of them no row number, in line 2'],
    ['some.csv', ',0\n7,3\n9,5', 0, 'found 2 columns, the first of them no row number, in line 2'],
    ['names.csv', '"","x"\n"7",3\n"9",5', 0, 'found 2 columns, the first of them no row number, in line 2'],
    ['rounded.csv', '3\n1.2346e+05', 0, 'found "1.2346e+05", which is rounded, in line 2'],
    [
      'comment.txt',
      '# gid\n3\n5',
      0,
      'line 1 names GIDs, which count from 1, but the ids are read as node ids',
    ],
    ['r.txt', '"1" 3', 0, 'found several columns, 1, 3, in line 1'],
    ['quoted.csv', '"1","3","5"', 0, 'found several columns, 1, 3, 5, in line 1'],
    ['mixed.txt', '1 3.0', 0, 'found several columns, 1, 3.0, in line 1'],
    ['one.csv', '0,3', 0, 'found several columns, 0, 3, in line 1'],
    ['range.csv', '0\n3\n5', 0, 'found "0", which is node 0 or a header of pandas, in line 1'],
    ['names.csv', 'layer\n3\n5', 0, 'found "layer" in line 1'],
    [
      'base.csv',
      'node_id\n3\n5',
      1,
      'line 1 names node ids, which count from 0, but the ids are read as GIDs',
    ],
    ['v.txt', '1e400', 0, 'found "1e400"'],
    ['w.txt', '9007199254740993', 0, 'found "9007199254740993"'],
    ['w.json', '[1, "2"]', 0, 'found a string at position 2'],
    ['x.json', '[1, 2.5]', 0, 'found 2.5 at position 2'],
    ['y.json', '{"ids": [1]}', 0, 'expected a list of ids, found an object'],
    ['z.json', '[1,', 0, 'not valid JSON at line 1'],
    ['empty.txt', '', 0, 'selects no node'],
    ['ids.dat', '1', 0, 'expected a file of ids (.npy, .txt, .csv, .tsv, .json)'],
    ['bad.npy', '1 2 3', 0, 'npy'],
  ])('%s %j base %d: %s', async (name, content, base, message) => {
    const path = write(name, content)
    const error = await failure(path, base)
    expect(error.message).toContain(message)
    if (name !== 'empty.txt') expect(error.file).toBe(path)
  })

  it('hints at the other base where that may be it', async () => {
    expect((await failure(write('b0.txt', '0 3'), 1)).hint).toContain('--id-base 0')
    expect((await failure(write('b1.txt', '1 12'), 0)).hint).toContain('--id-base 1')
    expect((await failure(write('b2.txt', '1 99'), 0)).hint).toBeUndefined()
  })

  it('npy of another shape or type', async () => {
    const square = write('square.npy', encodeNpy({ shape: [2, 2], data: Int32Array.of(1, 2, 3, 4) }))
    expect((await failure(square, 0)).message).toContain('one dimension')
    const floats = write('floats.npy', encodeNpy({ shape: [2], data: Float64Array.of(1, 2) }))
    expect((await failure(floats, 0)).message).toContain('expected integers')
  })

  it('is not combined with other terms', async () => {
    const path = write('term.txt', '1')
    expect((await failure(`${path} & Layer23`, 0)).message).toContain('cannot be combined')
  })

  it('any list of distinct ids comes back: ascending in ids, as written in listOrder', async () => {
    const list = fc.uniqueArray(fc.integer({ min: 0, max: 11 }), { minLength: 1, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(list, fc.constantFrom(0 as const, 1 as const), async (wanted, base) => {
        const path = write(
          'property.npy',
          encodeNpy({ shape: [wanted.length], data: Int32Array.from(wanted.map(id => id + base)) }),
        )
        const selection = await select(path, base)
        const ascending = [...wanted].sort((a, b) => a - b)
        expect([...selection.ids]).toEqual(ascending)
        const ordered = wanted.every((id, i) => id === ascending[i])
        if (ordered) expect(selection.listOrder).toBeUndefined()
        else expect([...(selection.listOrder ?? [])]).toEqual(wanted)
      }),
    )
  })
})
