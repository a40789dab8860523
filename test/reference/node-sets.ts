/** Node sets, node by node: slow and obvious. Throws where the set cannot be evaluated. */

export type ReferenceColumn =
  | { kind: 'text' | 'library'; values: readonly string[]; codes?: readonly number[] }
  | { kind: 'integer' | 'float'; values: readonly number[] }

export interface ReferenceNodes {
  name: string
  size: number
  columns: Readonly<Record<string, ReferenceColumn>>
}

type Sets = Readonly<Record<string, unknown>>

export function evaluateNodeSet(sets: Sets, name: string, nodes: ReferenceNodes): number[] {
  const ids = Array.from({ length: nodes.size }, (_, id) => id)
  return ids.filter(id => isIn(sets, name, nodes, id))
}

function isIn(sets: Sets, name: string, nodes: ReferenceNodes, id: number): boolean {
  const rule = sets[name]
  if (Array.isArray(rule)) return rule.map(member => isIn(sets, member, nodes, id)).includes(true)
  const clauses = Object.entries(rule as Record<string, unknown>)
  return !clauses.map(([attribute, wanted]) => holds(attribute, wanted, nodes, id)).includes(false)
}

function holds(attribute: string, wanted: unknown, nodes: ReferenceNodes, id: number): boolean {
  const list = Array.isArray(wanted) ? wanted : [wanted]
  if (list.length === 0) return false
  const operator = typeof list[0] === 'object'
  if (attribute === 'node_id' && !operator) return list.includes(id)
  if (attribute === 'population' && !operator) return list.includes(nodes.name)
  const column = nodes.columns[attribute]
  if (column === undefined) throw new Error(`no attribute ${attribute}`)
  if (!operator) {
    const types = { text: 'string', library: 'string', integer: 'number', float: 'none' }
    if (typeof list[0] !== types[column.kind]) throw new Error(`${attribute} is ${column.kind}`)
    return list.includes(column.values[id])
  }
  const [[name, operand] = ['', '']] = Object.entries(list[0] as Record<string, string | number>)
  const value = column.values[id]
  if (name === '$regex') {
    if (typeof value !== 'string') throw new Error(`${attribute} is ${column.kind}`)
    return new RegExp(String(operand)).test(value)
  }
  const number = column.kind === 'library' ? column.codes?.[id] : value
  if (typeof number !== 'number') throw new Error(`${attribute} is ${column.kind}`)
  const bound = Number(operand)
  const answers = { $gt: number > bound, $gte: number >= bound, $lt: number < bound, $lte: number <= bound }
  return answers[name as keyof typeof answers]
}
