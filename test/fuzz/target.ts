/** What is fuzzed: a file, a command that reads it, and what must come out of it. */
import type { Mutator } from './mutate.ts'

export interface FuzzTarget {
  /** Of the file that is spoiled, for the table. */
  readonly format: string
  readonly file: string
  /** Command line that reads it. */
  readonly args: readonly string[]
  /** Exit code with the whole file. */
  readonly whole: 0
  /**
   * What the file says, as far as it matters to the command, read once more and on a way of its own where there is
   * one. May throw.
   */
  readonly content: () => Promise<string>
  /** Damage is always found: everything that matters is under a checksum. */
  readonly checksummed?: true
  /** Damage that only this format can have; none of it may get a verdict. */
  readonly fatal: readonly Mutator[]
  /** Damage that only this format can have, and that may or may not matter: `content` says. */
  readonly likely?: readonly Mutator[]
  /** Nothing is asked of `content` where a difference was found: libhdf5 reads some damaged heaps of texts for ever. */
  readonly trusted?: true
  /** Which edges `Damage.changed` names. */
  readonly side?: 'original_edge' | 'manipulated_edge'
  /** The command says what a file holds, whatever that is: it may only be refused or read. */
  readonly facts?: true
  /** Another file may be named as well: one that it points to, or one that it does not fit any more. */
  readonly leads?: true
}
