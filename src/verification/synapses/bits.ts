/** Sets of edges and of targets, one bit each. */
import { InternalError } from '../../errors.ts'
import type { EdgeBits } from './expectation.ts'

export const hasBit = (bits: EdgeBits | undefined, k: number): boolean =>
  bits === undefined || (((bits.bytes[Math.floor(k / 8)] ?? 0) >> (k % 8)) & 1) === 1

/** No edge yet. */
export const noEdges = (length: number): EdgeBits => ({
  length,
  bytes: new Uint8Array(Math.ceil(length / 8)),
})

export function addBit({ bytes }: EdgeBits, k: number): void {
  const byte = Math.floor(k / 8)
  bytes[byte] = (bytes[byte] ?? 0) | (1 << (k % 8))
}

/** Edges in a set. */
export function countBits({ length, bytes }: EdgeBits): number {
  let count = 0
  for (let k = 0; k < Math.ceil(length / 8); k++) {
    // What lies behind the last edge does not count.
    let byte = (bytes[k] ?? 0) & (length - 8 * k < 8 ? (1 << (length - 8 * k)) - 1 : 0xff)
    for (; byte !== 0; byte &= byte - 1) count++
  }
  return count
}

export function checkBits(bits: EdgeBits | undefined, edges: number): void {
  if (bits !== undefined && (bits.length !== edges || bits.bytes.length < Math.ceil(edges / 8)))
    throw new InternalError(`a set over ${bits.length} edges of ${edges}`)
}

/** Targets whose rows must be looked at one by one. */
export class TargetSet {
  all = false
  readonly #bits: Uint8Array
  #any = false

  constructor(targets: number) {
    this.#bits = new Uint8Array(Math.ceil(targets / 8))
  }

  get empty(): boolean {
    return !this.all && !this.#any
  }

  add(target: number): void {
    this.#bits[target >>> 3] = (this.#bits[target >>> 3] ?? 0) | (1 << (target & 7))
    this.#any = true
  }

  /** The targets, ascending; only of sets that are not `all`. */
  list(): number[] {
    const targets: number[] = []
    for (const [k, byte] of this.#bits.entries())
      for (let bit = 0; byte >> bit > 0; bit++) if (((byte >> bit) & 1) === 1) targets.push(8 * k + bit)
    return targets
  }

  has(target: number): boolean {
    return this.all || (((this.#bits[target >>> 3] ?? 0) >> (target & 7)) & 1) === 1
  }
}
