/** Rows of one population that refers to others, as they should be after rows of these were renumbered. */
import type { EdgeTable, PropertyColumn } from '../connectome/table.ts'
import { InputError } from '../errors.ts'
import { type EdgeReference, NAMES_BY_ROW } from '../sonata/edge-references.ts'
import { isReferenceType, perRow, type RowNumbers, readNumbers } from './reference-column.ts'

/** New row of each old one, for rows below `length`; -1: it is no longer there. */
export interface RowChange {
  readonly length: number
  find(rows: Float64Array): Float64Array
}

export interface Following {
  readonly reference: EdgeReference
  readonly column: PropertyColumn
  /** By name of the population whose rows changed. */
  readonly changes: ReadonlyMap<string, RowChange>
  /** Of references whose rows name their population: its texts and their codes. */
  readonly names: PropertyColumn | undefined
}

/** What the references of one property should be in some rows. */
export interface Expected {
  readonly before: RowNumbers
  /** -1: the row that is meant is no longer there. */
  readonly after: Float64Array
  /** Values that were no row before; they stay what they are. */
  readonly nowhere: number
}

/** @throws InputError if the property cannot be followed */
export function following(
  reference: EdgeReference,
  table: EdgeTable,
  changes: ReadonlyMap<string, RowChange>,
): Following {
  const column = table.columns.find(({ name }) => name === reference.property)
  const names = table.columns.find(({ name }) => name === NAMES_BY_ROW)
  const byRow = reference.to === undefined && reference.possible === undefined
  if (column === undefined || !isReferenceType(column.type) || (byRow && names?.texts === undefined))
    throw new InputError('has no value for each edge', { file: reference.file, field: reference.dataset })
  return { reference, column, changes, names: byRow ? names : undefined }
}

export async function expectRows(
  { reference, column, changes, names }: Following,
  first: number,
  count: number,
): Promise<Expected> {
  const before = await readNumbers(column, first, count)
  const after = before.numbers.slice()
  const each = perRow(column)
  const texts = names?.texts
  const codes = names === undefined ? undefined : (await readNumbers(names, first, count)).numbers
  let nowhere = 0
  for (const [name, change] of changes) {
    const meant: number[] = []
    for (const [k, row] of before.numbers.entries()) {
      const to = codes === undefined ? (reference.to ?? name) : texts?.[codes[Math.floor(k / each)] ?? 0]
      if (to !== name) continue
      if (row >= 0 && row < change.length && Number.isInteger(row)) meant.push(k)
      else nowhere++
    }
    const rows = change.find(Float64Array.from(meant, k => before.numbers[k] ?? 0))
    for (const [at, k] of meant.entries()) after[k] = rows[at] ?? 0
  }
  return { before, after, nowhere }
}
