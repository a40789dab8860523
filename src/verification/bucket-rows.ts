/**
 * Edges in any order: one pass over the targets to plan buckets, one over all rows to deal them out, then bucket by
 * bucket in order. Keys (4 bytes per row, 8 beyond 2^24 sources) are kept in kernel memory or, where that is more
 * than was granted, in a temporary file.
 */
import type { EdgeOrder, EdgeSource } from '../connectome/edges.ts'
import { InputError } from '../errors.ts'
import { HISTOGRAMS_BYTES, NONE } from '../kernels/abi.ts'
import type { KernelMemory } from '../kernels/memory.ts'
import { type Buckets, leastBucketRows, planBuckets, type TargetRange } from './buckets.ts'
import { type DealtKeys, KeysInFile, KeysInMemory } from './dealt-keys.ts'
import { checkRange, idOutOfRange } from './order.ts'
import { OrderSeen } from './scan.ts'
import { Tally } from './tally.ts'
import { ColumnWindow, type EdgeWindows, type Window } from './windows.ts'

/** Rows of a bucket: keys and their scratch stay in L2 while they are sorted. */
const BUCKET_ROWS = 65_536
const MOST_ROWS = 0xffff_ffff

export interface BucketOptions {
  /** Bytes left for keys in memory, of all populations together; more go to a temporary file. */
  readonly budget: { left: number }
  /** Only rows to these targets. */
  readonly range: TargetRange
  /** Folder of the temporary file. */
  readonly folder?: string | undefined
  readonly bucketRows?: number | undefined
}

export class BucketRows implements EdgeWindows {
  readonly firstRow = 0
  order: EdgeOrder = 'none'
  rowsRead = 0
  readonly #memory: KernelMemory
  readonly #edges: EdgeSource
  readonly #rows: number
  readonly #options: BucketOptions
  readonly #bucketRows: number
  #dealt: Dealt | undefined
  #keysToClose: DealtKeys | undefined
  #bucket = 0
  #keys = 0
  #scratch = 0
  #histograms = 0
  #outSource = 0
  #outTarget = 0
  #tally: Tally | undefined
  #draining = false

  constructor(memory: KernelMemory, edges: EdgeSource, rows: number, options: BucketOptions) {
    if (edges.edgeCount > MOST_ROWS) {
      throw new InputError(`${edges.edgeCount} edges that are not sorted by target are more than 2^32-1`, {
        file: edges.file,
        field: edges.population,
        hint: 'sort them by target first',
      })
    }
    this.#memory = memory
    this.#edges = edges
    this.#rows = rows
    this.#options = options
    this.#bucketRows = Math.max(options.bucketRows ?? BUCKET_ROWS, leastBucketRows(edges.edgeCount))
  }

