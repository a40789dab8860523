import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeNpz, type NpzContent, readNpz, writeNpz } from '../../src/formats/npz.ts'
import {
  cscArrays,
  encodeCsc,
  readSparse,
  readSparseCoo,
  writeMaskNpz,
} from '../../src/formats/scipy-sparse.ts'
import { hasShared, SHARED } from '../shared.ts'
import {
  entriesOf,
  expected,
  hasScipy,
  maskOf,
  NPZ_FIXTURES,
  refusal,
  runPython,
  temporaryFolder,
} from './npz-helpers.ts'

const folder = temporaryFolder()
const fixture = (name: string): string => join(NPZ_FIXTURES, `${name}.npz`)

describe('SciPy fixtures', () => {
  it.each(Object.entries(expected.sparse))('%s', async (name, wanted) => {
    const matrix = await readSparse(fixture(name))
    const coo = await readSparseCoo(fixture(name))
    expect(matrix.format).toBe(wanted.format)
    expect([matrix.rows, matrix.columns]).toEqual([wanted.rows, wanted.columns])
    expect([coo.rows, coo.columns]).toEqual([wanted.rows, wanted.columns])
    expect(entriesOf(coo)).toEqual(wanted.entries)
  })

  it.each(Object.entries(expected.refused))('%s is refused by name', async (name, found) => {
    const error = await refusal(() => readSparse(fixture(name)))
    expect(error.message).toContain(found)
    expect(error.file).toBe(fixture(name))
    expect(error.field).toMatch(/\.npy$/)
    expect(error.hint).toBeDefined()
  })

  it('keeps duplicates for the caller and drops explicit False', async () => {
    const coo = await readSparseCoo(fixture('coo_duplicates'))
    expect([...coo.row]).toEqual([4, 1, 1])
    expect([...coo.column]).toEqual([1, 3, 3])
  })

  it('keeps compressed arrays compressed, without the zeros', async () => {
    const matrix = await readSparse(fixture('data_i8'))
    if (matrix.format === 'coo') throw new Error('expected csc')
    expect(matrix.indptr.at(-1)).toBe(matrix.indices.length)
    expect(matrix.indptr.length).toBe(matrix.columns + 1)
    expect(matrix.indices.length).toBe(4)
  })
})

describe('writing', () => {
  const asMask = async (name: string) => {
    const matrix = await readSparse(fixture(name))
    if (matrix.format !== 'csc') throw new Error('expected csc')
    return { ...matrix, label: name }
  }

  it.each(['csc_matrix_stored', 'empty_matrix', 'no_rows_no_columns', 'rows_above_int32', 'one_row'])(
    'gives the bytes of SciPy: %s',
    async name => {
      const path = join(folder, 'ours.npz')
      await writeMaskNpz(path, await asMask(name), { compressed: false })
      expect(Buffer.compare(readFileSync(path), readFileSync(fixture(name)))).toBe(0)
    },
  )

  it('compresses by default, to the same arrays', async () => {
    const path = join(folder, 'deflated.npz')
    await writeMaskNpz(path, await asMask('csc_matrix_stored'))
    expect(readFileSync(path).length).toBeLessThan(readFileSync(fixture('csc_matrix_stored')).length)
    expect(await readNpz(path)).toEqual(await readNpz(fixture('csc_matrix_deflated')))
    expect(readdirSync(folder).filter(name => name.endsWith('.tmp'))).toEqual([])
  })

  it('any mask comes back, stored and deflated', async () => {
    const rows = 40
    const masks = fc.array(fc.uniqueArray(fc.nat(rows - 1)), { maxLength: 12 }).map(columns =>
      maskOf(
        rows,
        columns.map(column => column.toSorted((a, b) => a - b)),
      ),
    )
    await fc.assert(
      fc.asyncProperty(masks, fc.boolean(), async (mask, compressed) => {
        const path = join(folder, 'any.npz')
        writeFileSync(path, await encodeCsc(mask, { compressed }))
        const { rows, columns, indptr, indices } = mask
        expect(await readSparse(path)).toEqual({ format: 'csc', rows, columns, indptr, indices })
      }),
    )
  })

  it.skipIf(!hasScipy)(
    'SciPy loads ours, stored and deflated, and saves the stored one to the same bytes',
    async () => {
      const mask = maskOf(
        5000,
        Array.from({ length: 300 }, (_, c) => Array.from({ length: c % 50 }, (_, r) => r * 97 + c)),
      )
      const paths = ['stored.npz', 'deflated.npz'].map(name => join(folder, name))
      const [stored = '', deflated = ''] = paths
      await writeMaskNpz(stored, mask, { compressed: false })
      await writeMaskNpz(deflated, mask, { compressed: true })
      const code = `
import json, sys
from scipy import sparse
a, b = (sparse.load_npz(p) for p in sys.argv[1:3])
sparse.save_npz(sys.argv[3], a, compressed=False)
print(json.dumps([type(a).__name__, str(a.dtype), a.shape, a.nnz, (a != b).nnz, bool(a.has_canonical_format), a.indices.tolist()]))`
      const again = join(folder, 'again.npz')
      expect(runPython(code, stored, deflated, again)).toEqual([
        'csc_matrix',
        'bool',
        [5000, 300],
        mask.indices.length,
        0,
        true,
        [...mask.indices],
      ])
      expect(Buffer.compare(readFileSync(stored), readFileSync(again))).toBe(0)
    },
  )
})

