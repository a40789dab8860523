/** Values of all properties in one window of rows: read, ruled and compared along pairs of rows. */
import { PAIRED_BYTES, RUN_BYTES } from '../../kernels/abi.ts'
import type { KernelMemory } from '../../kernels/memory.ts'
import type { ColumnPair } from './columns.ts'
import { applyRule, gather, isRuled, scatter } from './rules.ts'

/** Rows `first .. first+count-1` of the manipulated population, at row `at` of the buffer. */
export interface Piece {
  readonly at: number
  readonly first: number
  readonly count: number
}

/** Kept edges whose value is not held to be one certain. */
export interface Undetermined {
  bounded: number
  free: number
}

/** Runs of fewer rows than this, on average, are compared row by row: that takes a quarter of the time for each. */
const LONG_RUN = 6

export class PropertyWindow {
  /** One byte per row of the window: 1 = some value is not as it should be. */
  readonly dirty: number
  /** Room for the pairs of rows, as of `pairRows`. */
  readonly runs: number
  readonly undetermined: ReadonlyMap<string, Undetermined>
  readonly #memory: KernelMemory
  readonly #pairs: readonly ColumnPair[]
  readonly #rows: number
  readonly #before: number
  readonly #after: number
  /** Room for the pairs of a window whose runs are short, made for the first of these. */
  #listed = 0

  constructor(memory: KernelMemory, pairs: readonly ColumnPair[], rows: number) {
    this.#memory = memory
    this.#pairs = pairs
    this.#rows = rows
    const widest = Math.max(1, ...pairs.map(({ bytes }) => bytes))
    this.dirty = memory.allocate(rows)
    this.runs = memory.allocate(rows * RUN_BYTES)
    this.#before = memory.allocate(rows * widest)
    this.#after = memory.allocate(rows * widest)
    this.undetermined = new Map(pairs.map(({ name }) => [name, { bounded: 0, free: 0 }]))
  }

  /**
   * Compare rows `first .. first+count-1` of the original with those that `runCount` runs pair them with.
   *
   * @returns how many values are not as they should be; `dirty` says in which rows
   */
  async compare(first: number, count: number, pieces: readonly Piece[], runCount: number): Promise<number> {
    let different = 0
    this.#memory.bytes(this.dirty, this.#rows).fill(0)
    const listed = runCount * LONG_RUN > count ? this.#list(runCount) : 0
    for (const pair of this.#pairs) {
      const { bytes: width } = pair
      const read = pair.before(first, count, this.#memory.bytes(this.#before, count * width))
      if (read !== undefined) await read
      // Values that cannot be read are an error wherever windows begin, also of rows that are gone.
      if (runCount === 0) continue
      for (const piece of pieces) {
        if (piece.count === 0) continue
        const into = this.#memory.bytes(this.#after + piece.at * width, piece.count * width)
        const other = pair.after(piece.first, piece.count, into)
        if (other !== undefined) await other
      }
      if (pair.rule !== undefined) different += this.#rule(pair, first, runCount)
      different += this.#compare(width, runCount, listed)
    }
    return different
  }

  /** @returns how many pairs of rows the runs consist of */
  #list(runCount: number): number {
    if (this.#listed === 0) this.#listed = this.#memory.allocate(this.#rows * PAIRED_BYTES)
    return this.#memory.kernels.listPairs(this.runs, runCount, this.#listed) >>> 0
  }

  /** @param listed how many pairs are listed; 0: none are */
  #compare(width: number, runCount: number, listed: number): number {
    const [before, after, { kernels }] = [this.#before, this.#after, this.#memory]
    const different =
      listed === 0
        ? kernels.compareRuns(before, after, width, this.runs, runCount, this.dirty)
        : kernels.comparePairs(before, after, width, this.#listed, listed, this.dirty)
    return different >>> 0
  }

  /** Replace what is there before by what should be there after, in rows that a rule is about. */
  #rule(pair: ColumnPair, first: number, runCount: number): number {
    const runs = this.#memory.words(this.runs, runCount * (RUN_BYTES / 4))
    const rows = new Uint32Array(this.#rows)
    const others = new Uint32Array(this.#rows)
    let count = 0
    for (let k = 0; k < runs.length; k += 3) {
      const [row = 0, other = 0, length = 0] = [runs[k], runs[k + 1], runs[k + 2]]
      for (let r = 0; r < length; r++) {
        if (!isRuled(pair, first + row + r)) continue
        rows[count] = row + r
        others[count++] = other + r
      }
    }
    if (count === 0) return 0
    const room = this.#rows * pair.bytes
    const values = this.#memory.bytes(this.#before, room)
    const before = gather(values, pair.bytes, rows, count)
    const after = gather(this.#memory.bytes(this.#after, room), pair.bytes, others, count)
    const edges = Float64Array.from(rows.subarray(0, count), row => first + row)
    const { expected, bad } = applyRule(pair, { edges, before, after })
    scatter(expected, pair.bytes, rows, values)
    const facts = this.undetermined.get(pair.name)
    if (facts !== undefined && pair.rule?.kind === 'free') facts.free += count
    if (facts !== undefined && pair.rule?.kind === 'bounded') facts.bounded += count
    let outside = 0
    const dirty = this.#memory.bytes(this.dirty, this.#rows)
    bad?.forEach((is, k) => {
      if (is === 0) return
      dirty[rows[k] ?? 0] = 1
      outside++
    })
    return outside
  }
}
