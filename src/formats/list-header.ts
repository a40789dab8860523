/**
 * Lines of lists as text: their fields, and what a line that names columns says of them. Programs write such lines
 * on their own (pandas: `,pre,post`, `Unnamed: 0`, `0,1`; R: `"","x"`, or one name fewer than columns): what they
 * name is obeyed, what cannot be told from data is refused, never read by position.
 */

import { InputError } from '../errors.ts'

export type Side = 'source' | 'target'

/** What a line that names columns says. */
export interface Header {
  /** Fields of the line. */
  readonly width: number
  /** Column of each name that was asked for, in the order asked. */
  readonly columns: readonly number[]
  /** Whether the first of its columns is an index or holds names of rows. */
  readonly indexed: boolean
  /** Whether the names say nothing of what they name, so that an index beside it may just as well be meant. */
  readonly vague?: boolean
  /** What ids count from, where the names say it: `pre_gid` 1, `source_node_id` 0. */
  readonly base: 0 | 1 | undefined
  /** Why the names cannot be obeyed. */
  readonly problem?: string
}

/** Text between commas, semicolons and tabs, else between blanks; without its quotes. */
export function fieldsOf(line: string): string[] {
  const bare = /["']/.test(line) ? line.replace(QUOTED, quoted => 'q'.repeat(quoted.length)) : line
  const fields: string[] = []
  if (/[,;\t]/.test(bare)) {
    let start = 0
    for (const { index } of bare.matchAll(/[,;\t]|$/g)) {
      fields.push(line.slice(start, index))
      start = index + 1
    }
  } else
    for (const { 0: word, index } of bare.matchAll(/\S+/g))
      fields.push(line.slice(index, index + word.length))
  return fields.map(unquoted)
}

const QUOTED = /"(?:[^"]|"")*"|'[^']*'/g

function unquoted(field: string): string {
  const text = field.trim()
  return /^(["']).*\1$/.test(text) && text.length > 1 ? text.slice(1, -1).replaceAll('""', '"').trim() : text
}

/** Whether this can only be a number, whole or not, or one that was damaged further on. */
export const looksNumeric = (field: string): boolean => /^[+-]?\.?\d/.test(field)

/** The names of pandas for columns without a name, in any order: `0`, or `0` and `1`. */
export function isRangeOfNames(fields: readonly string[]): boolean {
  return fields.toSorted().every((field, k) => field === String(k))
}

/**
 * A check of the rows in turn: whether a column to which a header gives no name, or whose neighbour it gives none, can be
 * the name of the row. That is its number, from 0 (pandas) or from 1 (R); another may be anything.
 */
export function rowNumbers(): (field: string | undefined) => boolean {
  let [row, from] = [0, 0]
  return field => {
    if (row === 0 && field === '1') from = 1
    return field === String(from + row++)
  }
}

/** What R alone writes: a name in quotes before numbers without. Such rows may be some of many. */
export const hasQuotedName = (line: string): boolean => /^\s*"[^"]*"[^"]*$/.test(line)

const WHOLE = /^[+-]?(\d+)(?:\.(\d*))?[eE][+-]?\d+$/

/**
 * An integer as programs write it, `savetxt` of NumPy for instance as `1.000000000000000000e+00`. Of one that has an
 * exponent and fewer digits than the number, only a short one is exact (`1e+05` of R): MATLAB and `%g` round to 5 and 6
 * digits, `1.2346e+05` may be any of ten ids.
 */
export function wholeNumber(word: string): number | 'rounded' | undefined {
  if (/^[+-]?\d+(\.0*)?$/.test(word)) return Number(word)
  const found = WHOLE.exec(word)
  const value = Number(word)
  if (found === null || !Number.isInteger(value)) return undefined
  const [, before = '', after = ''] = found
  const digits = `${before}${after}`.replace(/^0+/, '').length
  const plain = String(Math.abs(value)).length
  return value !== 0 && digits < plain && word.length >= plain ? 'rounded' : value
}

export const ROUNDED = 'write ids as integers, in NumPy with fmt="%d", in MATLAB with precision "%d"'

/** Columns that hold the number or the name of their row. The first of them may have no name at all. */
const INDEX =
  /^(unnamed:_\d+(_level_\d+)?|(__)?index(_level_\d+__)?|level_\d+|row_(nr|names?|index)|rownames?)$/

