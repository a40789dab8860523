/**
 * node_types and edge_types files of the AIBS flavour: text columns separated by blanks, one line per type.
 * Source: SONATA developer guide, "Node types" and "CSV files".
 */
import { InputError } from '../errors.ts'
import { readTextFile } from '../formats/json.ts'

export interface TypesTable {
  readonly file: string
  readonly ids: ReadonlySet<number>
  /** By attribute, then by type id; `undefined` where the file says NULL or NONE. */
  readonly columns: ReadonlyMap<string, ReadonlyMap<number, string | undefined>>
}

/** A column of population names restricts a line to one population. */
const POPULATION = 'population'

/**
 * Read the types of one population.
 *
 * @param idColumn `node_type_id` or `edge_type_id`; mandatory in the file.
 * @throws InputError naming file and line: no header, no such column, lines of another length, an id that is no
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
  const [header, ...rows] = fieldsOfLines(text, file)
  const names = header?.fields ?? []
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
    if (fields.length !== names.length)
      throw new InputError(`expected ${names.length} values, found ${fields.length}`, { file, field: line })
    if (populationAt >= 0 && fields[populationAt] !== population) continue
    const id = Number(fields[idAt])
    if (!/^-?\d+$/.test(fields[idAt] ?? '') || !Number.isSafeInteger(id))
      throw new InputError(`expected an integer ${idColumn}, found ${quoted(fields[idAt] ?? '')}`, {
        file,
        field: line,
      })
    if (ids.has(id)) throw new InputError(`${idColumn} ${id} occurs twice`, { file, field: line })
    ids.add(id)
    for (const [k, name] of names.entries()) columns.get(name)?.set(id, cellValue(fields[k]))
  }
  return { file, ids, columns }
}

const cellValue = (field: string | undefined): string | undefined =>
  field === undefined || /^(NULL|NONE)$/.test(field) ? undefined : field

/** Blanks separate; double quotes hold text with blanks, doubled inside it. Empty lines are skipped. */
const FIELD = /[ \t]*(?:"((?:[^"]|"")*)"(?=[ \t]|$)|([^\s"]+))[ \t]*/y

function fieldsOfLines(text: string, file: string): { fields: string[]; line: string }[] {
  const lines: { fields: string[]; line: string }[] = []
  for (const [k, content] of text.split(/\r\n|\n|\r/).entries()) {
    if (content.trim() === '') continue
    const fields: string[] = []
    for (FIELD.lastIndex = 0; FIELD.lastIndex < content.length; ) {
      const match = FIELD.exec(content)
      if (match === null)
        throw new InputError('a quoted value does not end where it should', { file, field: `line ${k + 1}` })
      fields.push(match[2] ?? match[1]?.replaceAll('""', '"') ?? '')
    }
    lines.push({ fields, line: `line ${k + 1}` })
  }
  return lines
}

const quoted = (text: string): string => `"${text.length > 60 ? `${text.slice(0, 60)}...` : text}"`
