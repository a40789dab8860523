import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as abi from '../../src/kernels/abi.ts'
import type { KernelBuild } from '../../src/kernels/load.ts'
import { KernelMemory } from '../../src/kernels/memory.ts'
import {
  type HybridRun,
  hybridBytes,
  hybridValues,
  type SnappyPart,
  snappyBlock,
} from '../reference/parquet.ts'

/** Bytes with nothing but noise behind them, so that reading too far shows. */
function place(memory: KernelMemory, bytes: Uint8Array): number {
  const pointer = memory.allocate(bytes.length + abi.PAGE_SLACK)
  memory.bytes(pointer, bytes.length + abi.PAGE_SLACK).fill(0xa5)
  memory.bytes(pointer, bytes.length).set(bytes)
  return pointer
}

const byte = fc.nat(255)
/** Copies reach back at most as far as there are bytes. */
const snappyParts = fc
  .array(
    fc.oneof(
      fc.record({
        kind: fc.constant('literal' as const),
        bytes: fc.oneof(
          fc.array(byte, { minLength: 1, maxLength: 80 }),
          fc.array(byte, { minLength: 250, maxLength: 300 }),
        ),
      }),
      fc.record({
        kind: fc.constant('copy' as const),
        back: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.nat(2000)),
        length: fc.integer({ min: 1, max: 64 }),
        form: fc.constantFrom(1 as const, 2 as const, 4 as const),
      }),
    ),
    { maxLength: 30 },
  )
  .map(parts => {
    let length = 0
    return parts.flatMap((part): SnappyPart[] => {
      if (part.kind === 'literal') {
        length += part.bytes.length
        return [part]
      }
      if (length === 0) return []
      const form = part.form
      const offset = 1 + (part.back % Math.min(length, form === 1 ? 2047 : length))
      const copied = form === 1 ? 4 + (part.length % 8) : part.length
      length += copied
      return [{ kind: 'copy', offset, length: copied, form }]
    })
  })

const hybrid = fc.integer({ min: 0, max: 32 }).chain(width => {
  const value = fc.maxSafeNat().map(n => n % 2 ** width)
  const run: fc.Arbitrary<HybridRun> = fc.oneof(
    fc.record({ kind: fc.constant('repeat' as const), value, count: fc.nat(60) }),
    fc.record({ kind: fc.constant('packed' as const), values: fc.array(value, { maxLength: 50 }) }),
  )
  return fc.record({ width: fc.constant(width), runs: fc.array(run, { maxLength: 8 }) })
})

function openHybrid(memory: KernelMemory, bytes: Uint8Array, width: number): number {
  const at = place(memory, bytes)
  const state = memory.allocate(abi.HYBRID_BYTES)
  const words = memory.words(state, abi.HYBRID_BYTES / 4)
  words.fill(0)
  words[abi.HYBRID_AT / 4] = at
  words[abi.HYBRID_END / 4] = at + bytes.length
  words[abi.HYBRID_WIDTH / 4] = width
  return state
}