/** A header of a list of pairs; `columns` are those of source and target. */
export function pairHeader(fields: readonly string[]): Header {
  const { names, first, common } = afterIndex(fields)
  if (names.length === 2 && first > 0 && names[0] === '0' && names[1] === '1')
    return { ...common, columns: [first, first + 1], base: undefined }
  const known = names.map(endOf)
  const unknown = names.find((_, k) => known[k] === undefined)
  const problem = unknown === undefined ? undefined : unknownName(unknown, fields)
  const sides = known.map(name => name?.side)
  const columns = [first + sides.indexOf('source'), first + sides.indexOf('target')]
  const bases = new Set(known.map(name => name?.base))
  if (problem !== undefined) return { ...common, columns, base: undefined, problem }
  if (names.length !== 2 || sides[0] === sides[1])
    return { ...common, columns, base: undefined, problem: textOf(fields) }
  if (bases.has(0) && bases.has(1))
    return { ...common, columns, base: undefined, problem: `GIDs beside node ids, ${textOf(fields)},` }
  return { ...common, columns, base: [...bases].find(base => base !== undefined) }
}

/** A header of a list of ids; `columns` is that of the ids. */
export function idHeader(fields: readonly string[]): Header {
  const { names, first, common } = afterIndex(fields)
  const [name = '', another] = names
  const header = { ...common, columns: [first] }
  // `x` is what R calls the column of a vector.
  if (another === undefined && (name === 'x' || (first > 0 && name === '0')))
    return { ...header, vague: true, base: undefined }
  const known = names.map(idName)
  const unknown = names.find((_, k) => known[k] === undefined)
  if (unknown !== undefined) return { ...header, base: undefined, problem: unknownName(unknown, fields) }
  if (names.length !== 1) return { ...header, base: undefined, problem: textOf(fields) }
  return { ...header, base: known[0]?.base }
}

/** Whether free text, such as a comment, names a target before a source. */
export function namesTargetFirst(text: string): boolean {
  const sides = (text.match(/[@\w]+/g) ?? []).map(word => endOf(normal(word))?.side)
  const [source, target] = [sides.indexOf('source'), sides.indexOf('target')]
  return source >= 0 && target >= 0 && target < source
}

const textOf = (fields: readonly string[]): string => JSON.stringify(fields.join(',').slice(0, 40))

/** A number among names is a header without names, or a damaged line; either way it is not the number that is odd. */
const unknownName = (name: string, fields: readonly string[]): string =>
  looksNumeric(name)
    ? textOf(fields)
    : JSON.stringify((fields.find(f => normal(f) === name) ?? name).slice(0, 40))

function afterIndex(fields: readonly string[]) {
  const names = fields.map(normal)
  let first = 0
  while (first < names.length && ((first === 0 && names[0] === '') || INDEX.test(names[first] ?? ''))) first++
  return { names: names.slice(first), first, common: { width: fields.length, indexed: first > 0 } }
}

/** `Pre GID`, `pre.gid`, `pre-gid` and `pre_gid` are one name. */
const normal = (name: string): string => name.toLowerCase().replace(/[\s.-]+/g, '_')

const SOURCE = 'pre|pre_?syn(?:aptic)?|sources?|src|from'
const TARGET = 'post|post_?syn(?:aptic)?|targets?|tgt|dst|dest|destination|to'
const KIND = 'gids?|ids?|(?:nodes?|neurons?|cells?)(?:_?(?:g?ids?))?'
const END = new RegExp(`^@?(?:(${KIND})_)?(?:(${SOURCE})|(?:${TARGET}))(?:_?(${KIND}))?$`)
const ID = new RegExp(`^(?:${KIND})$`)

interface Name {
  readonly base: 0 | 1 | undefined
}

function endOf(name: string): (Name & { readonly side: Side }) | undefined {
  const found = END.exec(name)
  if (found === null) return undefined
  const [, before, source, after] = found
  // bluepysnap calls its columns of SONATA ids @source_node and @target_node.
  const kind = name.startsWith('@') ? 'node_id' : `${before ?? ''}${after ?? ''}`
  return { side: source === undefined ? 'target' : 'source', base: baseOf(kind) }
}

function idName(name: string): Name | undefined {
  const end = endOf(name)
  if (end !== undefined) return end
  return ID.test(name) ? { base: baseOf(name) } : undefined
}

/** GIDs are called so; node ids are those of SONATA. */
const baseOf = (kind: string): 0 | 1 | undefined =>
  kind.includes('gid') ? 1 : /^nodes?_?ids?$/.test(kind) ? 0 : undefined

/** @throws InputError if a header calls ids by the name of those that count from elsewhere */
export function refuseOtherBase(
  file: string,
  base: 0 | 1,
  named: { readonly base: 0 | 1; readonly line: number } | undefined,
): void {
  if (named === undefined || named.base === base) return
  const [GIDS, NODE_IDS] = ['GIDs, which count from 1', 'node ids, which count from 0']
  throw new InputError(
    `line ${named.line} names ${named.base === 1 ? GIDS : NODE_IDS}, but the ids are read as ${base === 1 ? GIDS : NODE_IDS}`,
    {
      file,
      field: `line ${named.line}`,
      hint: `if the names are right pass --id-base ${named.base}, else call the columns source and target (or id)`,
    },
  )
}
