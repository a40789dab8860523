/**
 * The values of rows that are known to belong together, one property after the other: what a comparison of connections
 * paired need not be found again, and no id is read but those of rows that differ.
 */
import { setImmediate } from 'node:timers/promises'
import type { EdgeSource } from '../../connectome/edges.ts'
import { InternalError } from '../../errors.ts'
import { RUN_BYTES } from '../../kernels/abi.ts'
import { KernelMemory } from '../../kernels/memory.ts'
import { idOutOfRange } from '../order.ts'
import { ColumnWindow } from '../windows.ts'
import type { ColumnPair } from './columns.ts'
import type { Walked, WalkInput } from './walk.ts'

/** Bytes of one property that are read at once: both sides stay in the cache until they are compared. */
const WINDOW_BYTES = 128 * 1024
const PAUSE_AFTER = 50

/** Rows that belong together: see `Comparison.paired`. */
export type PairedRows = Float64Array

/**
 * Whether a walk may follow these pairs: every row of the manipulated has its row of the original, in the order of
 * both, and all values are held to be the same.
 */
export function canFollow(
  paired: PairedRows | undefined,
  { original, manipulated, pairs, remain }: Omit<WalkInput, 'paired'>,
): paired is PairedRows {
  if (paired === undefined || remain !== undefined || pairs.some(({ rule }) => rule !== undefined))
    return false
  let [row, other] = [0, 0]
  for (let k = 0; k < paired.length; k += 3) {
    const length = paired[k + 2] ?? 0
    if ((paired[k] ?? 0) < row || paired[k + 1] !== other || length < 1) return false
    row = (paired[k] ?? 0) + length
    other += length
  }
  return row <= original.edgeCount && other === manipulated.edgeCount
}

/** @throws InputError if one of the two cannot be read */
export async function followPairs(paired: PairedRows, input: WalkInput): Promise<Walked> {
  const { pairs, original, options } = input
  const follow = new Follow(paired, input)
  let pause = performance.now()
  for (const [k, pair] of pairs.entries()) {
    for (const window of windowsOf(paired, pair, options.windowRows)) {
      await follow.compare(pair, window)
      if (performance.now() - pause < PAUSE_AFTER) continue
      const rows = Math.floor((k * original.edgeCount + window.first) / pairs.length)
      options.onProgress?.(rows, original.edgeCount)
      await setImmediate()
      options.signal?.throwIfAborted()
      pause = performance.now()
    }
  }
  const undetermined = new Map(pairs.map(({ name }) => [name, { bounded: 0, free: 0 }]))
  return { broken: undefined, undetermined }
}

/** Rows `first .. first+count-1` of the original; those of the manipulated that belong to them begin with `other`. */
interface Window {
  readonly first: number
  readonly count: number
  readonly other: number
  readonly otherCount: number
  /** Index of the first run that has rows in it. */
  readonly run: number
}

function* windowsOf(paired: PairedRows, { bytes }: ColumnPair, wanted?: number): Generator<Window> {
  const rows = Math.max(1, Math.floor(Math.min(wanted ?? WINDOW_BYTES, WINDOW_BYTES / bytes)))
  for (let run = 0, done = 0; run < paired.length; ) {
    const first = (paired[run] ?? 0) + done
    const other = (paired[run + 1] ?? 0) + done
    const begin = run
    let end = first
    let otherEnd = other
    // Rows of the original between runs are read as well, as long as they fit.
    while (run < paired.length) {
      const from = (paired[run] ?? 0) + done
      if (from >= first + rows) break
      const take = Math.min((paired[run + 2] ?? 0) - done, first + rows - from)
      end = from + take
      otherEnd += take
      done += take
      if (done < (paired[run + 2] ?? 0)) break
      run += 3
      done = 0
    }
    yield { first, count: end - first, other, otherCount: otherEnd - other, run: begin }
  }
}

class Follow {
  readonly #paired: PairedRows
  readonly #input: WalkInput
  readonly #memory: KernelMemory
  readonly #before: number
  readonly #after: number
  readonly #runs: number
  readonly #dirty: number
  readonly #target: ColumnWindow

  constructor(paired: PairedRows, input: WalkInput) {
    const { pairs, options, original } = input
    this.#paired = paired
    this.#input = input
    const memory = new KernelMemory(options.kernels)
    this.#memory = memory
    const narrowest = Math.min(WINDOW_BYTES, ...pairs.map(({ bytes }) => bytes))
    const room = Math.max(WINDOW_BYTES, ...pairs.map(({ bytes }) => bytes))
    const rows = Math.floor(WINDOW_BYTES / narrowest) + 1
    this.#before = memory.allocate(room)
    this.#after = memory.allocate(room)
    this.#runs = memory.allocate(rows * RUN_BYTES)
    this.#dirty = memory.allocate(rows)
    this.#target = new ColumnWindow(memory, original.target, rows, false)
    memory.bytes(this.#dirty, rows).fill(0)
  }

  async compare(pair: ColumnPair, window: Window): Promise<void> {
    const { bytes: width } = pair
    const { first, count, other, otherCount } = window
    const read = pair.before(first, count, this.#memory.bytes(this.#before, count * width))
    if (read !== undefined) await read
    const alike = pair.after(other, otherCount, this.#memory.bytes(this.#after, otherCount * width))
    if (alike !== undefined) await alike
    const runs = this.#runsOf(window)
    const { kernels } = this.#memory
    const different =
      kernels.compareRuns(this.#before, this.#after, width, this.#runs, runs, this.#dirty) >>> 0
    if (different > 0) await this.#suspect(this.#input.original, window)
  }

  /** The runs of the window, with its own rows. */
  #runsOf({ first, count, other, otherCount, run }: Window): number {
    const words = this.#memory.words(this.#runs, (Math.min(count, otherCount) * RUN_BYTES) / 4)
    let at = 0
    let rows = 0
    for (let k = run; rows < otherCount; k += 3) {
      const from = Math.max(this.#paired[k] ?? 0, first)
      const skipped = from - (this.#paired[k] ?? 0)
      const length = Math.min((this.#paired[k + 2] ?? 0) - skipped, first + count - from)
      if (length < 1) throw new InternalError('a run of rows that is not in its window')
      words[at] = from - first
      words[at + 1] = (this.#paired[k + 1] ?? 0) + skipped - other
      words[at + 2] = length
      at += 3
      rows += length
    }
    return at / 3
  }

  async #suspect(original: EdgeSource, { first, count }: Window): Promise<void> {
    await this.#target.fill(first, count)
    const dirty = this.#memory.bytes(this.#dirty, count)
    const targets = this.#memory.words(this.#target.ids, count)
    for (let k = 0; k < count; k++) {
      if (dirty[k] !== 1) continue
      const target = targets[k] ?? 0
      if (target >= original.targetCount) throw idOutOfRange(original, 'target', target, first + k)
      this.#input.suspects.add(target)
    }
    dirty.fill(0)
  }
}
