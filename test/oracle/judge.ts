/**
 * The verdict that a manipulated circuit deserves, from the two circuits as lists and maps. Slow and obvious on purpose,
 * and written from what is promised, not from how connproof does it.
 */
import {
  bits,
  type Circuit,
  type EdgePopulation,
  edgesOf,
  groupBy,
  indexAgrees,
  type NodePopulation,
  nameOf,
  nodesOf,
  type Row,
  typeValues,
} from './model.ts'
import { drawnBy, type Plan } from './operations.ts'
import { type MaskQuestion, pairOf } from './question.ts'
import type { Form } from './write-circuit.ts'

export type Level = 'connections' | 'synapses' | 'full'
/** `lower`: what was asked was not reached, and nothing differs in what was. */
export type Verdict = 'verified' | 'differs' | 'cannot_tell' | 'lower'

export type Classes = Record<(typeof CLASSES)[number], number>
export const CLASSES = [
  'removed_as_asked',
  'asked_still_there',
  'asked_absent',
  'lost_not_asked',
  'added_as_asked',
  'added_not_asked',
  'multiplicity_changed',
  'outside_changed',
  'asked_not_added',
  'asked_already_there',
  'outside_lost',
  'outside_added',
] as const

export interface Judgement {
  /** Any of these is right. */
  verdicts: Set<Verdict>
  /** Why, for people. */
  reasons: string[]
  classes: Classes | undefined
  /** Connections between selected nodes. */
  connections: { original: number; manipulated: number } | undefined
  edges: { original: number; manipulated: number } | undefined
  /** Of rows that differ: by finding, and by property for `property.changed` where it is determined. */
  synapses: { missing: number; extra: number; changed: Map<string, number> | undefined } | undefined
}

export interface Asked {
  original: Circuit
  main: string
  manipulated: Circuit
  forms: { original: Form; manipulated: Form }
  question: MaskQuestion | Plan
  level: Level
  /** Findings that are accepted. */
  allow: readonly string[]
  /** The manipulated population, where the caller says it. */
  named?: string | undefined
}

/** New rows may stand anywhere; connproof need not tell the order of the others among them. */
const ORDER_AMONG_NEW = 'rows are in an order that nothing makes, new ones aside'

const isPlan = (question: MaskQuestion | Plan): question is Plan => 'functions' in question

export function judge(asked: Asked): Judgement {
  const { original, main, manipulated, forms, question, level, allow, named } = asked
  const before = edgesOf(original, main)
  const nothing = { classes: undefined, connections: undefined, edges: undefined, synapses: undefined }
  const after = named === undefined ? counterpart(original, before, manipulated) : edgesOf(manipulated, named)
  if (after === undefined)
    return {
      ...nothing,
      verdicts: new Set(['cannot_tell']),
      reasons: ['no one counterpart of the population'],
    }
  const others =
    forms.original.kind !== 'sonata' || forms.manipulated.kind !== 'sonata'
      ? []
      : otherPopulations(original, main, manipulated, after, allow)
  // What cannot be read may be anything; it is never a success.
  if (manipulated.edges.some(({ unreadable }) => unreadable))
    return {
      ...nothing,
      // Accepted as lost, it is named in a warning; of a BlueConfig, it is named among what was not checked.
      verdicts: new Set(
        allow.includes('population.lost') || forms.original.kind === 'blueconfig'
          ? ['cannot_tell', 'differs', 'verified']
          : ['cannot_tell', 'differs'],
      ),
      reasons: ['a population cannot be read'],
    }
  if (forms.manipulated.kind !== 'parquet')
    for (const name of new Set([before.source, before.target]))
      if (nodesOf(original, name).size !== nodesOf(manipulated, name).size)
        return {
          ...nothing,
          verdicts: new Set(['cannot_tell']),
          reasons: [`other number of nodes in ${name}`],
        }
  const reasons = [...others]
  const sides =
    isPlan(question) || forms.manipulated.kind === 'parquet' ? [] : [question.source, question.target]
  if (sides.some(side => side.ids(manipulated).length === 0))
    return {
      ...nothing,
      verdicts: new Set(['cannot_tell', 'differs']),
      reasons: ['no node is selected any more'],
    }
  const edges = { original: before.rows.length, manipulated: after.rows.length }
  const counted = isPlan(question) ? undefined : count(asked, question, after, reasons)
  const rows = level === 'connections' ? undefined : compareRows(before, after, question, original, reasons)
  const full = level === 'full' ? compareFull(asked, before, after) : undefined
  reasons.push(...(full?.reasons ?? []))
  if (level === 'synapses' && isPlan(question) && forms.manipulated.kind !== 'parquet')
    reasons.push(...wrongIndices(after))
  const verdicts = new Set<Verdict>()
  const open = level !== 'connections' && (isSilent(after) || areLabels(before))
  if (reasons.length > 0 || full?.either || open) verdicts.add('differs')
  if (reasons.every(reason => reason === ORDER_AMONG_NEW)) {
    if (full === undefined || full.reached !== false) verdicts.add('verified')
    if (full !== undefined && full.reached !== true) verdicts.add('lower')
  }
  return {
    verdicts,
    reasons,
    classes: counted?.classes,
    connections: counted?.connections,
    edges,
    synapses: rows,
  }
}

