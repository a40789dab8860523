/**
 * Edges in any order: one pass over the targets to plan buckets, one over all rows to deal them out, then bucket by
 * bucket in order. Keys (4 bytes per row, 8 beyond 2^24 sources) are kept in kernel memory or, where that is more
 * than was granted, in a temporary file.
 */
import type { EdgeOrder, EdgeSource } from '../connectome/edges.ts'
import { InputError } from '../errors.ts'
import { ScratchFile } from '../formats/scratch-file.ts'
import { HISTOGRAMS_BYTES, NONE } from '../kernels/abi.ts'
import type { KernelMemory } from '../kernels/memory.ts'
import { type Buckets, leastBucketRows, planBuckets, type TargetRange } from './buckets.ts'
import { checkRange, idOutOfRange } from './order.ts'
import { OrderSeen } from './scan.ts'
import { Tally } from './tally.ts'
import { ColumnWindow, type EdgeWindows, type Window } from './windows.ts'

/** Rows of a bucket: keys and their scratch stay in L2 while they are sorted. */
const BUCKET_ROWS = 65_536
/** Keys of a bucket that wait to be written to the temporary file, at most. */
const MOST_WAITING = 4_096
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
  #spill: KeysInFile | undefined
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
    const wide = buckets.wide ? 1 : 0
    const from = keys.load(first, rows, this.#keys)
    const sorted = kernels.sortKeys(from, this.#scratch, rows, buckets.keyBits, wide, this.#histograms) >>> 0
    const target = buckets.firstTargets[bucket] ?? 0
    kernels.unpackKeys(sorted, rows, target, buckets.sourceBits, wide, this.#outSource, this.#outTarget)
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
    this.#spill?.close()
    this.#spill = undefined
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
      ? new KeysInMemory(memory, buckets, rows)
      : new KeysInFile(memory, buckets, rows, Math.min(this.#bucketRows, MOST_WAITING), folder)
    if (keys instanceof KeysInFile) this.#spill = keys
    const bySource = new OrderSeen(memory)
    const byTarget = new OrderSeen(memory)
    for (let first = 0; first < this.#edges.edgeCount; first += this.#rows) {
      const length = Math.min(this.#rows, this.#edges.edgeCount - first)
      await source.fill(first, length)
      await target.fill(first, length)
      bySource.rows(target.ids, source.ids, length)
      checkRange(this.#edges, bySource.largestMajor, bySource.largestMinor)
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

  #window(length: number): Window {
    const final = this.#bucket >= (this.#dealt?.buckets.firstTargets.length ?? 0) && !this.#draining
    return { source: this.#outSource, target: this.#outTarget, length, wide: false, final }
  }
}

interface Dealt {
  readonly buckets: Buckets
  readonly keys: KeysInMemory | KeysInFile
}

/** Tables that the kernel deals by. */
class DealTables {
  readonly cursors: number
  readonly #memory: KernelMemory
  readonly #buckets: Buckets
  readonly #bucketOf: number
  readonly #firstTargets: number
  readonly #limits: number

  constructor(memory: KernelMemory, buckets: Buckets, cursors: Uint32Array, limits: Uint32Array) {
    this.#memory = memory
    this.#buckets = buckets
    this.#bucketOf = memory.place(buckets.bucketOf)
    this.#firstTargets = memory.place(buckets.firstTargets)
    this.cursors = memory.place(cursors)
    this.#limits = memory.place(limits)
  }

  /** Rows from `first` on, as far as buckets have room; returns the row that has none, or `length`. */
  deal(source: number, target: number, first: number, length: number, keys: number): number {
    const tables = [this.#bucketOf, this.#firstTargets, this.cursors, this.#limits] as const
    const { sourceBits, wide } = this.#buckets
    const { kernels } = this.#memory
    return kernels.dealRows(source, target, first, length, ...tables, keys, sourceBits, wide ? 1 : 0) >>> 0
  }
}

/** Every bucket has its exact place in kernel memory. */
class KeysInMemory {
  readonly #keys: number
  readonly #keyBytes: number
  readonly #tables: DealTables

  constructor(memory: KernelMemory, buckets: Buckets, rows: number) {
    this.#keyBytes = buckets.wide ? 8 : 4
    this.#keys = memory.allocate(rows * this.#keyBytes)
    const offsets = Uint32Array.from(buckets.offsets)
    this.#tables = new DealTables(memory, buckets, offsets.subarray(0, -1), offsets.subarray(1))
  }

  deal(source: number, target: number, length: number): void {
    this.#tables.deal(source, target, 0, length, this.#keys)
  }

  finish(): void {}

  /** Where the keys of rows first .. first+count-1 of all buckets are; they may be overwritten there. */
  load(first: number, _count: number, _into: number): number {
    return this.#keys + first * this.#keyBytes
  }
}

/** Every bucket has its exact place in a file and a small buffer before it. */
class KeysInFile {
  readonly #memory: KernelMemory
  readonly #buckets: Buckets
  readonly #file: ScratchFile
  readonly #keyBytes: number
  readonly #buffers: number
  readonly #tables: DealTables
  readonly #written: Float64Array
  /** Keys that each buffer holds. */
  readonly #room: number

  constructor(
    memory: KernelMemory,
    buckets: Buckets,
    rows: number,
    room: number,
    folder: string | undefined,
  ) {
    this.#room = room
    this.#memory = memory
    this.#buckets = buckets
    this.#keyBytes = buckets.wide ? 8 : 4
    const count = buckets.firstTargets.length
    this.#file = new ScratchFile(rows * this.#keyBytes, folder)
    this.#buffers = memory.allocate(count * room * this.#keyBytes)
    this.#written = buckets.offsets.slice(0, -1)
    const cursors = Uint32Array.from({ length: count }, (_, bucket) => bucket * room)
    const limits = cursors.map(cursor => cursor + room)
    this.#tables = new DealTables(memory, buckets, cursors, limits)
  }

  deal(source: number, target: number, length: number): void {
    for (let row = 0; row < length; ) {
      row = this.#tables.deal(source, target, row, length, this.#buffers)
      if (row >= length) break
      const stopped = this.#memory.words(target, length)[row] ?? 0
      this.#write(this.#buckets.bucketOf[stopped] ?? 0)
    }
  }

  finish(): void {
    for (let bucket = 0; bucket < this.#written.length; bucket++) this.#write(bucket)
  }

  close(): void {
    this.#file.close()
  }

  load(first: number, count: number, into: number): number {
    this.#file.read(this.#memory.bytes(into, count * this.#keyBytes), first * this.#keyBytes)
    return into
  }

  #write(bucket: number): void {
    const start = bucket * this.#room
    const cursors = this.#memory.words(this.#tables.cursors, this.#written.length)
    const count = (cursors[bucket] ?? start) - start
    const bytes = this.#memory.bytes(this.#buffers + start * this.#keyBytes, count * this.#keyBytes)
    const position = this.#written[bucket] ?? 0
    this.#file.write(bytes, position * this.#keyBytes)
    this.#written[bucket] = position + count
    cursors[bucket] = start
  }
}
