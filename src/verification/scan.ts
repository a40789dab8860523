/** Typed view of the kernel's scan state: order and range of the rows seen so far. */
import * as abi from '../kernels/abi.ts'
import type { KernelMemory } from '../kernels/memory.ts'

export class Scan {
  readonly #memory: KernelMemory
  readonly #state: number

  constructor(memory: KernelMemory) {
    this.#memory = memory
    this.#state = memory.allocate(abi.SCAN_BYTES)
    memory.bytes(this.#state, abi.SCAN_BYTES).fill(0)
  }

  /** Look at rows of u32 `source` and `target`; swapped, the answers are about the order by source. */
  rows(source: number, target: number, length: number): void {
    this.#memory.kernels.scanOrder(this.#state, source, target, length)
  }

  /** Count the connections that start in rows whose order and range were found good. */
  count(source: number, target: number, length: number, sourceMember: number, targetMember: number): void {
    this.#memory.kernels.countConnections(this.#state, source, target, length, sourceMember, targetMember)
  }

  /** Of the last rows: whether some target is below its predecessor's. */
  get targetBroken(): boolean {
    return this.#word(abi.S_TARGET_ORDER_ROW) !== abi.NONE
  }

  /** Of the last rows: whether, within a target, some source is below its predecessor's. */
  get sourceBroken(): boolean {
    return this.#word(abi.S_SOURCE_ORDER_ROW) !== abi.NONE
  }

  get largestSource(): number {
    return this.#word(abi.S_MAX_SOURCE)
  }

  get largestTarget(): number {
    return this.#word(abi.S_MAX_TARGET)
  }

  get connections(): number {
    return this.#memory.doubles(this.#state + abi.S_CONNECTIONS, 1)[0] ?? 0
  }

  get inside(): number {
    return this.#memory.doubles(this.#state + abi.S_INSIDE, 1)[0] ?? 0
  }

  #word(offset: number): number {
    return this.#memory.load(this.#state + offset)
  }
}

/** Whether all rows so far ascend by one id, `major`, and within it by the other. */
export class OrderSeen {
  readonly #scan: Scan
  ascends = true
  strictly = true

  constructor(memory: KernelMemory) {
    this.#scan = new Scan(memory)
  }

  rows(minor: number, major: number, length: number): void {
    this.#scan.rows(minor, major, length)
    this.ascends &&= !this.#scan.targetBroken
    this.strictly &&= !this.#scan.sourceBroken
  }
}