/** Types that say only what every edge says itself: whether their ids may change is left open. */
function areLabels({ types, columns, rows }: EdgePopulation): boolean {
  const own = new Set(columns.map(nameOf))
  const said = new Set(rows.flatMap(row => [...typeValues(types, row.type).keys()]))
  return said.size > 0 && [...said].every(name => own.has(name))
}

/** Properties of no edge: connproof tells what became of columns where a file has any, but need not. */
const isSilent = (after: EdgePopulation): boolean => after.rows.length === 0

const sameEnds = (a: EdgePopulation, b: EdgePopulation): boolean =>
  a.source === b.source && a.target === b.target

/** The population that the original's one has become, by the rule of the manual; undefined where several could be. */
function counterpart(
  original: Circuit,
  main: EdgePopulation,
  { edges }: Circuit,
): EdgePopulation | undefined {
  const between = edges.filter(one => sameEnds(one, main))
  const called = (name: string): EdgePopulation | undefined => between.find(one => one.name === name)
  const named = called(main.name) ?? called(`${main.source}__${main.target}__chemical`)
  if (named !== undefined) return named
  const free = between.filter(
    one => !original.edges.some(other => other.name === one.name && sameEnds(other, one)),
  )
  return free.length === 1 ? free[0] : undefined
}

/** Populations that one side alone has. */
function otherPopulations(
  original: Circuit,
  main: string,
  { edges }: Circuit,
  after: EdgePopulation,
  allow: readonly string[],
): string[] {
  const before = original.edges.filter(({ name }) => name !== main)
  const there = edges.filter(one => one !== after)
  const faces = (a: EdgePopulation) => (b: EdgePopulation) => a.name === b.name && sameEnds(a, b)
  return [
    ...(allow.includes('population.lost')
      ? []
      : before.filter(one => !there.some(faces(one))).map(({ name }) => `population ${name} is lost`)),
    ...there.filter(one => !before.some(faces(one))).map(({ name }) => `population ${name} was added`),
  ]
}

