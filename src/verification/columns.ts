/**
 * Edges sorted by target, sources in any order: taken in blocks of whole columns, each made canonical by COO to
 * CSC. Memory: a few windows; a column longer than a window is tallied by source, 4 bytes per source node.
 */
import type { EdgeSource } from '../connectome/edges.ts'
import { InputError } from '../errors.ts'
import * as abi from '../kernels/abi.ts'
import type { KernelMemory } from '../kernels/memory.ts'
import { idOutOfRange, notSortedByTarget } from './order.ts'
import { ColumnWindow, type EdgeWindows, type Window } from './windows.ts'

/** Columns of one CSC block, as a multiple of the rows of a window: targets without edges cost 4 bytes each. */
const COLUMNS_PER_ROW = 4

export class ColumnBlocks implements EdgeWindows {
  firstRow = 0
  order: 'tgt,src' | 'tgt' = 'tgt,src'
  readonly #memory: KernelMemory
  readonly #edges: EdgeSource
  readonly #rows: number
  readonly #source: ColumnWindow
  readonly #target: ColumnWindow
  readonly #scan: number
  // Rows waiting to be processed, u32: up to one window of an unfinished column and one window of new rows.
  readonly #rowSource: number
  readonly #rowTarget: number
  readonly #columns: number
  readonly #scratch: number
  readonly #indptr: number
  readonly #outSource: number
  readonly #outTarget: number
  readonly #outCount: number
  readonly #taken: number
  #tally = 0
  #read = 0
  /** Rows [begin, end) of the buffer wait; those below `complete` belong to finished columns. */
  #begin = 0
  #complete = 0
  #end = 0
  /** Target whose rows are being tallied, and from which source its tally is being drained. */
  #long: { target: number; drained: number; finished: boolean } | undefined

