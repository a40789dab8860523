/**
 * One attribute of a node population, whatever it is stored as: text, @library codes or numbers. Columns are
 * read in windows; text is kept as codes into its distinct values, never as one string per node.
 */
import { InputError } from '../errors.ts'
import type { Hdf5Dataset } from '../formats/hdf5/types.ts'
import type { Place } from '../formats/input-file.ts'

/** Elements decoded at a time. */
const WINDOW = 65_536

export interface NodeColumn {
  readonly name: string
  /** Where it comes from, for messages: the nodes file and `/nodes/All/0/layer`. */
  readonly place: Place
  readonly kind: 'text' | 'library' | 'integer' | 'float'
  /** How it is stored, where libsonata does not read that in node sets. */
  readonly storage?: 'an enumeration (as h5py writes booleans)' | 'fixed-length text' | 'float16' | undefined
  /** Ids of the nodes whose text fulfils the predicate, ascending. Kinds `text` and `library` only. */
  matchText(accepts: (value: string) => boolean): Promise<Uint32Array>
  /** Same for numbers as doubles; the codes (not the values) of a `library` column, as libsonata does. */
  matchNumbers(accepts: (value: number) => boolean): Promise<Uint32Array>
  /** Up to `limit` of the values that occur, as text, in no particular order. */
  distinct(limit: number): Promise<string[]>
}

