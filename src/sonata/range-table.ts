/** A table of half-open ranges in an HDF5 file, `n x 2` integers, of which a window is in memory. */
import { InputError } from '../errors.ts'
import type { Hdf5File } from '../formats/hdf5/types.ts'
import { readIntegers, type StoredIntegers } from './integers.ts'

const SMALLEST_WINDOW = 256
const LARGEST_WINDOW = 2 ** 16

export class RangeTable {
  /** Rows. */
  readonly length: number
  readonly #stored: StoredIntegers
  #window = new Float64Array(0)
  #first = 0
  #end = 0

  private constructor(length: number, stored: StoredIntegers) {
    this.length = length
    this.#stored = stored
  }

  /** A dataset without elements is an empty table. @throws InputError if it is not a table of integers */
  static async open(h5: Hdf5File, path: string): Promise<RangeTable> {
    const data = await h5.dataset(path)
    const place = { file: h5.path, field: path }
    if (data === undefined) throw new InputError(`${path} is missing`, place)
    const { type, shape } = data
    const [length, width] = shape ?? [0, 2]
    if (type.kind !== 'int' || length === undefined || width !== 2 || (shape?.length ?? 2) !== 2)
      throw new InputError(
        `${path}: expected integers of shape (n, 2), found ${type.kind} of shape (${shape?.join(', ') ?? ''})`,
        place,
      )
    return new RangeTable(length, {
      bytes: type.bytes,
      signed: type.signed,
      readInto: (first, count, into) => data.readInto(first, count, into),
    })
  }

  /** Whether the row is in memory; else {@link load} it first. */
  holds(row: number): boolean {
    return row >= this.#first && row < this.#end
  }

  startOf(row: number): number {
    return this.#window[2 * (row - this.#first)] ?? 0
  }

  endOf(row: number): number {
    return this.#window[2 * (row - this.#first) + 1] ?? 0
  }

  /** Windows grow while the table is read in order, so that jumping about costs little. */
  async load(row: number): Promise<void> {
    const wanted = row === this.#end && row > 0 ? 4 * (this.#end - this.#first) : SMALLEST_WINDOW
    const count = Math.min(Math.max(wanted, SMALLEST_WINDOW), LARGEST_WINDOW, this.length - row)
    if (this.#window.length < 2 * count) this.#window = new Float64Array(2 * count)
    await readIntegers(this.#stored, 2 * row, 2 * count, this.#window)
    this.#first = row
    this.#end = row + count
  }
}