describe.each<KernelBuild>(['release', 'checked'])('%s kernels of Parquet', build => {
  it('decompress snappy, and write nothing behind it but slack', () => {
    fc.assert(
      fc.property(snappyParts, parts => {
        const { block, bytes } = snappyBlock(parts)
        const memory = new KernelMemory(build)
        const from = place(memory, block)
        const into = place(memory, new Uint8Array(bytes.length))
        const behind = memory.place(Uint8Array.of(1, 2, 3))
        expect(memory.kernels.snappyDecode(from, block.length, into, bytes.length)).toBe(1)
        expect([...memory.bytes(into, bytes.length)]).toEqual([...bytes])
        expect([...memory.bytes(behind, 3)]).toEqual([1, 2, 3])
        expect(memory.kernels.snappyDecode(from, block.length, into, bytes.length + 1)).toBe(0)
        if (block.length > 1)
          expect(memory.kernels.snappyDecode(from, block.length - 1, into, bytes.length)).toBe(0)
      }),
      { numRuns: 300 },
    )
  })

  it('refuse snappy blocks that are damaged, and never leave the buffers', () => {
    fc.assert(
      fc.property(snappyParts, fc.array(fc.tuple(fc.nat(2000), byte), { maxLength: 6 }), (parts, flips) => {
        const { block, bytes } = snappyBlock(parts)
        for (const [at, value] of flips) block[at % block.length] = value
        const memory = new KernelMemory(build)
        const before = memory.place(new Uint8Array(64).fill(7))
        const from = place(memory, block)
        const into = place(memory, new Uint8Array(bytes.length))
        const behind = memory.place(new Uint8Array(64).fill(7))
        expect(memory.kernels.snappyDecode(from, block.length, into, bytes.length)).toBeOneOf([0, 1])
        for (const guard of [before, behind]) expect(memory.bytes(guard, 64).every(b => b === 7)).toBe(true)
      }),
      { numRuns: 300 },
    )
    const copies = Array.from({ length: 40 }, () => [254, 4, 0]).flat()
    const memory = new KernelMemory(build)
    const into = memory.allocate(4 + abi.SNAPPY_SLACK)
    const behind = memory.place(new Uint8Array(4096).fill(7))
    const long = place(memory, Uint8Array.of(4, 12, 1, 2, 3, 4, ...copies))
    expect(memory.kernels.snappyDecode(long, 6 + copies.length, into, 4)).toBe(0)
    expect(memory.bytes(behind, 4096).every(b => b === 7)).toBe(true)
    const decode = (bytes: number[], length: number): number =>
      memory.kernels.snappyDecode(
        place(memory, Uint8Array.from(bytes)),
        bytes.length,
        memory.allocate(256),
        length,
      )
    expect(decode([4, 12, 1, 2, 3, 4], 4)).toBe(1)
    expect(decode([4, 12, 1, 2, 3], 4)).toBe(0) // the literal is cut
    expect(decode([3, 12, 1, 2, 3, 4], 3)).toBe(0) // more than said
    expect(decode([5, 12, 1, 2, 3, 4], 5)).toBe(0) // less than said
    expect(decode([9, 12, 1, 2, 3, 4], 4)).toBe(0) // another size in front
    expect(decode([8, 12, 1, 2, 3, 4, 14, 0, 0], 8)).toBe(0) // offset 0
    expect(decode([8, 12, 1, 2, 3, 4, 14, 5, 0], 8)).toBe(0) // before the start
    expect(decode([0x80, 0x80, 0x80, 0x80, 0x80, 1], 0)).toBe(0) // a size beyond 32 bits
    expect(decode([4, 0xfc, 255, 255, 255, 255], 4)).toBe(0) // a literal of 4 GiB
  })

  it('decode dictionary indices of every width, in pieces of any size', () => {
    fc.assert(
      fc.property(
        hybrid,
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 200 }),
        (page, piece, length) => {
          const { width, runs } = page
          const memory = new KernelMemory(build)
          const dictionary = memory.place(
            Uint32Array.from({ length: length + 1 }, (_, k) => (k === length ? abi.NONE : 7 * k + 1)),
          )
          const expected = hybridValues(runs).map(index => (index < length ? 7 * index + 1 : abi.NONE))
          const state = openHybrid(memory, hybridBytes(runs, width), width)
          const ids = memory.allocate(4 * piece)
          const decoded: number[] = []
          for (;;) {
            const count = Math.min(piece, expected.length - decoded.length)
            expect(memory.kernels.decodeIndices(state, count, dictionary, length, ids) >>> 0).toBe(count)
            decoded.push(...memory.words(ids, count))
            if (decoded.length === expected.length) break
          }
          expect(decoded).toEqual(expected)
          expect(memory.kernels.decodeIndices(state, piece, dictionary, length, ids) >>> 0).toBe(0)
        },
      ),
      { numRuns: 400 },
    )
  })

  it('decode fewer indices where the page is cut, and any bytes without leaving it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 0, max: 32 }), (bytes, width) => {
        const memory = new KernelMemory(build)
        const dictionary = memory.place(Uint32Array.of(5, 6, abi.NONE))
        const ids = memory.allocate(4 * 1000)
        const behind = memory.place(new Uint8Array(64).fill(7))
        const state = openHybrid(memory, bytes, width)
        const done = memory.kernels.decodeIndices(state, 1000, dictionary, 2, ids) >>> 0
        expect(done).toBeLessThanOrEqual(1000)
        expect(memory.words(ids, done).every(id => [5, 6, abi.NONE].includes(id))).toBe(true)
        expect(memory.bytes(behind, 64).every(b => b === 7)).toBe(true)
      }),
    )
  })

  it('do not take a repeated index that is cut off', () => {
    for (const bytes of [[8], [8, 1], [8, 1, 0]]) {
      const memory = new KernelMemory(build)
      const dictionary = memory.place(Uint32Array.of(5, 6, abi.NONE))
      const ids = memory.allocate(16)
      const state = openHybrid(memory, Uint8Array.from(bytes), 17)
      expect(memory.kernels.decodeIndices(state, 4, dictionary, 2, ids)).toBe(0)
    }
  })

  it('find the first null', () => {
    fc.assert(
      fc.property(
        hybrid.filter(({ width }) => width === 1),
        fc.nat(200),
        ({ runs }, more) => {
          const levels = hybridValues(runs)
          const memory = new KernelMemory(build)
          const bytes = hybridBytes(runs, 1)
          const at = place(memory, bytes)
          const count = Math.min(levels.length, more)
          const first = levels.slice(0, count).indexOf(0)
          const found = (n: number): number => memory.kernels.firstNull(at, at + bytes.length, n) >>> 0
          expect(found(count)).toBe(first < 0 ? abi.NONE : first)
          if (!levels.includes(0)) expect(found(levels.length + 1)).toBe(levels.length + 1)
        },
      ),
    )
    const memory = new KernelMemory(build)
    const at = place(memory, Uint8Array.of(8, 1, 3, 0b11101111))
    expect(memory.kernels.firstNull(at, at + 4, 12) >>> 0).toBe(8)
    expect(memory.kernels.firstNull(at, at + 4, 8) >>> 0).toBe(abi.NONE)
  })

  it('narrow dictionaries, and find what is no id', () => {
    const cases: [number, ArrayBufferView, number[]][] = [
      [abi.TYPE_I64, BigInt64Array.of(0n, -1n, 2n ** 32n - 2n, 2n ** 32n - 1n, 2n ** 40n), [1, 0, 1, 0, 0]],
      [abi.TYPE_U64, BigUint64Array.of(7n, 2n ** 64n - 1n, 2n ** 32n - 2n), [1, 0, 1]],
      [abi.TYPE_I32, Int32Array.of(7, -1, 2 ** 31 - 1), [1, 0, 1]],
      [abi.TYPE_U32, Uint32Array.of(7, 2 ** 32 - 1, 2 ** 32 - 2), [1, 0, 1]],
    ]
    for (const [type, values, fits] of cases) {
      const memory = new KernelMemory(build)
      const from = place(memory, new Uint8Array(values.buffer))
      const ids = memory.allocate(4 * fits.length)
      const bad = memory.kernels.narrowDictionary(type, from, fits.length, ids)
      expect(bad).toBe(fits.filter(fit => !fit).length)
      const wanted = Array.from(values as unknown as ArrayLike<bigint | number>, (value, k) =>
        fits[k] ? Number(value) : abi.NONE,
      )
      expect([...memory.words(ids, fits.length)]).toEqual(wanted)
      expect(memory.kernels.firstNone(ids, fits.length) >>> 0).toBe(fits.indexOf(0))
      expect(memory.kernels.firstNone(ids, fits.indexOf(0)) >>> 0).toBe(abi.NONE)
    }
  })
})
