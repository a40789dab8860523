/** Connections as two columns of node ids. No I/O here. */

/** Ordered pairs (source, target), in an order that means something; repeats possible. */
export interface Pairs {
  /** 0-based node ids, one per pair; both of the same length. */
  readonly source: Uint32Array
  readonly target: Uint32Array
}

/** Pairs to draw from, and where they are from. */
export interface PairList extends Pairs {
  /** The file, or what stands for it in messages and records. */
  readonly label: string
  /** What the order of the pairs is: `as listed`, or the order that connproof gave them. */
  readonly order: string
}

/** Ascending by (source, target), repeats kept. */
export function sortPairs({ source, target }: Pairs): Pairs {
  const keys = new BigUint64Array(source.length)
  // Little-endian: the target is the low word. One BigInt per pair would cost an allocation each.
  const words = new Uint32Array(keys.buffer)
  for (let i = 0; i < source.length; i++) {
    words[2 * i] = target[i] ?? 0
    words[2 * i + 1] = source[i] ?? 0
  }
  keys.sort()
  return {
    source: new Uint32Array(source.length).map((_, i) => words[2 * i + 1] ?? 0),
    target: new Uint32Array(source.length).map((_, i) => words[2 * i] ?? 0),
  }
}

/** Whether each pair is above the one before it, by `major` first; `distinct`: and none is equal to it. */
export function isAscending(
  major: Uint32Array,
  minor: Uint32Array,
  { distinct }: { readonly distinct: boolean },
): boolean {
  for (let i = 1; i < major.length; i++) {
    const [a, b] = [major[i - 1] ?? 0, major[i] ?? 0]
    if (a < b) continue
    const [c, d] = [minor[i - 1] ?? 0, minor[i] ?? 0]
    if (a > b || c > d || (distinct && c === d)) return false
  }
  return true
}
