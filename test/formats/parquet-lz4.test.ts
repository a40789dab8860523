import { describe, expect, it } from 'vitest'
import { decodeHadoopLz4, decodeLz4 } from '../../src/formats/parquet/lz4.ts'

const bytes = (...parts: (string | number)[]): Uint8Array =>
  Buffer.concat(parts.map(part => (typeof part === 'string' ? Buffer.from(part) : Buffer.of(part))))
const text = (out: Uint8Array): string => Buffer.from(out).toString()

/** `abc`, then 21 bytes from 3 back (token 15: 15 + 2 + 4), then `end`. */
const BLOCK = bytes(0x3f, 'abc', 3, 0, 2, 0x30, 'end')
const PLAIN = `${'abc'.repeat(8)}end`

describe('LZ4', () => {
  it('copies literals and matches, overlapping ones too', () => {
    expect(text(decodeLz4(BLOCK, PLAIN.length))).toBe(PLAIN)
    expect(text(decodeLz4(bytes(0xf0, 5, 'x'.repeat(20)), 20))).toBe('x'.repeat(20))
    expect(text(decodeLz4(bytes(0x80, 'abcdefgh', 8, 0, 0x10, '!'), 13))).toBe('abcdefghabcd!')
  })

  it.each<[string, Uint8Array, number]>([
    ['too long', BLOCK, PLAIN.length - 1],
    ['too short', BLOCK, PLAIN.length + 1],
    ['cut off', BLOCK.subarray(0, 5), PLAIN.length],
    ['a match before the start', bytes(0x10, 'a', 2, 0, 0x10, 'b'), 6],
    ['a match of offset 0', bytes(0x10, 'a', 0, 0, 0x10, 'b'), 6],
    ['a size that cannot be', bytes(0), 2 ** 31],
    ['nothing', bytes(), 4],
  ])('that is damaged throws: %s', (_, block, length) => {
    expect(() => decodeLz4(block, length)).toThrow(/lz4/)
    expect(() => decodeHadoopLz4(block, length)).toThrow(/lz4/)
  })

  it('is read behind the sizes of Hadoop, in several blocks, and without them', () => {
    const frame = Buffer.concat([bytes(0, 0, 0, PLAIN.length, 0, 0, 0, BLOCK.length), BLOCK])
    expect(text(decodeHadoopLz4(frame, PLAIN.length))).toBe(PLAIN)
    expect(text(decodeHadoopLz4(Buffer.concat([frame, frame]), 2 * PLAIN.length))).toBe(PLAIN + PLAIN)
    expect(text(decodeHadoopLz4(BLOCK, PLAIN.length))).toBe(PLAIN)
  })
})