describe('members that contradict each other', () => {
  const mask = maskOf(6, [[0, 3], [], [5]])
  const with_ = (changes: Record<string, NpzContent[number][1] | undefined>): NpzContent =>
    cscArrays(mask).flatMap(([name, array]) => {
      const changed = name in changes ? changes[name] : array
      return changed === undefined ? [] : [[name, changed] as const]
    })
  const i4 = (...values: number[]) => ({ shape: [values.length], data: Int32Array.from(values) })
  const text = (value: string) => ({ dtype: `|S${value.length}`, shape: [], data: Buffer.from(value) })
  const coo = { format: text('coo'), indices: undefined, indptr: undefined }

  it.each<[string, string, string, NpzContent]>([
    ['indptr too short', 'indptr.npy', 'expected 4 elements', with_({ indptr: i4(0, 2, 3) })],
    ['indptr too long', 'indptr.npy', 'expected 4 elements', with_({ indptr: i4(0, 2, 2, 3, 3) })],
    [
      'indptr not from 0',
      'indptr.npy',
      'expected 0 as its first element, found 1',
      with_({ indptr: i4(1, 2, 2, 3) }),
    ],
    ['indptr descending', 'indptr.npy', 'found 2 after 3 at position 2', with_({ indptr: i4(0, 3, 2, 3) })],
    ['indptr beyond the entries', 'indptr.npy', 'found 4', with_({ indptr: i4(0, 2, 2, 4) })],
    ['negative indptr', 'indptr.npy', 'found -2 at position 1', with_({ indptr: i4(0, -2, 2, 3) })],
    [
      'row out of range',
      'indices.npy',
      'has 6 rows, found index 6 at position 1',
      with_({ indices: i4(0, 6, 5) }),
    ],
    ['negative row', 'indices.npy', 'found -1 at position 0', with_({ indices: i4(-1, 3, 5) })],
    ['fewer indices than data', 'indices.npy', 'expected 3 elements', with_({ indices: i4(0, 3) })],
    [
      'float indices',
      'indices.npy',
      'expected integers',
      with_({ indices: { shape: [3], data: Float64Array.of(0, 3, 5) } }),
    ],
    ['no data', 'data.npy', 'expected a member data.npy', with_({ data: undefined })],
    ['no shape', 'shape.npy', 'expected a member shape.npy', with_({ shape: undefined })],
    [
      'data of two dimensions',
      'data.npy',
      'found |u1 of shape (3, 1)',
      with_({ data: { shape: [3, 1], data: Uint8Array.of(1, 1, 1) } }),
    ],
    [
      'text as data',
      'data.npy',
      'expected bool or numbers',
      with_({ data: { dtype: '|S1', shape: [3], data: Buffer.from('abc') } }),
    ],
    ['negative shape', 'shape.npy', 'found -6', with_({ shape: i4(-6, 3) })],
    ['unknown format', 'format.npy', 'found "lil"', with_({ format: text('lil') })],
    ['format not a text', 'format.npy', 'expected one text', with_({ format: i4(3) })],
    ['coo without row', 'row.npy', 'expected a member row.npy', with_({ ...coo, col: i4() })],
    [
      'coo column out of range',
      'col.npy',
      'has 3 columns, found index 3',
      [...with_(coo), ['row', i4(0, 3, 5)], ['col', i4(0, 3, 1)]],
    ],
    [
      'coo lengths differ',
      'col.npy',
      'expected 3 elements',
      [...with_(coo), ['row', i4(0, 3, 5)], ['col', i4(0, 1)]],
    ],
    [
      'coords of three rows',
      'coords.npy',
      'expected shape (2, 3)',
      [...with_(coo), ['coords', { shape: [3, 3], data: new Int32Array(9) }]],
    ],
  ])('%s', async (_, field, message, content) => {
    const path = join(folder, 'contradiction.npz')
    await writeNpz(path, content)
    const error = await refusal(() => readSparseCoo(path))
    expect(error).toMatchObject({ file: path, field })
    expect(error.message).toContain(message)
  })

  it('the same members without a change are read', async () => {
    const path = join(folder, 'good.npz')
    writeFileSync(path, await encodeNpz(with_({})))
    expect(entriesOf(await readSparseCoo(path))).toEqual([
      [0, 0],
      [3, 0],
      [5, 2],
    ])
  })
})

