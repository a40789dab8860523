import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isInputError } from '../../src/errors.ts'
import { H5wasmFile } from '../../src/formats/hdf5/h5wasm-file.ts'
import { openHdf5 } from '../../src/formats/hdf5/open.ts'
import type { Hdf5Dataset } from '../../src/formats/hdf5/types.ts'
import { createHdf5 } from '../../src/formats/hdf5/writer.ts'
import { PYTHON } from '../python.ts'
import { readBytes } from './hdf5-helpers.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-writer-'))
afterAll(() => rmSync(folder, { recursive: true }))
const PEER = fileURLToPath(new URL('hdf5_peer.py', import.meta.url))

const int = (bytes: 1 | 2 | 4 | 8, signed: boolean) => ({ kind: 'int', bytes, signed }) as const
const float = (bytes: 4 | 8) => ({ kind: 'float', bytes }) as const
const bytesOf = (array: ArrayBufferView): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength)

/** More text than one heap collection holds, with empty and non-ASCII ones. */
const TEXTS = Array.from({ length: 70_000 }, (_, i) => (i % 5 === 0 ? '' : `Zelle ß ${i}`))

const NUMBERS = {
  i1: { type: int(1, true), data: Int8Array.of(-128, 127) },
  u2: { type: int(2, false), data: Uint16Array.of(0, 65535) },
  i4: { type: int(4, true), data: Int32Array.of(-(2 ** 31), 1) },
  u8: { type: int(8, false), data: BigUint64Array.of(0n, 2n ** 53n) },
  f4: { type: float(4), data: Float32Array.of(0.5, -2) },
  f8: { type: float(8), data: Float64Array.of(0.1, -1e300) },
}

function writeOdd(path: string): void {
  const writer = createHdf5(path)
  writer.group('/', { magic: 2682, version: [0, 1], scale: 1.5, title: 'Größe' })
  for (const [name, { type, data }] of Object.entries(NUMBERS)) {
    const attributes = { node_population: 'Alle ß' }
    writer.dataset(name, { type, shape: [2], attributes }, bytesOf(data))
  }
  const matrix = writer.dataset('/matrix', { type: int(4, false), shape: [1000, 3] })
  const all = bytesOf(Uint32Array.from({ length: 3000 }, (_, i) => i))
  for (let at = 0; at < all.length; at += 1111) matrix.write(all.subarray(at, at + 1111))
  writer.dataset('/scalar', { type: int(8, true), shape: [] }, bytesOf(BigInt64Array.of(-5n)))
  writer.dataset('/empty', { type: int(8, false), shape: [0, 2] })
  for (let i = 0; i < 300; i++)
    writer.dataset(`/many/d${i}`, { type: int(1, false), shape: [1] }, Uint8Array.of(i))
  writer.group('/group/in/group')
  writer.strings('/text', TEXTS)
  writer.close()
}

function writeSonata(): void {
  const nodes = createHdf5(join(folder, 'nodes.h5'))
  const at = '/nodes/Alle ß'
  nodes.dataset(`${at}/node_type_id`, { type: int(8, true), shape: [4] }, new Uint8Array(32).fill(255))
  nodes.strings(`${at}/0/name`, ['a', '', 'ß', 'd'])
  nodes.strings(`${at}/0/@library/synapse_class`, ['EXC', 'INH'])
  nodes.dataset(
    `${at}/0/synapse_class`,
    { type: int(4, false), shape: [4] },
    bytesOf(Uint32Array.of(0, 1, 1, 0)),
  )
  nodes.dataset(`${at}/0/x`, { type: float(4), shape: [4] }, bytesOf(Float32Array.of(0, 0.5, 1, 1.5)))
  nodes.close()
  const edges = createHdf5(join(folder, 'edges.h5'))
  const id = { type: int(8, false), shape: [3], attributes: { node_population: 'Alle ß' } }
  const [source, target] = ['source', 'target'].map(side =>
    edges.dataset(`/edges/default/${side}_node_id`, id),
  )
  for (const [s, t] of [
    [2, 0],
    [0, 1],
    [3, 1],
  ] as const) {
    source?.write(bytesOf(BigUint64Array.of(BigInt(s))))
    target?.write(bytesOf(BigUint64Array.of(BigInt(t))))
  }
  edges.dataset(
    '/edges/default/edge_type_id',
    { type: int(8, true), shape: [3] },
    new Uint8Array(24).fill(255),
  )
  edges.group('/edges/default/0')
  edges.close()
}

beforeAll(() => {
  writeOdd(join(folder, 'odd.h5'))
  writeSonata()
})

