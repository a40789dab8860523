import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as abi from '../../src/kernels/abi.ts'
import type { KernelBuild } from '../../src/kernels/load.ts'
import { KernelMemory } from '../../src/kernels/memory.ts'
import { type PairInput, referencePairs } from '../reference/align.ts'

const NODES = 4
const id = fc.nat(NODES - 1)
const rowsOf = fc.array(fc.tuple(id, id), { maxLength: 40 })
const input = fc
  .record({
    rows: rowsOf,
    // Only zeros: one group, where rows are followed four at a time.
    groupOf: fc
      .nat(1)
      .chain(several => fc.array(fc.nat(2 * several), { minLength: NODES, maxLength: NODES })),
    drop: fc.array(fc.nat(39), { maxLength: 6 }),
    bits: fc.option(fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), { nil: undefined }),
  })
  .map(({ rows, groupOf, drop, bits }): PairInput => {
    const groups = [0, 1, 2].map(group =>
      rows.filter(([, target], k) => groupOf[target] === group && !drop.includes(k) && bits?.[k] !== false),
    )
    return { rows, groups, groupOf, keep: bits }
  })

const u32 = (values: readonly number[]) => Uint32Array.from(values)

/** Pairs as the twin gives them, from runs. */
function pairs(
  build: KernelBuild,
  { rows, groups, groupOf, keep }: PairInput,
): [number, number, number][] | number {
  const memory = new KernelMemory(build)
  const place = (values: readonly number[]) => memory.place(u32([...values, 0]))
  const source = place(rows.map(([s]) => s))
  const target = place(rows.map(([, t]) => t))
  const flat = groups.flat()
  const otherSource = place(flat.map(([s]) => s))
  const otherTarget = place(flat.map(([, t]) => t))
  const starts = groups.map((_, k) => groups.slice(0, k).reduce((sum, group) => sum + group.length, 0))
  const cursors = place(starts)
  const limits = place(groups.map((group, k) => (starts[k] ?? 0) + group.length))
  const bits = new Uint8Array(8)
  keep?.forEach((is, k) => {
    if (is) bits[k >> 3] = (bits[k >> 3] ?? 0) | (1 << (k & 7))
  })
  const kept = keep === undefined ? 0 : memory.place(bits)
  const table = groupOf.every(group => group === 0) ? 0 : memory.place(Uint16Array.from(groupOf))
  const runs = memory.allocate((rows.length + 1) * abi.RUN_BYTES)
  const count =
    memory.kernels.pairRows(
      source,
      target,
      rows.length,
      kept,
      table,
      cursors,
      limits,
      otherSource,
      otherTarget,
      runs,
    ) >>> 0
  if (count === abi.NONE) return memory.load(runs)
  const words = memory.words(runs, count * 3)
  const found: [number, number, number][] = []
  for (let k = 0; k < words.length; k += 3)
    for (let r = 0; r < (words[k + 2] ?? 0); r++) {
      const other = (words[k + 1] ?? 0) + r
      const group = starts.findLastIndex(
        (start, g) => start <= other && (groups[g]?.length ?? 0) > other - start,
      )
      found.push([(words[k] ?? 0) + r, group, other - (starts[group] ?? 0)])
    }
  return found
}

const expectedPairs = (runs: readonly number[]): number[] =>
  runs.flatMap((row, k) => {
    if (k % 3 !== 0) return []
    const [other = 0, length = 0] = [runs[k + 1], runs[k + 2]]
    return Array.from({ length }, (_, n) => [row + n, other + n]).flat()
  })

describe.each<KernelBuild>(['release', 'checked'])('%s kernels', build => {
  it('pair rows as the slow twin does, in groups, with and without rows that must stay', () => {
    fc.assert(
      fc.property(input, one => {
        expect(pairs(build, one)).toEqual(referencePairs(one))
      }),
      { numRuns: 500 },
    )
  })

  it('compare values of every width, and mark the rows that differ', () => {
    const lengths = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(1, 2, 500))
    const runs = fc.array(fc.tuple(fc.nat(3), fc.nat(5), lengths), { maxLength: 6 })
    const one = fc.tuple(
      fc.constantFrom(1, 2, 3, 4, 8, 12, 64),
      runs,
      fc.array(fc.oneof(fc.nat(100), fc.nat(5000)), { maxLength: 4 }),
    )
    fc.assert(
      fc.property(one, ([width, gaps, flips]) => {
        const memory = new KernelMemory(build)
        let [row, other] = [0, 0]
        const words = gaps.flatMap(([a, b, length]) => {
          const run = [row + a, other + b, length]
          row += a + length
          other += b + length
          return run
        })
        const before = Uint8Array.from({ length: row * width }, (_, k) => (k * 7) & 255)
        const after = new Uint8Array(other * width)
        for (let k = 0; k < words.length; k += 3) {
          const [r = 0, o = 0, length = 0] = words.slice(k, k + 3)
          after.set(before.subarray(r * width, (r + length) * width), o * width)
        }
        for (const flip of flips) if (flip < after.length) after[flip] = (after[flip] ?? 0) ^ 16
        const expected = new Uint8Array(row)
        for (let k = 0; k < words.length; k += 3)
          for (let n = 0; n < (words[k + 2] ?? 0); n++) {
            const [r, o] = [(words[k] ?? 0) + n, (words[k + 1] ?? 0) + n]
            const [x, y] = [
              before.subarray(r * width, (r + 1) * width),
              after.subarray(o * width, (o + 1) * width),
            ]
            if (Buffer.compare(x, y) !== 0) expected[r] = 1
          }
        const [a, b] = [memory.place(before), memory.place(after)]
        const at = memory.place(u32(words))
        const dirty = memory.allocate(row + 1)
        memory.bytes(dirty, row + 1).fill(0)
        const count = memory.kernels.compareRuns(a, b, width, at, words.length / 3, dirty) >>> 0
        expect(memory.bytes(dirty, row)).toEqual(expected)
        expect(count).toBe(expected.reduce((sum, is) => sum + is, 0))
        const listed = expectedPairs(words)
        const pairs = memory.allocate((listed.length + 1) * 4)
        expect(memory.kernels.listPairs(at, words.length / 3, pairs) >>> 0).toBe(listed.length / 2)
        expect([...memory.words(pairs, listed.length)]).toEqual(listed)
        memory.bytes(dirty, row + 1).fill(0)
        expect(memory.kernels.comparePairs(a, b, width, pairs, listed.length / 2, dirty) >>> 0).toBe(count)
        expect(memory.bytes(dirty, row)).toEqual(expected)
      }),
      { numRuns: 300 },
    )
  })

  it('spread values into records and collect them again, in any order', () => {
    const one = fc.tuple(fc.constantFrom(1, 3, 4, 8, 12), fc.integer({ min: 1, max: 50 }), fc.integer())
    fc.assert(
      fc.property(one, ([width, count, seed]) => {
        const memory = new KernelMemory(build)
        const values = Uint8Array.from({ length: width * count }, (_, k) => (k * 31 + seed) & 255)
        const places = u32(Array.from({ length: count }, (_, k) => count - 1 - k))
        const stride = width + 5
        const [from, at, records, back] = [
          memory.place(values),
          memory.place(places),
          memory.allocate(count * stride),
          memory.allocate(values.length),
        ]
        memory.kernels.spreadValues(from, width, at, count, records, stride)
        const last = memory.bytes(records, width)
        expect([...last]).toEqual([...values.subarray((count - 1) * width)])
        memory.kernels.collectValues(records, stride, width, at, count, back)
        expect(memory.bytes(back, values.length)).toEqual(values)
      }),
    )
  })
})
