/** Draws with given probabilities, as NumPy's `choice(..., p=...)` looks them up. */

/** Running sums divided by the last of them. RangeError unless the sum is a positive number. */
export function cumulative(p: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(p.length)
  let sum = 0
  for (let i = 0; i < p.length; i++) {
    const weight = p[i] ?? 0
    if (!(weight >= 0)) throw new RangeError(`probability ${i} is ${weight}`)
    sum += weight
    sums[i] = sum
  }
  if (!(sum > 0) || sum === Number.POSITIVE_INFINITY) throw new RangeError(`probabilities sum to ${sum}`)
  return sums.map(value => value / sum)
}

/** The first position whose value is greater than `value`. */
export function searchRight(ascending: Float64Array, value: number): number {
  let [low, high] = [0, ascending.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ascending[middle] ?? 0) <= value) low = middle + 1
    else high = middle
  }
  return low
}
