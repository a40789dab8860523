/** Damaged and lying Parquet files end in an InputError, never in a crash, and take no memory on their word. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { isInputError } from '../../src/errors.ts'
import { readParquetFile } from '../../src/formats/parquet/footer.ts'
import { checkThrift } from '../../src/formats/parquet/thrift-check.ts'
import { varint } from '../reference/parquet.ts'
import { EXPECTED, fixture, readFile } from './parquet-fixtures.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-parquet-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const damaged = join(folder, 'damaged.parquet')

/** Ids, or the message of the InputError; anything else fails the test. */
async function outcome(bytes: Uint8Array): Promise<unknown> {
  writeFileSync(damaged, bytes)
  try {
    return await readFile(damaged)
  } catch (error) {
    if (!isInputError(error)) throw error
    expect(error.file).toBe(damaged)
    return error.message
  }
}

/** xorshift32, for positions. */
function random(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

const SEEDED = [
  'default',
  'gzip',
  'brotli_v2',
  'zstd',
  'overflow',
  'delta_binary_packed_int64',
  'plain',
  'snappy_v2',
  'byte_stream_split_int32',
  'delta_binary_packed_int32',
  'zstd_v2',
]

describe('a damaged Parquet file', () => {
  it('is refused wherever it is cut', async () => {
    const bytes = readFileSync(fixture('many_pages'))
    for (let length = 0; length < bytes.length; length += length < 60 ? 1 : 97)
      expect(await outcome(bytes.subarray(0, length))).toMatch(/Parquet file/)
    expect(await outcome(bytes.subarray(0, bytes.length - 1))).toBe(
      'damaged Parquet file: it has no footer: the file is truncated',
    )
  })

  it.each(SEEDED)('%s: flipped bytes are refused, or give other ids', async name => {
    const whole = readFileSync(fixture(name))
    const below = random(name.length * 7919)
    let refused = 0
    for (let k = 0; k < 150; k++) {
      const bytes = Uint8Array.from(whole)
      for (let flips = 1 + below(3); flips > 0; flips--) bytes[below(bytes.length)] = below(256)
      if (typeof (await outcome(bytes)) === 'string') refused++
    }
    expect(refused).toBeGreaterThan(10)
  })

  it('is refused for any flipped bit of its pages where they have checksums', async () => {
    const whole = readFileSync(fixture('checksum'))
    const { rowGroups } = await readParquetFile(fixture('checksum'))
    const ids = rowGroups.flatMap(({ columns }) => columns.slice(0, 2))
    const below = random(99)
    for (let k = 0; k < 200; k++) {
      const bytes = Uint8Array.from(whole)
      const { start, end } = ids[k % ids.length] ?? { start: 0, end: 0 }
      const at = start + below(end - start)
      bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8))
      // A bit that means nothing may be in a header: then the ids are those that were written.
      const found = await outcome(bytes)
      if (typeof found !== 'string') expect(found).toEqual(EXPECTED.checksum)
    }
  })

  it('is told from what is no Parquet file', async () => {
    expect(await outcome(Buffer.from('PAR'))).toBe('expected a Parquet file, found 3 bytes')
    expect(await outcome(new Uint8Array(100))).toMatch(/found neither PAR1 at its start nor at its end/)
    const encrypted = Uint8Array.from(readFileSync(fixture('default')))
    encrypted.set(Buffer.from('PARE'), encrypted.length - 4)
    expect(await outcome(encrypted)).toBe('expected a Parquet file, found an encrypted one')
  })

  it('may say that its footer is as long as it likes', async () => {
    const bytes = Uint8Array.from(readFileSync(fixture('default')))
    new DataView(bytes.buffer).setUint32(bytes.length - 8, 0xffff_fff0, true)
    expect(await outcome(bytes)).toMatch(/a footer of 4294967280 bytes in a file of \d+/)
  })
})

describe('a lying footer', () => {
  const thrift = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes)
  const list = (length: number): number[] => [0xfc, ...varint(length)]

  it.each<[string, Uint8Array, string]>([
    [
      'a list that is longer than the file',
      thrift(0x19, ...list(2 ** 31), 0),
      'a list of 2147483648 elements',
    ],
    [
      'a number of any length',
      thrift(0x16, ...new Array<number>(50_000).fill(0x80)),
      'a number that does not end',
    ],
    ['text that is longer than the file', thrift(0x18, ...varint(1000), 65), 'it ends early'],
    ['structs without end', thrift(...new Array<number>(1000).fill(0x1c)), 'nested too deeply'],
    ['lists without end', thrift(0x19, ...new Array<number>(1000).fill(0x19)), 'nested too deeply'],
    ['a type that does not exist', thrift(0x1d), 'unknown type 13'],
    ['no end', thrift(0x15, 2), 'it ends early'],
    [
      'a list of millions',
      Buffer.concat([thrift(0x19, ...list(5_000_000)), new Uint8Array(5_000_001)]),
      'more than 4000000',
    ],
  ])('%s is refused before hyparquet sees it', (_, bytes, message) => {
    expect(() => checkThrift(bytes)).toThrow(message)
  })

  it('that is right is walked to its end', () => {
    const kinds = thrift(
      0x11,
      0x12,
      0x13,
      7,
      0x14,
      1,
      0x15,
      1,
      0x16,
      1,
      0x17,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0x18,
      1,
      65,
    )
    const more = thrift(0x19, 0x21, 1, 1, 0x1c, 0, 0x05, 8, 2, 0)
    expect(() => checkThrift(Uint8Array.from([...kinds, ...more]))).not.toThrow()
    expect(() => checkThrift(Uint8Array.from([...kinds, ...more].slice(0, -1)))).toThrow('it ends early')
  })
})
