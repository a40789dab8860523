import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HISTOGRAMS_BYTES } from '../../src/kernels/abi.ts'
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
})
