/** Keys of rows, dealt out to buckets: each bucket has its exact place, in kernel memory or in a temporary file. */
import type { EdgeSource } from '../connectome/edges.ts'
import { InputError } from '../errors.ts'
import { ScratchFile } from '../formats/scratch-file.ts'
import { NONE } from '../kernels/abi.ts'
import type { KernelMemory } from '../kernels/memory.ts'
import type { Buckets } from './buckets.ts'

/** Rows that are dealt before anyone looks at the room of buckets. */
const ROWS_DEALT = 4_096
/** Keys of a bucket that wait to be written to the temporary file, before more are dealt. */
const MOST_WAITING = 4_096

export interface DealtKeys {
  /** Deal `length` rows of u32 ids that are in range. Rejects with InputError. */
  deal(source: number, target: number, length: number): void
  /** No rows follow. @throws InputError if buckets have other numbers of rows than were counted */
  finish(): void
  /** Where the keys of rows first .. first+count-1 of all buckets are, `into` if nowhere else; they may be overwritten. */
  load(first: number, count: number, into: number): number
  close(): void
}

const keyBytesOf = ({ wide }: Buckets): number => (wide ? 8 : 4)

/** Tables that the kernel deals by. A cursor is the address of the next key of a bucket. */
class Dealer {
  readonly cursors: number
  readonly #memory: KernelMemory
  readonly #buckets: Buckets
  readonly #bucketOf: number
  readonly #limits: number
  /** Keys of rows that are in no bucket. */
  readonly #nowhere: number

  /** A bucket is `full` when it passes its limit; behind it there is room for ROWS_DEALT more. */
  constructor(memory: KernelMemory, buckets: Buckets, cursors: Uint32Array, limits: Uint32Array) {
    this.#memory = memory
    this.#buckets = buckets
    this.#bucketOf = memory.place(buckets.bucketOf)
    this.#nowhere = memory.allocate(ROWS_DEALT * keyBytesOf(buckets))
    this.cursors = memory.allocate(4 * cursors.length + 4)
    memory.words(this.cursors, cursors.length).set(cursors)
    this.#limits = memory.place(limits)
  }

  deal(source: number, target: number, length: number, full: (bucket: number) => void): void {
    const { firstTargets, shift, sourceBits, wide } = this.#buckets
    const { kernels } = this.#memory
    const tables = [this.#bucketOf, shift, this.cursors, sourceBits, wide ? 1 : 0] as const
    for (let first = 0; first < length; first += ROWS_DEALT) {
      const count = Math.min(ROWS_DEALT, length - first)
      this.#memory.store(this.cursors + 4 * firstTargets.length, this.#nowhere)
      kernels.dealRows(source + 4 * first, target + 4 * first, count, ...tables)
      for (let bucket = 0; ; bucket++) {
        bucket = kernels.firstAbove(this.cursors, this.#limits, bucket, firstTargets.length) >>> 0
        if (bucket === NONE) break
        full(bucket)
      }
    }
  }
}

function refuseChanged({ file, target }: EdgeSource): never {
  throw new InputError('changed while it was read: targets have other numbers of rows than before', {
    file,
    field: target.place?.dataset ?? target.label,
    hint: 'wait until nothing writes to it any more, then run again',
  })
}

export class KeysInMemory implements DealtKeys {
  readonly #memory: KernelMemory
  readonly #edges: EdgeSource
  readonly #keys: number
  readonly #keyBytes: number
  readonly #ends: Uint32Array
  readonly #dealer: Dealer

  constructor(memory: KernelMemory, buckets: Buckets, edges: EdgeSource) {
    this.#memory = memory
    this.#edges = edges
    this.#keyBytes = keyBytesOf(buckets)
    // Rows that were not there when they were counted are noticed only when they have been dealt.
    this.#keys = memory.allocate(((buckets.offsets.at(-1) ?? 0) + ROWS_DEALT) * this.#keyBytes)
    const places = Uint32Array.from(buckets.offsets, offset => this.#keys + offset * this.#keyBytes)
    this.#ends = places.subarray(1)
    this.#dealer = new Dealer(memory, buckets, places.subarray(0, -1), this.#ends)
  }

  deal(source: number, target: number, length: number): void {
    this.#dealer.deal(source, target, length, () => refuseChanged(this.#edges))
  }

  finish(): void {
    const reached = this.#memory.words(this.#dealer.cursors, this.#ends.length)
    if (reached.some((cursor, bucket) => cursor !== this.#ends[bucket])) refuseChanged(this.#edges)
  }

  load(first: number): number {
    return this.#keys + first * this.#keyBytes
  }

  close(): void {}
}

/** Keys wait in a small buffer for each bucket. */
export class KeysInFile implements DealtKeys {
  readonly #memory: KernelMemory
  readonly #file: ScratchFile
  readonly #keyBytes: number
  readonly #edges: EdgeSource
  readonly #starts: Uint32Array
  readonly #dealer: Dealer
  readonly #written: Float64Array
  readonly #ends: Float64Array

  constructor(
    memory: KernelMemory,
    buckets: Buckets,
    edges: EdgeSource,
    bucketRows: number,
    folder: string | undefined,
  ) {
    this.#memory = memory
    this.#edges = edges
    this.#keyBytes = keyBytesOf(buckets)
    this.#file = new ScratchFile((buckets.offsets.at(-1) ?? 0) * this.#keyBytes, folder)
    const waiting = Math.min(bucketRows, MOST_WAITING) * this.#keyBytes
    const room = waiting + ROWS_DEALT * this.#keyBytes
    const count = buckets.firstTargets.length
    const buffers = memory.allocate(count * room)
    this.#written = buckets.offsets.slice(0, -1)
    this.#ends = buckets.offsets.subarray(1)
    this.#starts = Uint32Array.from({ length: count }, (_, bucket) => buffers + bucket * room)
    const limits = this.#starts.map(start => start + waiting)
    this.#dealer = new Dealer(memory, buckets, this.#starts, limits)
  }

  deal(source: number, target: number, length: number): void {
    this.#dealer.deal(source, target, length, bucket => this.#write(bucket))
  }

  finish(): void {
    for (let bucket = 0; bucket < this.#written.length; bucket++) this.#write(bucket)
    // Then one bucket may have been written over another.
    if (this.#written.some((end, bucket) => end !== this.#ends[bucket])) refuseChanged(this.#edges)
  }

  load(first: number, count: number, into: number): number {
    this.#file.read(this.#memory.bytes(into, count * this.#keyBytes), first * this.#keyBytes)
    return into
  }

  close(): void {
    this.#file.close()
  }

  #write(bucket: number): void {
    const start = this.#starts[bucket] ?? 0
    const cursors = this.#memory.words(this.#dealer.cursors, this.#written.length)
    const bytes = (cursors[bucket] ?? start) - start
    const position = this.#written[bucket] ?? 0
    this.#file.write(this.#memory.bytes(start, bytes), position * this.#keyBytes)
    this.#written[bucket] = position + bytes / this.#keyBytes
    cursors[bucket] = start
  }
}
