import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { EdgeSource } from '../../src/connectome/edges.ts'
import { edgesFromArrays } from '../../src/connectome/memory-edges.ts'
import { KernelMemory } from '../../src/kernels/memory.ts'
import { askedConnections } from '../../src/verification/asked.ts'
import { BucketRows } from '../../src/verification/bucket-rows.ts'
import { keyBytesFor, planBuckets } from '../../src/verification/buckets.ts'
import { compareEdges } from '../../src/verification/compare.ts'
import { summarizeEdges } from '../../src/verification/summary.ts'

it('buckets are consecutive targets with all their rows, small enough or of one target', () => {
  const rows = fc.array(fc.nat(9), { minLength: 1, maxLength: 80 })
  const shifts = new Set<number>()
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 400 }), fc.nat(80), fc.nat(80), (rowsOf, most, from, to) => {
      const range = { from, to: to > 70 ? Number.POSITIVE_INFINITY : to }
      const { bucketOf, shift, firstTargets, offsets } = planBuckets(
        Uint32Array.from(rowsOf),
        100,
        most,
        range,
      )
      shifts.add(shift)
      const targets = rowsOf.map((_, target) => target)
      const bucketOfTarget = (target: number): number => bucketOf[target >> shift] ?? -1
      let before = 0
      firstTargets.forEach((first, bucket) => {
        const members = targets.filter(target => bucketOfTarget(target) === bucket)
        expect(members[0]).toBe(first)
        expect(members.at(-1)).toBe(first + members.length - 1)
        expect(offsets[bucket]).toBe(before)
        const inside = members.reduce((sum, target) => sum + (rowsOf[target] ?? 0), 0)
        if (inside > most) expect(members.length).toBe(1)
        before += inside
      })
      expect(offsets.at(-1)).toBe(before)
      for (const target of targets) {
        const isInside = target >= range.from && target < range.to
        if (!isInside) expect(bucketOfTarget(target)).toBe(firstTargets.length)
        else expect(bucketOfTarget(target)).toBeLessThan(firstTargets.length)
      }
    }),
    { numRuns: 500 },
  )
  expect([...shifts].toSorted()).toEqual([0, 1, 2, 3, 4, 5])
})

it('keys have 8 bytes where 4 do not hold a source and enough targets', async () => {
  expect([
    keyBytesFor(219_422, 219_422),
    keyBytesFor(2 ** 24, 2 ** 20),
    keyBytesFor(2 ** 24, 2 ** 24),
  ]).toEqual([4, 4, 8])
  // Most sources, few edges: the ids of both ends come back whole.
  const sourceCount = 2 ** 26
  const source = Uint32Array.of(sourceCount - 1, 5, sourceCount - 1, 0)
  const target = Uint32Array.of(9_999, 9_998, 0, 9_999)
  const ids = { source, target, sourceCount, targetCount: 2 ** 22, targetPopulation: 'other' }
  const summary = await summarizeEdges(edgesFromArrays(ids))
  const sorted = await summarizeEdges(
    edgesFromArrays({
      ...ids,
      source: Uint32Array.of(sourceCount - 1, 5, 0, sourceCount - 1),
      target: Uint32Array.of(0, 9_998, 9_999, 9_999),
    }),
  )
  expect(summary).toEqual({ ...sorted, order: 'none' })
  expect(keyBytesFor(sourceCount, 2 ** 22)).toBe(8)
})

it('rows in no order are counted and dealt once, however many populations are found to be in none', async () => {
  const rows = 4096
  const ids = (step: number): Uint32Array => Uint32Array.from({ length: rows }, (_, k) => (k * step) % 97)
  const nodes = { sourceCount: 97, targetCount: 97 }
  const edges = edgesFromArrays({ source: ids(5), target: ids(31), ...nodes })
  let read = 0
  const counted: EdgeSource = {
    ...edges,
    target: {
      ...edges.target,
      readInto: (first, count, into) => {
        read += count
        return edges.target.readInto(first, count, into)
      },
    },
  }
  const all = {
    population: 'default',
    populationSize: 97,
    ids: Uint32Array.from({ length: 97 }, (_, k) => k),
    expression: 'all',
  }
  const asked = askedConnections(all, all, undefined, undefined)
  const manipulated = [1, 2].map(() => ({ edges: { ...edges }, asked }))
  const windowRows = 64
  const outcomes = await compareEdges(counted, manipulated, all, all, { keep: 1, windowRows })
  expect(outcomes.map(({ comparison }) => comparison?.order)).toEqual([
    { original: 'none', manipulated: 'none' },
    { original: 'none', manipulated: 'none' },
  ])
  // Once to count, once to deal, and the first window that showed that they are in no order.
  expect(read).toBeLessThanOrEqual(2 * rows + windowRows)
})

it.each([0, 2 ** 20])(
  'rows that were others when they were counted are noticed, with %d bytes',
  async left => {
    const rows = 9_000
    const ids = (step: number): Uint32Array => Uint32Array.from({ length: rows }, (_, k) => (k * step) % 97)
    const edges = edgesFromArrays({ source: ids(5), target: ids(31), sourceCount: 97, targetCount: 97 })
    const changing = (row: number, from: number): EdgeSource => {
      let reads = 0
      const readInto: EdgeSource['target']['readInto'] = (first, count, into) => {
        const pending = edges.target.readInto(first, count, into)
        if (first === 0) reads++
        if (reads >= from && row >= first && row < first + count) into[4 * (row - first)] = 1
        return pending
      }
      return { ...edges, target: { ...edges.target, readInto } }
    }
    const error = 'changed while it was read'
    for (const row of [0, 5_000, rows - 1]) {
      expect(edges.target.type).toBe('u32')
      const windows = new BucketRows(new KernelMemory('checked'), changing(row, 2), 1024, {
        budget: { left },
        range: { from: 0, to: Number.POSITIVE_INFINITY },
        bucketRows: 100,
      })
      await expect(windows.next()).rejects.toThrow(error)
    }
  },
)

it.each([0, 2 ** 20])('rows come in order from buckets, with %d bytes for their keys', async left => {
  const rows = 30_000
  const nodes = 300
  // A third of the rows have one target, more than a bucket takes.
  const target = Uint32Array.from({ length: rows }, (_, k) => (k % 3 === 0 ? 7 : (k * 7919) % nodes))
  const source = Uint32Array.from({ length: rows }, (_, k) => (k * 104_729) % nodes)
  const edges = edgesFromArrays({ source, target, sourceCount: nodes, targetCount: nodes })
  const keyOf = (row: number): number => (target[row] ?? 0) * nodes + (source[row] ?? 0)
  for (const [from, to] of [
    [0, Number.POSITIVE_INFINITY],
    [64, 160],
    [5, 131],
  ] as const) {
    const memory = new KernelMemory('checked')
    const options = { budget: { left }, range: { from, to }, bucketRows: 2_000 }
    const windows = new BucketRows(memory, edges, 1024, options)
    const found: number[] = []
    for (let final = false; !final; ) {
      const window = await windows.next()
      const [sources, targets] = [window.source, window.target].map(at => memory.words(at, window.length))
      for (let k = 0; k < window.length; k++) found.push((targets?.[k] ?? 0) * nodes + (sources?.[k] ?? 0))
      final = window.final
    }
    windows.close()
    const inRange = [...target.keys()].filter(row => (target[row] ?? 0) >= from && (target[row] ?? 0) < to)
    expect(found).toEqual(inRange.map(keyOf).toSorted((a, b) => a - b))
  }
})
