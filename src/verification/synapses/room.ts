import type { KernelMemory } from '../../kernels/memory.ts'

/** Kernel memory that grows and never shrinks; what was in it is lost when it grows. */
export class Room {
  #pointer = 0
  #bytes = 0
  readonly #memory: KernelMemory

  constructor(memory: KernelMemory) {
    this.#memory = memory
  }

  /** A pointer to at least `bytes`. Views of kernel memory made before are gone. */
  require(bytes: number): number {
    if (bytes > this.#bytes || this.#pointer === 0) {
      this.#bytes = Math.max(bytes, 2 * this.#bytes, 64)
      this.#pointer = this.#memory.allocate(this.#bytes)
    }
    return this.#pointer
  }
}
