/** Order of rows by (target, source), those of one connection as they stand. */

const DIGIT = 16

/** Positions of the rows in that order; undefined where they are in it. Targets and sources are u32. */
export function orderOf(target: Uint32Array, source: Uint32Array): Uint32Array | undefined {
  if (inOrder(target, source)) return undefined
  let order = Uint32Array.from(target, (_, k) => k)
  // Least significant digit first; each pass keeps the order of the one before.
  for (const keys of [source, target]) {
    const [least, spread] = span(keys)
    for (let shift = 0; spread >>> shift > 0 && shift < 32; shift += DIGIT)
      order = byDigit(order, keys, least, shift)
  }
  return order
}

function inOrder(target: Uint32Array, source: Uint32Array): boolean {
  for (let k = 1; k < target.length; k++) {
    const [before = 0, here = 0] = [target[k - 1], target[k]]
    if (here < before || (here === before && (source[k] ?? 0) < (source[k - 1] ?? 0))) return false
  }
  return true
}

function span(keys: Uint32Array): [least: number, spread: number] {
  let least = 0xffff_ffff
  let most = 0
  for (const key of keys) {
    if (key < least) least = key
    if (key > most) most = key
  }
  return [least, most - least]
}

function byDigit(
  order: Uint32Array<ArrayBuffer>,
  keys: Uint32Array,
  least: number,
  shift: number,
): Uint32Array<ArrayBuffer> {
  const digit = (row: number): number => (((keys[row] ?? 0) - least) >>> shift) & 0xffff
  const begins = new Uint32Array(2 ** DIGIT + 1)
  for (const row of order) {
    const next = digit(row) + 1
    begins[next] = (begins[next] ?? 0) + 1
  }
  for (let k = 1; k < begins.length; k++) begins[k] = (begins[k] ?? 0) + (begins[k - 1] ?? 0)
  const sorted = new Uint32Array(order.length)
  for (const row of order) {
    const at = digit(row)
    const place = begins[at] ?? 0
    sorted[place] = row
    begins[at] = place + 1
  }
  return sorted
}