function count(
  { original, main, manipulated, forms, allow }: Asked,
  question: MaskQuestion,
  after: EdgePopulation,
  reasons: string[],
) {
  const before = edgesOf(original, main)
  const [source, target] = [new Set(question.source.ids(original)), new Set(question.target.ids(original))]
  if (forms.manipulated.kind !== 'parquet')
    for (const side of [question.source, question.target])
      if (String(side.ids(original)) !== String(side.ids(manipulated)))
        reasons.push(`other nodes are selected by ${side.text}`)
  const tally = (rows: readonly Row[]): Map<string, number> => {
    const counts = new Map<string, number>()
    for (const row of rows) counts.set(pairOf(row), (counts.get(pairOf(row)) ?? 0) + 1)
    return counts
  }
  const [old, now] = [tally(before.rows), tally(after.rows)]
  const classes = Object.fromEntries(CLASSES.map(name => [name, 0])) as Classes
  const inside = (pair: string): boolean => {
    const [s = -1, t = -1] = pair.split(',').map(Number)
    return source.has(s) && target.has(t)
  }
  const kept = (o: number, m: number): void => {
    if (o === m) return
    classes[m === 0 ? 'lost_not_asked' : o === 0 ? 'added_not_asked' : 'multiplicity_changed']++
  }
  for (const pair of new Set([
    ...old.keys(),
    ...now.keys(),
    ...(question.removed ?? []),
    ...(question.added ?? []),
  ])) {
    const [o, m] = [old.get(pair) ?? 0, now.get(pair) ?? 0]
    if (question.removed?.has(pair)) {
      classes[o === 0 ? 'asked_absent' : m === 0 ? 'removed_as_asked' : 'asked_still_there']++
      if (o === 0) kept(o, m)
    } else if (question.added?.has(pair)) {
      classes[o > 0 ? 'asked_already_there' : m > 0 ? 'added_as_asked' : 'asked_not_added']++
      if (o > 0) kept(o, m)
    } else if (inside(pair)) kept(o, m)
    else if (o !== m) {
      classes.outside_changed++
      if (m === 0) classes.outside_lost++
      if (o === 0) classes.outside_added++
    }
  }
  for (const name of CLASSES) {
    if (['removed_as_asked', 'added_as_asked', 'outside_lost', 'outside_added'].includes(name)) continue
    if (classes[name] > 0 && !(name === 'asked_absent' && allow.includes('asked.absent')))
      reasons.push(`${classes[name]} ${name}`)
  }
  const connections = {
    original: [...old.keys()].filter(inside).length,
    manipulated: [...now.keys()].filter(inside).length,
  }
  return { classes, connections }
}

/** All that determines a synapse, by name. */
function effective(population: EdgePopulation, row: Row): Map<string, string> {
  const values = typeValues(population.types, row.type)
  for (const column of population.columns) values.set(nameOf(column), bits(row.values.get(column.name) ?? 0))
  return values
}

function compareRows(
  before: EdgePopulation,
  after: EdgePopulation,
  question: MaskQuestion | Plan,
  original: Circuit,
  reasons: string[],
): Judgement['synapses'] {
  const silent = isSilent(after)
  const incomparable = new Set(silent ? [] : compareColumns(before, after, reasons))
  const zeroed = compareTypeIds(before, after, reasons)
  const valuesOf = (population: EdgePopulation, row: Row): Map<string, string> => {
    const values = effective(population, row)
    for (const name of incomparable) values.delete(name)
    if (!zeroed) values.set('edge_type_id', String(row.type))
    return values
  }
  const keyOf = (population: EdgePopulation, row: Row): string =>
    JSON.stringify([pairOf(row), [...valuesOf(population, row)].sort()])
  // Of a mask, only connections that both have: which are there is told elsewhere.
  const expected = isPlan(question) ? question.result : before.rows
  const [old, now] = [groupBy(expected, pairOf), groupBy(after.rows, pairOf)]
  const judged = (pair: string): boolean => isPlan(question) || (old.has(pair) && now.has(pair))
  const synapses = {
    missing: 0,
    extra: 0,
    changed: new Map<string, number>() as Map<string, number> | undefined,
  }
  for (const pair of new Set([...old.keys(), ...now.keys()])) {
    if (!judged(pair)) continue
    const there = (now.get(pair) ?? []).map(row => ({ row, key: keyOf(after, row) }))
    const left: Row[] = []
    for (const row of old.get(pair) ?? []) {
      const at = there.findIndex(({ key }) => key === keyOf(before, row))
      if (at < 0) left.push(row)
      else there.splice(at, 1)
    }
    const alike = Math.min(left.length, there.length)
    synapses.missing += left.length - alike
    synapses.extra += there.length - alike
    const [one, other] = [left[0], there[0]?.row]
    if (left.length === 1 && there.length === 1 && one && other)
      addChanged(synapses.changed, valuesOf(before, one), valuesOf(after, other))
    else if (alike > 0) synapses.changed = undefined
    if (alike > 0) reasons.push(`${alike} rows of ${pair} changed`)
  }
  // Which of the rows that are left has which drawn value is not known to the last bit.
  if (isPlan(question) && synapses.missing + synapses.extra > 0 && drawnBy(question).size > 0)
    synapses.changed = undefined
  if (isPlan(question) && synapses.missing + synapses.extra > 0)
    reasons.push(`${synapses.missing} rows are missing, ${synapses.extra} too many`)
  const keys = (population: EdgePopulation, rows: readonly Row[]) =>
    rows.filter(row => judged(pairOf(row))).map(row => ({ key: keyOf(population, row), target: row.target }))
  const [promised, found] = [keys(before, expected), keys(after, after.rows)]
  if (reasons.length === 0) {
    const asked = isPlan(question) ? { added: undefined } : question
    const blocks = isPlan(question)
      ? [Number.POSITIVE_INFINITY]
      : blockSizes(nodesOf(original, before.target).size)
    const same = (block: number): boolean =>
      [...promised]
        .sort((a, b) =>
          block === Number.POSITIVE_INFINITY
            ? 0
            : Math.floor(a.target / block) - Math.floor(b.target / block),
        )
        .every(({ key }, k) => key === found[k]?.key)
    if (!blocks.some(same))
      reasons.push(asked.added ? ORDER_AMONG_NEW : 'rows are in an order that nothing makes')
  }
  return synapses
}

