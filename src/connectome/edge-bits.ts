/** One bit per edge: sets of edge ids whose memory does not depend on how many are in them. No I/O. */

/** Bit `k & 7` of byte `k >> 3` is edge id k. */
export interface Bits {
  readonly length: number
  readonly bytes: Uint8Array
}

export const noBits = (length: number): Bits => ({ length, bytes: new Uint8Array(Math.ceil(length / 8)) })

export function allBits(length: number): Bits {
  const bits = noBits(length)
  bits.bytes.fill(0xff)
  const last = length % 8
  if (last > 0) bits.bytes[bits.bytes.length - 1] = (1 << last) - 1
  return bits
}

// Ids may be above 2^31, where shifts of the id itself would wrap.
export const hasBit = ({ bytes }: Bits, k: number): boolean =>
  (((bytes[Math.floor(k / 8)] ?? 0) >>> (k % 8)) & 1) === 1

export function setBit({ bytes }: Bits, k: number): void {
  const at = Math.floor(k / 8)
  bytes[at] = (bytes[at] ?? 0) | (1 << (k % 8))
}

export function clearBit({ bytes }: Bits, k: number): void {
  const at = Math.floor(k / 8)
  bytes[at] = (bytes[at] ?? 0) & ~(1 << (k % 8))
}

const ONES = new Uint8Array(256)
for (let byte = 1; byte < 256; byte++) ONES[byte] = (ONES[byte >> 1] ?? 0) + (byte & 1)

export function countBits({ bytes }: Bits): number {
  let count = 0
  for (const byte of bytes) count += ONES[byte] ?? 0
  return count
}

/** Bytes between two remembered ranks. */
const STEP = 64

/** How many members of `bits` are below an id. `bits` must not change any more. */
export function rankOf(bits: Bits): (k: number) => number {
  const before = new Float64Array(Math.ceil(bits.bytes.length / STEP) + 1)
  let count = 0
  for (let at = 0; at < bits.bytes.length; at++) {
    if (at % STEP === 0) before[at / STEP] = count
    count += ONES[bits.bytes[at] ?? 0] ?? 0
  }
  return k => {
    const byte = Math.floor(k / 8)
    let rank = before[Math.floor(byte / STEP)] ?? 0
    for (let at = byte - (byte % STEP); at < byte; at++) rank += ONES[bits.bytes[at] ?? 0] ?? 0
    return rank + (ONES[(bits.bytes[byte] ?? 0) & ((1 << (k % 8)) - 1)] ?? 0)
  }
}
