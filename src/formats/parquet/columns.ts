/** Integer columns of a Parquet file, checked: everything that is needed to read their pages. */
import type { SchemaElement } from 'hyparquet'
import type { ValueType } from '../../connectome/table.ts'
import { InputError } from '../../errors.ts'
import * as abi from '../../kernels/abi.ts'
import type { ColumnChunk, ParquetFile } from './footer.ts'

export interface IntegerColumn {
  readonly file: string
  readonly name: string
  readonly rows: number
  /** `TYPE_I32`, `TYPE_U32`, `TYPE_I64` or `TYPE_U64` of the kernels. */
  readonly type: number
  readonly physical: 'INT32' | 'INT64'
  readonly nullable: boolean
  /** In row order. */
  readonly chunks: readonly IntegerChunk[]
}

export interface IntegerChunk extends Pick<ColumnChunk, 'codec' | 'start' | 'end'> {
  readonly rows: number
}

/** Names of the columns below the root, nested ones by their outer name. */
export function columnNames(file: ParquetFile): string[] {
  return topLevel(file).map(({ name }) => name)
}

/** @throws InputError if there is no such column, or if it does not hold integers */
export function integerColumn(file: ParquetFile, name: string): IntegerColumn {
  const element = elementOf(file, name)
  const type = integerType(element, refusal(file, name))
  return { ...pagesOf(file, name, element), ...type }
}

/** A column of numbers, whose values are wanted as they were before they were written. */
export interface NumberColumn extends Omit<IntegerColumn, 'type' | 'physical'> {
  readonly type: ValueType
  readonly physical: 'INT32' | 'INT64' | 'FLOAT' | 'DOUBLE'
}

/** @throws InputError if there is no such column, or if it does not hold numbers */
export function numberColumn(file: ParquetFile, name: string): NumberColumn {
  return { ...pagesOf(file, name, elementOf(file, name)), ...numberType(file, name) }
}

/** @throws InputError if there is no such column, or if it does not hold numbers; no row group is looked at */
export function numberType(file: ParquetFile, name: string): Pick<NumberColumn, 'type' | 'physical'> {
  const element = elementOf(file, name)
  const { type: physical, num_children, repetition_type } = element
  const plain = !num_children && repetition_type !== 'REPEATED'
  if (plain && physical === 'FLOAT') return { physical, type: 'f32' }
  if (plain && physical === 'DOUBLE') return { physical, type: 'f64' }
  const integer = integerType(element, refusal(file, name))
  return { physical: integer.physical, type: storedType(element, integer) }
}

function storedType(
  { logical_type: logical, converted_type: converted }: SchemaElement,
  { type, physical }: Pick<IntegerColumn, 'type' | 'physical'>,
): ValueType {
  const sign = type === abi.TYPE_U64 || type === abi.TYPE_U32 ? 'u' : 'i'
  const bits = logical?.type === 'INTEGER' ? logical.bitWidth : Number(converted?.split('_').at(-1))
  return `${sign}${bits || (physical === 'INT64' ? 64 : 32)}` as ValueType // integerType let only these pass
}

const refusal =
  (file: ParquetFile, field: string) =>
  (message: string): InputError =>
    new InputError(message, { file: file.path, field })

function elementOf(file: ParquetFile, name: string): SchemaElement {
  const refuse = refusal(file, name)
  const [element, another] = topLevel(file).filter(candidate => candidate.name === name)
  if (element === undefined) throw refuse(`no column ${name}`)
  if (another !== undefined) throw refuse(`two columns ${name}`)
  return element
}

function pagesOf(
  file: ParquetFile,
  name: string,
  element: SchemaElement,
): Pick<IntegerColumn, 'file' | 'name' | 'rows' | 'nullable' | 'chunks'> {
  return {
    file: file.path,
    name,
    rows: file.rows,
    nullable: element.repetition_type === 'OPTIONAL',
    chunks: file.rowGroups.map(({ rows, columns }) => {
      const [chunk, second] = columns.filter(({ path }) => path.length === 1 && path[0] === name)
      if (chunk === undefined || second !== undefined)
        throw refusal(
          file,
          name,
        )(`damaged Parquet file: a row group with ${chunk ? 'two columns' : 'no column'} ${name}`)
      return { rows, codec: chunk.codec, start: chunk.start, end: chunk.end }
    }),
  }
}

const SIGNED = ['INT_8', 'INT_16', 'INT_32', 'INT_64']
const UNSIGNED = ['UINT_8', 'UINT_16', 'UINT_32', 'UINT_64']

function integerType(
  element: SchemaElement,
  refuse: (message: string) => InputError,
): Pick<IntegerColumn, 'type' | 'physical'> {
  const { type: physical, converted_type: converted, logical_type: logical, num_children } = element
  const wanted = 'expected one integer per row, found'
  if (num_children) throw refuse(`${wanted} nested columns`)
  if (element.repetition_type === 'REPEATED') throw refuse(`${wanted} lists`)
  if (physical !== 'INT32' && physical !== 'INT64') throw refuse(`${wanted} ${physical ?? 'no type'}`)
  const meaning = logical?.type ?? converted
  if (logical?.type !== 'INTEGER' && meaning !== undefined && ![...SIGNED, ...UNSIGNED].includes(meaning))
    throw refuse(`${wanted} ${meaning} (stored as ${physical})`)
  const unsigned = logical?.type === 'INTEGER' ? !logical.isSigned : UNSIGNED.includes(meaning ?? '')
  if (physical === 'INT64') return { physical, type: unsigned ? abi.TYPE_U64 : abi.TYPE_I64 }
  return { physical, type: unsigned ? abi.TYPE_U32 : abi.TYPE_I32 }
}

/** The schema lists every element depth first; only those right below the root are columns of a table. */
function topLevel(file: ParquetFile): SchemaElement[] {
  const elements: SchemaElement[] = []
  let below = 0
  for (const element of file.schema) {
    if (below === 0) elements.push(element)
    else below--
    below += element.num_children ?? 0
  }
  return elements
}
