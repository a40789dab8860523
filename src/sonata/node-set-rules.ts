/** node_sets.json as typed rules. Semantics and refusals are those of libsonata 0.2.2. */
import { InputError, isInputError, nearestName } from '../errors.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, jsonKind } from '../formats/json.ts'

export type Comparison = '$gt' | '$lt' | '$gte' | '$lte'

export type Clause =
  | { readonly kind: 'population'; readonly names: readonly string[] }
  | { readonly kind: 'node_id'; readonly ids: readonly number[] }
  /** An empty list: matches nothing, and the attribute need not exist. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'text'; readonly attribute: string; readonly values: readonly string[] }
  | { readonly kind: 'integer'; readonly attribute: string; readonly values: readonly number[] }
  | { readonly kind: 'regex'; readonly attribute: string; readonly pattern: string }
  | {
      readonly kind: 'compare'
      readonly attribute: string
      readonly operator: Comparison
      readonly bound: number
    }

export type NodeSetRule =
  /** All clauses must hold. */
  | { readonly kind: 'basic'; readonly clauses: readonly Clause[] }
  /** Union of other sets of the same file. */
  | { readonly kind: 'compound'; readonly members: readonly string[] }
  /** What libsonata refuses, and the whole file with it: it stops who asks for this set. */
  | { readonly kind: 'faulty'; readonly error: InputError }
  /** `{}`: defines nothing; libsonata leaves its name out. */
  | { readonly kind: 'blank' }

const COMPARISONS: readonly string[] = ['$gt', '$lt', '$gte', '$lte']
const isComparison = (operator: string): operator is Comparison => COMPARISONS.includes(operator)

/** libsonata's limit on compound sets of compound sets. */
const MAX_NESTING = 10

/**
 * Parse a node sets file: every set, in the order of the file. A set that is wrong is `faulty` and leaves the others
 * as they are.
 *
 * @throws InputError if the file does not hold node sets at all
 */
export function parseNodeSets(json: JsonValue, file: string): Map<string, NodeSetRule> {
  if (!isJsonObject(json))
    throw new InputError(`expected node sets (a JSON object), found ${jsonKind(json)}`, { file })
  const rules = new Map<string, NodeSetRule>()
  for (const [name, value] of Object.entries(json)) {
    const fail: Fail = (message, hint) =>
      new InputError(`node set "${name}": ${message}`, { file, field: name, hint })
    rules.set(
      name,
      unlessFaulty(() => parseRule(value, fail)),
    )
  }
  checkCompounds(rules, file)
  return rules
}

function unlessFaulty<T>(make: () => T): T | { kind: 'faulty'; error: InputError } {
  try {
    return make()
  } catch (error) {
    if (!isInputError(error)) throw error
    return { kind: 'faulty', error }
  }
}

function parseRule(value: JsonValue, fail: Fail): NodeSetRule {
  if (isJsonArray(value)) return parseCompound(value, fail)
  if (!isJsonObject(value)) throw fail(`expected an object or a list of node sets, found ${jsonKind(value)}`)
  return Object.keys(value).length > 0 ? parseBasic(value, fail) : { kind: 'blank' }
}

type Fail = (message: string, hint?: string) => InputError

function parseCompound(members: readonly JsonValue[], fail: Fail): NodeSetRule {
  const names = members.map(member => {
    if (typeof member !== 'string') throw fail(`expected names of node sets, found ${jsonKind(member)}`)
    return member
  })
  return { kind: 'compound', members: names }
}

function parseBasic(value: JsonObject, fail: Fail): NodeSetRule {
  const clauses = Object.entries(value).map(([attribute, wanted]) =>
    parseClause(attribute, wanted, (message, hint) => fail(`attribute "${attribute}": ${message}`, hint)),
  )
  return { kind: 'basic', clauses }
}

function parseClause(attribute: string, wanted: JsonValue, fail: Fail): Clause {
  if (isJsonObject(wanted)) return parseOperator(attribute, wanted, fail)
  const list = isJsonArray(wanted) ? wanted : [wanted]
  const [first] = list
  if (first === undefined) return { kind: 'nothing' }
  // The first element decides what the others must be.
  if (typeof first === 'number') return parseNumbers(attribute, list, fail)
  if (typeof first === 'string') return parseTexts(attribute, list, fail)
  throw fail(`expected text, integers or an operator, found ${jsonKind(first)}`)
}

function parseNumbers(attribute: string, list: readonly JsonValue[], fail: Fail): Clause {
  if (attribute === 'population') throw fail('expected names of node populations, found a number')
  const values = list.map(value => {
    if (typeof value !== 'number') throw fail(`expected integers only, found ${jsonKind(value)}`)
    if (!Number.isInteger(value))
      throw fail(
        `expected integers, found ${value}`,
        'Floating-point values cannot be compared for equality: use $gte or $lte.',
      )
    if (!Number.isSafeInteger(value))
      throw fail(`the integer ${value} is beyond 2^53 and cannot be read exactly from JSON`)
    return value
  })
  if (attribute !== 'node_id') return { kind: 'integer', attribute, values }
  const negative = values.find(id => id < 0)
  if (negative !== undefined) throw fail(`expected node ids from 0, found ${negative}`)
  return { kind: 'node_id', ids: values }
}

