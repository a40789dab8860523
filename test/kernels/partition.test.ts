import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CLASSES,
  DONE,
  HISTOGRAMS_BYTES,
  LOST_NOT_ASKED,
  M_LIMITS,
  M_ORIGINAL_POSITION,
  M_RECORDS,
  M_RECORDS_CAPACITY,
  M_RECORDS_LENGTH,
  M_SOURCE_MEMBER,
  M_TARGET_MEMBER,
  MERGE_BYTES,
  MULTIPLICITY_CHANGED,
  NEED_ORIGINAL,
  NONE,
  PLACE_BYTES,
  RECORD_BYTES,
  RECORDS_PER_STEP,
} from '../../src/kernels/abi.ts'
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
    const run = fc.tuple(keys, fc.nat(0xffff_fffe), fc.nat(31))
    fc.assert(
      fc.property(run, ([{ wide, bits, values }, firstTarget, sourceBits]) => {
        const memory = new KernelMemory(build)
        const size = wide ? 64 : 32
        // As they are dealt: still with the targets before the first one of their bucket.
        const base = BigInt(firstTarget) << BigInt(sourceBits)
        const dealt = values.map(key => BigInt.asUintN(size, key + base))
        const stored = wide ? dealt : Uint32Array.from(dealt, Number)
        const at = memory.place(new Uint8Array(stored.buffer))
        const scratch = memory.allocate(stored.byteLength)
        const histograms = memory.allocate(HISTOGRAMS_BYTES)
        const layout = [firstTarget, sourceBits, bits, wide ? 1 : 0] as const
        const sorted = memory.kernels.sortKeys(at, scratch, values.length, ...layout, histograms) >>> 0
        expect([at, scratch]).toContain(sorted)
        const bytes = memory.bytes(sorted, stored.byteLength).slice().buffer
        const found = wide ? new BigUint64Array(bytes) : BigUint64Array.from(new Uint32Array(bytes), BigInt)
        expect(found).toEqual(values.toSorted())
      }),
      { numRuns: 60 },
    )
  })

  it('deal rows to buckets in their order, and take keys apart again', () => {
    const nodes = 40
    const rows = fc.array(fc.tuple(fc.nat(1000), fc.nat(nodes - 1)), { maxLength: 60 })
    const run = fc.tuple(rows, fc.integer({ min: 0, max: 3 }), fc.boolean(), fc.integer({ min: 1, max: 5 }))
    fc.assert(
      fc.property(run, ([dealt, shift, wide, buckets]) => {
        const memory = new KernelMemory(build)
        const keyBytes = wide ? 8 : 4
        const entries = Math.ceil(nodes / 2 ** shift)
        const bucketOf = Uint16Array.from({ length: entries }, (_, entry) =>
          Math.floor((entry * buckets) / entries),
        )
        const bucketOfTarget = (target: number): number => bucketOf[target >> shift] ?? -1
        const room = dealt.length * keyBytes
        const keys = memory.allocate(buckets * room)
        const cursors = memory.place(Uint32Array.from({ length: buckets }, (_, k) => keys + k * room))
        const [source, target] = [0, 1].map(side =>
          memory.place(Uint32Array.from(dealt, row => row[side as 0 | 1])),
        )
        const out = [memory.allocate(room + 4), memory.allocate(room + 4)] as const
        const scratch = memory.allocate(room)
        const histograms = memory.allocate(HISTOGRAMS_BYTES)
        const { kernels } = memory
        const table = memory.place(bucketOf)
        kernels.dealRows(source ?? 0, target ?? 0, dealt.length, table, shift, cursors, 10, wide ? 1 : 0)
        for (let bucket = 0; bucket < buckets; bucket++) {
          const mine = dealt.filter(row => bucketOfTarget(row[1]) === bucket)
          const start = keys + bucket * room
          expect(memory.words(cursors, buckets)[bucket]).toBe(start + mine.length * keyBytes)
          const first = Math.max(0, bucketOf.indexOf(bucket)) << shift
          const layout = [first, 10, 16, wide ? 1 : 0] as const
          const sorted = kernels.sortKeys(start, scratch, mine.length, ...layout, histograms) >>> 0
          kernels.unpackKeys(sorted, mine.length, first, 10, wide ? 1 : 0, ...out)
          const found = out.map(at => memory.words(at, mine.length).slice())
          const expected = mine.toSorted(([s, t], [s2, t2]) => t - t2 || s - s2)
          expect(found).toEqual([0, 1].map(side => Uint32Array.from(expected, row => row[side as 0 | 1])))
        }
      }),
    )
  })

  it('count targets up to the first that is no node', () => {
    const nodes = 12
    fc.assert(
      fc.property(fc.array(fc.nat(nodes), { maxLength: 40 }), targets => {
        const memory = new KernelMemory(build)
        const at = memory.place(Uint32Array.from(targets))
        const counts = memory.place(new Uint32Array(nodes))
        const bad = targets.indexOf(nodes)
        expect(memory.kernels.countTargets(at, targets.length, counts, nodes) >>> 0).toBe(
          bad < 0 ? NONE : bad,
        )
        if (bad >= 0) return
        const expected = Array.from(
          { length: nodes },
          (_, k) => targets.filter(target => target === k).length,
        )
        expect([...memory.words(counts, nodes)]).toEqual(expected)
      }),
    )
  })

  it('find the largest id, and what is above its limit', () => {
    const id = fc.oneof(fc.nat(20), fc.constantFrom(2 ** 31 - 1, 2 ** 31, 2 ** 32 - 2, NONE))
    fc.assert(
      fc.property(fc.array(fc.tuple(id, id), { maxLength: 30 }), fc.nat(30), (pairs, from) => {
        const memory = new KernelMemory(build)
        const first = Math.min(from, pairs.length)
        const [values, limits] = [0, 1].map(side =>
          memory.place(Uint32Array.from(pairs, pair => pair[side as 0 | 1])),
        )
        expect(memory.kernels.largestId(values ?? 0, pairs.length) >>> 0).toBe(
          Math.max(0, ...pairs.map(([v]) => v)),
        )
        const above = pairs.findIndex(([value, limit], k) => k >= first && value > limit)
        expect(memory.kernels.firstAbove(values ?? 0, limits ?? 0, first, pairs.length) >>> 0).toBe(
          above < 0 ? NONE : above,
        )
      }),
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

  it('close connections of rows that are kept in any order, in windows of any size', () => {
    const rows = fc.array(fc.tuple(fc.nat(30), fc.integer({ min: 0, max: 400 })), { maxLength: 5 })
    const one = fc.tuple(rows, fc.array(fc.nat(900), { maxLength: 5 }), fc.integer({ min: 1, max: 1200 }))
    fc.assert(
      fc.property(one, ([lengths, gone, size]) => {
        const memory = new KernelMemory(build)
        // Connections of one row each, and of many.
        const sources = lengths.flatMap(([ones, many], k) => [
          ...Array.from({ length: ones }, (_, n) => 100 * k + n),
          ...new Array<number>(many).fill(100 * k + 99),
        ])
        const kept = sources.map((_, k) => (gone.includes(k) ? 0 : 1))
        const state = memory.place(new Uint8Array(MERGE_BYTES))
        const member = memory.place(new Uint8Array(600).fill(1))
        const words = memory.words(state, MERGE_BYTES / 4)
        words[M_SOURCE_MEMBER / 4] = member
        words[M_TARGET_MEMBER / 4] = member
        words[M_RECORDS_CAPACITY / 4] = sources.length + RECORDS_PER_STEP
        words.fill(NONE, M_LIMITS / 4, M_LIMITS / 4 + CLASSES)
        const records = memory.allocate((sources.length + RECORDS_PER_STEP) * RECORD_BYTES)
        memory.store(state + M_RECORDS, records)
        const room = memory.allocate(4 * sources.length + 4)
        const targets = memory.place(new Uint32Array(sources.length + 1))
        const bytes = memory.allocate(sources.length + 1)
        for (let at = 0, final = false; !final; at += size) {
          const count = Math.min(size, sources.length - at)
          final = at + count === sources.length
          memory.words(room, count).set(sources.slice(at, at + count))
          memory.bytes(bytes, count).set(kept.slice(at, at + count))
          memory.store(state + M_ORIGINAL_POSITION, 0)
          const status = memory.kernels.closeKept(state, room, targets, bytes, count, final ? 1 : 0)
          expect(status).toBe(final ? DONE : NEED_ORIGINAL)
        }
        const found = Array.from({ length: memory.load(state + M_RECORDS_LENGTH) }, (_, k) => [
          memory.load(records + k * RECORD_BYTES),
          memory.load(records + k * RECORD_BYTES + 4),
          ...memory.doubles(records + k * RECORD_BYTES + 16, 2),
        ])
        const expected = [...new Set(sources)].flatMap(source => {
          const all = kept.filter((_, k) => sources[k] === source)
          const left = all.filter(is => is === 1).length
          const kind = left === 0 ? LOST_NOT_ASKED : MULTIPLICITY_CHANGED
          return left === all.length ? [] : [[kind, source, all.length, left]]
        })
        expect(found).toEqual(expected)
      }),
    )
  })

  it('mark the rows of runs, and put a bit below an id and take it again', () => {
    const runs = fc.array(fc.tuple(fc.nat(9), fc.integer({ min: 1, max: 20 })), { maxLength: 6 })
    fc.assert(
      fc.property(runs, fc.nat(20), fc.nat(17), (gaps, behind, first) => {
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
        const from = Math.min(first, all.length)
        memory.kernels.joinKept(both + from * 4, all.length - from, bits, from)
        expect([...memory.words(both, all.length)]).toEqual(
          all.map((bit, k) => (k < from ? k * 7 : 2 * (k * 7) + bit)),
        )
      }),
    )
  })
})
