/**
 * What determines an edge is its group and its type: the columns of the group and those of the table of types, by
 * `edge_type_id`, the group's winning. Source: SONATA developer guide, "Edges".
 */
import type { EdgeTable, EdgeTypes, PropertyColumn } from '../../connectome/table.ts'
import { InputError } from '../../errors.ts'
import type { ColumnPair } from './columns.ts'
import { isPlainInteger, mostlyZero, reader } from './edge-types.ts'
import { codedTypes } from './type-codes.ts'
import { mixedNumbers, mixedTexts, NOTHING, type Sources } from './typed-values.ts'

const EDGE_TYPE = 'edge_type_id'

type Typed = EdgeTypes['columns']

/** Types of both sides, as far as they say anything. */
export interface BothTypes {
  readonly before: Typed
  readonly after: Typed
  /** Neither side says whether there are types. */
  readonly unknown: boolean
  /** Why types could not be compared as they are. */
  readonly notChecked: readonly string[]
}

/** @throws InputError if a table of types is there and cannot be read */
export async function typesOf(before: EdgeTable, after: EdgeTable): Promise<BothTypes> {
  const [one, other] = [await before.types?.(), await after.types?.()]
  const columns = (types: EdgeTypes | undefined): Typed => types?.columns ?? new Map()
  const notChecked =
    one?.lost === true ? [`what the edge types say in the original (${one.file}: no such file)`] : []
  const common = { before: columns(one), after: columns(other), unknown: false, notChecked }
  if (one === undefined && other === undefined) return { ...common, unknown: true }
  // An edges file by itself: its ids are taken for those of the other side's types.
  const alone = one === undefined ? 'original' : 'manipulated'
  if ((one !== undefined && other !== undefined) || (one ?? other)?.columns.size === 0) return common
  const types = columns(one ?? other)
  const reason = `whether the ${alone} has the edge types of ${(one ?? other)?.file} (an edges file by itself names none)`
  return { before: types, after: types, unknown: false, notChecked: [reason] }
}

export interface TypedPairs {
  readonly pairs: readonly ColumnPair[]
  /** Columns of the tables that these stand for. */
  readonly taken: ReadonlySet<string>
}

/**
 * Pairs for the properties that types have a say in.
 *
 * @throws InputError if they do, and `edge_type_id` is not one integer per edge
 */
export async function pairTyped(before: EdgeTable, after: EdgeTable, types: BothTypes): Promise<TypedPairs> {
  const column = ({ columns }: EdgeTable, name: string): PropertyColumn | undefined =>
    columns.find(one => one.name === name)
  const names = [...new Set([...types.before.keys(), ...types.after.keys()])].sort()
  const ids = [column(before, EDGE_TYPE), column(after, EDGE_TYPE)] as const
  const taken = new Set<string>()
  const typed: string[] = []
  const pairs: ColumnPair[] = []
  for (const name of names) {
    const sources = (table: EdgeTable, k: 0 | 1, values: Typed): Sources => ({
      own: column(table, name),
      presence: column(table, `${name}?`),
      ids: ids[k],
      typed: values.get(name) ?? new Map(),
    })
    const both = { before: sources(before, 0, types.before), after: sources(after, 1, types.after) }
    const wins = ({ own, presence }: Sources): boolean => own !== undefined && presence === undefined
    const isUnreadable = [before, after].some(({ unreadable }) => unreadable.some(one => one.name === name))
    // The group has it for every edge, or shows to be different anyway.
    if (
      isUnreadable ||
      (wins(both.before) && wins(both.after)) ||
      differInKind(both.before.own, both.after.own)
    )
      continue
    if (both.before.own === undefined && both.after.own === undefined) typed.push(name)
    else {
      const text = mixedTexts(name, both)
      const mixed = text === undefined ? mixedNumbers(name, both) : [text]
      if (mixed === undefined) continue
      pairs.push(...mixed)
      for (const one of [name, `${name}?`]) taken.add(one)
    }
  }
  if (typed.length + pairs.length > 0) refuseIds(before, after)
  if (typed.length > 0) pairs.push(...(await pairsOf(typed, ids, types)))
  return { pairs, taken }
}

