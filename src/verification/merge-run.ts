/** One manipulated circuit on its way through the merge: kernel state, its windows, the culprits drained so far. */
import type { EdgeSource } from '../connectome/edges.ts'
import { InternalError } from '../errors.ts'
import * as abi from '../kernels/abi.ts'
import type { KernelMemory } from '../kernels/memory.ts'
import type { Asked } from './asked.ts'
import { type Culprit, classOf, type Difference, type DifferenceClass, perClass } from './comparison.ts'
import { idOutOfRange, OrderError } from './order.ts'
import { type EdgeWindows, idDoesNotFit, type Window } from './windows.ts'

const RECORDS = 4096
/** Runs of paired rows, at most; more are not worth their memory: rows are then followed by their ids. */
const MOST_PAIRS = 2 ** 19

/** Classes of connections that may have lost or gained some of their edges. */
const RECOUNTED: readonly DifferenceClass[] = ['multiplicity_changed', 'outside_changed', 'asked_still_there']

/** Pointers to what the runs of a pass share. */
export interface Tables {
  /** One byte per node: 1 = selected. */
  readonly sourceMember: number
  readonly targetMember: number
  readonly asked: AskedTables
}

export interface AskedTables {
  readonly source: number
  readonly target: number
  readonly kind: number
  readonly length: number
}

export function placeAsked(memory: KernelMemory, asked: Asked): AskedTables {
  return {
    source: memory.place(asked.source),
    target: memory.place(asked.target),
    kind: memory.place(asked.kind),
    length: asked.kind.length,
  }
}

/** One manipulated population and what was asked of it. Node ids of both lie in the same populations. */
export interface Manipulated {
  readonly edges: EdgeSource
  readonly asked: Asked
}

export class MergeRun {
  readonly manipulated: Manipulated
  readonly #memory: KernelMemory
  readonly #windows: EdgeWindows
  readonly #state: number
  readonly #records: number
  readonly #pairs: number
  readonly #culprits = perClass<Culprit[]>(() => [])
  readonly #differences: Difference[] | undefined
  readonly #changedTargets: number[] = []
  readonly #keep: number

  get edges(): EdgeSource {
    return this.manipulated.edges
  }

  get windows(): EdgeWindows {
    return this.#windows
  }