describe('a written file', () => {
  it('is read by our own reader alone', async () => {
    const file = await openHdf5(join(folder, 'odd.h5'))
    for (const [name, { type, data }] of Object.entries(NUMBERS)) {
      const dataset = await file.dataset(name)
      expect(dataset).toMatchObject({ reader: 'contiguous', shape: [2], type })
      expect(dataset && (await readBytes(dataset))).toEqual(bytesOf(data))
      expect(await dataset?.attribute('node_population')).toBe('Alle ß')
    }
    const text = await file.dataset('/text')
    expect(text?.reader).toBe('contiguous')
    expect(await text?.strings()).toEqual(TEXTS)
    expect(await file.members('/many')).toHaveLength(300)
    expect(await file.members('/group/in/group')).toEqual([])
    expect(await file.attribute('/', 'version')).toEqual([0, 1])
    expect((await file.dataset('/empty'))?.shape).toEqual([0, 2])
    file.close()
  })

  it('is read alike by the HDF5 library', async () => {
    const path = join(folder, 'odd.h5')
    const library = await H5wasmFile.open(path, path)
    const dataset = (name: string): Hdf5Dataset => {
      const found = library.dataset([name])
      if (found === undefined) throw new Error(`${name} is not there`)
      return found
    }
    for (const [name, { data }] of Object.entries(NUMBERS)) {
      expect(await readBytes(dataset(name))).toEqual(bytesOf(data))
    }
    expect(new Uint32Array((await readBytes(dataset('matrix'))).buffer)[2999]).toBe(2999)
    expect(await dataset('text').strings()).toEqual(TEXTS)
    expect(library.attribute([], 'title')).toBe('Größe')
    expect(library.members(['many'])).toHaveLength(300)
    library.close()
  })

  it.skipIf(PYTHON === undefined)('is read and changed by h5py', () => {
    const read = JSON.parse(peer('h5py'))
    expect(read).toMatchObject({
      members: {
        '/': ['empty', 'f4', 'f8', 'group', 'i1', 'i4', 'many', 'matrix', 'scalar', 'text', 'u2', 'u8'],
      },
      attributes: { magic: 2682, version: [0, 1], scale: 1.5, title: 'Größe' },
      i1: ['int8', [2], [-128, 127]],
      u2: ['uint16', [2], [0, 65535]],
      i4: ['int32', [2], [-(2 ** 31), 1]],
      u8: ['uint64', [2], [0, 2 ** 53]],
      f4: ['float32', [2], [0.5, -2]],
      f8: ['float64', [2], [0.1, -1e300]],
      scalar: ['int64', [], -5],
      empty: ['uint64', [0, 2], []],
      population: 'Alle ß',
      contiguous: true,
      changed: [['', 'changed', 'Zelle ß 2'], [0, 1, 2], 'x'],
    })
    expect(read.text).toEqual(TEXTS)
    expect(read.matrix[2][999]).toEqual([2997, 2998, 2999])
    expect(read.many.length).toBe(300)
  })

  it.skipIf(PYTHON === undefined)('is read and indexed by libsonata', () => {
    expect(JSON.parse(peer('libsonata'))).toEqual({
      size: 4,
      name: ['a', '', 'ß', 'd'],
      synapse_class: ['EXC', 'INH', 'INH', 'EXC'],
      x: [0, 0.5, 1, 1.5],
      enumerations: ['synapse_class'],
      source: ['Alle ß', [2, 0, 3]],
      target: ['Alle ß', [0, 1, 1]],
      afferent: [[1, 3]],
    })
  })
})

describe('an interrupted or wrong write', () => {
  it('leaves nothing, and until the end nothing under the name', () => {
    const before = readdirSync(folder)
    const path = join(folder, 'aborted.h5')
    const writer = createHdf5(path)
    writer.dataset('/a', { type: int(4, true), shape: [100] }).write(new Uint8Array(40))
    expect(readdirSync(folder)).not.toContain('aborted.h5')
    writer.abort()
    writer.abort()
    expect(readdirSync(folder)).toEqual(before)
  })

  it('a dataset that is not filled fails the file', () => {
    const before = readdirSync(folder)
    const writer = createHdf5(join(folder, 'short.h5'))
    writer.dataset('/a', { type: int(4, true), shape: [100] }).write(new Uint8Array(396))
    expect(() => writer.close()).toThrow('396 bytes written of 400')
    expect(readdirSync(folder)).toEqual(before)
  })

  it('too many bytes, a name twice, a dataset as a group, text with NUL', () => {
    const writer = createHdf5(join(folder, 'wrong.h5'))
    const sink = writer.dataset('/a', { type: int(4, true), shape: [1] })
    expect(() => sink.write(new Uint8Array(5))).toThrow('5 bytes where 4 are missing')
    expect(() => writer.dataset('/a', { type: int(4, true), shape: [1] })).toThrow('there already')
    expect(() => writer.group('/a/b')).toThrow('is a dataset')
    expect(() => writer.strings('/t', ['a\0b'])).toThrow('NUL')
    writer.abort()
  })

  it('says which folder cannot be written to', () => {
    expect(() => createHdf5(join(folder, 'no', 'such.h5'))).toThrow(
      expect.toSatisfy(
        e => isInputError(e) && e.file === join(folder, 'no', 'such.h5') && /ENOENT/.test(e.message),
      ),
    )
  })
})

function peer(name: string): string {
  if (PYTHON === undefined) throw new Error('no Python')
  return execFileSync(PYTHON, [PEER, name, folder], { encoding: 'utf8', maxBuffer: 1e8 })
}
