import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { Cursor, FileBytes } from '../../src/formats/hdf5/bytes.ts'
import { locateChunks } from '../../src/formats/hdf5/chunks.ts'
import { readFilters } from '../../src/formats/hdf5/filters.ts'
import { fletcher32 } from '../../src/formats/hdf5/fletcher32.ts'
import type { Datatype } from '../../src/formats/hdf5/messages.ts'

const u16 = (n: number): number[] => [n & 255, n >> 8]

/** A pipeline message of version 2, whose known filters have no names. */
const pipeline = (...filters: [id: number, ...values: number[]][]): Cursor =>
  new Cursor(
    Uint8Array.from([
      ...[2, filters.length],
      ...filters.flatMap(([id, ...values]) => [
        ...[...u16(id), 0, 0, ...u16(values.length)],
        ...values.flatMap(value => [...u16(value), 0, 0]),
      ]),
    ]),
  )

const [DEFLATE, SHUFFLE, FLETCHER, LZF] = [1, 2, 3, 32000]

describe('the filters of a dataset', () => {
  it('come in the order of a writer', () => {
    expect(readFilters(pipeline([SHUFFLE, 8], [DEFLATE, 4], [FLETCHER]), 8)).toEqual([
      'shuffle',
      'deflate',
      'fletcher32',
    ])
    expect(readFilters(pipeline([FLETCHER], [DEFLATE, 4]), 8)).toEqual(['fletcher32', 'deflate'])
    expect(readFilters(pipeline(), 8)).toEqual([])
  })

  it.each<[string, Cursor, RegExp]>([
    ['shuffled as elements of another size', pipeline([SHUFFLE, 4]), /shuffle of other elements/],
    ['shuffle that does not say how', pipeline([SHUFFLE]), /shuffle of other elements/],
    ['the same filter twice', pipeline([DEFLATE, 4], [DEFLATE, 4]), /twice/],
    ['shuffle behind another filter', pipeline([DEFLATE, 4], [SHUFFLE, 8]), /order/],
    ['deflated at a level that there is not', pipeline([DEFLATE, 10]), /level of deflate/],
    ['another filter', pipeline([SHUFFLE, 8], [LZF]), /unknown filter/],
    ['fewer filters than announced', new Cursor(Uint8Array.of(2, 1)), /runs over/],
  ])('%s: not understood', (_, message, reason) => {
    expect(() => readFilters(message, 8)).toThrow(reason)
  })
})

describe('the checksum', () => {
  it('is Fletcher 32 of big-endian words, modulo 65535 but for which zero', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4000 }), bytes => {
        let [low, high] = [0n, 0n]
        for (let i = 0; i < bytes.length; i += 2) {
          low += BigInt((bytes[i] ?? 0) * 256 + (bytes[i + 1] ?? 0))
          high += low
        }
        const found = fletcher32(bytes)
        expect(BigInt(found & 0xffff) % 65535n).toBe(low % 65535n)
        expect(BigInt(found >>> 16) % 65535n).toBe(high % 65535n)
      }),
    )
  })

  it('does not leave 32 bits on the way', () => {
    expect(fletcher32(new Uint8Array(100_000).fill(255))).toBe(0xffff_ffff)
  })
})

describe('chunks', () => {
  const u64: Datatype = { type: { kind: 'int', bytes: 8, signed: false }, size: 8, pad: undefined }
  const folder = mkdtempSync(join(tmpdir(), 'connproof-chunks-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'bytes')
  writeFileSync(path, new Uint8Array(1000))

  const locate = (shape: number[], chunk: number[], datatype = u64) => {
    const fd = openSync(path, 'r')
    try {
      const index = { kind: 'single', address: 200, stored: { size: 100, mask: 0 } } as const
      const layout = { kind: 'chunked', chunk, elementSize: 8, index } as const
      return locateChunks(new FileBytes(fd, 1000), shape, datatype, layout, pipeline([DEFLATE, 4]))
    } finally {
      closeSync(fd)
    }
  }

  it('of up to 64 MiB are ours', () => {
    expect(locate([10], [2 ** 23]).elements).toBe(2 ** 23)
    expect(() => locate([10], [2 ** 23 + 1])).toThrow('chunks of 67108872 bytes')
  })

  it('of more dimensions, other sizes or text are not', () => {
    expect(() => locate([10, 2], [10, 2])).toThrow('one dimension')
    expect(() => locate([11], [10])).toThrow('single chunk of several')
    expect(() => locate([10], [10], { ...u64, size: 4 })).toThrow('element size')
    const text: Datatype = { type: { kind: 'string', variable: false }, size: 8, pad: undefined }
    expect(() => locate([10], [10], text)).toThrow('chunks of text')
  })
})