  constructor(
    memory: KernelMemory,
    manipulated: Manipulated,
    windows: EdgeWindows,
    tables: Tables,
    options: { keep: number; all: boolean; pairs: boolean; mostPairs?: number | undefined },
  ) {
    this.manipulated = manipulated
    this.#memory = memory
    this.#windows = windows
    this.#keep = options.keep
    this.#differences = options.all ? [] : undefined
    this.#records = memory.allocate(RECORDS * abi.RECORD_BYTES)
    this.#state = memory.allocate(abi.MERGE_BYTES)
    memory.bytes(this.#state, abi.MERGE_BYTES).fill(0)
    this.#set(
      [abi.M_ASKED_SOURCE, tables.asked.source],
      [abi.M_ASKED_TARGET, tables.asked.target],
      [abi.M_ASKED_KIND, tables.asked.kind],
      [abi.M_ASKED_LENGTH, tables.asked.length],
      [abi.M_SOURCE_MEMBER, tables.sourceMember],
      [abi.M_TARGET_MEMBER, tables.targetMember],
      [abi.M_SOURCE_NODES, manipulated.edges.sourceCount],
      [abi.M_TARGET_NODES, manipulated.edges.targetCount],
      [abi.M_RECORDS, this.#records],
      [abi.M_RECORDS_CAPACITY, RECORDS],
    )
    const { pairs, mostPairs = MOST_PAIRS } = options
    this.#pairs = pairs ? memory.allocate(mostPairs * abi.PAIR_BYTES) : 0
    this.#set([abi.M_PAIRS, this.#pairs], [abi.M_PAIRS_CAPACITY, mostPairs])
    const limits = memory.words(this.#state + abi.M_LIMITS, abi.CLASSES)
    // Which of their edges these are is found by looking at all rows of such a target: none may be left out.
    for (const index of limits.keys())
      limits[index] = options.all || RECOUNTED.includes(classOf(index)) ? abi.NONE : options.keep
  }

  /** Merge against one window of the original that begins with `firstRow` of its file, to its end. Rejects with what is wrong with the manipulated side. */
  async advance(original: Window, firstRow: number): Promise<void> {
    if (original.wide) throw new InternalError('the original must be narrowed')
    this.#set(
      [abi.M_ORIGINAL_SOURCE, original.source],
      [abi.M_ORIGINAL_TARGET, original.target],
      [abi.M_ORIGINAL_POSITION, 0],
      [abi.M_ORIGINAL_LENGTH, original.length],
      [abi.M_ORIGINAL_FINAL, original.final ? 1 : 0],
    )
    this.#memory.doubles(this.#state + abi.M_ORIGINAL_FIRST, 1)[0] = firstRow
    for (;;) {
      const status = this.#memory.kernels.mergeSorted(this.#state)
      if (status === abi.NEED_ORIGINAL) return
      if (status === abi.NEED_MANIPULATED) await this.#nextWindow()
      else if (status === abi.RECORDS_FULL) this.#drain()
      else if (status === abi.DONE) {
        this.#drain()
        return
      } else throw this.#failure(status)
    }
  }

  /**
   * Instead of a merge: one window of the original whose rows say which of them the manipulated has, and it has no
   * others. `kept`: pointer to one byte per row.
   */
  advanceKept({ source, target, length, final }: Window, kept: number): void {
    this.#set([abi.M_ORIGINAL_POSITION, 0])
    for (;;) {
      const last = final ? 1 : 0
      const status = this.#memory.kernels.closeKept(this.#state, source, target, kept, length, last)
      if (status !== abi.NEED_ORIGINAL) this.#drain()
      if (status !== abi.RECORDS_FULL) return
    }
  }

  async #nextWindow(): Promise<void> {
    const window = await this.#windows.next()
    this.#set(
      [abi.M_MANIPULATED_SOURCE, window.source],
      [abi.M_MANIPULATED_TARGET, window.target],
      [abi.M_MANIPULATED_POSITION, 0],
      [abi.M_MANIPULATED_LENGTH, window.length],
      [abi.M_MANIPULATED_FINAL, window.final ? 1 : 0],
      [abi.M_MANIPULATED_WIDE, window.wide ? 1 : 0],
    )
    this.#memory.doubles(this.#state + abi.M_MANIPULATED_FIRST, 1)[0] = this.#windows.firstRow
  }

  #failure(status: number): Error {
    const position = this.#word(abi.M_MANIPULATED_POSITION)
    const row = this.#windows.firstRow + position
    if (status === abi.TARGET_ORDER) return new OrderError(this.edges, 'buckets')
    if (status === abi.SOURCE_ORDER) return new OrderError(this.edges, 'columns')
    const [source, target] = [abi.M_MANIPULATED_SOURCE, abi.M_MANIPULATED_TARGET].map(column => {
      const wide = this.#word(abi.M_MANIPULATED_WIDE)
      const words = this.#memory.words(this.#word(column) + position * (wide ? 8 : 4), 1 + wide)
      return { id: words[0] ?? 0, fits: (words[1] ?? 0) === 0 && words[0] !== abi.NONE }
    })
    if (source === undefined || target === undefined) throw new InternalError('two columns')
    if (status === abi.ID_TOO_LARGE)
      return idDoesNotFit(source.fits ? this.edges.target : this.edges.source, row)
    if (status !== abi.ID_OUT_OF_RANGE) throw new InternalError(`merge status ${status}`)
    if (source.id >= this.edges.sourceCount) return idOutOfRange(this.edges, 'source', source.id, row)
    return idOutOfRange(this.edges, 'target', target.id, row)
  }

  #drain(): void {
    const count = this.#word(abi.M_RECORDS_LENGTH)
    const words = this.#memory.words(this.#records, count * (abi.RECORD_BYTES / 4))
    const doubles = this.#memory.doubles(this.#records, count * (abi.RECORD_BYTES / 8))
    for (let k = 0; k < count; k++) {
      const culprit: Culprit = {
        source: words[8 * k + 1] ?? 0,
        target: words[8 * k + 2] ?? 0,
        original: doubles[4 * k + 2] ?? 0,
        manipulated: doubles[4 * k + 3] ?? 0,
      }
      const name = classOf(words[8 * k] ?? 0)
      if (this.#culprits[name].length < this.#keep) this.#culprits[name].push(culprit)
      this.#differences?.push({ class: name, ...culprit })
      // Records come by target.
      if (
        RECOUNTED.includes(name) &&
        culprit.original !== culprit.manipulated &&
        this.#changedTargets.at(-1) !== culprit.target
      )
        this.#changedTargets.push(culprit.target)
    }
    this.#set([abi.M_RECORDS_LENGTH, 0])
  }

  /** Counters and culprits, once the pass is over. */
  result(): {
    classes: Record<DifferenceClass, number>
    culprits: Record<DifferenceClass, readonly Culprit[]>
    changedTargets: readonly number[]
    differences: readonly Difference[] | undefined
  } {
    const counters = this.#memory.doubles(this.#state + abi.M_COUNTERS, abi.CLASSES)
    return {
      classes: perClass(index => counters[index] ?? 0),
      culprits: this.#culprits,
      changedTargets: this.#changedTargets,
      differences: this.#differences,
    }
  }

  /**
   * Rows that belong together, as triples: first row of the original, of the manipulated, number of rows, ascending.
   * Undefined if they were not wanted, or not every kept connection has all of its edges.
   */
  paired(): Float64Array | undefined {
    if (this.#pairs === 0 || this.#word(abi.M_UNPAIRED) !== 0) return undefined
    return this.#memory.doubles(this.#pairs, 3 * this.#word(abi.M_PAIRS_LENGTH)).slice()
  }

  #word(offset: number): number {
    return this.#memory.load(this.#state + offset)
  }

  #set(...fields: readonly (readonly [offset: number, value: number])[]): void {
    for (const [offset, value] of fields) this.#memory.store(this.#state + offset, value)
  }
}
