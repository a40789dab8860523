/** What an edge population says of each edge beside its two node ids: columns of equal length. No I/O here. */
import { isInputError } from '../errors.ts'
import type { IdType } from './edges.ts'

export type ValueType = IdType | 'f16' | 'f32' | 'f64'

export const VALUE_BYTES: Readonly<Record<ValueType, number>> = {
  u8: 1,
  i8: 1,
  u16: 2,
  i16: 2,
  u32: 4,
  i32: 4,
  u64: 8,
  i64: 8,
  f16: 2,
  f32: 4,
  f64: 8,
}

/** One property of every edge, as bytes of a fixed width. */
export interface PropertyColumn {
  /**
   * As tables of the field call it: the name of the dataset (`delay`), `@dynamics:x` for `dynamics_params/x`,
   * `edge_type_id`. `../delay` and `../1/delay` are datasets beside group 0, where no reader looks for a property.
   * Unique in its table.
   */
  readonly name: string
  /** Rows. */
  readonly length: number
  /** Type of one value; of text the type of its code in `texts`. */
  readonly type: ValueType
  /** Bytes of one row: those of `type`, times the values per row (1 but for datasets of two dimensions). */
  readonly bytes: number
  /** Values per row, where the dataset has more dimensions than one: `[3]`, `[1]`. */
  readonly shape?: readonly number[] | undefined
  /** Text: the values that codes stand for, `@library` or the distinct texts of a column. */
  readonly texts?: readonly string[] | undefined
  /** An enumeration of HDF5 (h5py's bool is one): values and the names that they mean, ascending by value. */
  readonly members?: readonly (readonly [value: number, name: string])[] | undefined
  /** Where it comes from, for messages: `edges.h5: /edges/default/0/delay`. */
  readonly label: string
  /** Where another thread can open the very same bytes again; absent where it cannot. */
  readonly place?: { readonly file: string; readonly dataset: string } | undefined
  /** Fill `into` with rows `first .. first+count-1`, little-endian: exactly `count * bytes` bytes. As `IdColumn`. */
  readInto(first: number, count: number, into: Uint8Array): void | Promise<void>
}

/** The layout that a table came from, as far as it is not its columns; what the pipeline is known to change. */
export type TableTrait =
  /** `edge_group_id` and `edge_group_index` are there. */
  | 'group_columns'
  /** More than one group of properties. */
  | 'several_groups'
  /** Properties in `dynamics_params`. */
  | 'dynamics_params'
  /** An id column has no attribute `node_population`: libsonata does not open such a population. */
  | 'ends_unnamed'

export interface EdgeTable {
  readonly rows: number
  /** By name, ascending. */
  readonly columns: readonly PropertyColumn[]
  readonly traits: readonly TableTrait[]
  /**
   * Why libsonata, which takes row i of group 0 for edge i and nothing else, reads other values than these, or none;
   * absent where it reads the same.
   */
  readonly onlyByGuide?: string | undefined
  /** Properties that are there and cannot be read as columns: name and why. They are never silently left out. */
  readonly unreadable: readonly Unreadable[]
  /**
   * What the types of its edges say; read when it is asked for. Absent where nothing tells whether there are types: an
   * edges file by itself. Rejects with InputError if the table of types is there and cannot be read.
   */
  readonly types?: (() => Promise<EdgeTypes>) | undefined
}

export interface Unreadable {
  readonly name: string
  readonly reason: string
  /** What kind of values it has, where that is known: `compound of 8 bytes`. */
  readonly holds?: string | undefined
}

/** Properties by `edge_type_id`, of edges whose group does not have them. */
export interface EdgeTypes {
  /** The table of types, or what names none. */
  readonly file: string
  /** The table is named, and there is no such file. */
  readonly lost?: boolean | undefined
  /** By property, then by type id: each value in one writing. A type that is not there says nothing. */
  readonly columns: ReadonlyMap<string, ReadonlyMap<number, string>>
}

/** bmtk's number of synapses that one edge stands for. */
const SYNAPSES_PER_EDGE = 'nsyns'

/** A warning where a row is not one synapse; `undefined` where it is, or where nothing but ids can be read. */
export async function severalSynapses(
  open: (() => Promise<EdgeTable>) | undefined,
): Promise<string | undefined> {
  const table = await open?.().catch(error => (isInputError(error) ? undefined : Promise.reject(error)))
  if (table === undefined) return undefined
  if (![...table.columns, ...table.unreadable].some(({ name }) => name === SYNAPSES_PER_EDGE))
    return undefined
  return `an edge may stand for several synapses (property ${SYNAPSES_PER_EDGE}, as bmtk writes it): edges are counted, not synapses`
}
