/** Bits as NumPy's bit generators hand them out, and whole numbers below a bound made from them by rejection. */

/** 64 bits as two words: NumPy's 64-bit integers are exact here without BigInt. */
export interface Word64 {
  readonly high: number
  readonly low: number
}

export interface BitGenerator {
  /** Whole number in 0 .. 2^32-1. */
  u32(): number
  u64(): Word64
  /** In [0, 1), 53 bits. */
  double(): number
}

export const TWO_32 = 2 ** 32

/**
 * Whole number in 0 .. `max` inclusive, as NumPy's shuffle and permutation draw it: words cut to the bits of `max`
 * until one fits. `max` = 0 draws nothing. Source: numpy/random/src/distributions, `random_interval`.
 *
 * @param max at most 2^53-1
 */
export function interval(bits: BitGenerator, max: number): number {
  if (max === 0) return 0
  if (max < TWO_32) return maskedU32(bits, max, ones(max))
  const highMask = ones(Math.floor(max / TWO_32))
  for (;;) {
    const { high, low } = bits.u64()
    const value = ((high & highMask) >>> 0) * TWO_32 + low
    if (value <= max) return value
  }
}

function maskedU32(bits: BitGenerator, max: number, mask: number): number {
  for (;;) {
    const value = (bits.u32() & mask) >>> 0
    if (value <= max) return value
  }
}

/** All ones up to the highest bit of `max` (below 2^32). */
export const ones = (max: number): number => (max === 0 ? 0 : 0xffff_ffff >>> Math.clz32(max))

/**
 * Pieces of `width` bits, low ones first, of one word after another: how NumPy draws its small integer types. What
 * is left of the last word is lost with the reader, as NumPy loses it at the end of a call.
 */
export function pieces(bits: BitGenerator, width: 1 | 8 | 16): () => number {
  const mask = 2 ** width - 1
  let [word, left] = [0, 0]
  return () => {
    if (left === 0) {
      word = bits.u32()
      left = 32
    } else word >>>= width
    left -= width
    return word & mask
  }
}

/** Fisher-Yates from the end, in place: `draw(i)` gives the place in 0 .. i that changes places with `i`. */
export function shuffleWith(
  draw: (max: number) => number,
  items: { [index: number]: unknown; readonly length: number },
  first = 1,
): void {
  for (let i = items.length - 1; i >= first; i--) {
    const j = draw(i)
    const kept = items[i]
    items[i] = items[j]
    items[j] = kept
  }
}

/** Fisher-Yates as `shuffle` and `permutation` of both NumPy interfaces do it, on numbers. */
export function shuffleIds(bits: BitGenerator, ids: Uint32Array): void {
  for (let i = ids.length - 1; i > 0; i--) {
    const j = maskedU32(bits, i, ones(i))
    const kept = ids[i] ?? 0
    ids[i] = ids[j] ?? 0
    ids[j] = kept
  }
}

/**
 * The first `count` of a permutation of 0 .. of-1 as {@link shuffleIds} makes it, with the same draws. Instead of all
 * items being moved, the few places that are asked for are traced back through the swaps to the item that ends there:
 * a bit per item says whether it is one of them, and bits stay in the cache where items do not.
 */
export function permutationHead(bits: BitGenerator, of: number, count: number): Uint32Array {
  const partner = new Uint32Array(of)
  for (let i = of - 1; i > 0; i--) partner[i] = maskedU32(bits, i, ones(i))
  /** Of each place that is traced, which of the first it ends as; others are not looked at. */
  const ends = new Uint32Array(of)
  const traced = new Int32Array((of >>> 5) + 1)
  for (let place = 0; place < count; place++) {
    ends[place] = place
    traced[place >>> 5] = (traced[place >>> 5] ?? 0) | (1 << place)
  }
  // The last swap first. Places below `count` change among each other; the others are not traced before their turn.
  for (let i = 1; i < count; i++) {
    const j = partner[i] ?? 0
    const end = ends[i] ?? 0
    ends[i] = ends[j] ?? 0
    ends[j] = end
  }
  for (let i = Math.max(1, count); i < of; i++) {
    const j = partner[i] ?? 0
    const word = traced[j >>> 5] ?? 0
    if ((word & (1 << j)) === 0) continue
    traced[j >>> 5] = word & ~(1 << j)
    traced[i >>> 5] = (traced[i >>> 5] ?? 0) | (1 << i)
    ends[i] = ends[j] ?? 0
  }
  const head = new Uint32Array(count)
  for (let item = 0; item < of; item++)
    if (((traced[item >>> 5] ?? 0) & (1 << item)) !== 0) head[ends[item] ?? 0] = item
  return head
}

export const lowWord = (a: number, b: number): number => Math.imul(a, b) >>> 0

/** High word of the product of two words, by halves of `a`: every number on the way is exact in a double. */
export function highWord(a: number, b: number): number {
  const upper = (a >>> 16) * b
  const kept = Math.floor(upper / 0x1_0000)
  return kept + Math.floor(((upper - kept * 0x1_0000) * 0x1_0000 + (a & 0xffff) * b) / TWO_32)
}

/** 0, 1, ... count-1. */
export function arange(count: number): Uint32Array {
  const ids = new Uint32Array(count)
  for (let i = 0; i < count; i++) ids[i] = i
  return ids
}

/** @throws RangeError unless 0 <= drawn <= of < 2^32, both whole */
export function requireCounts(drawn: number, of: number): void {
  if (!Number.isInteger(of) || of < 0 || of >= TWO_32) throw new RangeError(`cannot draw from ${of}`)
  if (!Number.isInteger(drawn) || drawn < 0 || drawn > of)
    throw new RangeError(`cannot draw ${drawn} of ${of}`)
}

/** Integer types of NumPy, by the bits that one value takes of a word. */
export type IntegerType = 'bool' | 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'int64'

export const LIMITS: Readonly<Record<IntegerType, readonly [least: number, most: number]>> = {
  bool: [0, 1],
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
}

/** Highest value above `low`. @throws RangeError unless low < high and both fit the type (64 bits: 2^53) */
export function spanOf(low: number, high: number, type: IntegerType): number {
  const [least, most] = LIMITS[type]
  const whole = Number.isSafeInteger(low) && Number.isSafeInteger(high)
  if (whole && low < high && low >= least && high - 1 <= most && Number.isSafeInteger(high - low))
    return high - 1 - low
  throw new RangeError(`no ${type} in [${low}, ${high})`)
}

/** Bits of a piece for the types that NumPy draws in pieces of a word. */
export function pieceWidth(type: IntegerType): 1 | 8 | 16 | undefined {
  if (type === 'bool') return 1
  if (type === 'int8' || type === 'uint8') return 8
  return type === 'int16' || type === 'uint16' ? 16 : undefined
}
