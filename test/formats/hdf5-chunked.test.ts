import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { isInputError } from '../../src/errors.ts'
import { FileBytes } from '../../src/formats/hdf5/bytes.ts'
import { H5wasmFile } from '../../src/formats/hdf5/h5wasm-file.ts'
import { Locator } from '../../src/formats/hdf5/locate.ts'
import { openHdf5 } from '../../src/formats/hdf5/open.ts'
import type { Hdf5Dataset } from '../../src/formats/hdf5/types.ts'
import { elements, FIXTURES, readBytes, walk } from './hdf5-helpers.ts'

vi.mock('node:zlib', async load => {
  const zlib = await load<typeof import('node:zlib')>()
  return { ...zlib, inflateSync: vi.fn(zlib.inflateSync) }
})
const inflations = vi.mocked(inflateSync).mock.calls
beforeEach(() => {
  inflations.length = 0
})

const folder = mkdtempSync(join(tmpdir(), 'connproof-chunked-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function dataset(file: string, path: string): Promise<Hdf5Dataset> {
  const found = await (await openHdf5(file.includes('/') ? file : join(FIXTURES, file))).dataset(path)
  if (found === undefined) throw new Error(`${path} is not there`)
  return found
}

/** What is left to h5wasm: holes (their elements are the fill value) and the indices of datasets that can grow. */
const DECLINED: Record<string, readonly string[]> = {
  'chunks_earliest.h5': ['all', 'first', 'last', 'middle'].map(name => `/missing/${name}`),
  'chunks_v110.h5': [
    ...['all', 'first', 'last', 'middle'].map(name => `/missing/${name}`),
    ...['/shapes/empty', '/shapes/unlimited'],
  ],
}

describe.each(Object.entries(DECLINED))('%s', (name, declined) => {
  it('is read by ourselves but for some, and alike by h5wasm in windows of any size', async () => {
    const path = join(FIXTURES, name)
    const [file, library] = [await openHdf5(path), await H5wasmFile.open(path, path)]
    const left: string[] = []
    let compared = 0
    await walk(file, async own => {
      if (own.reader !== 'chunked') left.push(own.path)
      const other = library.dataset(own.path.slice(1).split('/'))
      if (other === undefined) throw new Error(`${own.path} is not there for h5wasm`)
      expect([own.shape, own.type, own.reader === other.reader]).toEqual([
        other.shape,
        other.type,
        own.reader === 'h5wasm',
      ])
      const all = await readBytes(other)
      for (const window of [1, 7, 97, 100, 128, 300])
        expect(await readBytes(own, 0, elements(own), window), `${own.path} by ${window}`).toEqual(all)
      compared += all.length
    })
    expect(left).toEqual(declined)
    expect(compared).toBeGreaterThan(30_000)
    file.close()
    library.close()
  })
})

describe('chunks', () => {
  it('give any windows, in any order', async () => {
    for (const path of [
      '/filters/all_three',
      '/filters/none',
      '/types/f4',
      '/direct/masks',
      '/shapes/one_larger',
    ]) {
      const own = await dataset('chunks_earliest.h5', path)
      const all = await readBytes(own)
      const size = all.length / elements(own)
      const window = fc
        .tuple(fc.nat(elements(own)), fc.nat(elements(own)))
        .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
      await fc.assert(
        fc.asyncProperty(fc.array(window, { minLength: 1, maxLength: 5 }), async windows => {
          for (const [first, end] of windows)
            expect(await readBytes(own, first, end - first)).toEqual(all.subarray(first * size, end * size))
        }),
      )
    }
  })

  it.each([1, 7, 96, 97, 98, 194, 300])(
    'are decoded once by windows of %i that follow each other',
    async window => {
      await readBytes(await dataset('chunks_earliest.h5', '/filters/shuffle_gzip'), 0, 300, window)
      expect(inflations.length).toBe(4)
    },
  )

  it('without filters are read in place', async () => {
    await readBytes(await dataset('chunks_earliest.h5', '/filters/none'), 0, 300, 7)
    expect(inflations.length).toBe(0)
  })

  it('never inflate to more memory than a chunk takes', async () => {
    await readBytes(await dataset('chunks_earliest.h5', '/filters/gzip'))
    for (const [, options] of inflations) expect(options).toMatchObject({ maxOutputLength: 97 * 8 })
  })

  it('hold numbers, not text', async () => {
    const own = await dataset('chunks_earliest.h5', '/filters/gzip')
    await expect(own.strings()).rejects.toThrow('expected text, found uint64')
  })
})

describe('damaged chunks', () => {
  it.each([
    ['inflates_to_more', 'it inflates to more than 80 bytes'],
    ['inflates_to_less', '72 bytes where 80 are expected'],
    ['no_zlib', 'it does not inflate (incorrect header check)'],
    ['wrong_adler', 'it does not inflate (incorrect data check)'],
    ['cut', 'it does not inflate (unexpected end of file)'],
    ['wrong_fletcher', 'wrong checksum'],
    ['no_fletcher', 'it has no room for its checksum'],
    ['short', '72 bytes where 80 are expected'],
  ])('%s: refused with file, dataset and reason', async (name, reason) => {
    const own = await dataset('chunks_damaged.h5', `/${name}`)
    expect(own.reader).toBe('chunked')
    // In parts and again, so that nothing of a failed chunk is kept.
    for (const count of [10, 3, 3]) {
      await expect(readBytes(own, 0, count)).rejects.toSatisfy(
        e =>
          isInputError(e) &&
          e.message === `damaged chunk of elements 0 and later: ${reason}` &&
          e.file?.endsWith('chunks_damaged.h5') === true &&
          e.field === `/${name}`,
      )
    }
  })

  it('a chunk that leaves out a filter that is not there is left to h5wasm', async () => {
    expect((await dataset('chunks_damaged.h5', '/good')).reader).toBe('chunked')
    expect((await dataset('chunks_damaged.h5', '/unknown_mask')).reader).toBe('h5wasm')
  })

  it('any changed byte of a compressed chunk is noticed, or changes nothing', async () => {
    const name = 'chunks_earliest.h5'
    const all = await readBytes(await dataset(name, '/filters/shuffle_gzip'))
    const whole = readFileSync(join(FIXTURES, name))
    const { address, size } = lastChunk(join(FIXTURES, name), ['filters', 'shuffle_gzip'])
    let refused = 0
    for (let k = 0; k < size; k++) {
      const bytes = Uint8Array.from(whole)
      bytes[address + k] = (bytes[address + k] ?? 0) ^ (1 << (k % 8))
      const path = join(folder, `changed-${k}.h5`)
      writeFileSync(path, bytes)
      await readBytes(await dataset(path, '/filters/shuffle_gzip')).then(
        // Bits between the last code and the checksum mean nothing.
        read => expect(read).toEqual(all),
        error => {
          expect(error).toMatchObject({ message: expect.stringMatching(/^damaged chunk of elements 291 /) })
          refused++
        },
      )
    }
    expect(size - refused).toBeLessThanOrEqual(1)
  })
})

function lastChunk(path: string, names: readonly string[]): { address: number; size: number } {
  const fd = openSync(path, 'r')
  const located = new Locator(new FileBytes(fd, fstatSync(fd).size)).dataset(names)
  closeSync(fd)
  const { addresses, sizes } = located?.chunks?.table ?? {}
  return { address: addresses?.at(-1) ?? 0, size: sizes?.at(-1) ?? 0 }
}
