/**
 * node_types and edge_types files of the AIBS flavour: text columns separated by blanks, one line per type.
 * Source: SONATA developer guide, "Node types" and "CSV files"; what bmtk 1.2.0 makes of them:
 * `pandas.read_csv(file, sep=' ', na_values='NONE')`.
 */
import { InputError } from '../errors.ts'
import { readTextFile } from '../formats/json.ts'

export interface TypesTable {
  readonly file: string
  readonly ids: ReadonlySet<number>
  /** By attribute, then by type id: as the file has it; `undefined` where that is one of the words for nothing. */
  readonly columns: ReadonlyMap<string, ReadonlyMap<number, string | undefined>>
}

/** A column of population names restricts a line to one population. */
const POPULATION = 'population'

/**
 * Read the types of one population.
 *
 * @param idColumn `node_type_id` or `edge_type_id`; mandatory in the file.
 * @throws InputError naming file and line: no header, no such column, lines that are too long, an id that is no
 *   integer or occurs twice.
 */
export async function readTypesTable(
  file: string,
  idColumn: string,
  population: string,
): Promise<TypesTable> {
  return parseTypesTable(await readTextFile(file), file, idColumn, population)
}

export function parseTypesTable(
  text: string,
  file: string,
  idColumn: string,
  population: string,
): TypesTable {
  const { names, rows } = fieldsOfLines(text, file)
  const idAt = names.indexOf(idColumn)
  if (idAt < 0)
    throw new InputError(`expected a header with the column ${idColumn}, found ${quoted(names.join(' '))}`, {
      file,
      field: 'line 1',
      hint: 'Columns are separated by blanks, the first line names them.',
    })
  const twice = names.find((name, k) => names.indexOf(name) !== k)
  if (twice !== undefined)
    throw new InputError(`the column ${quoted(twice)} occurs twice`, { file, field: 'line 1' })
  const populationAt = names.indexOf(POPULATION)
  const ids = new Set<number>()
  const columns = new Map<string, Map<number, string | undefined>>()
  for (const [k, name] of names.entries()) if (k !== populationAt) columns.set(name, new Map())
  for (const { fields, line } of rows) {
    if (fields.length > names.length)
      throw new InputError(`expected ${names.length} values, found ${fields.length}`, { file, field: line })
    if (populationAt >= 0 && fields[populationAt] !== population) continue
    // `100.0` is what a program writes that had a hole in the column.
    const id = /^[+-]?\d+(\.0*)?$/.test(fields[idAt] ?? '') ? Number(fields[idAt]) : Number.NaN
    if (!Number.isSafeInteger(id))
      throw new InputError(`expected an integer ${idColumn}, found ${quoted(fields[idAt] ?? '')}`, {
        file,
        field: line,
      })
    if (ids.has(id)) throw new InputError(`${idColumn} ${id} occurs twice`, { file, field: line })
    ids.add(id)
    // A line that is too short has nothing in the columns at its end.
    for (const [k, name] of names.entries()) columns.get(name)?.set(id, cellValue(fields[k]))
  }
  return { file, ids, columns }
}

/** What pandas takes for no value by itself, and NONE, which bmtk adds; quoted or not. */
const NOTHING: ReadonlySet<string> = new Set(
  '|#N/A|#N/A N/A|#NA|-1.#IND|-1.#QNAN|-NaN|-nan|1.#IND|1.#QNAN|<NA>|N/A|NA|NULL|NaN|None|n/a|nan|null|NONE'.split(
    '|',
  ),
)

const cellValue = (field: string | undefined): string | undefined =>
  field === undefined || NOTHING.has(field) ? undefined : field

interface Row {
  readonly fields: string[]
  readonly line: string
}

/**
 * The names of the header, and the rows. Where the header is separated by single blanks, two of them in a row have an
 * empty value in between, as bmtk has it, if the row is then as long as the header; else any blanks separate, as the
 * guide of the format has it. Empty lines are skipped.
 */
function fieldsOfLines(text: string, file: string): { names: string[]; rows: Row[] } {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((content, k) => ({ content, line: `line ${k + 1}` }))
    .filter(({ content }) => content.trim() !== '')
  const [header, ...rows] = lines
  if (header === undefined) return { names: [], rows: [] }
  const split = ({ content, line }: (typeof lines)[number], blanks: boolean): string[] => {
    const fields = splitLine(content, blanks)
    if (fields !== undefined) return fields
    throw new InputError('a quoted value does not end where it should', { file, field: line })
  }
  const single = split(header, false)
  const names = split(header, true)
  const bySingle = single.length === names.length && !names.some(name => name.includes('\t'))
  return {
    names,
    rows: rows.map(row => {
      const strict = bySingle ? split(row, false) : []
      return { fields: strict.length === names.length ? strict : split(row, true), line: row.line }
    }),
  }
}

/**
 * The values of one line, of which double quotes hold those with blanks, doubled inside of them.
 *
 * @param blanks any number of blanks and tabs separate; else one blank does
 * @returns undefined where a quoted value does not end
 */
function splitLine(content: string, blanks: boolean): string[] | undefined {
  const line = blanks ? content.trim() : content
  const separator = blanks ? /[ \t]+/y : / /y
  const fields: string[] = []
  for (let at = 0; ; ) {
    let field = ''
    if (line[at] === '"') {
      const quotedText = /"((?:[^"]|"")*)"/y
      quotedText.lastIndex = at
      const match = quotedText.exec(line)
      if (match === null) return undefined
      field = (match[1] ?? '').replaceAll('""', '"')
      at = quotedText.lastIndex
    }
    // What follows a quoted value without a blank belongs to it.
    const rest = blanks ? /[^ \t]*/y : /[^ ]*/y
    rest.lastIndex = at
    field += rest.exec(line)?.[0] ?? ''
    at = rest.lastIndex
    fields.push(field)
    separator.lastIndex = at
    if (separator.exec(line) === null) return fields
    at = separator.lastIndex
  }
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
const INFINITE = /^[+-]?inf(inity)?$/i

/**
 * What a table says of each type beyond its id, one writing for each value: in a column whose values are all numbers
 * (which then are numbers for bmtk) `4` and `4.0` are `4`. Columns that say nothing of any type are left out.
 */
export function typeValues(
  { columns }: Pick<TypesTable, 'columns'>,
  idColumn: string,
): ReadonlyMap<string, ReadonlyMap<number, string>> {
  const result = new Map<string, Map<number, string>>()
  for (const [name, values] of columns) {
    if (name === idColumn) continue
    const present = [...values].flatMap(([id, text]) => (text === undefined ? [] : [[id, text] as const]))
    const write = writingOf(present.map(([, text]) => text.trim()))
    if (present.length > 0) result.set(name, new Map(present.map(([id, text]) => [id, write(text)])))
  }
  return result
}

function writingOf(texts: readonly string[]): (text: string) => string {
  if (texts.every(text => NUMBER.test(text) || INFINITE.test(text))) return text => numberText(text.trim())
  if (texts.every(text => /^(true|false)$/i.test(text))) return text => text.trim().toLowerCase()
  return text => text
}

/** Integers keep all their digits. */
function numberText(text: string): string {
  if (INFINITE.test(text)) return text.startsWith('-') ? '-inf' : 'inf'
  if (/^[+-]?\d+$/.test(text)) return String(BigInt(text.replace('+', '')))
  const value = Number(text)
  return value === 0 ? '0' : String(value)
}

const quoted = (text: string): string => `"${text.length > 60 ? `${text.slice(0, 60)}...` : text}"`