describe.skipIf(!hasShared)('shared data: masks of real runs', () => {
  it('reads a mask of 6719 neurons and 836167 connections', async () => {
    const coo = await readSparseCoo(`${SHARED}/data/adj_r0c10.npz`)
    expect([coo.rows, coo.columns, coo.row.length, coo.column.length]).toEqual([6719, 6719, 836167, 836167])
  })

  const runs = hasShared ? realMasks() : []
  it.each(runs)('reads %s', async path => {
    const coo = await readSparseCoo(join(SHARED, 'data/real_runs', path))
    expect(coo.row.length).toBeGreaterThan(0)
  })

  it.skipIf(!hasScipy)('SciPy finds the same entries in all of them', async () => {
    expect(runs.length).toBeGreaterThan(5)
    const paths = [`${SHARED}/data/adj_r0c10.npz`, ...runs.map(path => join(SHARED, 'data/real_runs', path))]
    const code = `
import json, sys
from scipy import sparse
def sums(p):
    m = sparse.load_npz(p).tocoo(); k = m.data != 0
    r, c = m.row[k].astype('i8'), m.col[k].astype('i8')
    return [*m.shape, len(r), int(r.sum()), int(c.sum()), int((r * c).sum())]
print(json.dumps([sums(p) for p in sys.argv[1:]]))`
    const ours = await Promise.all(
      paths.map(async path => {
        const { rows, columns, row, column } = await readSparseCoo(path)
        const sum = (f: (i: number) => number) => row.reduce((total, _, i) => total + f(i), 0)
        const r = (i: number) => row[i] ?? 0
        const c = (i: number) => column[i] ?? 0
        return [rows, columns, row.length, sum(r), sum(c), sum(i => r(i) * c(i))]
      }),
    )
    expect(runPython(code, ...paths)).toEqual(ours)
  })
})

function realMasks(): string[] {
  const root = join(SHARED, 'data/real_runs')
  return readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    path => path.endsWith('mask.npz') && existsSync(join(root, path)),
  )
}