  constructor(memory: KernelMemory, edges: EdgeSource, rows: number) {
    this.#memory = memory
    this.#edges = edges
    this.#rows = rows
    this.#source = new ColumnWindow(memory, edges.source, rows, false)
    this.#target = new ColumnWindow(memory, edges.target, rows, false)
    this.#scan = memory.allocate(abi.SCAN_BYTES)
    memory.bytes(this.#scan, abi.SCAN_BYTES).fill(0)
    const words = () => memory.allocate(2 * rows * 4)
    this.#rowSource = words()
    this.#rowTarget = words()
    this.#columns = words()
    this.#scratch = words()
    this.#outSource = words()
    this.#outTarget = words()
    this.#outCount = words()
    this.#indptr = memory.allocate((COLUMNS_PER_ROW * rows + 1) * 4)
    this.#taken = memory.allocate(4)
  }

  async next(): Promise<Window> {
    for (;;) {
      if (this.#long?.finished) {
        const window = this.#drain(this.#long)
        if (window.length > 0) return window
        continue
      }
      if (this.#begin < this.#complete) return this.#block()
      if (this.#read >= this.#edges.edgeCount) {
        if (this.#long === undefined) return this.#window(0)
        this.#long.finished = true
        continue
      }
      await this.#readRows()
    }
  }

  /** Append a window of rows to what waits, then say which columns are complete. */
  async #readRows(): Promise<void> {
    this.#moveToFront()
    const length = Math.min(this.#rows, this.#edges.edgeCount - this.#read)
    const at = this.#end * 4
    await this.#source.fill(this.#read, length, this.#rowSource + at)
    await this.#target.fill(this.#read, length, this.#rowTarget + at)
    this.#prove(length, at)
    this.#read += length
    this.#end += length
    const done = this.#read >= this.#edges.edgeCount
    if (this.#long !== undefined) this.#tallyRows(this.#long)
    if (this.#begin === this.#end) return
    const targets = this.#targets()
    this.#complete = done
      ? this.#end
      : lowerBound(targets, targets[this.#end - 1] ?? 0, this.#begin, this.#end)
    if (this.#complete === this.#begin && this.#end - this.#begin > this.#rows)
      this.#startTally(targets[this.#begin] ?? 0)
  }

  #prove(length: number, at: number): void {
    const { kernels } = this.#memory
    kernels.scanOrder(this.#scan, this.#rowSource + at, this.#rowTarget + at, length)
    const state = this.#memory.words(this.#scan, abi.SCAN_BYTES / 4)
    const word = (offset: number): number => state[offset / 4] ?? 0
    const broken = word(abi.S_TARGET_ORDER_ROW)
    if (broken !== abi.NONE) throw notSortedByTarget(this.#edges, this.#read + broken)
    if (word(abi.S_SOURCE_ORDER_ROW) !== abi.NONE) this.order = 'tgt'
    checkRange(this.#edges, word(abi.S_MAX_SOURCE), word(abi.S_MAX_TARGET))
    const last = at / 4 + length - 1
    state[abi.S_HAS_PREVIOUS / 4] = 1
    state[abi.S_PREVIOUS_SOURCE / 4] = this.#memory.words(this.#rowSource, 2 * this.#rows)[last] ?? 0
    state[abi.S_PREVIOUS_TARGET / 4] = this.#targets()[last] ?? 0
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

  /** One CSC block of finished columns. */
  #block(): Window {
    const { kernels } = this.#memory
    const targets = this.#targets()
    const first = targets[this.#begin] ?? 0
    const columns = COLUMNS_PER_ROW * this.#rows
    const end = lowerBound(targets, first + columns, this.#begin, this.#complete)
    const width = (targets[end - 1] ?? first) - first + 1
    const length = end - this.#begin
    const source = this.#rowSource + this.#begin * 4
    const target = this.#rowTarget + this.#begin * 4
    this.firstRow = this.#read - (this.#end - this.#begin)
    this.#begin = end
    if (this.order === 'tgt,src') {
      const rows = [source, target, length, this.#outSource, this.#outTarget, this.#outCount] as const
      return this.#window(kernels.collapseRows(...rows))
    }
    kernels.shiftTargets(target, length, first, this.#columns)
    const entries = kernels.cooToCsc(
      source,
      this.#columns,
      length,
      width,
      this.#indptr,
      this.#outSource,
      this.#outCount,
      this.#scratch,
    )
    kernels.expandTargets(this.#indptr, width, first, this.#outTarget)
    return this.#window(entries)
  }

  #startTally(target: number): void {
    if (this.#tally === 0) {
      this.#tally = this.#memory.allocate(this.#edges.sourceCount * 4)
      this.#memory.bytes(this.#tally, this.#edges.sourceCount * 4).fill(0)
    }
    this.#long = { target, drained: 0, finished: false }
    this.#tallyRows(this.#long)
  }

  #tallyRows(long: { target: number; finished: boolean }): void {
    const end = lowerBound(this.#targets(), long.target + 1, this.#begin, this.#end)
    const source = this.#rowSource + this.#begin * 4
    if (!this.#memory.kernels.tallySources(source, end - this.#begin, this.#tally)) {
      throw new InputError(`a connection to target node ${long.target} has more than 2^32-1 edges`, {
        file: this.#edges.file,
        field: this.#edges.target.label,
      })
    }
    this.#begin = end
    long.finished = end < this.#end
  }

  #drain(long: { target: number; drained: number }): Window {
    const { kernels } = this.#memory
    const nodes = this.#edges.sourceCount
    const capacity = 2 * this.#rows
    const out = [this.#outSource, this.#outCount, capacity, this.#taken] as const
    long.drained = kernels.drainTally(this.#tally, nodes, long.drained, ...out) >>> 0
    if (long.drained >= nodes) this.#long = undefined
    const entries = this.#memory.words(this.#taken, 1)[0] ?? 0
    this.#memory.words(this.#outTarget, entries).fill(long.target)
    return this.#window(entries)
  }

  #window(length: number): Window {
    const final = this.#read >= this.#edges.edgeCount && this.#begin === this.#end && this.#long === undefined
    return {
      source: this.#outSource,
      target: this.#outTarget,
      counts: this.#outCount,
      length,
      wide: false,
      final,
    }
  }
}

/** First position in the ascending targets[begin .. end) that is not below `value`. */
function lowerBound(targets: Uint32Array, value: number, begin: number, end: number): number {
  let low = begin
  let high = end
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((targets[middle] ?? 0) < value) low = middle + 1
    else high = middle
  }
  return low
}

export function checkRange(edges: EdgeSource, largestSource: number, largestTarget: number): void {
  if (largestSource >= edges.sourceCount) throw idOutOfRange(edges, 'source', largestSource)
  if (largestTarget >= edges.targetCount) throw idOutOfRange(edges, 'target', largestTarget)
}
