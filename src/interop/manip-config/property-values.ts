/** Whether the new values of syn_prop_alteration fit the type of the property, as NumPy 2 takes them. */

import { type NumberType, readValue, type Value } from '../../connectome/numbers.ts'
import type { PropertyColumn } from '../../connectome/table.ts'
import type { Findings } from './diagnostics.ts'
import type { NewValue } from './new-value.ts'

type Limits = readonly [low: bigint, high: bigint]

/** Of an integer type; `undefined` for floats. */
function limitsOf(type: string): Limits | undefined {
  const bits = BigInt(type.slice(1))
  if (type.startsWith('u')) return [0n, 2n ** bits - 1n]
  return type.startsWith('i') ? [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n] : undefined
}

const inside = (value: number | bigint, [low, high]: Limits): boolean => value >= low && value <= high

export async function checkOperand(
  how: NewValue,
  column: PropertyColumn,
  path: string,
  findings: Findings,
): Promise<void> {
  const { name, type, texts } = column
  const limits = texts === undefined && type !== 'f16' ? limitsOf(type) : undefined
  if (limits === undefined || !('value' in how || 'factor' in how)) return
  const [operand, key] = 'factor' in how ? [how.factor, 'factor'] : [how.value, 'value']
  const at = `${path}.${key}`
  const holds = `${name} holds integers from ${limits[0]} to ${limits[1]}`
  if ((how.mode === 'setval' || how.integer) && !inside(Math.trunc(operand), limits)) {
    findings.error(
      'property.value',
      at,
      `${holds}, and not ${operand}: the package stops (OverflowError)`,
      how.mode === 'setval'
        ? undefined
        : `Written as ${operand}.0 it is computed as a float, and wraps where the result does not fit.`,
    )
    return
  }
  if (how.mode === 'setval') {
    if (!Number.isInteger(operand))
      findings.warning('property.value', at, `${holds}: ${operand} becomes ${Math.trunc(operand)}`)
    return
  }
  const extremes = await extremesOf(column, type as NumberType)
  const wrapped = extremes.find(value => !inside(Math.trunc(resultOf(how, operand, value)), limits))
  if (wrapped !== undefined)
    findings.warning(
      'property.value',
      at,
      `${holds}: where it is ${wrapped}, the result ${resultOf(how, operand, wrapped)} does not fit and wraps without a message`,
      how.integer
        ? 'Take a smaller one; a range is applied after it has wrapped.'
        : 'Give a range within the type.',
    )
}

/** Integers wrap before the range is applied, floats after. */
function resultOf(how: NewValue, operand: number, value: Value): number {
  const result = how.mode === 'scale' ? Number(value) * operand : Number(value) + operand
  if (!('range' in how) || how.range === undefined || ('integer' in how && how.integer)) return result
  return Math.min(Math.max(result, how.range[0]), how.range[1])
}

const WINDOW = 65_536

/** Smallest and largest value; none without rows. */
async function extremesOf(column: PropertyColumn, type: NumberType): Promise<Value[]> {
  let low: Value | undefined
  let high: Value | undefined
  for (let first = 0; first < column.length; first += WINDOW) {
    const rows = Math.min(WINDOW, column.length - first)
    const view = new DataView(new ArrayBuffer(rows * column.bytes))
    await column.readInto(first, rows, new Uint8Array(view.buffer))
    for (let at = 0; at < view.byteLength; at += column.bytes) {
      const value = readValue(view, at, type)
      if (low === undefined || value < low) low = value
      if (high === undefined || value > high) high = value
    }
  }
  return low === undefined || high === undefined ? [] : [low, high]
}
