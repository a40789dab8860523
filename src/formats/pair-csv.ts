/** Pairs as text: comma, semicolon, tab or blanks between two columns, a header line that names them or none. */
import { InputError } from '../errors.ts'
import { InputFile } from './input-file.ts'
import {
  fieldsOf,
  type Header,
  hasQuotedName,
  isRangeOfNames,
  looksNumeric,
  namesTargetFirst,
  pairHeader,
  ROUNDED,
  rowNumbers,
  wholeNumber,
} from './list-header.ts'

export interface PairColumns {
  /** As written, whatever they count from; one entry per line that holds a pair. */
  readonly source: ColumnPieces
  readonly target: ColumnPieces
  /** What the ids count from, where a header says it, and in which line. */
  readonly named: { readonly base: 0 | 1; readonly line: number } | undefined
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
 * begin with `#` are skipped; the first other line may name the columns (see `list-header.ts`), as may a comment
 * before it, which is how NumPy writes a header. Without names the source is first. Integers as NumPy's `savetxt`
 * writes them (`1.000000000000000000e+00`), with or without quotes.
 *
 * @throws InputError naming file and line (from 1) of the first entry that is no integer from 0 to 2^32-1, the first
 *   line that has not two columns, a header whose names it does not know, and a first line `0,1` without an index
 *   column, which is a connection or the header that pandas writes of nothing
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
  readonly #columns = { source: new ColumnPieces(), target: new ColumnPieces() }
  #line = 1
  #header: (Header & { readonly line: number; readonly comment: boolean }) | undefined
  #layout: Layout | undefined
  readonly #isRowNumber = rowNumbers()
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
    const { base, line = 0 } = this.#header ?? {}
    return { ...this.#columns, named: base === undefined ? undefined : { base, line } }
  }

  #take(bytes: Uint8Array, start: number, end: number): void {
    const last = end > start && bytes[end - 1] === CR ? end - 1 : end
    if (!this.#takeDigits(bytes, start, last)) this.#takeText(bytes.subarray(start, last))
    this.#line++
  }

  /** `digits,digits` and nothing else, which is what most lines of most files are. */
  #takeDigits(bytes: Uint8Array, start: number, end: number): boolean {
    // The first line decides what the columns are.
    if (this.#layout?.width !== 2) return false
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
    if (this.#layout.source === 0) this.#push(first, value)
    else this.#push(value, first)
    return true
  }

  #takeText(bytes: Uint8Array): void {
    if (bytes.length > LONGEST_LINE) throw this.#wrong(`a line of more than ${LONGEST_LINE} bytes`)
    const text = new TextDecoder().decode(bytes)
    if (text.trim() === '') return
    if (text.trimStart().startsWith('#')) {
      this.#takeComment(text.trim().replace(/^#+/, ''))
      return
    }
    const fields = fieldsOf(text)
    const untouched = this.#layout === undefined
    if (untouched && this.#isHeader(fields)) return
    this.#layout ??= this.#layoutOf(fields)
    if (fields.length !== this.#layout.width) throw this.#columnsFound(fields.length)
    if (this.#layout.rowNames && !hasQuotedName(text) && !this.#isRowNumber(fields[0]))
      throw this.#wrong(`${fields.length} columns, the first of them no row number,`, INDEX_HINT)
    const [source, target] = [fields[this.#layout.source] ?? '', fields[this.#layout.target] ?? '']
    this.#push(this.#integer(source), this.#integer(target))
  }

  /** Only before anything else; a comment that is no header says nothing, unless it says that the order is another. */
  #takeComment(text: string): void {
    if (this.#layout !== undefined || this.#header?.comment === false) return
    const header = pairHeader(fieldsOf(text))
    if (header.problem === undefined) this.#header = { ...header, line: this.#line, comment: true }
    else if (namesTargetFirst(text)) throw this.#wrong('a comment that names the target before the source')
  }

  #isHeader(fields: readonly string[]): boolean {
    if (this.#header?.comment === false) return false
    if (fields.every(looksNumeric)) {
      if (this.#header !== undefined || fields.length !== 2 || !isRangeOfNames(fields)) return false
      throw this.#wrong(`"${fields.join(',')}", which is a connection or a header of pandas,`, RANGE_HINT)
    }
    const header = pairHeader(fields)
    if (header.problem !== undefined) throw this.#wrong(header.problem, HEADER_HINT)
    this.#header = { ...header, line: this.#line, comment: false }
    return true
  }

  /** From the header and the first line of numbers, which may have the names of rows that R gives no name. */
  #layoutOf(fields: readonly string[]): Layout {
    const header = this.#header
    if (header === undefined) {
      if (fields.length !== 2) throw this.#columnsFound(fields.length)
      return { width: 2, source: 0, target: 1, rowNames: false }
    }
    const { width, indexed, columns } = header
    const shift = !indexed && fields.length === width + 1 ? 1 : 0
    const [source = 0, target = 1] = columns
    return { width: width + shift, source: source + shift, target: target + shift, rowNames: shift === 1 }
  }

  #push(source: number, target: number): void {
    this.#columns.source.push(source)
    this.#columns.target.push(target)
  }

  #integer(word: string): number {
    const value = wholeNumber(word)
    if (typeof value === 'number' && value >= 0 && value <= LARGEST) return value
    const found = JSON.stringify(word.slice(0, 40))
    throw value === 'rounded' ? this.#wrong(`${found}, which is rounded,`, ROUNDED) : this.#wrong(found)
  }

  #columnsFound(count: number): InputError {
    const found = count === 1 ? 'one column' : `${count} columns`
    return this.#wrong(found, count === 3 && this.#header === undefined ? INDEX_HINT : undefined)
  }

  #wrong(found: string, hint = 'a list of pairs has two columns: source and target'): InputError {
    return new InputError(
      `expected two integers from 0 to ${LARGEST}, found ${found} in line ${this.#line}`,
      { file: this.#path, field: `line ${this.#line}`, hint },
    )
  }
}

/** Fields of a line, and which of them are the ids. */
interface Layout {
  readonly width: number
  readonly source: number
  readonly target: number
  /** Whether the first has no name in a header of its own. */
  readonly rowNames: boolean
}

const HEADER_HINT =
  'if the line names columns, call them source and target (or pre and post, source_node_id and target_node_id, ' +
  'pre_gid and post_gid), with an index column without a name before them or none'
const RANGE_HINT =
  'if it is a connection, write the line "source,target" before it; if it names columns, remove it: ' +
  'to_csv(FILE, header=["source", "target"], index=False)'
const INDEX_HINT =
  'a list of pairs has two columns, source and target; leave an index away, in pandas with to_csv(FILE, index=False)'
