/** Which stored entries of a sparse matrix count: those that are not zero, entries of one place summed. */
import { InputError } from '../errors.ts'
import type { Place } from './input-file.ts'
import { describe, type NpyArray, type NpyData } from './npy.ts'

export interface Coordinates {
  readonly row: Uint32Array
  readonly column: Uint32Array
}

/**
 * 1 for each entry that counts (NaN does, as in NumPy), undefined when all do. Entries of one place are summed in
 * their own type, as SciPy does: +1 and -1 are 0, 255 and 1 of uint8 are 0, True and True are True. Of a sum that is
 * not 0 all non-zero entries stay.
 *
 * @param coordinates of every entry; asked for only where a sum can be 0 although its terms are not
 * @throws InputError if the values are no numbers
 */
export function keptEntries(
  values: NpyArray,
  place: Place,
  coordinates: () => Coordinates,
): Uint8Array | undefined {
  const { dtype, data } = values
  if (/[SU]/.test(dtype)) throw new InputError(`expected bool or numbers, found ${describe(values)}`, place)
  const kept = new Uint8Array(data.length)
  const words = comparable(data)
  const width = words.length / Math.max(1, kept.length)
  let count = 0
  for (let i = 0; i < kept.length; i++) {
    if (words[width * i] === 0 && (width === 1 || words[width * i + 1] === 0)) continue
    kept[i] = 1
    count++
  }
  if (dtype !== '|b1' && mayCancel(data)) count -= dropCancelled(data, kept, count, coordinates())
  return count === kept.length ? undefined : kept
}

/** 64-bit integers as pairs of words: zero if both are. */
const comparable = (data: NpyData): Exclude<NpyData, BigInt64Array | BigUint64Array> =>
  data instanceof BigInt64Array || data instanceof BigUint64Array
    ? new Uint32Array(data.buffer, data.byteOffset, 2 * data.length)
    : data

/** Not where nothing is negative and the sum of everything fits the type. */
function mayCancel(data: NpyData): boolean {
  let [sum, negative] = [0, false]
  for (const value of data) {
    sum += Number(value)
    if (value < 0) negative = true
  }
  return negative || sum > (LARGEST.get(data.constructor) ?? Number.POSITIVE_INFINITY)
}

const LARGEST: ReadonlyMap<unknown, number> = new Map<unknown, number>([
  [Int8Array, 2 ** 7 - 1],
  [Uint8Array, 2 ** 8 - 1],
  [Int16Array, 2 ** 15 - 1],
  [Uint16Array, 2 ** 16 - 1],
  [Int32Array, 2 ** 31 - 1],
  [Uint32Array, 2 ** 32 - 1],
  // Sums this large are rounded: below them is far enough from the limit.
  [BigInt64Array, 2 ** 62],
  [BigUint64Array, 2 ** 63],
])

/** Takes entries whose sum is 0 out of `kept`. Returns how many. */
function dropCancelled(data: NpyData, kept: Uint8Array, count: number, { row, column }: Coordinates): number {
  const keys = new BigUint64Array(count)
  const words = new Uint32Array(keys.buffer)
  for (let i = 0, k = 0; i < kept.length; i++) {
    if (kept[i] === 0) continue
    words[2 * k] = row[i] ?? 0
    words[2 * k + 1] = column[i] ?? 0
    k++
  }
  keys.sort()
  const sums = new Map<string, NpyData>()
  for (let k = 1; k < count; k++)
    if (words[2 * k] === words[2 * k - 2] && words[2 * k + 1] === words[2 * k - 1])
      sums.set(`${words[2 * k]} ${words[2 * k + 1]}`, zeroOf(data))
  if (sums.size === 0) return 0
  const sumOf = (i: number): NpyData | undefined => sums.get(`${row[i]} ${column[i]}`)
  for (let i = 0; i < kept.length; i++) {
    const sum = kept[i] === 1 ? sumOf(i) : undefined
    if (sum !== undefined) add(sum, data, i)
  }
  let dropped = 0
  for (let i = 0; i < kept.length; i++) {
    const sum = kept[i] === 1 ? sumOf(i) : undefined
    if (sum === undefined || Number(sum[0]) !== 0) continue
    kept[i] = 0
    dropped++
  }
  return dropped
}

function zeroOf(data: NpyData): NpyData {
  const one = data.slice(0, 1)
  if (one instanceof BigInt64Array || one instanceof BigUint64Array) one[0] = 0n
  else one[0] = 0
  return one
}

/** The element of a typed array wraps, or is rounded, as a value of its type does in C. */
function add(sum: NpyData, data: NpyData, at: number): void {
  if (sum instanceof BigInt64Array || sum instanceof BigUint64Array)
    sum[0] = (sum[0] ?? 0n) + BigInt(data[at] ?? 0)
  else sum[0] = (sum[0] ?? 0) + Number(data[at] ?? 0)
}
