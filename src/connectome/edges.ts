/** One edge population as the rest of the library sees it, whatever file it comes from. No I/O here. */

import type { EdgeTable } from './table.ts'

/** Integer types that id columns are stored in. Ids must fit 0 .. 2^32-2 (see {@link MAX_NODES}). */
export type IdType = 'u8' | 'i8' | 'u16' | 'i16' | 'u32' | 'i32' | 'u64' | 'i64'

export const ID_BYTES: Readonly<Record<IdType, number>> = {
  u8: 1,
  i8: 1,
  u16: 2,
  i16: 2,
  u32: 4,
  i32: 4,
  u64: 8,
  i64: 8,
}

/** Most nodes one population may have: 2^32-1 is the sentinel of the kernels, so the last id is 2^32-2. */
export const MAX_NODES = 0xffff_ffff

/** An HDF5 dataset. */
export interface ColumnPlace {
  readonly file: string
  readonly dataset: string
  /** Row that the column begins at; default 0. */
  readonly first?: number | undefined
}

/** One id column, readable in any order, in windows. */
export interface IdColumn {
  /** Rows. */
  readonly length: number
  readonly type: IdType
  /** Where it comes from, for messages: `edges.h5: /edges/default/source_node_id`. */
  readonly label: string
  /** Where another thread can open it again; absent where it cannot. */
  readonly place?: ColumnPlace | undefined
  /** Where the rows lie in kernel memory: a pass that works in the same memory does not copy them. */
  readonly resident?: { readonly memory: object; readonly pointer: number } | undefined
  /**
   * Fill `into` with rows `first .. first+count-1`, little-endian, as stored: exactly
   * `count * ID_BYTES[type]` bytes. Synchronous where the file allows it (the fast path), a promise
   * otherwise. Throws (or rejects with) InputError when the bytes cannot be read.
   */
  readInto(first: number, count: number, into: Uint8Array): void | Promise<void>
}

/** Row order of an edge population, as proven by a pass over it. Sorted means ascending. */
export type EdgeOrder = 'tgt,src' | 'tgt' | 'src,tgt' | 'src' | 'none'

export interface EdgeSource {
  /** Name of the edge population. */
  readonly population: string
  /** File the rows come from, for messages and proofs. */
  readonly file: string
  readonly sourcePopulation: string
  readonly targetPopulation: string
  /** Nodes in the source and in the target population: every id must be below. */
  readonly sourceCount: number
  readonly targetCount: number
  /** Rows, that is synapses. */
  readonly edgeCount: number
  /** 0-based node ids of the presynaptic and postsynaptic side. */
  readonly source: IdColumn
  readonly target: IdColumn
  /**
   * What the file cannot say. `nodes`: no node population is known, counts and names of populations are made up
   * from the ids. `multiplicity`: connections are listed, not edges.
   */
  readonly unknown?: readonly Unknown[] | undefined
  /**
   * The properties of its edges; opened when it is asked for. Absent where the file has nothing but connections.
   * Rejects with InputError if the file cannot be read.
   */
  readonly table?: (() => Promise<EdgeTable>) | undefined
}

export type Unknown = 'nodes' | 'multiplicity'