function addChanged(
  changed: Map<string, number> | undefined,
  before: Map<string, string>,
  after: Map<string, string>,
): void {
  for (const name of new Set([...before.keys(), ...after.keys()]))
    if (before.get(name) !== after.get(name)) changed?.set(name, (changed.get(name) ?? 0) + 1)
}

/** Targets per split, for every number of splits. */
const blockSizes = (nodes: number): number[] => [
  ...new Set(Array.from({ length: nodes }, (_, k) => Math.ceil(nodes / (k + 1)))),
]

/** Names of columns that cannot be compared, each of them a difference. */
function compareColumns(before: EdgePopulation, after: EdgePopulation, reasons: string[]): string[] {
  const stored = (kind: string): string => (kind === 'enum' ? 'text' : kind)
  const [old, now] = [before, after].map(
    ({ columns }) => new Map(columns.map(one => [nameOf(one), stored(one.kind)])),
  )
  const bad: string[] = []
  for (const name of new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])) {
    const [a, b] = [old?.get(name), now?.get(name)]
    if (a === b) continue
    bad.push(name)
    reasons.push(`property ${name}: ${a ?? 'nothing'} before, ${b ?? 'nothing'} after`)
  }
  return bad
}

/**
 * Whether ids say nothing more. Where types say something, they are but the way to it; where not, they are as they were
 * or all 0.
 */
function compareTypeIds(before: EdgePopulation, after: EdgePopulation, reasons: string[]): boolean {
  const says = (population: EdgePopulation): boolean =>
    population.rows.some(row => typeValues(population.types, row.type).size > 0)
  const zero = after.hasTypes && after.rows.every(({ type }) => type === 0)
  const was = before.hasTypes && before.rows.some(({ type }) => type !== 0)
  if (!before.hasTypes && !after.hasTypes) return true
  if (before.hasTypes && !after.hasTypes) {
    reasons.push('edge_type_id is lost')
    return true
  }
  if (!before.hasTypes && !zero) reasons.push('edge_type_id was added, and is not 0')
  return !before.hasTypes || (zero && was) || says(before) || says(after)
}

const equal = (a: unknown, b: unknown): boolean => plain(a) === plain(b)
const plain = (value: unknown): string =>
  JSON.stringify(value, (_, one) =>
    one instanceof Map ? [...one] : typeof one === 'number' ? bits(one) : one,
  )

