/**
 * What connectome-manipulator makes of an edge table, for a seed and a number of splits: which rows remain, and the
 * values of the properties it alters. Source: connectome-manipulator.md 2.1 - 2.7; equality with the package is
 * tested over test/fixtures/predictions.
 */
import { allBits, type Bits } from '../connectome/edge-bits.ts'
import { MAX_SEED, type Operation, type Plan, share } from '../connectome/operations.ts'
import { RandomState } from '../selection/random/random-state.ts'
import { alter } from './alteration.ts'
import { removeConnections, removeSynapses } from './removals.ts'
import { type PredictionSource, splitTables } from './source.ts'
import type { SplitTable } from './split-table.ts'
import { StepBuilder } from './step-builder.ts'
import type { Step } from './steps.ts'
import { GuardedStream, Unpredictable, type Work } from './work.ts'

/** What one function did in one split. */
export interface SplitCount {
  readonly operation: number
  readonly split: number
  /** Connections or synapses it could have taken, and took. */
  readonly candidates: number
  readonly taken: number
}

export interface Prediction {
  /** Rows of the original that remain. */
  readonly remain: Bits
  /** By property, what was done to it, in order. */
  readonly changes: ReadonlyMap<string, readonly Step[]>
  readonly counts: readonly SplitCount[]
  /** Values that left the range of their integer type. */
  readonly overflows: ReadonlyMap<string, number>
  /** Properties some of whose new values nothing but the machine determines. */
  readonly undecided: ReadonlySet<string>
  /** The first function whose doing cannot be known, and why: then nothing above is to be relied on. */
  readonly unknownFrom?: { readonly operation: number; readonly reason: string } | undefined
}

export interface PredictOptions {
  readonly signal?: AbortSignal | undefined
  /** Rows gathered in one pass where splits are mixed; the result does not depend on it. */
  readonly together?: number | undefined
}

/**
 * Predict. Rows are read split by split: memory grows with the largest split, and by bits with the edges.
 *
 * @throws RangeError if a seed does not fit; see `overflowingSplit`
 * @throws InputError if the table cannot be read
 */
export async function predict(
  source: PredictionSource,
  plan: Plan,
  options: PredictOptions = {},
): Promise<Prediction> {
  const run = new Run(source, plan)
  let split = 0
  for await (const table of splitTables(source, plan.splits, options.signal, options.together)) {
    await run.split(split++, table)
  }
  return run.result()
}

class Run {
  readonly #source: PredictionSource
  readonly #plan: Plan
  readonly #remain: Bits
  readonly #steps: readonly (StepBuilder | undefined)[]
  readonly #counts: SplitCount[] = []
  /** Functions before this one are known in every split so far. */
  #known: number
  #reason = ''
  #stream: GuardedStream | undefined

  constructor(source: PredictionSource, plan: Plan) {
    this.#source = source
    this.#plan = plan
    this.#remain = allBits(source.edgeCount)
    this.#known = plan.operations.length
    this.#steps = plan.operations.map(operation => StepBuilder.for(operation, source))
  }

  async split(split: number, table: SplitTable): Promise<void> {
    const stream = this.#streamOf(split)
    for (let operation = 0; operation < this.#known; operation++) {
      const asked = this.#plan.operations[operation]
      if (asked === undefined) break
      const count = (candidates: number, taken: number): void => {
        this.#counts.push({ operation, split, candidates, taken })
      }
      const work = { source: this.#source, table, stream, remain: this.#remain, steps: this.#steps }
      try {
        await apply(asked, { ...work, splits: this.#plan.splits, operation, count })
      } catch (error) {
        if (!(error instanceof Unpredictable)) throw error
        this.#known = operation
        this.#reason = error.message
      }
    }
    for (const step of this.#steps) step?.endSplit()
  }

  #streamOf(split: number): GuardedStream {
    const { seed, oneStream } = this.#plan
    if (oneStream && this.#stream !== undefined) return this.#stream
    const seeded = oneStream ? seed : seed * (split + 1)
    if (seeded > MAX_SEED) throw new RangeError(`seed ${seeded} of split ${split} does not fit 32 bits`)
    this.#stream = new GuardedStream(new RandomState(seeded))
    return this.#stream
  }

  result(): Prediction {
    const changes = new Map<string, Step[]>()
    const overflows = new Map<string, number>()
    const undecided = new Set<string>()
    for (const builder of this.#steps.slice(0, this.#known)) {
      if (builder === undefined) continue
      const before = changes.get(builder.property) ?? []
      changes.set(builder.property, [...before, builder.step()])
      if (builder.undecided) undecided.add(builder.property)
      if (builder.overflows > 0)
        overflows.set(builder.property, (overflows.get(builder.property) ?? 0) + builder.overflows)
    }
    const known = this.#known === this.#plan.operations.length
    return {
      remain: this.#remain,
      changes,
      counts: this.#counts,
      overflows,
      undecided,
      unknownFrom: known ? undefined : { operation: this.#known, reason: this.#reason },
    }
  }
}

async function apply(operation: Operation, work: Work): Promise<void> {
  switch (operation.kind) {
    case 'null_manipulation':
      return
    case 'conn_removal':
      return removeConnections(operation, work)
    case 'conn_extraction': {
      const { table } = work
      const dropped = new Uint8Array(table.length).fill(1)
      const { nodes } = operation
      if (nodes !== undefined) for (const row of table.select(nodes, nodes)) dropped[row] = 0
      table.drop(dropped, work.remain)
      return
    }
    case 'syn_removal':
      return removeSynapses(operation, work)
    case 'syn_subsampling': {
      const { table, stream } = work
      const kept = share(operation.percent, table.length)
      work.count(table.length, table.length - kept)
      const keep = stream.scatter(table.length, kept)
      table.drop(
        keep.map(bit => 1 - bit),
        work.remain,
      )
      return
    }
    case 'syn_prop_alteration':
      return alter(operation, work)
    default:
      throw new Unpredictable(`${operation.kind} follows a model`)
  }
}
