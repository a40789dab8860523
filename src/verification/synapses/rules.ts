/** Rules of properties, applied to rows that were brought side by side. */
import { hasBit } from './bits.ts'
import type { ColumnPair } from './columns.ts'

/** Rows of one property that its rule is about: `count` times the width of the column. */
export interface RuledRows {
  /** Original edge ids. */
  readonly edges: Float64Array
  readonly before: Uint8Array
  /** Values of their counterparts. */
  readonly after: Uint8Array
}

export interface Ruling {
  /** What the value after must be equal to; where nothing determines it, what it is. */
  readonly expected: Uint8Array
  /** 1 for rows outside of bounds. */
  readonly bad: Uint8Array | undefined
}

export function applyRule({ rule }: ColumnPair, { edges, before, after }: RuledRows): Ruling {
  if (rule?.kind === 'exact') {
    const expected = before.slice()
    rule.expect(edges, before, expected)
    return { expected, bad: undefined }
  }
  if (rule?.kind !== 'bounded') return { expected: after, bad: undefined }
  const bad = new Uint8Array(edges.length)
  rule.judge(edges, before, after, bad)
  return { expected: after, bad }
}

/** Whether the rule of a property is about this edge. */
export const isRuled = ({ rule }: ColumnPair, edge: number): boolean =>
  rule !== undefined && hasBit(rule.rows, edge)

/** Values of some rows, one after the other. */
export function gather(values: Uint8Array, width: number, rows: Uint32Array, count: number): Uint8Array {
  const into = new Uint8Array(count * width)
  for (let k = 0; k < count; k++) copyValue(values, rows[k] ?? 0, into, k, width)
  return into
}

export function scatter(from: Uint8Array, width: number, rows: Uint32Array, values: Uint8Array): void {
  for (let k = 0; k < from.length / width; k++) copyValue(from, k, values, rows[k] ?? 0, width)
}

function copyValue(from: Uint8Array, a: number, into: Uint8Array, b: number, width: number): void {
  for (let byte = 0; byte < width; byte++) into[b * width + byte] = from[a * width + byte] ?? 0
}
