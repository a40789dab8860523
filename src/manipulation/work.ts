/** What an operation works on in one split. */
import type { Bits } from '../connectome/edge-bits.ts'
import type { Stream } from './draws.ts'
import type { PredictionSource } from './source.ts'
import type { SplitTable } from './split-table.ts'
import type { StepBuilder } from './step-builder.ts'

/** Thrown where the config does not determine what happens. */
export class Unpredictable extends Error {}

export interface Work {
  readonly source: PredictionSource
  readonly table: SplitTable
  readonly stream: GuardedStream
  readonly remain: Bits
  /** Of all functions, those that alter values. */
  readonly steps: readonly (StepBuilder | undefined)[]
  readonly splits: number
  /** This function's place. */
  readonly operation: number
  count(candidates: number, taken: number): void
}

/** The stream of a split, as long as it is known where it stands. */
export class GuardedStream {
  readonly #stream: Stream
  #lost: string | undefined

  constructor(stream: Stream) {
    this.#stream = stream
  }

  /** A function drew an unknown number of values. */
  lose(reason: string): void {
    this.#lost = reason
  }

  /** 1 for the `taken` of `of` that a permutation puts first; where all or none are, a lost stream matters not. */
  choose(of: number, taken: number): Uint8Array {
    if (this.#lost !== undefined && (taken === 0 || taken === of))
      return new Uint8Array(of).fill(taken === 0 ? 0 : 1)
    const chosen = new Uint8Array(of)
    for (const position of this.use().permutation(of).subarray(0, taken)) chosen[position] = 1
    return chosen
  }

  /** `permutation([True] * taken + [False] * rest)`. */
  scatter(of: number, taken: number): Uint8Array {
    if (this.#lost !== undefined && (taken === 0 || taken === of))
      return new Uint8Array(of).fill(taken === 0 ? 0 : 1)
    return Uint8Array.from(this.use().permutation(of), item => (item < taken ? 1 : 0))
  }

  /** @throws Unpredictable if the stream is lost */
  use(): Stream {
    if (this.#lost !== undefined) throw new Unpredictable(this.#lost)
    return this.#stream
  }
}
