/** How many connections of a list are drawn, and how the notebook prints that. */

/** A count and a fraction are different things to the notebook: 1 is one connection, 1.0 are all. */
export type Amount = { readonly count: number } | { readonly fraction: number } | 'all'

/**
 * Number of connections drawn of a list of `listed`. A count above it is cut to it, a fraction is rounded half to
 * even as `numpy.round` does.
 *
 * @throws RangeError unless a count is whole and not negative, and a fraction from 0 to 1
 */
export function drawnOf(amount: Amount, listed: number): number {
  if (amount === 'all') return listed
  if ('count' in amount) {
    if (Number.isSafeInteger(amount.count) && amount.count >= 0) return Math.min(amount.count, listed)
    throw new RangeError(`expected a whole number of connections, found ${amount.count}`)
  }
  if (amount.fraction >= 0 && amount.fraction <= 1) return roundHalfToEven(amount.fraction * listed)
  throw new RangeError(`expected a fraction from 0 to 1, found ${amount.fraction}`)
}

function roundHalfToEven(value: number): number {
  const below = Math.floor(value)
  const rest = value - below
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1
  return below % 2 === 0 ? below : below + 1
}

/** As Python prints it: `500`, `0.5`, `1.0`, `1e-05`. Of `all` the number that it is. */
export function amountText(amount: Amount, listed: number): string {
  if (amount === 'all') return String(listed)
  return 'count' in amount ? String(amount.count) : pythonFloat(amount.fraction)
}

/** `repr` of a float from 0 to 1: exponents below -4 where JavaScript waits for -7, and of two digits. */
function pythonFloat(value: number): string {
  const text = value !== 0 && value < 1e-4 ? value.toExponential() : String(value)
  const [digits = '', exponent] = text.split('e')
  if (exponent !== undefined) return `${digits}e-${exponent.slice(1).padStart(2, '0')}`
  return digits.includes('.') ? digits : `${digits}.0`
}
