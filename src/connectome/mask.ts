/**
 * Boolean matrix S x T in canonical CSC: rows ascending inside each column, no duplicates, no explicit
 * False. Row and column numbers are ranks in the node selections (0-based), True = asked.
 */
export interface Mask {
  readonly rows: number
  readonly columns: number
  /** columns + 1 entries. */
  readonly indptr: Uint32Array
  /** Row of each True, ascending inside a column. */
  readonly indices: Uint32Array
  /** Where it comes from, for messages. */
  readonly label: string
}
