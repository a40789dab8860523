/** Node sets, evaluated on one node population at a time. Semantics: libsonata 0.2.2. */
import { InputError, isInputError, nearestName } from '../errors.ts'
import { type JsonValue, readJsonFile } from '../formats/json.ts'
import { allIds, intersectIds, sortedUnique, unionIds } from './id-sets.ts'
import type { NodeColumn } from './node-columns.ts'
import {
  BLANK_HINT,
  type Clause,
  type Comparison,
  type NodeSetRule,
  parseNodeSets,
} from './node-set-rules.ts'
import type { Nodes } from './nodes.ts'
import { compileRegex, RegexRefusal } from './regex.ts'

const COMPARE: Readonly<Record<Comparison, (value: number, bound: number) => boolean>> = {
  $gt: (value, bound) => value > bound,
  $lt: (value, bound) => value < bound,
  $gte: (value, bound) => value >= bound,
  $lte: (value, bound) => value <= bound,
}

export class NodeSets {
  /** What a member is called in messages. */
  readonly what = 'node set'
  /** The node sets file, for messages. */
  readonly file: string
  /**
   * Why libsonata, and what stands on it, refuses the whole file: its first faulty set. Sets that are not concerned can
   * be used here all the same.
   */
  readonly problem: InputError | undefined
  readonly #rules: ReadonlyMap<string, NodeSetRule>

  private constructor(file: string, rules: ReadonlyMap<string, NodeSetRule>) {
    this.file = file
    this.#rules = rules
    this.problem = [...rules.values()].find(rule => rule.kind === 'faulty')?.error
  }

  /** @throws InputError for a file that is not readable, not JSON or not node sets at all */
  static async read(file: string): Promise<NodeSets> {
    return NodeSets.parse(await readJsonFile(file), file)
  }

  /** `file` names the source in messages. @throws InputError if `json` does not hold node sets at all */
  static parse(json: JsonValue, file: string): NodeSets {
    return new NodeSets(file, parseNodeSets(json, file))
  }

  /** Those that can be asked for, in the order of the file. */
  get names(): string[] {
    return [...this.#rules].flatMap(([name, { kind }]) => (kind === 'blank' ? [] : [name]))
  }

  /** Whether the file has an entry of that name, be it one that {@link evaluate} refuses. */
  has(name: string): boolean {
    return this.#rules.has(name)
  }

  /**
   * The nodes of a set in one population: ascending, unique, 0-based; empty where nothing matches.
   *
   * @throws InputError naming the node set and the attribute: unknown set or attribute (the nearest name is
   *   suggested), an attribute of a type the clause cannot be compared with, or unreadable data.
   */
  async evaluate(name: string, nodes: Nodes): Promise<Uint32Array> {
    const rule = this.#rules.get(name)
    if (rule === undefined) throw this.#unknown(name)
    if (rule.kind === 'faulty') throw rule.error
    if (rule.kind === 'blank')
      throw new InputError(`node set "${name}" is {}, which defines nothing: libsonata leaves it out`, {
        file: this.file,
        field: name,
        hint: BLANK_HINT,
      })
    if (rule.kind === 'basic') return this.#evaluateBasic(name, rule.clauses, nodes)
    const members: Uint32Array[] = []
    for (const leaf of this.#leaves(name)) members.push(await this.evaluate(leaf, nodes))
    return unionIds(members)
  }

  /** The attributes that a set looks at, with the sets that it is made of. */
  attributes(name: string): Set<string> {
    const attributes = new Set<string>()
    for (const leaf of this.#leaves(name)) {
      const rule = this.#rules.get(leaf)
      if (rule?.kind !== 'basic') continue
      for (const clause of rule.clauses) if ('attribute' in clause) attributes.add(clause.attribute)
    }
    return attributes
  }

  /** Basic sets below a compound set, each once, however often it is reached. */
  #leaves(name: string): string[] {
    const seen = new Set([name])
    for (const reached of seen) {
      const rule = this.#rules.get(reached)
      if (rule?.kind === 'compound') for (const member of rule.members) seen.add(member)
    }
    return [...seen].filter(reached => this.#rules.get(reached)?.kind === 'basic')
  }

  /** Every clause is evaluated even if nothing is left: a missing attribute is an error all the same. */
  async #evaluateBasic(name: string, clauses: readonly Clause[], nodes: Nodes): Promise<Uint32Array> {
    let ids: Uint32Array | undefined
    const several = clauses.length > 1
    for (const clause of clauses) {
      // All nodes of the population: nothing to leave out, and simulations name thousands of sets in one population.
      if (several && clause.kind === 'population' && clause.names.includes(nodes.name)) continue
      const matching = await this.#evaluateClause(name, clause, nodes)
      ids = ids === undefined ? matching : intersectIds(ids, matching)
    }
    return ids ?? new Uint32Array(0)
  }

  async #evaluateClause(name: string, clause: Clause, nodes: Nodes): Promise<Uint32Array> {
    switch (clause.kind) {
      case 'nothing':
        return new Uint32Array(0)
      case 'population':
        return clause.names.includes(nodes.name) ? allIds(nodes.size) : new Uint32Array(0)
      case 'node_id':
        return sortedUnique(Uint32Array.from(clause.ids.filter(id => id < nodes.size)))
      default:
        try {
          return await matchColumn(clause, await nodes.attribute(clause.attribute))
        } catch (error) {
          if (!isInputError(error)) throw error
          const { file, field, hint } = error
          throw new InputError(`node set "${name}" (${this.file}): ${error.message}`, {
            file,
            field,
            hint,
            cause: error,
          })
        }
    }
  }