interface Full {
  reasons: string[]
  /** Undefined: it may be counted as reached or not. */
  reached: boolean | undefined
  /** It may also be called a difference. */
  either: boolean
}

function compareFull(
  { original, manipulated, forms }: Asked,
  before: EdgePopulation,
  after: EdgePopulation,
): Full {
  const reasons: string[] = []
  if (forms.original.kind !== 'sonata' || forms.manipulated.kind !== 'sonata') {
    if (forms.manipulated.kind !== 'parquet') reasons.push(...wrongIndices(after))
    // Indices are of the edges file, whatever names it.
    if (forms.original.kind !== 'parquet' && forms.manipulated.kind !== 'parquet')
      reasons.push(...lostIndices(before, after))
    return { reasons, reached: false, either: false }
  }
  for (const nodes of original.nodes) {
    const other = manipulated.nodes.find(({ name }) => name === nodes.name)
    if (!equal(wholeNodes(nodes), other && wholeNodes(other))) reasons.push(`nodes ${nodes.name} changed`)
  }
  for (const { name } of manipulated.nodes)
    if (!original.nodes.some(one => one.name === name)) reasons.push(`nodes ${name} were added`)
  for (const one of original.edges) {
    if (one === before) continue
    const other = manipulated.edges.find(({ name }) => name === one.name)
    if (other !== undefined && !equal(wholeEdges(one), wholeEdges(other)))
      reasons.push(`edges ${one.name} changed`)
  }
  if (before.kind !== after.kind) reasons.push(`${before.kind} is ${after.kind} now`)
  if (!equal([...original.components].sort(), [...manipulated.components].sort()))
    reasons.push('components changed')
  if (!equal(original.nodeSets, manipulated.nodeSets)) reasons.push('node sets changed')
  reasons.push(...wrongIndices(after))
  reasons.push(...lostIndices(before, after))
  const gone = goneDirections(before, after)
  const all = after.storage.index.size === 0
  const indexed = before.storage.index.size > 0 && !all
  const [wasShort, isShort] = [before.storage.shortIndexName, after.storage.shortIndexName]
  // The types say the same of every edge, in other words.
  const respelt = !equal(before.types, after.types)
  return {
    reasons,
    reached: all ? (gone.length > 0 ? false : undefined) : true,
    either: respelt || (all && gone.length > 0) || (indexed && wasShort && !isShort),
  }
}

const goneDirections = (before: EdgePopulation, after: EdgePopulation): string[] =>
  [...before.storage.index.keys()].filter(direction => !after.storage.index.has(direction))

/** Where some index is left; with none, level full is not reached. */
function lostIndices(before: EdgePopulation, after: EdgePopulation): string[] {
  if (before.storage.index.size === 0 || after.storage.index.size === 0) return []
  const gone = goneDirections(before, after)
  // Who reads the name of the manual loses the index; the other name is of few files, and few read it.
  const unread = !before.storage.shortIndexName && after.storage.shortIndexName
  return [
    ...(unread ? ['the index has a name that is not read'] : []),
    ...(gone.length > 0 ? [`index ${gone} is lost`] : []),
  ]
}

function wrongIndices({ rows, storage }: EdgePopulation): string[] {
  return [...storage.index]
    .filter(
      ([direction, table]) =>
        !indexAgrees(table, rows, direction === 'source_to_target' ? 'source' : 'target'),
    )
    .map(([direction]) => `index ${direction} is wrong`)
}

const wholeNodes = ({ size, kind, columns, rows, typeIds, types }: NodePopulation): unknown => [
  size,
  kind,
  columns,
  rows,
  typeIds,
  types,
]

const wholeEdges = ({ kind, columns, rows, hasTypes, types, storage }: EdgePopulation): unknown => {
  const { ids, typeKind, groupColumns } = storage
  return [kind, columns, rows, hasTypes, types, ids, typeKind, groupColumns]
}
