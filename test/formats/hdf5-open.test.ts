import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { InternalError, isInputError } from '../../src/errors.ts'
import { openHdf5 } from '../../src/formats/hdf5/open.ts'
import { createHdf5 } from '../../src/formats/hdf5/writer.ts'
import { FIXTURES, readBytes } from './hdf5-helpers.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-open-'))
afterAll(() => rmSync(folder, { recursive: true }))
const U32 = { kind: 'int', bytes: 4, signed: false } as const

const refusal = (file: string, message: RegExp, field?: string) => (error: unknown) =>
  isInputError(error) &&
  error.file === file &&
  error.field === field &&
  message.test(error.message) &&
  error.hint !== undefined

describe('files that cannot be used are refused with a reason', () => {
  it('missing, a folder, not HDF5, empty', async () => {
    const missing = join(folder, 'missing.h5')
    await expect(openHdf5(missing)).rejects.toSatisfy(refusal(missing, /no such file/))
    mkdirSync(join(folder, 'folder.h5'))
    await expect(openHdf5(join(folder, 'folder.h5'))).rejects.toSatisfy(
      refusal(join(folder, 'folder.h5'), /not a file/),
    )
    for (const [name, content] of [
      ['text.h5', 'magic=0.0.1'],
      ['empty.h5', ''],
    ] as const) {
      const path = join(folder, name)
      writeFileSync(path, content)
      await expect(openHdf5(path)).rejects.toSatisfy(refusal(path, /not an HDF5 file/))
    }
  })

  it('shorter than its superblock says', async () => {
    const path = join(folder, 'short.h5')
    writeFileSync(path, readFileSync(join(FIXTURES, 'target.h5')).subarray(0, -1))
    await expect(openHdf5(path)).rejects.toSatisfy(refusal(path, /truncated.*5087.*5088/))
  })

  it('shortened after it was opened: the dataset ends early', async () => {
    const path = join(folder, 'later.h5')
    writeFileSync(path, readFileSync(join(FIXTURES, 'target.h5')))
    const file = await openHdf5(path)
    const dataset = await file.dataset('/y')
    truncateSync(path, 2130)
    expect(() => dataset?.readInto(0, 10, new Uint8Array(80))).toThrow(/truncated.*2130/)
    file.close()
  })

  it.each([
    ['layouts_earliest.h5', 'chunked', /^damaged chunk of elements \d+ and later: it does not inflate/],
    ['layouts_latest.h5', 'h5wasm', /HDF5 cannot read this: /],
  ] as const)('a corrupt gzip chunk is an error, never data: %s, %s', async (name, reader, reason) => {
    const path = join(folder, name)
    const bytes = readFileSync(join(FIXTURES, name))
    let stream = -1
    for (let at = 0; at < bytes.length - 1; at++) {
      if (bytes[at] === 0x78 && bytes[at + 1] === 0x5e) stream = at
    }
    expect(stream).toBeGreaterThan(0)
    bytes.fill(0xff, stream + 3, stream + 9)
    writeFileSync(path, bytes)
    const file = await openHdf5(path)
    const outcomes = await Promise.all(
      ['/filters/gzip', '/filters/shuffle_gzip'].map(async name => {
        const dataset = await file.dataset(name)
        expect(dataset?.reader).toBe(reader)
        if (dataset === undefined) throw new Error('not there')
        return readBytes(dataset).then(
          () => 'read',
          error => (refusal(path, reason, name)(error) ? 'refused' : String(error)),
        )
      }),
    )
    expect(outcomes.sort()).toEqual(['read', 'refused'])
    file.close()
  })
})

describe('an open file', () => {
  it('can be open twice, with both readers, and closed in any order', async () => {
    const path = join(FIXTURES, 'layouts_latest.h5')
    const [a, b] = [await openHdf5(path), await openHdf5(path)]
    const [one, two] = [await a.dataset('/filters/gzip'), await b.dataset('/filters/gzip')]
    if (one === undefined || two === undefined) throw new Error('not there')
    const whole = await readBytes(one)
    a.close()
    a.close()
    expect(await readBytes(two)).toEqual(whole)
    b.close()
  })

  it('keeps more datasets readable than h5wasm pieces are kept', async () => {
    const file = await openHdf5(join(FIXTURES, 'layouts_latest.h5'))
    const names = ['/filters/gzip', '/filters/shuffle_gzip', '/filters/fletcher32', '/chunks/resizable']
    const datasets = await Promise.all([...names, ...names].map(name => file.dataset(name)))
    for (let element = 0; element < 60; element += 7) {
      for (const dataset of datasets) {
        if (dataset === undefined) throw new Error('not there')
        expect(new Uint32Array((await readBytes(dataset, element, 1)).buffer)[0]).toBe(100 + element)
      }
    }
    file.close()
  })

  it('reads into memory of a WebAssembly module', async () => {
    const path = join(folder, 'column.h5')
    const writer = createHdf5(path)
    writer.dataset(
      '/a',
      { type: U32, shape: [1000] },
      new Uint8Array(Uint32Array.from({ length: 1000 }, (_, i) => i * i).buffer),
    )
    writer.close()
    const memory = new WebAssembly.Memory({ initial: 1 })
    const file = await openHdf5(path)
    await (await file.dataset('a'))?.readInto(10, 5, new Uint8Array(memory.buffer, 4096, 20))
    expect([...new Uint32Array(memory.buffer, 4092, 7)]).toEqual([0, 100, 121, 144, 169, 196, 0])
    file.close()
  })

  it('other windows than there are elements, or other room, are our own mistakes', async () => {
    const file = await openHdf5(join(FIXTURES, 'target.h5'))
    const dataset = await file.dataset('/x')
    expect(() => dataset?.readInto(5, 6, new Uint8Array(48))).toThrow(InternalError)
    expect(() => dataset?.readInto(-1, 1, new Uint8Array(8))).toThrow(InternalError)
    expect(() => dataset?.readInto(0, 2, new Uint8Array(8))).toThrow(InternalError)
    await expect(dataset?.strings()).rejects.toThrow('expected text, found int64')
    file.close()
  })
})
