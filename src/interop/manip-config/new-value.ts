/** `new_value` of syn_prop_alteration: what becomes of the values of a synapse property. */
import {
  isPythonList,
  isPythonObject,
  numberOf,
  PythonFloat,
  type PythonJson,
} from '../../formats/python-json.ts'
import { type KeyType, oneOf, type Spot, text, wrongType } from './key-types.ts'

export type Range = readonly [low: number, high: number]

export type NewValue =
  | {
      readonly mode: 'setval' | 'offset'
      readonly value: number
      /** Written as 2, not as 2.0: Python and NumPy compute otherwise with it. */
      readonly integer: boolean
      readonly range: Range | undefined
    }
  | {
      readonly mode: 'scale'
      readonly factor: number
      readonly integer: boolean
      readonly range: Range | undefined
    }
  | { readonly mode: 'shuffle' }
  | {
      readonly mode: 'randval' | 'randscale' | 'randadd'
      /** A function of numpy.random. */
      readonly rng: string
      readonly kwargs: Readonly<Record<string, PythonJson>>
      readonly range: Range | undefined
    }

const MODES = ['setval', 'scale', 'offset', 'shuffle', 'randval', 'randscale', 'randadd'] as const
type Mode = (typeof MODES)[number]

const OPERAND: Readonly<Record<Mode, readonly string[]>> = {
  setval: ['value'],
  scale: ['factor'],
  offset: ['value'],
  shuffle: [],
  randval: ['rng', 'kwargs'],
  randscale: ['rng', 'kwargs'],
  randadd: ['rng', 'kwargs'],
}

export const newValue: KeyType<NewValue> = {
  expected: 'an object with "mode"',
  read(value, at) {
    if (!isPythonObject(value)) return wrongType(value, this.expected, at)
    const mode = oneOf(MODES).read(value.mode ?? null, { ...at, path: `${at.path}.mode` })
    if (mode === undefined) return undefined
    for (const name of Object.keys(value))
      if (name !== 'mode' && name !== 'range' && !OPERAND[mode].includes(name))
        at.findings.warning(
          'key.dead',
          `${at.path}.${name}`,
          `"${name}" is not read in mode ${mode}`,
          `Mode ${mode} reads ${[...OPERAND[mode], 'range'].join(', ')}.`,
        )
    const range = readRange(value.range, { ...at, path: `${at.path}.range` })
    return range === null ? undefined : readMode(mode, value, range, at)
  },
}

function readMode(
  mode: Mode,
  value: Readonly<Record<string, PythonJson>>,
  range: Range | undefined,
  at: Spot,
): NewValue | undefined {
  const operand = (name: string): number | undefined =>
    numberOf(value[name]) ?? wrongType(value[name], 'a number', { ...at, path: `${at.path}.${name}` })
  switch (mode) {
    case 'shuffle':
      return { mode }
    case 'scale': {
      const factor = operand('factor')
      const integer = !(value.factor instanceof PythonFloat)
      return factor === undefined ? undefined : { mode, factor, integer, range }
    }
    case 'setval':
    case 'offset': {
      const number = operand('value')
      if (number === undefined) return undefined
      if (mode === 'offset' || range === undefined || (number >= range[0] && number <= range[1]))
        return { mode, value: number, integer: !(value.value instanceof PythonFloat), range }
      at.findings.error(
        'key.range',
        `${at.path}.value`,
        `setval stops at a value outside its range: ${number} is not in [${range.join(', ')}]`,
      )
      return undefined
    }
    default: {
      const rng = text.read(value.rng ?? null, { ...at, path: `${at.path}.rng` })
      const kwargs = value.kwargs
      if (!isPythonObject(kwargs))
        return wrongType(kwargs, 'an object of arguments of the generator', {
          ...at,
          path: `${at.path}.kwargs`,
        })
      return rng === undefined ? undefined : { mode, rng, kwargs, range }
    }
  }
}

/** `null` after an error. */
function readRange(value: PythonJson | undefined, at: Spot): Range | undefined | null {
  if (value === undefined) return undefined
  const numbers = isPythonList(value) ? value.map(numberOf) : []
  const [low, high] = numbers
  if (numbers.length === 2 && low !== undefined && high !== undefined) return [low, high]
  wrongType(value, 'a list of two numbers', at)
  return null
}

/** Synapse property to the values that pass. */
export type SynapseFilter = Readonly<Record<string, readonly (number | string)[]>>

export const synapseFilter: KeyType<SynapseFilter> = {
  expected: 'an object of synapse properties, each with a list of values',
  read(value, at) {
    if (!isPythonObject(value)) return wrongType(value, this.expected, at)
    const filter: Record<string, (number | string)[]> = {}
    for (const [property, given] of Object.entries(value)) {
      // np.isin takes a single value as well.
      const items = isPythonList(given) ? given : [given]
      const values = items.map(item => (typeof item === 'string' ? item : numberOf(item)))
      if (values.some(item => item === undefined))
        return wrongType(given, 'a list of numbers or texts', { ...at, path: `${at.path}.${property}` })
      filter[property] = values.filter(item => item !== undefined)
    }
    return filter
  },
}
