/** `attribute=value` of a node selection: unlike in a node set, the value has no type. */
import { InputError, nearestName } from '../errors.ts'
import { sortedUnique } from './id-sets.ts'
import type { NodeColumn } from './node-columns.ts'
import type { Nodes } from './nodes.ts'

/** The values of an attribute are listed in a hint up to this many. */
const LISTED_VALUES = 20

/**
 * Nodes whose attribute equals `value`, or one of its comma-separated parts if no node has the whole (so
 * that text with a comma can be asked for). `layer=4` finds the integer 4, the text "4" and a @library value
 * "4" alike. `node_id=5,7` gives node ids, 0-based, unless there is an attribute of that name.
 *
 * @throws InputError for an unknown attribute, a value that no node has, and floating-point columns.
 */
export async function selectByAttribute(
  attribute: string,
  value: string,
  nodes: Nodes,
): Promise<Uint32Array> {
  const parts = [...new Set(value.split(',').map(part => part.trim()))]
  if (attribute === 'node_id' && !(await nodes.attributeNames()).includes(attribute))
    return explicitIds(parts, nodes)
  const column = await nodes.attribute(attribute)
  const whole = await matching(column, [value])
  if (whole.length > 0) return whole
  for (const part of parts)
    if ((await matching(column, [part])).length === 0) throw await unknownValue(column, part, nodes)
  return matching(column, parts)
}

function matching(column: NodeColumn, values: readonly string[]): Promise<Uint32Array> {
  switch (column.kind) {
    case 'float':
      throw new InputError(
        `attribute "${column.name}" holds floating-point numbers, which are not compared for equality`,
        { ...column.place, hint: 'Write a node set with $gte or $lte and give its name.' },
      )
    case 'integer': {
      const numbers = new Set(values.map(toInteger))
      return column.matchNumbers(number => numbers.has(number))
    }
    default: {
      const texts = new Set(values)
      return column.matchText(text => texts.has(text))
    }
  }
}

/** NaN (which equals nothing) unless `text` is an integer that doubles hold exactly. */
function toInteger(text: string): number {
  const number = /^[+-]?\d+(\.0*)?$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(number) ? number : Number.NaN
}

function explicitIds(parts: readonly string[], nodes: Nodes): Uint32Array {
  const ids = parts.map(part => {
    const id = toInteger(part)
    if (id >= 0 && id < nodes.size) return id
    throw new InputError(`expected node ids from 0 to ${nodes.size - 1}, found "${part}"`, {
      file: nodes.file,
      field: 'node_id',
    })
  })
  return sortedUnique(Uint32Array.from(ids))
}

async function unknownValue(column: NodeColumn, value: string, nodes: Nodes): Promise<InputError> {
  const known = await column.distinct(LISTED_VALUES + 1)
  const nearest = nearestName(value, known)
  const list =
    known.length === 0
      ? 'The attribute has no values.'
      : known.length <= LISTED_VALUES
        ? `Values: ${known.join(', ')}.`
        : `It has more than ${LISTED_VALUES} values.`
  return new InputError(`no node of population "${nodes.name}" has ${column.name} "${value}"`, {
    ...column.place,
    hint: `${nearest === undefined ? '' : `Did you mean "${nearest}"? `}${list}`,
  })
}
