/** What an argument of a public function may be: rules, each of which says what it expects where it is not met. */

/** What is expected of an argument, where it is not that; undefined where it is. */
export type Rule = (value: unknown) => string | undefined

export const expected =
  (what: string, holds: (value: unknown) => boolean): Rule =>
  value =>
    holds(value) ? undefined : what

export const whole = (least: number, most = Number.MAX_SAFE_INTEGER): Rule =>
  expected(
    `a whole number ${most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`}`,
    value => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most,
  )
export const positive = expected(
  'a number above 0',
  value => typeof value === 'number' && value > 0 && !Number.isNaN(value),
)
export const notNegative = expected(
  'a number of at least 0',
  value => typeof value === 'number' && value >= 0,
)
export const text = expected(
  'a text that is not empty',
  value => typeof value === 'string' && value !== '' && !value.includes('\0'),
)
export const anyText = expected('a text', value => typeof value === 'string')
export const flag = expected('true or false', value => typeof value === 'boolean')
export const call = expected('a function', value => typeof value === 'function')
export const oneOf = (...values: readonly unknown[]): Rule =>
  expected(values.join(' or '), value => values.includes(value))
export const ids = expected('a Uint32Array', value => value instanceof Uint32Array)

/** A list of such; of the first that is none it is said which. */
export const listOf =
  (rule: Rule, optional = false): Rule =>
  value => {
    if (!Array.isArray(value)) return 'a list'
    for (const [k, one] of value.entries()) {
      const wanted = optional && one === undefined ? undefined : rule(one)
      if (wanted !== undefined) return `a list, its entry ${k} ${wanted}`
    }
    return undefined
  }

/** An object with such keys; those in `optional` may be absent. */
export const objectOf =
  (what: string, keys: Readonly<Record<string, Rule>>, optional: readonly string[] = []): Rule =>
  value => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return what
    for (const [name, rule] of Object.entries(keys)) {
      // Some are of a prototype: circuits are instances.
      const one = (value as Readonly<Record<string, unknown>>)[name]
      if (one === undefined && optional.includes(name)) continue
      const wanted = rule(one)
      if (wanted !== undefined) return `${what}, its ${name} ${wanted}`
    }
    return undefined
  }

export const both =
  (...rules: readonly Rule[]): Rule =>
  value => {
    for (const rule of rules) {
      const wanted = rule(value)
      if (wanted !== undefined) return wanted
    }
    return undefined
  }

export const either =
  (first: Rule, second: Rule): Rule =>
  value => {
    const wanted = first(value)
    if (wanted === undefined || second(value) === undefined) return undefined
    return typeof value === 'object' ? second(value) : wanted
  }

/** Two columns of one table. */
export const sameLength = (a: string, b: string): Rule =>
  expected(`as many of ${a} as of ${b}`, value => {
    const columns = value as Readonly<Record<string, ArrayLike<number>>>
    return columns[a]?.length === columns[b]?.length
  })

export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object'
  return typeof value === 'function' ? 'a function' : String(value)
}
