/** The rows of one target on both sides, in the order they stand in; and of each of its connections. */

import { VALUE_BYTES, type ValueType } from '../../connectome/table.ts'
import type { BlockRows, SynapseCulprit, TargetBlock } from '../synapses/expectation.ts'

/** Rows of one side, by their place in a block. */
export interface RowsOf {
  readonly rows: BlockRows
  /** Places in `rows`, ascending edge ids. */
  readonly places: readonly number[]
}

export interface TargetRows {
  readonly target: number
  readonly before: RowsOf
  readonly after: RowsOf
}

export interface ConnectionRows extends TargetRows {
  readonly source: number
}

/** A property as both sides have it. */
export interface Property {
  readonly name: string
  readonly type: ValueType
  readonly bytes: number
  readonly text: boolean
}

/** Every target of a block with rows on either side, ascending. */
export function* targetsOf(block: TargetBlock): Generator<TargetRows> {
  const [before, after] = [new Stretches(block.original), new Stretches(block.manipulated)]
  for (;;) {
    const target = Math.min(before.key('target'), after.key('target'))
    if (target === Number.POSITIVE_INFINITY) return
    const places = (side: Stretches, rows: BlockRows): RowsOf => ({
      rows,
      places: side.take('target', target).sort((a, b) => (rows.edge[a] ?? 0) - (rows.edge[b] ?? 0)),
    })
    yield { target, before: places(before, block.original), after: places(after, block.manipulated) }
  }
}

/** Places of a block in their order, taken by target. */
class Stretches {
  readonly #rows: BlockRows
  #next = 0

  constructor(rows: BlockRows) {
    this.#rows = rows
  }

  key(side: 'target'): number {
    return this.#next < this.#rows.count ? (this.#rows[side][this.#next] ?? 0) : Number.POSITIVE_INFINITY
  }

  take(side: 'target', value: number): number[] {
    const taken: number[] = []
    while (this.key(side) === value) taken.push(this.#next++)
    return taken
  }
}

/** Connections of a target, ascending sources. */
export function connectionsOf({ target, before, after }: TargetRows): ConnectionRows[] {
  const found = new Map<number, { before: number[]; after: number[] }>()
  const sort = ({ rows, places }: RowsOf, side: 'before' | 'after'): void => {
    for (const place of places) {
      const source = rows.source[place] ?? 0
      const connection = found.get(source) ?? { before: [], after: [] }
      found.set(source, connection)
      connection[side].push(place)
    }
  }
  sort(before, 'before')
  sort(after, 'after')
  return [...found]
    .sort(([a], [b]) => a - b)
    .map(([source, places]) => ({
      source,
      target,
      before: { rows: before.rows, places: places.before },
      after: { rows: after.rows, places: places.after },
    }))
}

/** Whether two rows hold the same bytes in all of `properties`. */
export function sameRow(
  a: BlockRows,
  at: number,
  b: BlockRows,
  there: number,
  properties: readonly Property[],
): boolean {
  for (const { name, bytes } of properties) {
    const [x, y] = [a.columns.get(name), b.columns.get(name)]
    if (x === undefined || y === undefined) continue
    for (let k = 0; k < bytes; k++) if (x[at * bytes + k] !== y[there * bytes + k]) return false
  }
  return true
}

/** Bytes of some properties of a row, as a text to look rows up by. Equal texts are equal bytes. */
export function rowKey(rows: BlockRows, place: number, properties: readonly Property[]): string {
  let key = ''
  for (const { name, bytes } of properties) {
    const column = rows.columns.get(name)
    for (let k = 0; k < bytes; k++) key += String.fromCharCode(column?.[place * bytes + k] ?? 0)
  }
  return key
}

export function valueAt(rows: BlockRows, place: number, { name, type, bytes }: Property): number {
  const column = rows.columns.get(name) ?? new Uint8Array(0)
  const view = new DataView(column.buffer, column.byteOffset, column.byteLength)
  if (bytes !== VALUE_BYTES[type]) return Number.NaN
  return READ[type](view, place * bytes)
}

const READ: Readonly<Record<ValueType, (view: DataView, at: number) => number>> = {
  u8: (view, at) => view.getUint8(at),
  i8: (view, at) => view.getInt8(at),
  u16: (view, at) => view.getUint16(at, true),
  i16: (view, at) => view.getInt16(at, true),
  u32: (view, at) => view.getUint32(at, true),
  i32: (view, at) => view.getInt32(at, true),
  u64: (view, at) => Number(view.getBigUint64(at, true)),
  i64: (view, at) => Number(view.getBigInt64(at, true)),
  // Half floats are not computed with.
  f16: () => Number.NaN,
  f32: (view, at) => view.getFloat32(at, true),
  f64: (view, at) => view.getFloat64(at, true),
}

/** A row after, as a culprit. */
export const culpritOf = ({ rows }: RowsOf, place: number, target: number): SynapseCulprit => ({
  source: rows.source[place] ?? 0,
  target,
  manipulatedEdge: rows.edge[place],
})