const differInKind = (a: PropertyColumn | undefined, b: PropertyColumn | undefined): boolean =>
  a !== undefined &&
  b !== undefined &&
  ((a.texts === undefined) !== (b.texts === undefined) ||
    (a.texts === undefined && (a.type !== b.type || a.bytes !== b.bytes)))

/** Which type an edge has must be known where types say something. */
function refuseIds(before: EdgeTable, after: EdgeTable): void {
  for (const { columns, unreadable } of [before, after]) {
    const ids = columns.find(({ name }) => name === EDGE_TYPE)
    const reason = unreadable.find(({ name }) => name === EDGE_TYPE)?.reason
    if (reason === undefined && (ids === undefined || isPlainInteger(ids))) continue
    throw new InputError(
      `expected one integer ${EDGE_TYPE} per edge, as its type says more of it${reason === undefined ? '' : `: ${reason}`}`,
      {
        file: ids?.place?.file,
        field: ids?.place?.dataset ?? ids?.label ?? EDGE_TYPE,
        hint: 'Write edge_type_id as int64, as SONATA has it.',
      },
    )
  }
}

/** Properties that no group has: one pair of codes each; the pass over both looks at one code for all. */
async function pairsOf(
  names: readonly string[],
  [before, after]: readonly [PropertyColumn | undefined, PropertyColumn | undefined],
  types: BothTypes,
): Promise<ColumnPair[]> {
  const pairs = names.map((name): ColumnPair => {
    const one = types.before.get(name) ?? new Map<number, string>()
    const other = types.after.get(name) ?? new Map<number, string>()
    const texts = [...new Set([...one.values(), ...other.values()])]
    const codeOf = new Map(texts.map((text, k) => [text, k + 1]))
    const codes = (values: ReadonlyMap<number, string>): Map<number, number> =>
      new Map([...values].map(([id, text]) => [id, codeOf.get(text) ?? 0]))
    return {
      name,
      type: 'u32',
      bytes: 4,
      code: 'property.changed',
      typed: true,
      texts: [NOTHING, ...texts],
      before: codedTypes(before, codes(one)),
      after: codedTypes(after, codes(other)),
      walk: [],
    }
  })
  const [first, ...others] = pairs
  if (first === undefined) return []
  return [{ ...first, walk: [await walked(names, before, after, types)] }, ...others]
}

/**
 * What the pass compares. Where the same ids mean the same, that is the ids, as they are stored: where they are equal
 * so is all that the types say, and where not, the rows are looked at.
 */
async function walked(
  names: readonly string[],
  before: PropertyColumn | undefined,
  after: PropertyColumn | undefined,
  types: BothTypes,
): Promise<ColumnPair> {
  const classes = new Map<string, number>()
  const codes = (typed: Typed): Map<number, number> => {
    const columns = names.map(name => typed.get(name))
    const ids = new Set(columns.flatMap(column => [...(column?.keys() ?? [])]))
    return new Map(
      [...ids].map(id => {
        const key = JSON.stringify(columns.map(column => column?.get(id) ?? null))
        const code = classes.get(key) ?? classes.size + 1
        classes.set(key, code)
        return [id, code]
      }),
    )
  }
  const [one, other] = [codes(types.before), codes(types.after)]
  const same = one.size === other.size && [...one].every(([id, code]) => other.get(id) === code)
  const common = { name: EDGE_TYPE, code: 'edge_type.changed' } as const
  if (
    same &&
    before !== undefined &&
    after !== undefined &&
    before.type === after.type &&
    (await mostlyZero(before)) === (await mostlyZero(after))
  ) {
    const places = before.place && after.place && { before: before.place, after: after.place }
    const { type, bytes } = before
    return { ...common, type, bytes, before: reader(before), after: reader(after), places }
  }
  const coded = { before: codedTypes(before, one), after: codedTypes(after, other) }
  return { ...common, type: 'u32', bytes: 4, ...coded }
}
