/** The benchmark measures what it says: twins agree with the kernels, phases are parts of the wall time. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { measureBandwidth } from '../../src/bench/bandwidth.ts'
import { benchCircuit } from '../../src/bench/circuit.ts'
import { benchKernels } from '../../src/bench/kernels.ts'
import { cooToCscTwin, mapGidsTwin, reciprocalPairsTwin, removedAsAskedTwin } from '../../src/bench/twins.ts'
import { cooToCsc, mapGids, maskDifference, reciprocalPairs } from '../../src/kernels/index.ts'
import { circuitOf } from '../shards/circuits.ts'

const NODES = 20
const id = fc.nat(NODES - 1)

describe('twins in TypeScript', () => {
  it('give what the kernels give', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(id, id), { maxLength: 200 }), fc.uniqueArray(id), (edges, selected) => {
        const row = Uint32Array.from(edges, ([source]) => source)
        const coo = { rows: NODES, columns: NODES, row, column: Uint32Array.from(edges, ([, t]) => t) }
        const csc = cooToCsc(coo)
        expect(cooToCscTwin(coo)).toEqual(csc)
        expect(reciprocalPairsTwin(csc)).toBe(reciprocalPairs(csc))
        const ids = Uint32Array.from(selected)
        expect(mapGidsTwin(ids, row)).toEqual(mapGids(ids, row).indices)
        const none = cooToCsc({ ...coo, row: new Uint32Array(0), column: new Uint32Array(0) })
        expect(removedAsAskedTwin(csc, csc, none)).toBe(0)
        expect(removedAsAskedTwin(csc, none, csc)).toBe(maskDifference(csc, none, csc).removedAsAsked)
      }),
      { numRuns: 100 },
    )
  })
})

describe('measurements', () => {
  it('of kernels have a rate for each and every round', () => {
    const all = benchKernels(2000, 2)
    expect(all.map(({ kernel }) => kernel)).toEqual([
      'GID to index',
      'COO to CSC',
      'mask difference',
      'reciprocal pairs',
    ])
    for (const { ours, twin, raw } of all) {
      expect(Math.min(ours, twin)).toBeGreaterThan(0)
      expect([raw.ours.length, raw.twin.length]).toEqual([2, 2])
    }
  })

  it('of a circuit are parts of the wall time, of a verification that was made', async () => {
    const rows = Array.from({ length: 3000 }, (_, k) => [(k * 3) % 14, Math.floor(k / 300)] as const)
    const original = circuitOf('original', { rows, order: 'tgt,src' })
    const changed = circuitOf('changed', { rows: rows.slice(300), order: 'tgt' })
    const result = await benchCircuit({ original, manipulated: [changed] }, 3)
    expect(result).toMatchObject({ rows: 5700, bytes: 5700 * 12, rounds: 3, verdict: 'differs' })
    expect(result.raw).toHaveLength(3)
    for (const { wall, ...phases } of result.raw) {
      const all = Object.values(phases)
      expect(Math.min(...all)).toBeGreaterThanOrEqual(0)
      expect(all.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(wall * 1.001)
    }
    // Rows of one of the two are sorted by target only.
    for (const phase of ['read', 'map', 'group', 'compare'] as const)
      expect(result.milliseconds[phase]).toBeGreaterThan(0)
  })

  it('of bandwidth leave no file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'connproof-bandwidth-'))
    const all = measureBandwidth(folder, 1)
    expect(all.map(({ what }) => what)).toEqual(['memory copy', 'disk write', 'disk read'])
    expect(Math.min(...all.map(({ rate }) => rate))).toBeGreaterThan(0)
    expect(readdirSync(folder)).toEqual([])
    rmSync(folder, { recursive: true })
  })
})
