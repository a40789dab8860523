/** The map of rows: what each row of the original has become, as a file. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { EdgeMaps } from '../src/edge-maps.ts'
import { InputError } from '../src/errors.ts'
import { parseNpy } from '../src/formats/npy.ts'
import { openCircuit } from '../src/open-circuit.ts'
import type { MaskFile } from '../src/selection/mask.ts'
import { type VerifyOptions, verify } from '../src/verify.ts'
import { NEURONS, type Synapse, writeReferring } from './full/referring.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-edge-maps-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const out = join(folder, 'map.npy')
beforeEach(() => rmSync(out, { force: true }))

/** Three synapses of each connection, of which two are equal. */
const ROWS: Synapse[] = Array.from({ length: 90 }, (_, k) => {
  const pair = Math.floor(k / 3)
  return { source: (5 * pair) % NEURONS, target: (pair * pair) % NEURONS, weight: k % 3 === 2 ? k : pair }
})
const unique = (row: Synapse): string => `${row.source} ${row.target}`
const connections = [...new Set(ROWS.map(unique))]
const GONE = new Set(connections.filter((_, k) => k % 4 === 0))
const isGone = (row: Synapse): boolean => GONE.has(unique(row))
const maskOf = (names: Iterable<string>): MaskFile => {
  const pairs = [...names].map(name => name.split(' ').map(Number))
  return {
    file: 'mask.npz',
    rows: NEURONS,
    columns: NEURONS,
    row: Uint32Array.from(pairs, ([source = 0]) => source),
    column: Uint32Array.from(pairs, ([, target = 0]) => target),
    sourceIds: undefined,
    targetIds: undefined,
  }
}

/** Reference: the k-th of equal rows is the k-th of equal rows. */
function expected(before: readonly Synapse[], after: readonly Synapse[]): number[] {
  const name = (row: Synapse): string => `${unique(row)} ${row.weight}`
  const places = new Map<string, number[]>()
  for (const [k, row] of after.entries()) places.set(name(row), [...(places.get(name(row)) ?? []), k])
  return before.map(row => (isGone(row) ? -1 : (places.get(name(row))?.shift() ?? -1)))
}

let made = 0
const write = (synapses: readonly Synapse[]): string =>
  writeReferring(join(folder, `c${made++}`), { synapses, contacts: [], noGlia: true })

async function prove(
  before: readonly Synapse[],
  after: readonly Synapse[],
  options: Partial<VerifyOptions> = {},
) {
  const original = await openCircuit(write(before))
  try {
    const [proof] = await verify({
      original,
      manipulated: [write(after)],
      removed: maskOf(GONE),
      edgeMaps: [out],
      ...options,
    })
    return proof
  } finally {
    original.close()
  }
}

const read = (): number[] => {
  const array = parseNpy(readFileSync(out), out)
  expect([array.dtype, array.shape]).toEqual(['<i8', [ROWS.length]])
  return Array.from(array.data as BigInt64Array, Number)
}

const ORDERS: Readonly<Record<string, (rows: readonly Synapse[]) => Synapse[]>> = {
  'target, source': rows => [...rows].sort((a, b) => a.target - b.target || a.source - b.source),
  target: rows => [...rows].sort((a, b) => a.target - b.target || b.source - a.source),
  source: rows => [...rows].sort((a, b) => a.source - b.source || a.target - b.target),
  none: rows => [...rows],
}
const KEPT = ROWS.filter(row => !isGone(row))
const blocks = (rows: readonly Synapse[]): Synapse[] =>
  [0, 1, 2].flatMap(block => rows.filter(({ target }) => Math.floor(target / 4) === block))

describe('the map of rows', () => {
  it.each(Object.entries(ORDERS))('is that of every row, of rows in order of %s', async (_, arrange) => {
    const before = arrange(ROWS)
    for (const after of [before.filter(row => !isGone(row)), blocks(before.filter(row => !isGone(row)))])
      for (const windowRows of [8, undefined]) {
        const proof = await prove(before, after, { windowRows, force: true })
        expect(proof).toMatchObject({
          verdict: 'verified',
          edgeMap: { file: out, written: true, rows: ROWS.length, kept: KEPT.length },
        })
        expect(read()).toEqual(expected(before, after))
      }
  })

  it('passes new rows over, wherever they are, and needs little memory', async () => {
    const added: Synapse[] = Array.from({ length: 3 }, (_, k) => ({ source: k, target: 11 - k, weight: 0 }))
    const fresh = added.filter(row => !connections.includes(unique(row)))
    expect(fresh.length).toBeGreaterThan(0)
    for (const arrange of Object.values(ORDERS)) {
      const before = arrange(ROWS)
      for (const memory of [undefined, 16 * 24])
        for (const after of [
          [...before.filter(row => !isGone(row)), ...fresh],
          arrange([...before.filter(row => !isGone(row)), ...fresh]),
        ]) {
          const options = { added: maskOf(fresh.map(unique)), memory, force: true }
          const proof = await prove(before, after, options)
          expect(proof).toMatchObject({ verdict: 'verified', edgeMap: { written: true, kept: KEPT.length } })
          expect(read()).toEqual(expected(before, after))
        }
    }
  })

  it('is not written, with the reason, where edges are not as they should be', async () => {
    const other = KEPT.map((row, k) => (k === 7 ? { ...row, weight: 1000 } : row))
    for (const after of [other, ROWS, KEPT.slice(1), [...KEPT].reverse()]) {
      const proof = await prove(ROWS, after)
      expect(proof).toMatchObject({
        verdict: 'differs',
        edgeMap: { file: out, written: false, reason: 'edges are not as they should be' },
      })
      expect(existsSync(out)).toBe(false)
    }
    const missing = await prove(ROWS, KEPT, { manipulated: [join(folder, 'nowhere')] })
    expect(missing).toMatchObject({ verdict: 'cannot_tell', edgeMap: { written: false } })
    expect(readdirSync(folder).filter(name => name.includes('.npy'))).toEqual([])
  })

  it('is refused at level connections, over a file, and over what is read', async () => {
    await expect(prove(ROWS, KEPT, { level: 'connections' })).rejects.toThrow('level synapses or full')
    writeFileSync(out, 'mine')
    await expect(prove(ROWS, KEPT)).rejects.toThrow('exists already')
    expect(readFileSync(out, 'utf8')).toBe('mine')
    const manipulated = write(KEPT)
    for (const file of [manipulated, join(manipulated, '../chem.h5'), join(manipulated, '../neurons.h5')])
      await expect(
        prove(ROWS, KEPT, { manipulated: [manipulated], edgeMaps: [file], force: true }),
      ).rejects.toBeInstanceOf(InputError)
    const maps = new EdgeMaps()
    const after = join(folder, 'raw.bin')
    writeFileSync(after, 'mine')
    maps.open({ edgeMaps: [after], force: true, manipulated: [manipulated] }, [])
    maps.keep(0, { file: after, written: true, rows: 0, kept: 0 })
    expect(() => maps.commit([after])).toThrow('was read, and would be overwritten')
    maps.abort()
    expect(readFileSync(after, 'utf8')).toBe('mine')
    await expect(prove(ROWS, KEPT, { edgeMaps: [out, out], force: true })).rejects.toThrow('for 1 circuits')
    await expect(prove(ROWS, KEPT, { edgeMaps: [join(folder, 'none/map.npy')] })).rejects.toThrow('written')
  })
})
