/** Two columns of integers as text: comma, semicolon, tab or blanks between them, a header line or none. */
import { InputError } from '../errors.ts'
import { InputFile } from './input-file.ts'

export interface PairColumns {
  /** As written, whatever they count from; one entry per line that holds a pair. */
  readonly first: ColumnPieces
  readonly second: ColumnPieces
}

const PIECE = 65_536
const READ = 1 << 20
/** A line of two integers is far shorter; without a limit a file without line breaks would be one line. */
const LONGEST_LINE = 4096
/** The last id that kernels take, as a GID. */
const LARGEST = 0xffff_ffff

/** A list that grows without being copied, in pieces of 65,536. */
export class ColumnPieces {
  length = 0
  readonly #pieces: Uint32Array[] = []

  push(value: number): void {
    if (this.length % PIECE === 0) this.#pieces.push(new Uint32Array(PIECE))
    const last = this.#pieces[this.#pieces.length - 1]
    if (last !== undefined) last[this.length % PIECE] = value
    this.length++
  }

  /** Entries `first .. first+count-1`. */
  slice(first: number, count: number): Uint32Array {
    const values = new Uint32Array(count)
    for (let done = 0; done < count; ) {
      const at = first + done
      const piece = this.#pieces[Math.floor(at / PIECE)] ?? new Uint32Array(0)
      const part = piece.subarray(at % PIECE, (at % PIECE) + count - done)
      if (part.length === 0) throw new RangeError(`entry ${at} of ${this.length}`)
      values.set(part, done)
      done += part.length
    }
    return values
  }
}

/**
 * Read a table of two integer columns piece by piece; lines are never held all at once. Blank lines and lines that
 * begin with `#` are skipped; the first other line may be a header. Integers as NumPy's `savetxt` writes them
 * (`1.000000000000000000e+00`) are read too.
 *
 * @throws InputError naming file and line (from 1) of the first entry that is no integer from 0 to 2^32-1, and
 *   the first line that has not two columns
 */
export async function readPairCsv(path: string): Promise<PairColumns> {
  const file = await InputFile.open(path)
  try {
    const reader = new LineReader(path)
    for (let at = 0; at < file.size; at += READ) {
      reader.add(await file.read(at, Math.min(READ, file.size - at)))
    }
    return reader.finish()
  } finally {
    await file.close()
  }
}

const [LF, CR, COMMA, ZERO, NINE] = [10, 13, 44, 48, 57] as const

class LineReader {
  readonly #path: string
  readonly #columns = { first: new ColumnPieces(), second: new ColumnPieces() }
  #line = 1
  #headerAllowed = true
  /** The beginning of a line whose end is in the next piece. */
  #rest: Uint8Array = new Uint8Array(0)

  constructor(path: string) {
    this.#path = path
  }

  add(piece: Uint8Array): void {
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece])
    let start = 0
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, start)) {
      this.#take(bytes, start, end)
      start = end + 1
    }
    this.#rest = bytes.slice(start)
    if (this.#rest.length > LONGEST_LINE) throw this.#wrong(`a line of more than ${LONGEST_LINE} bytes`)
  }

  finish(): PairColumns {
    if (this.#rest.length > 0) this.#take(this.#rest, 0, this.#rest.length)
    return this.#columns
  }

  #take(bytes: Uint8Array, start: number, end: number): void {
    const last = end > start && bytes[end - 1] === CR ? end - 1 : end
    if (!this.#takeDigits(bytes, start, last)) this.#takeText(bytes.subarray(start, last))
    this.#line++
  }

  /** `digits,digits` and nothing else, which is what most lines of most files are. */
  #takeDigits(bytes: Uint8Array, start: number, end: number): boolean {
    let [first, value, digits, commas] = [0, 0, 0, 0]
    for (let at = start; at < end; at++) {
      const byte = bytes[at] ?? 0
      if (byte >= ZERO && byte <= NINE) {
        value = 10 * value + byte - ZERO
        digits++
      } else if (byte === COMMA && commas === 0 && digits > 0) {
        if (digits > 10) return false
        first = value
        value = 0
        digits = 0
        commas = 1
      } else return false
    }
    if (commas === 0 || digits === 0 || digits > 10 || first > LARGEST || value > LARGEST) return false
    this.#push(first, value)
    return true
  }

  #takeText(bytes: Uint8Array): void {
    if (bytes.length > LONGEST_LINE) throw this.#wrong(`a line of more than ${LONGEST_LINE} bytes`)
    const text = new TextDecoder().decode(bytes).trim()
    if (text === '' || text.startsWith('#')) return
    const words = text.split(/\s*[,;]\s*|\s+/)
    if (words.length !== 2)
      throw this.#wrong(`${words.length === 1 ? 'one column' : `${words.length} columns`}`)
    const [first = '', second = ''] = words
    if (this.#headerAllowed && HEADER.test(first) && HEADER.test(second)) {
      this.#headerAllowed = false
      return
    }
    this.#push(this.#integer(first), this.#integer(second))
  }

  #push(first: number, second: number): void {
    this.#headerAllowed = false
    this.#columns.first.push(first)
    this.#columns.second.push(second)
  }

  #integer(word: string): number {
    const value = INTEGER.test(word) ? Number(word) : Number.NaN
    if (Number.isInteger(value) && value >= 0 && value <= LARGEST) return value
    throw this.#wrong(JSON.stringify(word.slice(0, 40)))
  }

  #wrong(found: string): InputError {
    return new InputError(
      `expected two integers from 0 to ${LARGEST}, found ${found} in line ${this.#line}`,
      {
        file: this.#path,
        field: `line ${this.#line}`,
        hint: 'a list of pairs has two columns: source and target',
      },
    )
  }
}

const INTEGER = /^\+?\d+(\.\d*)?([eE][+-]?\d+)?$/
/** A word, with or without quotes: never a damaged number. */
const HEADER = /^["']?[A-Za-z_][\w .()-]*["']?$/
