/** Whether two datasets hold the same values. Each comparison says what differs, in words, or nothing. */
import type { Hdf5Dataset } from '../formats/hdf5/types.ts'
import { readIntegers } from '../sonata/integers.ts'

/** Elements compared at a time. */
const WINDOW = 65_536

type Difference = Promise<string | undefined>

/** Types, shapes and bytes; texts by what they say, however they are stored. */
export async function sameValues(x: Hdf5Dataset, y: Hdf5Dataset): Difference {
  const shape = otherShape(x, y)
  if (shape !== undefined) return shape
  if (x.shape === undefined) return undefined
  if (x.type.kind === 'string' && y.type.kind === 'string') {
    const [before, after] = [await x.strings(), await y.strings()]
    const row = before.findIndex((text, k) => text !== after[k])
    return row < 0 ? undefined : `differs in row ${row}`
  }
  const names = [namesOf(x), namesOf(y)] as const
  if (names[0] !== undefined && names[1] !== undefined && JSON.stringify(x.type) !== JSON.stringify(y.type))
    return compareNumbers(x, y, (value, side) => names[side]?.get(value) ?? value)
  if (JSON.stringify(x.type) !== JSON.stringify(y.type)) return 'has another type'
  if (x.type.kind !== 'int' && x.type.kind !== 'float') return 'holds what cannot be compared'
  const { bytes } = x.type
  const [one, other] = [new Uint8Array(WINDOW * bytes), new Uint8Array(WINDOW * bytes)]
  return inWindows(x, async (first, count) => {
    const [before, after] = [one.subarray(0, count * bytes), other.subarray(0, count * bytes)]
    await x.readInto(first, count, before)
    await y.readInto(first, count, after)
    if (Buffer.compare(before, after) === 0) return undefined
    return Math.floor(before.findIndex((byte, k) => byte !== after[k]) / bytes)
  })
}

/** What the values of an enumeration mean; `undefined` for anything else. */
const namesOf = ({ type }: Hdf5Dataset): ReadonlyMap<number, string> | undefined =>
  type.kind === 'int' && type.members !== undefined ? new Map(type.members) : undefined

/** Integers by value, whatever their width; anything else as {@link sameValues}. */
export async function sameIntegers(x: Hdf5Dataset, y: Hdf5Dataset): Difference {
  if (JSON.stringify(x.type) === JSON.stringify(y.type)) return sameValues(x, y)
  return compareNumbers(x, y, value => value)
}

/** Codes by the texts that they stand for; codes without a text are what they are. */
export function sameCodes(
  x: Hdf5Dataset,
  xTexts: readonly string[],
  y: Hdf5Dataset,
  yTexts: readonly string[],
): Difference {
  if (xTexts.join('\0') === yTexts.join('\0') && xTexts.length === yTexts.length) return sameIntegers(x, y)
  return compareNumbers(x, y, (code, side) => (side === 0 ? xTexts : yTexts)[code] ?? code)
}

async function compareNumbers(
  x: Hdf5Dataset,
  y: Hdf5Dataset,
  meaning: (value: number, side: 0 | 1) => number | string,
): Difference {
  const shape = otherShape(x, y)
  if (shape !== undefined) return shape
  if (x.type.kind !== 'int' || y.type.kind !== 'int') return 'has another type'
  const stored = [
    { ...x.type, readInto: x.readInto.bind(x) },
    { ...y.type, readInto: y.readInto.bind(y) },
  ] as const
  return inWindows(x, async (first, count) => {
    const [before, after] = [new Float64Array(count), new Float64Array(count)]
    await readIntegers(stored[0], first, count, before)
    await readIntegers(stored[1], first, count, after)
    const at = before.findIndex((value, k) => meaning(value, 0) !== meaning(after[k] ?? Number.NaN, 1))
    return at < 0 ? undefined : at
  })
}

const otherShape = (x: Hdf5Dataset, y: Hdf5Dataset): string | undefined =>
  String(x.shape) === String(y.shape) && (x.shape === undefined) === (y.shape === undefined)
    ? undefined
    : `has shape (${y.shape ?? 'none'}) instead of (${x.shape ?? 'none'})`

/** `differs`: the first element of the window that does. */
async function inWindows(
  { shape }: Hdf5Dataset,
  differs: (first: number, count: number) => Promise<number | undefined>,
): Difference {
  const length = shape === undefined ? 0 : shape.reduce((all, n) => all * n, 1)
  for (let first = 0; first < length; first += WINDOW) {
    const at = await differs(first, Math.min(WINDOW, length - first))
    if (at !== undefined) return `differs in element ${first + at}`
  }
  return undefined
}
