import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AsciiWriter } from '../../src/formats/ascii-writer.ts'

it('writes what string templates write', () => {
  const text = fc.string({ unit: 'grapheme-ascii' })
  const piece = fc.oneof(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), fc.nat(12), text)
  fc.assert(
    fc.property(fc.array(piece), pieces => {
      const writer = new AsciiWriter()
      for (const one of pieces) typeof one === 'number' ? writer.integer(one) : writer.text(one)
      expect(writer.toString()).toBe(pieces.join(''))
    }),
  )
  const large = Number.MAX_SAFE_INTEGER - 16
  expect(new AsciiWriter().integer(large).toString()).toBe('9007199254740975')
  const long = new AsciiWriter()
  for (let k = 0; k < 50_000; k++) long.integer(k).text(' and ')
  expect(long.toString()).toBe(Array.from({ length: 50_000 }, (_, k) => `${k} and `).join(''))
})
