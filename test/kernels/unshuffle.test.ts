import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { unshuffle } from '../../src/formats/hdf5/unshuffle.ts'
import type { KernelBuild } from '../../src/kernels/load.ts'
import { referenceUnshuffle } from '../reference/kernels.ts'

const size = fc.constantFrom(1, 2, 4, 8)

describe.each<KernelBuild>(['release', 'checked'])('the %s kernel', build => {
  it('puts elements together from planes of their bytes', () => {
    fc.assert(
      fc.property(size, fc.nat(200), fc.integer(), (elementSize, count, seed) => {
        const planes = Uint8Array.from(
          { length: elementSize * count },
          (_, i) => (seed + i * 7919) >> (i % 13),
        )
        expect(unshuffle(planes, elementSize, build)).toEqual(referenceUnshuffle(planes, elementSize))
      }),
      { numRuns: 300 },
    )
  })

  it('makes room for larger chunks, and what it gave before is not kept in the way', () => {
    for (const count of [1, 70_000, 3, 200_000]) {
      const values = BigUint64Array.from({ length: count }, (_, i) => BigInt(i) * 0x0102_0305_0711n)
      const bytes = new Uint8Array(values.buffer)
      const planes = bytes.map((_, i) => bytes[(i % count) * 8 + Math.floor(i / count)] ?? 0)
      expect(Buffer.compare(unshuffle(planes, 8, build), bytes)).toBe(0)
    }
  })
})
