/** `sel_src` and `sel_dest`: which nodes, as connectome-manipulator reads it (not as a SONATA node set). */
import { isPythonList, isPythonObject, numberOf, type PythonJson } from '../../formats/python-json.ts'
import { describeValue } from './diagnostics.ts'
import { type KeyType, type Spot, wrongType } from './key-types.ts'

export type AttributeValue = string | number | boolean

/** A node is in where its attribute equals one of `values`. */
export interface AttributeTest {
  readonly attribute: string
  readonly values: readonly AttributeValue[]
  /** Written as a single value, not as a list. */
  readonly single: boolean
}

export type NodeQuery =
  /** Absent or null; ascending ids. */
  | { readonly kind: 'all' }
  /** `{}` of generation B. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'set'; readonly name: string }
  /** 0-based node ids in the order of the file, repeats kept: rows of a mask are in this order. */
  | { readonly kind: 'ids'; readonly ids: readonly number[] }
  /** All tests fulfilled and, where given, in the node set; ascending ids. */
  | {
      readonly kind: 'attributes'
      readonly nodeSet: string | undefined
      readonly tests: readonly AttributeTest[]
    }
  /** Generation A only: what bluepysnap's own queries have beyond attributes. Not evaluated here. */
  | { readonly kind: 'snap'; readonly path: string }

export const ALL_NODES: NodeQuery = { kind: 'all' }

/** Ids are kept in doubles and, later, in 32 bits; SONATA has no larger populations. */
const MAX_ID = 2 ** 32 - 1

export const nodeQuery: KeyType<NodeQuery> = {
  expected: 'null, the name of a node set, a list of node ids, or an object of attributes',
  read(value, at) {
    if (value === null) return ALL_NODES
    if (typeof value === 'string') return { kind: 'set', name: value }
    if (isPythonList(value)) return readIds(value, at)
    if (isPythonObject(value)) return readAttributes(value, at)
    return wrongType(value, this.expected, at)
  },
}

function readIds(list: readonly PythonJson[], at: Spot): NodeQuery | undefined {
  const ids: number[] = []
  for (const [k, item] of list.entries()) {
    if (typeof item !== 'number' || !Number.isInteger(item) || item < 0 || item > MAX_ID)
      return wrongType(item, 'a node id, an int from 0', { ...at, path: `${at.path}[${k}]` })
    ids.push(item)
  }
  return { kind: 'ids', ids }
}

/** Keys of a SONATA node set that are attributes to connectome-manipulator since 2023-04-26. */
const NODE_SET_KEYS = ['population', 'node_id']

function readAttributes(object: Readonly<Record<string, PythonJson>>, at: Spot): NodeQuery | undefined {
  const entries = Object.entries(object)
  if (entries.length === 0) return emptyObject(at)
  if (at.generation === 'A' && isSnapQuery(object)) return { kind: 'snap', path: at.path }
  let nodeSet: string | undefined
  let usable = true
  const tests: AttributeTest[] = []
  for (const [attribute, value] of entries) {
    const spot = { ...at, path: `${at.path}.${attribute}` }
    if (attribute === 'node_set') {
      if (typeof value === 'string') nodeSet = value
      else {
        wrongType(value, 'the name of one node set', spot)
        usable = false
      }
      continue
    }
    if (attribute.startsWith('$') || NODE_SET_KEYS.includes(attribute)) {
      at.findings.error(
        'selection.key',
        spot.path,
        `"${attribute}" belongs to a SONATA node set; here it is taken for a node attribute`,
        'Write a node set and give its name.',
      )
      usable = false
      continue
    }
    const test = readTest(attribute, value, spot)
    if (test === undefined) usable = false
    else tests.push(test)
  }
  return usable ? { kind: 'attributes', nodeSet, tests } : undefined
}

/** Clauses and operators, which generation A handed to bluepysnap. */
const isSnapQuery = (object: Readonly<Record<string, PythonJson>>): boolean =>
  Object.entries(object).some(
    ([name, value]) => name.startsWith('$') || NODE_SET_KEYS.includes(name) || isPythonObject(value),
  )

function emptyObject(at: Spot): NodeQuery {
  if (at.generation === 'A') return ALL_NODES
  at.findings.error(
    'selection.empty',
    at.path,
    '{} selects no node from 0.0.5 on (up to 0.0.4 it meant all)',
    'Leave the key out, or write null, for all nodes.',
  )
  return { kind: 'nothing' }
}

function readTest(attribute: string, value: PythonJson, at: Spot): AttributeTest | undefined {
  if (isPythonObject(value)) {
    at.findings.error(
      'selection.operator',
      at.path,
      `${JSON.stringify(Object.keys(value))} is no operator here: since 0.0.5 it selects nothing, without a message`,
      'Write a node set with the operator and give its name.',
    )
    return undefined
  }
  const items = isPythonList(value) ? value : [value]
  const values: AttributeValue[] = []
  for (const item of items) {
    const scalar = typeof item === 'string' || typeof item === 'boolean' ? item : numberOf(item)
    if (scalar === undefined) {
      at.findings.error('key.type', at.path, `expected texts or numbers, found ${describeValue(item)}`)
      return undefined
    }
    values.push(scalar)
  }
  return { attribute, values, single: !isPythonList(value) }
}
