/** The properties of two edge tables, paired by name, as bytes that mean the same on both sides. */
import type { ColumnPlace, EdgeSource } from '../../connectome/edges.ts'
import { type EdgeTable, type PropertyColumn, VALUE_BYTES, type ValueType } from '../../connectome/table.ts'
import { InputError } from '../../errors.ts'
import { EDGE_TYPE, isPlainInteger, pairEdgeTypes } from './edge-types.ts'
import { alikeEnumerations } from './enumerations.ts'
import type { Expectation, PipelineChange, PropertyRule, SynapseFinding } from './expectation.ts'
import { isFloat, withOneNan } from './one-nan.ts'
import { sharedTexts } from './texts.ts'
import { type BothTypes, pairTyped, typesOf } from './typed-columns.ts'

/** Begin of the names of datasets beside group 0. */
const OUTSIDE = '../'

export type ReadRows = PropertyColumn['readInto']

/** One property of both sides. */
export interface ColumnPair {
  readonly name: string
  readonly type: ValueType
  /** Bytes per row, the same on both sides. */
  readonly bytes: number
  readonly texts?: readonly string[] | undefined
  readonly before: ReadRows
  readonly after: ReadRows
  /** Where another thread can open both again, where it can; `zeros`: all bytes are 0. */
  readonly places?: { readonly before: ColumnPlace | 'zeros'; readonly after: ColumnPlace } | undefined
  /** What a difference is called. */
  readonly code: 'property.changed' | 'edge_type.changed'
  readonly rule?: Exclude<PropertyRule, { kind: 'droppable' }> | undefined
  /** Codes (all `texts`) of what the types of edges have a say in; code 0: nothing says it. */
  readonly typed?: boolean | undefined
  /** What the pass over both compares in its stead, where that is less work: equal there, it is equal. */
  readonly walk?: readonly ColumnPair[] | undefined
}

export interface ColumnPairs {
  readonly pairs: readonly ColumnPair[]
  /** Of properties that cannot be compared although both sides should have them alike. */
  readonly findings: readonly SynapseFinding[]
  readonly pipeline: readonly PipelineChange[]
  readonly notChecked: readonly string[]
  /** Properties that both sides have, or may lack, and that nobody compared. */
  readonly uncompared: readonly string[]
  /** Whether all edge types are to be 0 now; undefined where nobody had to choose. */
  readonly zeroed?: boolean | undefined
}

/**
 * @param zeroed whether all edge types are to be 0 now; default: what a sample tells
 * @throws InputError if one of the two has no table, or it cannot be read
 */
export async function pairColumns(
  original: EdgeSource,
  manipulated: EdgeSource,
  expectation: Expectation,
  zeroed?: boolean,
): Promise<ColumnPairs> {
  const [before, after] = [await tableOf(original), await tableOf(manipulated)]
  return new Pairing(original, manipulated, before, after, expectation, zeroed).result()
}

async function tableOf(edges: EdgeSource): Promise<EdgeTable> {
  if (edges.table !== undefined) return edges.table()
  throw new InputError('lists connections: there are no properties of edges to compare', { file: edges.file })
}

class Pairing {
  readonly #original: EdgeSource
  readonly #manipulated: EdgeSource
  readonly #before: EdgeTable
  readonly #after: EdgeTable
  readonly #expectation: Expectation
  readonly #pairs: ColumnPair[] = []
  readonly #findings: SynapseFinding[] = []
  readonly #pipeline: PipelineChange[] = []
  readonly #notChecked: string[] = []
  readonly #uncompared: string[] = []
  readonly #toZero: boolean | undefined
  #zeroed: boolean | undefined

  constructor(
    original: EdgeSource,
    manipulated: EdgeSource,
    before: EdgeTable,
    after: EdgeTable,
    expectation: Expectation,
    toZero: boolean | undefined,
  ) {
    this.#toZero = toZero
    this.#original = original
    this.#manipulated = manipulated
    this.#before = before
    this.#after = after
    this.#expectation = expectation
  }

