/** The verdict hangs on every single bit of the mask: flip one, and exactly that connection is named. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/demo/random.ts'
import { readMask } from '../../src/selection/mask.ts'
import { openCircuit } from '../../src/sonata/circuit.ts'
import { verify } from '../../src/verify.ts'
import { some } from '../counts.ts'
import { hasShared } from '../shared.ts'
import { type Bit, flipped, isTrue, meaning, named, remembering } from './flip.ts'
import { originalPairs, prepare, runsWithWholeMask } from './real-runs.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-bits-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.skipIf(!hasShared)('one bit of the mask of a real run flipped', () => {
  it.each(runsWithWholeMask())(
    '$name: exactly that connection is named',
    async run => {
      const prepared = prepare(run, folder)
      const [original, manipulated] = [
        await openCircuit(prepared.original),
        await openCircuit(prepared.manipulated),
      ]
      const mask = await readMask(prepared.mask)
      const connected = new Set((await originalPairs(prepared)).map(String))
      const { sourcePopulation, targetPopulation } = await original.edgePopulation()
      const sources = await meaning(original, prepared.source, sourcePopulation)
      const targets = await meaning(original, prepared.target, targetPopulation)
      const circuits = [remembering(original), remembering(manipulated)] as const
      for (const bit of some(bitsToFlip(mask), 4)) {
        const pair = [sources[bit.row], targets[bit.column]]
        const [proof] = await verify({
          original: circuits[0],
          manipulated: [circuits[1]],
          // Small windows are quicker to make; the result does not depend on them.
          windowRows: 512,
          level: 'connections',
          removed: flipped(mask, bit),
          source: prepared.source,
          target: prepared.target,
          idBase: 0,
        })
        const asked = connected.has(String(pair)) ? 'asked.still_there' : 'asked.absent'
        const code = isTrue(mask, bit) ? 'lost.not_asked' : asked
        expect(proof?.verdict).toBe('differs')
        expect(named(proof)).toEqual([{ code, count: 1, pairs: [pair] }])
      }
      original.close()
      manipulated.close()
    },
    240_000,
  )
})

/** In every run a fourth of these, at night all. Every bit of a small mask; of others every True, the corners, and 300 drawn, most of them unconnected pairs. */
function bitsToFlip(mask: { rows: number; columns: number; row: Uint32Array; column: Uint32Array }): Bit[] {
  const bits: Bit[] = []
  if (mask.rows * mask.columns <= 10_000) {
    for (let column = 0; column < mask.columns; column++) {
      for (let row = 0; row < mask.rows; row++) bits.push({ row, column })
    }
    return bits
  }
  for (const [k, row] of mask.row.entries()) bits.push({ row, column: mask.column[k] ?? 0 })
  const [lastRow, lastColumn] = [mask.rows - 1, mask.columns - 1]
  bits.push({ row: 0, column: 0 }, { row: lastRow, column: 0 })
  bits.push({ row: 0, column: lastColumn }, { row: lastRow, column: lastColumn })
  const random = seededRandom('flip')
  for (let k = 0; k < 300; k++)
    bits.push({ row: random.below(mask.rows), column: random.below(mask.columns) })
  return bits
}
