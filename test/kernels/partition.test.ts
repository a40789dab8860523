import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HISTOGRAMS_BYTES, NONE, PLACE_BYTES } from '../../src/kernels/abi.ts'
import type { KernelBuild } from '../../src/kernels/load.ts'
import { KernelMemory } from '../../src/kernels/memory.ts'

/** Keys of any number of bits, as many as make digits of each size. */
const keys = fc
  .tuple(
    fc.boolean(),
    fc.nat(64),
    fc.constantFrom(0, 1, 2, 7, 600, 5000, 70_000),
    fc.integer({ min: 1, max: 2 ** 31 }),
  )
  .map(([wide, most, count, seed]) => {
    const bits = Math.min(most, wide ? 64 : 32)
    let state = BigInt(seed)
    const next = (): bigint => {
      state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n)
      return bits === 0 ? 0n : state >> BigInt(64 - bits)
    }
    return { wide, bits, values: BigUint64Array.from({ length: count }, next) }
  })

describe.each<KernelBuild>(['release', 'checked'])('%s kernels', build => {
  it('sort keys, whatever their bits and number', () => {
    fc.assert(
      fc.property(keys, ({ wide, bits, values }) => {
        const memory = new KernelMemory(build)
        const stored = wide ? values : Uint32Array.from(values, Number)
        const at = memory.place(new Uint8Array(stored.buffer))
        const scratch = memory.allocate(stored.byteLength)
        const histograms = memory.allocate(HISTOGRAMS_BYTES)
        const sorted =
          memory.kernels.sortKeys(at, scratch, values.length, bits, wide ? 1 : 0, histograms) >>> 0
        expect([at, scratch]).toContain(sorted)
        const bytes = memory.bytes(sorted, stored.byteLength).slice().buffer
        expect(wide ? new BigUint64Array(bytes) : new Uint32Array(bytes)).toEqual(stored.toSorted())
      }),
      { numRuns: 60 },
    )
  })

  it('find where the rows of targets are, and how many each group has', () => {
    const nodes = 9
    const one = fc.tuple(
      fc.array(fc.nat(nodes), { maxLength: 40 }),
      fc.array(fc.nat(4), { minLength: nodes, maxLength: nodes }),
      fc.nat(2 ** 40),
    )
    fc.assert(
      fc.property(one, ([targets, groupOf, first]) => {
        const memory = new KernelMemory(build)
        const at = memory.place(Uint32Array.from([...targets, 0]))
        const places = memory.allocate(nodes * PLACE_BYTES)
        memory.bytes(places, nodes * PLACE_BYTES).fill(0)
        const bad = targets.indexOf(nodes)
        const end = bad < 0 ? targets.length : bad
        expect(memory.kernels.placeTargets(at, targets.length, first, places, nodes) >>> 0).toBe(
          bad < 0 ? NONE : bad,
        )
        const good = targets.slice(0, end)
        const expected = Array.from({ length: nodes }, (_, target) => {
          const rows = good.flatMap((other, k) => (other === target ? [first + k] : []))
          return [rows.length, rows[0] ?? 0, rows.at(-1) ?? 0]
        })
        expect([...memory.doubles(places, 3 * nodes)]).toEqual(expected.flat())
        const counts = memory.place(new Uint32Array(5))
        memory.kernels.countGroups(at, good.length, memory.place(Uint16Array.from(groupOf)), counts)
        expect([...memory.words(counts, 5)]).toEqual(
          Array.from({ length: 5 }, (_, group) => good.filter(target => groupOf[target] === group).length),
        )
      }),
    )
  })

  it('mark the rows of runs, and take the bit from under an id', () => {
    const runs = fc.array(fc.tuple(fc.nat(9), fc.integer({ min: 1, max: 20 })), { maxLength: 6 })
    fc.assert(
      fc.property(runs, fc.nat(20), (gaps, behind) => {
        const memory = new KernelMemory(build)
        let row = 0
        const marked: number[] = []
        const words = gaps.flatMap(([gap, length]) => {
          const run = [row + gap, 0, length]
          for (let k = 0; k < length; k++) marked.push(row + gap + k)
          row += gap + length
          return run
        })
        const rows = row + behind
        const bits = memory.place(new Uint8Array(Math.ceil(rows / 8) + 1).fill(0x5a))
        memory.kernels.markRuns(memory.place(Uint32Array.from(words)), gaps.length, rows, bits)
        const found = memory.bytes(bits, Math.ceil(rows / 8) + 1)
        const isMarked = (k: number): number => ((found[k >> 3] ?? 0) >> (k & 7)) & 1
        const all = Array.from({ length: 8 * (found.length - 1) }, (_, k) => isMarked(k))
        expect(all.flatMap((is, k) => (is === 1 ? [k] : []))).toEqual(marked)
        expect(found.at(-1)).toBe(0x5a)
        const both = memory.place(Uint32Array.from(all, (bit, k) => 2 * (k * 7) + bit))
        const kept = memory.allocate(all.length)
        memory.kernels.splitKept(both, all.length, kept)
        expect([...memory.bytes(kept, all.length)]).toEqual(all)
        expect([...memory.words(both, all.length)]).toEqual(all.map((_, k) => k * 7))
      }),
    )
  })
})
