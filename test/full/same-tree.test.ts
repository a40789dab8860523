/** Two HDF5 groups: attributes, widths of ids, libraries in another order, groups that hold themselves. */
import { expect, it } from 'vitest'
import { compareTrees } from '../../src/full/same-tree.ts'
import { type MemoryDataset, MemoryHdf5 } from '../sonata/memory-hdf5.ts'

const compare = (a: Record<string, MemoryDataset>, b: Record<string, MemoryDataset>) =>
  compareTrees(new MemoryHdf5('a.h5', a), new MemoryHdf5('b.h5', b), '/g')

it('ids may have another width, other integers may not', async () => {
  const ids = (data: MemoryDataset['data']) => ({ '/g/node_type_id': { data } })
  expect((await compare(ids(Uint8Array.of(1, 2)), ids(BigInt64Array.of(1n, 2n)))).differences).toEqual([])
  expect((await compare(ids(Uint8Array.of(1, 2)), ids(BigInt64Array.of(1n, 3n)))).differences).toHaveLength(1)
  const layer = (data: MemoryDataset['data']) => ({ '/g/0/layer': { data } })
  expect((await compare(layer(Uint8Array.of(1)), layer(BigInt64Array.of(1n)))).differences).toHaveLength(1)
})

it('codes mean what their library says', async () => {
  const coded = (codes: number[], texts: string[]) => ({
    '/g/0/mtype': { data: Uint8Array.from(codes) },
    '/g/0/@library/mtype': { data: texts },
  })
  const before = coded([0, 1, 1], ['PC', 'BC'])
  expect((await compare(before, coded([1, 0, 0], ['BC', 'PC']))).differences).toEqual([])
  expect((await compare(before, coded([0, 1, 1], ['BC', 'PC']))).differences).toHaveLength(1)
  expect((await compare(before, coded([0, 1, 1], ['PC', 'BC', 'MC']))).differences).toEqual([])
})

it('attributes count', async () => {
  const x = (attributes: Record<string, string>) => ({ '/g/0/x': { data: Uint8Array.of(1), attributes } })
  expect((await compare(x({ unit: 'um' }), x({ unit: 'um' }))).differences).toEqual([])
  for (const other of [x({ unit: 'mm' }), x({}), x({ unit: 'um', more: '1' })])
    expect((await compare(x({ unit: 'um' }), other)).differences).toHaveLength(1)
})

it('ends where a group holds itself, and still finds what differs in it', async () => {
  const circle = (value: number): MemoryHdf5 => {
    const h5 = new MemoryHdf5('c.h5', { '/g/x': { data: Uint8Array.of(value) } })
    const plain = (path: string): string => path.replace(/(\/self)+/, '')
    const dataset = h5.dataset.bind(h5)
    const identity = h5.identity.bind(h5)
    const attributeNames = h5.attributeNames.bind(h5)
    h5.members = async path => (plain(path) === '/g' ? ['self', 'x'] : undefined)
    h5.dataset = path => dataset(plain(path))
    h5.identity = async path => (await identity(plain(path))) ?? plain(path)
    h5.attributeNames = path => attributeNames(plain(path))
    return h5
  }
  expect((await compareTrees(circle(1), circle(1), '/g')).differences).toEqual([])
  expect(await compareTrees(circle(1), circle(2), '/g')).toMatchObject({
    differences: [{ path: '/g/x' }],
    unchecked: [],
  })
})