/** Ids whose code is accepted, from codes in windows. */
class Matches {
  #ids = new Uint32Array(1024)
  #count = 0
  push(id: number): void {
    if (this.#count === this.#ids.length) {
      const grown = new Uint32Array(this.#ids.length * 2)
      grown.set(this.#ids)
      this.#ids = grown
    }
    this.#ids[this.#count++] = id
  }
  ids = (): Uint32Array => this.#ids.slice(0, this.#count)
}

/** Integer or float column. `shape === undefined` (a dataset without data) behaves like an empty column. */
export function numberColumn(name: string, place: Place, data: Hdf5Dataset): NodeColumn {
  const kind = data.type.kind === 'float' ? 'float' : 'integer'
  return {
    name,
    place,
    kind,
    matchText: () => Promise.reject(new TypeError(`${place.field} holds no text`)),
    async matchNumbers(accepts) {
      const matches = new Matches()
      await eachNumber(data, (value, id) => {
        if (accepts(value)) matches.push(id)
      })
      return matches.ids()
    },
    async distinct(limit) {
      const values = new Set<number>()
      await eachNumber(data, value => {
        if (values.size < limit) values.add(value)
      })
      return [...values].sort((a, b) => a - b).map(String)
    },
  }
}

/** Column of codes into `/0/@library/<name>`. Codes outside the library make it unreadable. */
export function libraryColumn(
  name: string,
  place: Place,
  data: Hdf5Dataset,
  library: readonly string[],
): NodeColumn {
  const unknownCode = (code: number | undefined, node: number): InputError =>
    new InputError(`node ${node} has the code ${code}, but @library/${name} has ${library.length} values`, {
      ...place,
      hint: 'The nodes file is damaged: every code must be a row of its library.',
    })
  const matchCodes = async (accepted: readonly boolean[]): Promise<Uint32Array> => {
    const matches = new Matches()
    await eachWindow(data, (codes, first) => {
      for (let i = 0; i < codes.length; i++) {
        const accept = accepted[codes[i] ?? -1]
        if (accept === undefined) throw unknownCode(codes[i], first + i)
        if (accept) matches.push(first + i)
      }
    })
    return matches.ids()
  }
  return {
    name,
    place,
    kind: 'library',
    async matchText(accepts) {
      const accepted = library.map(accepts)
      // As libsonata: nothing in the library matches, so the codes are not looked at.
      return accepted.includes(true) ? matchCodes(accepted) : new Uint32Array(0)
    },
    async matchNumbers(accepts) {
      const matches = new Matches()
      await eachNumber(data, (code, id) => {
        if (accepts(code)) matches.push(id)
      })
      return matches.ids()
    },
    async distinct(limit) {
      const used = new Set<number>()
      await eachNumber(data, (code, node) => {
        if (library[code] === undefined) throw unknownCode(code, node)
        if (used.size < limit) used.add(code)
      })
      return [...new Set([...used].map(code => library[code] ?? ''))].sort()
    },
  }
}

/** Text column, encoded once as codes into its distinct values. */
export async function textColumn(name: string, place: Place, data: Hdf5Dataset): Promise<NodeColumn> {
  const { values, codes } = encode(data.shape === undefined ? [] : await data.strings())
  return {
    name,
    place,
    kind: 'text',
    async matchText(accepts) {
      const accepted = values.map(accepts)
      const matches = new Matches()
      codes.forEach((code, id) => {
        if (accepted[code]) matches.push(id)
      })
      return matches.ids()
    },
    matchNumbers: () => Promise.reject(new TypeError(`${place.field} holds text`)),
    distinct: async limit => values.slice(0, limit).sort(),
  }
}

function encode(strings: readonly string[]): { values: string[]; codes: Uint32Array } {
  const codeOf = new Map<string, number>()
  const codes = new Uint32Array(strings.length)
  strings.forEach((text, id) => {
    let code = codeOf.get(text)
    if (code === undefined) {
      code = codeOf.size
      codeOf.set(text, code)
    }
    codes[id] = code
  })
  return { values: [...codeOf.keys()], codes }
}

/** Every element as a double, in order. 64-bit integers beyond 2^53 are rounded (and stay beyond 2^53). */
async function eachNumber(data: Hdf5Dataset, visit: (value: number, index: number) => void): Promise<void> {
  await eachWindow(data, (values, first) => {
    for (let i = 0; i < values.length; i++) visit(values[i] ?? Number.NaN, first + i)
  })
}

/** The same, many at a time: `values` are the elements from `first` on, until the next call. */
async function eachWindow(
  data: Hdf5Dataset,
  visit: (values: ArrayLike<number>, first: number) => void,
): Promise<void> {
  const { type } = data
  if (type.kind !== 'int' && type.kind !== 'float') throw new TypeError(`${data.path} is not numeric`)
  const length = data.shape?.[0] ?? 0
  const buffer = new ArrayBuffer(Math.min(WINDOW, length) * type.bytes)
  for (let first = 0; first < length; first += WINDOW) {
    const count = Math.min(WINDOW, length - first)
    await data.readInto(first, count, new Uint8Array(buffer, 0, count * type.bytes))
    visit(decode(buffer, count, type), first)
  }
}

type NumericType = Extract<Hdf5Dataset['type'], { kind: 'int' | 'float' }>

/** Little-endian, as all hosts that Node runs on. */
function decode(
  buffer: ArrayBuffer,
  count: number,
  { kind, bytes, ...type }: NumericType,
): ArrayLike<number> {
  if (kind === 'float') {
    if (bytes === 4) return new Float32Array(buffer, 0, count)
    if (bytes === 8) return new Float64Array(buffer, 0, count)
    return Float64Array.from(new Uint16Array(buffer, 0, count), halfToNumber)
  }
  const signed = 'signed' in type && type.signed
  if (bytes === 1) return signed ? new Int8Array(buffer, 0, count) : new Uint8Array(buffer, 0, count)
  if (bytes === 2) return signed ? new Int16Array(buffer, 0, count) : new Uint16Array(buffer, 0, count)
  if (bytes === 4) return signed ? new Int32Array(buffer, 0, count) : new Uint32Array(buffer, 0, count)
  const low = new Uint32Array(buffer, 0, 2 * count)
  const high = signed ? new Int32Array(buffer, 0, 2 * count) : low
  return Float64Array.from({ length: count }, (_, i) => (high[2 * i + 1] ?? 0) * 2 ** 32 + (low[2 * i] ?? 0))
}

/** IEEE 754 binary16. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}
