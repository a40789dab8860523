/** A column longer than any window: counted by source, 4 bytes per source node, then given out as rows. */
import type { EdgeSource } from '../connectome/edges.ts'
import { InputError } from '../errors.ts'
import type { KernelMemory } from '../kernels/memory.ts'

export class Tally {
  readonly #memory: KernelMemory
  readonly #edges: EdgeSource
  readonly #counts: number
  readonly #taken: number
  #target = 0
  #next = 0

  constructor(memory: KernelMemory, edges: EdgeSource) {
    this.#memory = memory
    this.#edges = edges
    this.#counts = memory.allocate(edges.sourceCount * 4)
    memory.bytes(this.#counts, edges.sourceCount * 4).fill(0)
    this.#taken = memory.allocate(4)
  }

  get target(): number {
    return this.#target
  }

  /** Begin a column; the one before must have been drained. */
  start(target: number): void {
    this.#target = target
    this.#next = 0
  }

  add(sources: number, length: number): void {
    if (this.#memory.kernels.tallySources(sources, length, this.#counts)) return
    throw new InputError(`a connection to target node ${this.#target} has more than 2^32-1 edges`, {
      file: this.#edges.file,
      field: this.#edges.target.place?.dataset ?? this.#edges.target.label,
    })
  }

  /** Up to `capacity` rows to `sources` and `targets`; returns how many. Fewer than `capacity`: it is empty. */
  drain(sources: number, targets: number, capacity: number): number {
    const { kernels } = this.#memory
    const out = [this.#target, sources, targets, capacity, this.#taken] as const
    this.#next = kernels.drainTally(this.#counts, this.#edges.sourceCount, this.#next, ...out) >>> 0
    return this.#memory.words(this.#taken, 1)[0] ?? 0
  }
}
