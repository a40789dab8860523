/**
 * Edges sorted by target, sources in any order: taken in blocks of whole columns, each made canonical by COO to
 * CSC. Memory: a few windows, and 4 bytes per source node once a column is longer than a window.
 */
import type { EdgeOrder, EdgeSource } from '../connectome/edges.ts'
import type { KernelMemory } from '../kernels/memory.ts'
import { checkRange, OrderError } from './order.ts'
import { Scan } from './scan.ts'
import { Tally } from './tally.ts'
import { ColumnWindow, type EdgeWindows, type Stretch, type Window } from './windows.ts'

/** Columns of one CSC block, as a multiple of the rows of a window: targets without edges cost 4 bytes each. */
const COLUMNS_PER_ROW = 4

export class ColumnRows implements EdgeWindows {
  firstRow = 0
  order: EdgeOrder = 'tgt,src'
  readonly #memory: KernelMemory
  readonly #edges: EdgeSource
  readonly #stretch: Stretch
  readonly #rows: number
  readonly #source: ColumnWindow
  readonly #target: ColumnWindow
  readonly #scan: Scan
  // Rows waiting to be given out, u32: up to one window of an unfinished column and one window of new rows.
  readonly #rowSource: number
  readonly #rowTarget: number
  // Scratch and results of COO to CSC.
  readonly #columns: number
  readonly #scratch: number
  readonly #indptr: number
  readonly #indices: number
  readonly #counts: number
  readonly #outSource: number
  readonly #outTarget: number
  /** Row of the file that is read next. */
  #read: number
  /** Rows [begin, end) of the buffer wait; those below `complete` belong to finished columns. */
  #begin = 0
  #complete = 0
  #end = 0
  #tally: Tally | undefined
  /** What becomes of the tally: rows are added, it is being drained, or it is not in use. */
  #long: 'adding' | 'draining' | undefined

  constructor(memory: KernelMemory, edges: EdgeSource, stretch: Stretch, rows: number) {
    this.#memory = memory
    this.#edges = edges
    this.#stretch = stretch
    this.#read = stretch.first
    this.#rows = rows
    this.#source = new ColumnWindow(memory, edges.source, rows, false)
    this.#target = new ColumnWindow(memory, edges.target, rows, false)
    this.#scan = new Scan(memory)
    const words = () => memory.allocate(2 * rows * 4)
    this.#rowSource = words()
    this.#rowTarget = words()
    this.#columns = words()
    this.#scratch = words()
    this.#indices = words()
    this.#counts = words()
    this.#outSource = words()
    this.#outTarget = words()
    this.#indptr = memory.allocate((COLUMNS_PER_ROW * rows + 1) * 4)
  }

  get rowsRead(): number {
    return this.#read - this.#stretch.first
  }

  close(): void {}

  async next(): Promise<Window> {
    for (;;) {
      if (this.#long === 'draining' && this.#tally !== undefined) {
        const capacity = 2 * this.#rows
        const length = this.#tally.drain(this.#outSource, this.#outTarget, capacity)
        if (length < capacity) this.#long = undefined
        if (length > 0) return this.#window(this.#outSource, this.#outTarget, length)
        continue
      }
      if (this.#begin < this.#complete) return this.#block()
      if (this.#read >= this.#stretch.end) {
        if (this.#long === undefined) return this.#window(this.#outSource, this.#outTarget, 0)
        this.#long = 'draining'
        continue
      }
      await this.#readRows()
    }
  }

  /** Append a window of rows to what waits, then say which columns are complete. */
  async #readRows(): Promise<void> {
    this.#moveToFront()
    const length = Math.min(this.#rows, this.#stretch.end - this.#read)
    const at = this.#end * 4
    await this.#source.fill(this.#read, length, this.#rowSource + at)
    await this.#target.fill(this.#read, length, this.#rowTarget + at)
    this.#prove(length, at)
    this.#read += length
    this.#end += length
    if (this.#long === 'adding') this.#addToTally()
    if (this.#begin === this.#end) return
    const targets = this.#targets()
    const done = this.#read >= this.#stretch.end
    const last = targets[this.#end - 1] ?? 0
    this.#complete = done ? this.#end : lowerBound(targets, last, this.#begin, this.#end)
    if (this.#complete === this.#begin && this.#end - this.#begin > this.#rows) this.#startTally(last)
  }

  #prove(length: number, at: number): void {
    this.#scan.rows(this.#rowSource + at, this.#rowTarget + at, length)
    if (this.#scan.targetBroken) throw new OrderError(this.#edges, 'buckets')
    if (this.#scan.sourceBroken) this.order = 'tgt'
    checkRange(this.#edges, this.#scan.largestSource, this.#scan.largestTarget)
  }

  #targets(): Uint32Array {
    return this.#memory.words(this.#rowTarget, 2 * this.#rows)
  }

  #moveToFront(): void {
    for (const pointer of [this.#rowSource, this.#rowTarget]) {
      this.#memory.words(pointer, 2 * this.#rows).copyWithin(0, this.#begin, this.#end)
    }
    this.#end -= this.#begin
    this.#begin = 0
    this.#complete = 0
  }

  /** Rows of finished columns, by way of a CSC block. */
  #block(): Window {
    const { kernels } = this.#memory
    const targets = this.#targets()
    const first = targets[this.#begin] ?? 0
    const end = lowerBound(targets, first + COLUMNS_PER_ROW * this.#rows, this.#begin, this.#complete)
    const width = (targets[end - 1] ?? first) - first + 1
    const length = end - this.#begin
    const source = this.#rowSource + this.#begin * 4
    const target = this.#rowTarget + this.#begin * 4
    this.firstRow = this.#read - (this.#end - this.#begin)
    this.#begin = end
    if (this.order === 'tgt,src') return this.#window(source, target, length)
    const csc = [this.#indptr, this.#indices, this.#counts] as const
    kernels.shiftTargets(target, length, first, this.#columns)
    kernels.cooToCsc(source, this.#columns, length, width, ...csc, this.#scratch)
    kernels.expandRows(...csc, width, first, this.#outSource, this.#outTarget)
    return this.#window(this.#outSource, this.#outTarget, length)
  }

  #startTally(target: number): void {
    this.#tally ??= new Tally(this.#memory, this.#edges)
    this.#tally.start(target)
    this.#addToTally()
  }

  #addToTally(): void {
    if (this.#tally === undefined) return
    const end = lowerBound(this.#targets(), this.#tally.target + 1, this.#begin, this.#end)
    this.#tally.add(this.#rowSource + this.#begin * 4, end - this.#begin)
    this.#begin = end
    this.#long = end < this.#end ? 'draining' : 'adding'
  }

  #window(source: number, target: number, length: number): Window {
    const final = this.#read >= this.#stretch.end && this.#begin === this.#end && this.#long === undefined
    return { source, target, length, wide: false, final }
  }
}

/** First position in the ascending values[begin .. end) that is not below `value`. */
function lowerBound(values: Uint32Array, value: number, begin: number, end: number): number {
  let low = begin
  let high = end
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((values[middle] ?? 0) < value) low = middle + 1
    else high = middle
  }
  return low
}
