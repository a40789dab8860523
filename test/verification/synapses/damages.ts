/** Ways to damage a manipulated edge table, row by row. */
import { NODES, type Row } from './tables.ts'

/** Ways to damage a manipulated table; undefined where there is no place for it. */
export const DAMAGES: Readonly<
  Record<string, (all: readonly Row[], at: number, name: string) => Row[] | undefined>
> = {
  'one bit of one value': (all, at, name) =>
    all.map((row, k) =>
      k === at ? { ...row, values: { ...row.values, [name]: flipped(row.values[name] ?? '') } } : row,
    ),
  'a row dropped': (all, at) => all.filter((_, k) => k !== at),
  'a row doubled': (all, at) => all.flatMap((row, k) => (k === at ? [row, row] : [row])),
  'values of two rows swapped': (all, at, name) => {
    const other = (at * 7 + 1) % all.length
    const [a, b] = [all[at], all[other]]
    if (a === undefined || b === undefined) return undefined
    return all.map((row, k) => {
      const from = k === at ? b : k === other ? a : undefined
      return from === undefined ? row : { ...row, values: { ...row.values, [name]: from.values[name] ?? '' } }
    })
  },
  'two rows swapped': (all, at) => {
    const other = (at + 1) % all.length
    return all.map((row, k) => (k === at ? (all[other] ?? row) : k === other ? (all[at] ?? row) : row))
  },
  'one id changed': (all, at) =>
    all.map((row, k) => (k === at ? { ...row, source: (row.source + 1) % NODES } : row)),
}

const flipped = (hex: string): string => {
  const bytes = Buffer.from(hex, 'hex')
  bytes[0] = (bytes[0] ?? 0) ^ 4
  return bytes.toString('hex')
}