  #unknown(name: string): InputError {
    const nearest = nearestName(name, this.#rules.keys())
    return new InputError(`no node set "${name}"`, {
      file: this.file,
      field: name,
      hint: nearest === undefined ? undefined : `Did you mean "${nearest}"?`,
    })
  }
}

type ColumnClause = Extract<Clause, { attribute: string }>

function matchColumn(clause: ColumnClause, column: NodeColumn): Promise<Uint32Array> {
  const isText = column.kind === 'text' || column.kind === 'library'
  refuseStorage(clause, column)
  switch (clause.kind) {
    case 'text': {
      if (!isText)
        throw mismatch(column, 'text is asked for', 'Write the value without quotes in the node set.')
      const values = new Set(clause.values)
      return column.matchText(value => values.has(value))
    }
    case 'regex': {
      if (!isText) throw mismatch(column, '$regex needs text')
      return column.matchText(compile(clause.pattern, column))
    }
    case 'integer': {
      if (column.kind === 'float') throw mismatch(column, 'an exact value is asked for', 'Use $gte or $lte.')
      if (isText)
        throw mismatch(column, 'an integer is asked for', 'Put the value in quotes in the node set.')
      const values = new Set(clause.values)
      return column.matchNumbers(value => values.has(value))
    }
    case 'compare': {
      if (column.kind === 'text') throw mismatch(column, `${clause.operator} needs numbers`)
      const holds = COMPARE[clause.operator]
      return column.matchNumbers(value => holds(value, clause.bound))
    }
  }
}

/** What libsonata does not read as the clause needs it; other readers do, so that nodes would be others there. */
function refuseStorage(clause: ColumnClause, { name, place, storage }: NodeColumn): void {
  if (storage === undefined || (storage === 'float16' && clause.kind === 'compare')) return
  const write =
    storage === 'fixed-length text' ? 'variable-length text (h5py.string_dtype())' : 'int8 or float32'
  throw new InputError(`attribute "${name}" is stored as ${storage}, which libsonata does not read`, {
    ...place,
    hint: `Write the attribute as ${write}.`,
  })
}

const KINDS: Readonly<Record<NodeColumn['kind'], string>> = {
  text: 'text',
  library: 'text (@library values)',
  integer: 'integers',
  float: 'floating-point numbers',
}

const mismatch = (column: NodeColumn, wanted: string, hint?: string): InputError =>
  new InputError(`attribute "${column.name}" holds ${KINDS[column.kind]}, but ${wanted}`, {
    ...column.place,
    hint,
  })

function compile(pattern: string, column: NodeColumn): (value: string) => boolean {
  try {
    return compileRegex(pattern)
  } catch (cause) {
    if (!(cause instanceof RegexRefusal)) throw cause
    throw new InputError(`$regex "${pattern}" is not taken: it holds ${cause.message}`, {
      ...column.place,
      hint: cause.hint,
      cause,
    })
  }
}