  async result(): Promise<ColumnPairs> {
    this.#layout()
    // Unconverted, a result without edges is no file at all.
    if (this.#after.rows === 0 && this.#after.columns.length === 0) {
      this.#notChecked.push('which properties there are (no edge is left)')
      return {
        pairs: [],
        findings: [],
        pipeline: this.#pipeline,
        notChecked: this.#notChecked,
        uncompared: [],
      }
    }
    const after = new Map(this.#after.columns.map(column => [column.name, column]))
    const taken = await this.#edgeTypes(after.get(EDGE_TYPE))
    for (const name of taken) after.delete(name)
    for (const column of this.#before.columns) {
      if (column.name === EDGE_TYPE || taken.has(column.name)) continue
      this.#pair(column, after.get(column.name))
      after.delete(column.name)
    }
    after.delete(EDGE_TYPE)
    for (const column of after.values()) {
      const unreadable = this.#before.unreadable.some(({ name }) => name === column.name)
      if (!unreadable) this.#stray('property.added', column.name, undefined, typeName(column))
    }
    this.#unreadable()
    return {
      pairs: this.#pairs,
      findings: this.#findings,
      pipeline: this.#pipeline,
      notChecked: this.#notChecked,
      uncompared: this.#uncompared,
      zeroed: this.#zeroed,
    }
  }

  /** What the pipeline changes of the layout, and what a reader would find elsewhere or not at all. */
  #layout(): void {
    const [original, manipulated] = [this.#original, this.#manipulated]
    for (const side of ['source', 'target'] as const) {
      const [from, to] = [original[side].type, manipulated[side].type]
      // Ids of Parquet files arrive narrowed.
      if (from === to || manipulated[side].place === undefined || original[side].place === undefined) continue
      // Ids are compared by their values; SONATA leaves the width of integers to who writes them.
      if (!this.#pipeline.includes('ids.retyped')) this.#pipeline.push('ids.retyped')
    }
    const [before, after] = [this.#before, this.#after]
    if (after.traits.includes('ends_unnamed') && !before.traits.includes('ends_unnamed'))
      this.#stray('ends.unnamed', 'node_population')
    if (after.onlyByGuide !== undefined && before.onlyByGuide === undefined)
      this.#stray('property.layout', 'edge_group_index', 'row i of group 0 for edge i', after.onlyByGuide)
    else if (before.onlyByGuide !== undefined)
      this.#notChecked.push(`properties as libsonata reads them (the original has ${before.onlyByGuide})`)
    const lost = (trait: EdgeTable['traits'][number]): boolean =>
      this.#before.traits.includes(trait) && !this.#after.traits.includes(trait)
    if (lost('group_columns') || lost('several_groups')) this.#pipeline.push('groups.dropped')
    if (lost('dynamics_params')) this.#pipeline.push('dynamics_params.flattened')
    if (original.population !== manipulated.population) this.#pipeline.push('population.renamed')
  }

  /** `edge_type_id` and what it stands for; returns the names of columns that are compared with it. */
  async #edgeTypes(after: PropertyColumn | undefined): Promise<ReadonlySet<string>> {
    const before = this.#before.columns.find(({ name }) => name === EDGE_TYPE)
    const types = await typesOf(this.#before, this.#after)
    this.#notChecked.push(...types.notChecked)
    const none: ReadonlySet<string> = new Set()
    const isUnreadable = ({ unreadable }: EdgeTable): boolean =>
      unreadable.some(({ name }) => name === EDGE_TYPE)
    const [here, there] = [isUnreadable(this.#before), isUnreadable(this.#after)]
    // Different in kind: that is all there is to say of it.
    if (here !== there) return none
    if (before !== undefined && after !== undefined && isPlainInteger(before) !== isPlainInteger(after)) {
      this.#stray('property.type', EDGE_TYPE, typeName(before), typeName(after))
      return none
    }
    const typed = await pairTyped(this.#before, this.#after, types)
    this.#pairs.push(...typed.pairs.map(pair => ({ ...pair, rule: this.#ruleOf(pair.name) })))
    if (!here) await this.#typeIds(before, after, types, typed.pairs.length > 0)
    return typed.taken
  }

  /** The ids themselves, which are labels where the types of the manipulated say what they mean. */
  async #typeIds(
    before: PropertyColumn | undefined,
    after: PropertyColumn | undefined,
    types: BothTypes,
    matter: boolean,
  ): Promise<void> {
    if (after === undefined) {
      if (before !== undefined) this.#stray('property.missing', EDGE_TYPE, typeName(before))
      return
    }
    if (!isPlainInteger(after)) {
      if (before !== undefined) this.#pair(before, after)
      else this.#stray('property.added', EDGE_TYPE, undefined, typeName(after))
      return
    }
    const { pair, zeroed } = await pairEdgeTypes(before, after, this.#toZero)
    if (zeroed && !matter) this.#pipeline.push('edge_type.zeroed')
    if (zeroed && types.unknown && before !== undefined)
      this.#notChecked.push(`what ${EDGE_TYPE} said (no configuration tells whether there are edge types)`)
    if (types.after.size > 0) return
    this.#pairs.push(pair)
    if (before !== undefined) this.#zeroed = zeroed
  }

  #pair(given: PropertyColumn, found: PropertyColumn | undefined): void {
    const [before, after] = found === undefined ? [given, found] : alikeEnumerations(given, found)
    const { name } = before
    const asked = this.#expectation.properties?.get(name)
    if (after === undefined) {
      if (this.#after.unreadable.some(other => other.name === name)) return
      if (name.startsWith(OUTSIDE)) this.#drop()
      else if (asked?.kind === 'droppable') this.#leave(name, asked.reason)
      else this.#stray('property.missing', name, typeName(before))
      return
    }
    const alike =
      (before.texts === undefined) === (after.texts === undefined) &&
      String(before.shape ?? []) === String(after.shape ?? []) &&
      (before.texts !== undefined || (before.type === after.type && before.bytes === after.bytes))
    if (!alike) {
      this.#stray('property.type', name, typeName(before), typeName(after))
      return
    }
    const shared =
      before.texts === undefined
        ? { type: before.type, bytes: before.bytes }
        : { type: 'u32' as const, bytes: 4 }
    const rule = this.#ruleOf(name)
    // Which sign a NaN has that comes of a computation is up to processor and library.
    const isComputed = rule?.kind === 'exact' && isFloat(before)
    const read = (of: PropertyColumn): ReadRows =>
      isComputed ? withOneNan(of) : (first, count, into) => of.readInto(first, count, into)
    this.#pairs.push({
      name,
      code: 'property.changed',
      rule,
      before: read(before),
      after: read(after),
      places:
        before.texts === undefined && before.place && after.place && !isComputed
          ? { before: before.place, after: after.place }
          : undefined,
      ...sharedTexts(before, after),
      ...shared,
    })
  }

  #ruleOf(name: string): ColumnPair['rule'] {
    const rule = this.#expectation.properties?.get(name)
    return rule?.kind === 'droppable' ? undefined : rule
  }

  /** What only one side can read is a difference; what neither can is not checked. */
  #unreadable(): void {
    for (const { name, reason, holds } of this.#before.unreadable) {
      const both = this.#after.unreadable.find(other => other.name === name)
      const there = this.#after.columns.find(other => other.name === name)
      if (both !== undefined && both.holds !== holds)
        this.#stray('property.type', name, holds ?? reason, both.holds ?? both.reason)
      else if (both !== undefined) this.#leave(name, reason)
      else if (there !== undefined) this.#stray('property.type', name, reason, typeName(there))
      else if (name.startsWith(OUTSIDE)) this.#drop()
      else if (!this.#findings.some(({ property }) => property === name))
        this.#stray('property.missing', name, 'as in the original')
    }
    for (const { name, reason } of this.#after.unreadable) {
      if (this.#before.unreadable.some(other => other.name === name)) continue
      const known = this.#before.columns.find(other => other.name === name)
      if (known === undefined) this.#stray('property.added', name, undefined, reason)
      else this.#stray('property.type', name, typeName(known), reason)
    }
  }

  /** No reader finds it, so no operation keeps it. */
  #drop(): void {
    if (!this.#pipeline.includes('strays.dropped')) this.#pipeline.push('strays.dropped')
  }

  #leave(name: string, reason: string): void {
    this.#notChecked.push(`property ${name} (${reason})`)
    this.#uncompared.push(name)
  }

  #stray(code: SynapseFinding['code'], property: string, expected?: string, found?: string): void {
    this.#findings.push({ code, property, count: 1, expected, found, culprits: [] })
  }
}

/** `float32`, `text`, `3 x float64`. */
export function typeName({
  type,
  bytes,
  shape,
  texts,
}: Pick<PropertyColumn, 'type' | 'bytes' | 'shape' | 'texts'>): string {
  if (texts !== undefined) return 'text'
  const word = { u: 'uint', i: 'int', f: 'float' }[type[0] as 'u' | 'i' | 'f'] // all types begin with one of these
  const each = bytes / VALUE_BYTES[type]
  const many = shape === undefined && each === 1 ? '' : `${(shape ?? [each]).join(' x ')} x `
  return `${many}${word}${8 * VALUE_BYTES[type]}`
}
