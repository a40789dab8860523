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
  const matchCodes = async (accepts: (code: number) => boolean): Promise<Uint32Array> => {
    const matches = new Matches()
    await eachNumber(data, (code, id) => {
      if (code < 0 || code >= library.length)
        throw new InputError(
          `node ${id} has the code ${code}, but @library/${name} has ${library.length} values`,
          { ...place, hint: 'The nodes file is damaged: every code must be a row of its library.' },
        )
      if (accepts(code)) matches.push(id)
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
      return accepted.includes(true) ? matchCodes(code => accepted[code] === true) : new Uint32Array(0)
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
      await matchCodes(code => used.size < limit && used.add(code) && false)
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
  if (data.type.kind !== 'int' && data.type.kind !== 'float')
    throw new TypeError(`${data.path} is not numeric`)
  const length = data.shape?.[0] ?? 0
  const buffer = new ArrayBuffer(Math.min(WINDOW, length) * data.type.bytes)
  const decode = decoder(buffer, data.type)
  for (let first = 0; first < length; first += WINDOW) {
    const count = Math.min(WINDOW, length - first)
    await data.readInto(first, count, new Uint8Array(buffer, 0, count * data.type.bytes))
    for (let i = 0; i < count; i++) visit(decode(i), first + i)
  }
}

type NumericType = Extract<Hdf5Dataset['type'], { kind: 'int' | 'float' }>

function decoder(buffer: ArrayBuffer, type: NumericType): (i: number) => number {
  const view = new DataView(buffer)
  if (type.kind === 'float') {
    if (type.bytes === 2) return i => halfToNumber(view.getUint16(i * 2, true))
    return type.bytes === 4 ? i => view.getFloat32(i * 4, true) : i => view.getFloat64(i * 8, true)
  }
  const { bytes, signed } = type
  switch (bytes) {
    case 1:
      return signed ? i => view.getInt8(i) : i => view.getUint8(i)
    case 2:
      return signed ? i => view.getInt16(i * 2, true) : i => view.getUint16(i * 2, true)
    case 4:
      return signed ? i => view.getInt32(i * 4, true) : i => view.getUint32(i * 4, true)
    case 8:
      return i => {
        const high = signed ? view.getInt32(i * 8 + 4, true) : view.getUint32(i * 8 + 4, true)
        return high * 2 ** 32 + view.getUint32(i * 8, true)
      }
  }
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
