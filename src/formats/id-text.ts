/** Ids as text: one a line, all in one line, or wrapped; or a table with a header that names their column. */
import { InputError } from '../errors.ts'
import {
  fieldsOf,
  type Header,
  hasQuotedName,
  idHeader,
  looksNumeric,
  ROUNDED,
  rowNumbers,
  wholeNumber,
} from './list-header.ts'

export interface IdText {
  /** As written, whatever they count from. */
  readonly ids: readonly number[]
  /** What the ids count from, where a header says it, and in which line. */
  readonly named: { readonly base: 0 | 1; readonly line: number } | undefined
}

interface Line {
  readonly number: number
  readonly text: string
  readonly fields: readonly string[]
  /** Nothing but blanks between them. */
  readonly blanks: boolean
}

/**
 * What follows a `#` is a comment. The first line may name the column (see `list-header.ts`), also one behind an index
 * column.
 *
 * @throws InputError naming the line (from 1) of what is no integer, of a header whose names it does not know, of a
 *   table without a header (ids with their index, or pairs), and of a first line `0` that is node 0 or the header that
 *   pandas writes of nothing
 */
export function parseIdText(text: string, file: string): IdText {
  const lines = linesOf(text)
  const [first, second] = lines.numbers
  if (first === undefined) return { ids: [], named: undefined }
  const wrong = (found: string, line: number, hint?: string): InputError =>
    new InputError(`expected integers, found ${found} in line ${line}`, { file, field: `line ${line}`, hint })
  const integer = (token: string, line: number): number => {
    const id = wholeNumber(token)
    if (typeof id === 'number' && Number.isSafeInteger(id)) return id
    const found = JSON.stringify(token.slice(0, 40))
    throw id === 'rounded' ? wrong(`${found}, which is rounded,`, line, ROUNDED) : wrong(found, line)
  }
  if (!first.fields.every(looksNumeric)) {
    const header = idHeader(first.fields)
    if (header.problem !== undefined) throw wrong(header.problem, first.number, HEADER)
    const { column, width, rowNames } = layoutOf(header, second)
    const isRowNumber = rowNumbers()
    const ids = lines.numbers.slice(1).map(({ text: line, fields, number }) => {
      if (fields.length !== width)
        throw wrong(`${fields.length} columns instead of ${width}`, number, ONE_A_LINE)
      const named = rowNames === 'numbers or names' && hasQuotedName(line)
      if (rowNames !== 'any' && !named && !isRowNumber(fields[column - 1]))
        throw wrong(`${width} columns, the first of them no row number,`, number, NAME_IT)
      return integer(fields[column] ?? '', number)
    })
    return { ids, named: namedBy(header, first.number) }
  }
  const odd = tableLine(lines.numbers)
  if (odd !== undefined)
    throw wrong(`several columns, ${odd.fields.join(', ').slice(0, 40)},`, odd.number, ONE_A_LINE)
  if (first.fields.length === 1 && first.fields[0] === '0' && lines.comment === undefined)
    throw wrong('"0", which is node 0 or a header of pandas,', first.number, ZERO)
  const ids = lines.numbers.flatMap(({ fields, number }) => {
    const filled = fields.at(-1) === '' ? fields.slice(0, -1) : fields
    return filled.flatMap(field => field.split(/\s+/)).map(token => integer(token, number))
  })
  const { comment } = lines
  return { ids, named: comment && namedBy(comment.header, comment.number) }
}

const ONE_A_LINE =
  'write one id a line, without an index: in pandas with to_csv(FILE, index=False, header=["id"])'
const NAME_IT =
  'write one id a line without an index, or call the column of the ids id (or gid, node_id): in pandas with ' +
  'to_csv(FILE, index=False, header=["id"])'
const HEADER =
  'if the line names columns, call that of the ids id (or gid, node_id), with an index column without a name before ' +
  'it or none'
const ZERO =
  'if it is the node, write the line "id" before it; if it names the column, remove it: ' +
  'to_csv(FILE, index=False, header=["id"])'

interface Lines {
  readonly numbers: readonly Line[]
  /** A comment before the first of them that names the column, so that this is no header. */
  readonly comment: { readonly header: Header; readonly number: number } | undefined
}

function linesOf(text: string): Lines {
  const numbers: Line[] = []
  let comment: Lines['comment']
  for (const [k, line] of text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const [content = '', ...rest] = line.split('#')
    if (content.trim() !== '')
      numbers.push({
        number: k + 1,
        text: content,
        fields: fieldsOf(content),
        blanks: !/[,;\t]/.test(content),
      })
    else if (numbers.length === 0 && rest.length > 0) {
      const header = idHeader(fieldsOf(rest.join('')))
      if (header.problem === undefined) comment = { header, number: k + 1 }
    }
  }
  return { numbers, comment }
}

/** From the header and the first line of numbers, which may have the names of rows that R gives no name. */
function layoutOf({ width, indexed, vague, columns }: Header, first: Line | undefined) {
  const shift = !indexed && first?.fields.length === width + 1 ? 1 : 0
  const column = (columns[0] ?? 0) + shift
  const free = column === 0 || (shift === 0 && vague !== true)
  const rowNames = free ? 'any' : vague === true ? 'numbers' : 'numbers or names'
  return { column, width: width + shift, rowNames }
}

const namedBy = ({ base }: Header, line: number): IdText['named'] =>
  base === undefined ? undefined : { base, line }

/**
 * The first line of what is or may be a table: several lines of several fields, but for a list that is wrapped, whose
 * last line is shorter; and one line of two fields, which may be an index and its id. Between blanks two ids are two ids,
 * unless they are written in two ways, or in quotes, as programs write rows of tables only.
 */
function tableLine(lines: readonly Line[]): Line | undefined {
  const several = lines.find(({ fields }) => fields.length > 1)
  const [first, last] = [lines[0], lines.at(-1)]
  if (several === undefined || first === undefined || last === undefined) return undefined
  const tokens = first.fields.flatMap(field => field.split(/\s+/))
  const numbers = tokens.filter(token => typeof wholeNumber(token) === 'number')
  const whole = numbers.filter(token => /^[+-]?\d+$/.test(token)).length
  if (/["']/.test(several.text) || (whole > 0 && whole < numbers.length)) return several
  if (first === last) return tokens.length === 2 && !first.blanks ? first : undefined
  const width = first.fields.length
  const wrapped =
    lines.slice(0, -1).every(({ fields }) => fields.length === width) && last.fields.length < width
  return wrapped ? undefined : several
}
