/** Some rows of a row map, as int64. */
import { InternalError } from '../../errors.ts'
import type { Piece } from '../synapses/property-window.ts'

export class MapWindow {
  readonly capacity: number
  readonly #all: BigInt64Array
  /** Low and high half of each row number: four times as fast as to make them big integers. */
  readonly #words: Uint32Array
  #count = 0
  #kept = 0

  constructor(capacity: number) {
    this.capacity = capacity
    this.#all = new BigInt64Array(capacity)
    this.#words = new Uint32Array(this.#all.buffer)
  }

  get rows(): BigInt64Array {
    return this.#all.subarray(0, this.#count)
  }

  /** Rows that are still there. */
  get kept(): number {
    return this.#kept
  }

  /** `count` rows, none of which is there any more. */
  begin(count: number): void {
    this.#count = count
    this.#kept = 0
    this.#words.fill(0xffff_ffff, 0, 2 * count)
  }

  /** Rows `at ..` of the window have become rows `row ..`. */
  put(at: number, row: number, length: number): void {
    const words = this.#words
    this.#kept += length
    for (let k = 0; k < length; k++) {
      words[2 * (at + k)] = row + k
      words[2 * (at + k) + 1] = (row + k) / 2 ** 32
    }
  }

  /** Triples of row in the window, place in the buffer, length; `pieces`: which rows lie where in the buffer. */
  putRuns(runs: Uint32Array, pieces: readonly Piece[]): void {
    for (let k = 0; k < runs.length; k += 3) {
      let [at = 0, other = 0, left = 0] = [runs[k], runs[k + 1], runs[k + 2]]
      while (left > 0) {
        const piece = pieceOf(pieces, other)
        // Pieces that lie side by side may have one run together.
        const length = Math.min(left, piece.at + piece.count - other)
        this.put(at, piece.first + (other - piece.at), length)
        at += length
        other += length
        left -= length
      }
    }
  }
}

/** The last piece that begins at or before a place of the buffer, and is not empty there. */
function pieceOf(pieces: readonly Piece[], place: number): Piece {
  let [low, high] = [0, pieces.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((pieces[middle]?.at ?? 0) <= place) low = middle
    else high = middle - 1
  }
  const piece = pieces[low]
  if (piece === undefined || place >= piece.at + piece.count)
    throw new InternalError('a paired row that is in no piece')
  return piece
}