  async next(): Promise<Window> {
    this.#dealt ??= await this.#deal()
    const { buckets } = this.#dealt
    for (;;) {
      if (this.#draining && this.#tally !== undefined) {
        const length = this.#tally.drain(this.#outSource, this.#outTarget, this.#bucketRows)
        if (length < this.#bucketRows) this.#draining = false
        if (length > 0) return this.#window(length)
        continue
      }
      if (this.#bucket >= buckets.firstTargets.length) return this.#window(0)
      const bucket = this.#bucket++
      const first = buckets.offsets[bucket] ?? 0
      const rows = (buckets.offsets[bucket + 1] ?? first) - first
      if (rows > this.#bucketRows) this.#tallyBucket(this.#dealt, bucket, first, rows)
      else if (rows > 0) return this.#sortBucket(this.#dealt, bucket, first, rows)
    }
  }

  #sortBucket({ buckets, keys }: Dealt, bucket: number, first: number, rows: number): Window {
    const { kernels } = this.#memory
    const { sourceBits, keyBits } = buckets
    const wide = buckets.wide ? 1 : 0
    const target = buckets.firstTargets[bucket] ?? 0
    const from = keys.load(first, rows, this.#keys)
    const bits = [sourceBits, keyBits, wide] as const
    const sorted = kernels.sortKeys(from, this.#scratch, rows, target, ...bits, this.#histograms) >>> 0
    kernels.unpackKeys(sorted, rows, target, sourceBits, wide, this.#outSource, this.#outTarget)
    return this.#window(rows)
  }

  /** A bucket of more rows than are sorted at once has a single target. */
  #tallyBucket({ buckets, keys }: Dealt, bucket: number, first: number, rows: number): void {
    this.#tally ??= new Tally(this.#memory, this.#edges)
    const target = buckets.firstTargets[bucket] ?? 0
    this.#tally.start(target)
    for (let done = 0; done < rows; done += this.#bucketRows) {
      const length = Math.min(this.#bucketRows, rows - done)
      const from = keys.load(first + done, length, this.#keys)
      const out = [this.#outSource, this.#outTarget] as const
      this.#memory.kernels.unpackKeys(from, length, target, buckets.sourceBits, buckets.wide ? 1 : 0, ...out)
      this.#tally.add(this.#outSource, length)
    }
    this.#draining = true
  }

  close(): void {
    this.#keysToClose?.close()
    this.#keysToClose = undefined
  }

  async #deal(): Promise<Dealt> {
    const memory = this.#memory
    const source = new ColumnWindow(memory, this.#edges.source, this.#rows, false)
    const target = new ColumnWindow(memory, this.#edges.target, this.#rows, false)
    const rowsOf = await this.#countTargets(target)
    const { budget, folder, range } = this.#options
    const buckets = planBuckets(rowsOf, this.#edges.sourceCount, this.#bucketRows, range)
    const rows = buckets.offsets.at(-1) ?? 0
    const keyBytes = buckets.wide ? 8 : 4
    const inMemory = rows * keyBytes <= budget.left
    if (inMemory) budget.left -= rows * keyBytes
    const buffer = () => memory.allocate(this.#bucketRows * keyBytes)
    ;[this.#keys, this.#scratch, this.#outSource, this.#outTarget] = [buffer(), buffer(), buffer(), buffer()]
    this.#histograms = memory.allocate(HISTOGRAMS_BYTES)
    const keys = inMemory
      ? new KeysInMemory(memory, buckets, this.#edges)
      : new KeysInFile(memory, buckets, this.#edges, this.#bucketRows, folder)
    this.#keysToClose = keys
    const bySource = new OrderSeen(memory)
    const byTarget = new OrderSeen(memory)
    for (let first = 0; first < this.#edges.edgeCount; first += this.#rows) {
      const length = Math.min(this.#rows, this.#edges.edgeCount - first)
      await source.fill(first, length)
      await target.fill(first, length)
      checkRange(this.#edges, this.#largest(source.ids, length), this.#largest(target.ids, length))
      if (bySource.ascends) bySource.rows(target.ids, source.ids, length)
      // Only a caller that trusts no order gets here with rows that are sorted by target.
      if (byTarget.ascends) byTarget.rows(source.ids, target.ids, length)
      keys.deal(source.ids, target.ids, length)
      this.rowsRead = first + length
    }
    keys.finish()
    if (byTarget.ascends) this.order = byTarget.strictly ? 'tgt,src' : 'tgt'
    else if (bySource.ascends) this.order = bySource.strictly ? 'src,tgt' : 'src'
    return { buckets, keys }
  }

  async #countTargets(target: ColumnWindow): Promise<Uint32Array> {
    const nodes = this.#edges.targetCount
    const counts = this.#memory.allocate(nodes * 4)
    this.#memory.bytes(counts, nodes * 4).fill(0)
    for (let first = 0; first < this.#edges.edgeCount; first += this.#rows) {
      const length = Math.min(this.#rows, this.#edges.edgeCount - first)
      await target.fill(first, length)
      const bad = this.#memory.kernels.countTargets(target.ids, length, counts, nodes) >>> 0
      if (bad === NONE) continue
      const id = this.#memory.words(target.ids, length)[bad] ?? 0
      throw idOutOfRange(this.#edges, 'target', id, first + bad)
    }
    return this.#memory.words(counts, nodes).slice()
  }

  #largest(ids: number, length: number): number {
    return this.#memory.kernels.largestId(ids, length) >>> 0
  }

  #window(length: number): Window {
    const final = this.#bucket >= (this.#dealt?.buckets.firstTargets.length ?? 0) && !this.#draining
    return { source: this.#outSource, target: this.#outTarget, length, wide: false, final }
  }
}

interface Dealt {
  readonly buckets: Buckets
  readonly keys: DealtKeys
}