function parseTexts(attribute: string, list: readonly JsonValue[], fail: Fail): Clause {
  if (attribute === 'node_id') throw fail('expected node ids, found text')
  const values = list.map(value => {
    if (typeof value !== 'string') throw fail(`expected text only, found ${jsonKind(value)}`)
    return value
  })
  return attribute === 'population'
    ? { kind: 'population', names: values }
    : { kind: 'text', attribute, values }
}

function parseOperator(attribute: string, wanted: JsonObject, fail: Fail): Clause {
  const [entry, second] = Object.entries(wanted)
  if (entry === undefined || second !== undefined)
    throw fail(`expected exactly one operator, found ${Object.keys(wanted).join(', ') || 'none'}`)
  const [operator, operand] = entry
  if (operator === '$regex') {
    if (typeof operand !== 'string') throw fail(`expected text after $regex, found ${jsonKind(operand)}`)
    return { kind: 'regex', attribute, pattern: operand }
  }
  if (!isComparison(operator))
    throw fail(`no such operator: "${operator}"`, 'Operators: $regex, $gt, $lt, $gte, $lte.')
  if (typeof operand !== 'number')
    throw fail(`expected a number after ${operator}, found ${jsonKind(operand)}`)
  return { kind: 'compare', attribute, operator, bound: operand }
}

/**
 * Members must be sets of the same file and nesting must not be deeper than libsonata allows. libsonata
 * checks in the byte order of the names and takes a checked set as flat from then on, so the depth of a set
 * depends on the names before it: kept, so that both accept the same files.
 */
function checkCompounds(rules: Map<string, NodeSetRule>, file: string): void {
  const compounds = [...rules].flatMap(([name, rule]) => (rule.kind === 'compound' ? [name] : []))
  const flat = new Set([...rules.keys()].filter(name => rules.get(name)?.kind === 'basic'))
  for (const name of compounds.sort(byBytes)) {
    const fault = unlessFaulty(() => {
      const depth = depthBelow(name, { rules, flat, file, path: [], depths: new Map() })
      if (depth > MAX_NESTING) throw tooDeep(name, file)
    })
    if (fault === undefined) flat.add(name)
    else rules.set(name, fault)
  }
}

interface Search {
  readonly rules: ReadonlyMap<string, NodeSetRule>
  readonly flat: ReadonlySet<string>
  readonly file: string
  readonly path: readonly string[]
  readonly depths: Map<string, number>
}

/** Longest chain of compound sets below `name`. */
function depthBelow(name: string, search: Search): number {
  const { rules, flat, file, path, depths } = search
  const rule = rules.get(name)
  if (rule?.kind === 'faulty') throw rule.error
  if (flat.has(name) || rule?.kind !== 'compound') return 0
  if (path.includes(name)) {
    const circle = [...path.slice(path.indexOf(name)), name].map(n => `"${n}"`).join(' -> ')
    throw new InputError(`node sets refer to themselves: ${circle}`, { file, field: name })
  }
  const known = depths.get(name)
  if (known !== undefined) return known
  // Whoever starts the walk would refuse it anyway; here it ends before the stack does.
  if (path.length > MAX_NESTING) throw tooDeep(path[0] ?? name, file)
  let depth = 0
  for (const member of rule.members) {
    const kind = rules.get(member)?.kind
    if (kind === undefined || kind === 'blank') throw missingMember(name, member, rules, file)
    if (!flat.has(member))
      depth = Math.max(depth, 1 + depthBelow(member, { ...search, path: [...path, name] }))
  }
  depths.set(name, depth)
  return depth
}

/** What people mean by `{}`. */
export const BLANK_HINT = 'For all nodes of a population write {"population": "NAME"}.'

const tooDeep = (name: string, file: string): InputError =>
  new InputError(`node set "${name}": compound sets are nested more than ${MAX_NESTING} deep`, {
    file,
    field: name,
  })

function missingMember(
  name: string,
  member: string,
  rules: ReadonlyMap<string, NodeSetRule>,
  file: string,
): InputError {
  if (rules.get(member) !== undefined)
    return new InputError(`node set "${name}": its member "${member}" is {}, which defines nothing`, {
      file,
      field: name,
      hint: BLANK_HINT,
    })
  const nearest = nearestName(member, rules.keys())
  return new InputError(`node set "${name}": there is no node set "${member}" in this file`, {
    file,
    field: name,
    hint: nearest === undefined ? undefined : `Did you mean "${nearest}"?`,
  })
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))
