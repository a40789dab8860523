/**
 * Properties that the group of some edges has and the types of others: on one side, of one of several groups, or moved
 * from one place to the other. They are compared by value: text of the table as a number of the group's type.
 */
import { type PropertyColumn, VALUE_BYTES, type ValueType } from '../../connectome/table.ts'
import type { ColumnPair, ReadRows } from './columns.ts'
import { recoded } from './texts.ts'
import { codedTypes } from './type-codes.ts'

/** Where the values of one property are on one side. */
export interface Sources {
  /** In the group; the group wins. */
  readonly own: PropertyColumn | undefined
  /** One byte per row, 1 where the group has it; undefined: in all rows, if there is `own`. */
  readonly presence: PropertyColumn | undefined
  readonly ids: PropertyColumn | undefined
  /** In the types, by id. */
  readonly typed: ReadonlyMap<number, string>
}

export interface BothSources {
  readonly before: Sources
  readonly after: Sources
}

export const NOTHING = 'nothing'
const IN_GROUP = 'a number'

/** Numbers, and (as `<name>?`) which edges have one. Undefined where these are not numbers of one type. */
export function mixedNumbers(name: string, { before, after }: BothSources): ColumnPair[] | undefined {
  const own = before.own ?? after.own
  if (own === undefined || own.texts !== undefined || own.bytes !== VALUE_BYTES[own.type]) return undefined
  const { type, bytes } = own
  const strange = new Map<string, number>()
  for (const { typed } of [before, after])
    for (const text of typed.values())
      if (numberBytes(text, type) === undefined && !strange.has(text)) strange.set(text, strange.size + 2)
  return [
    {
      name,
      type,
      bytes,
      code: 'property.changed',
      before: numbers(before, type),
      after: numbers(after, type),
    },
    {
      name: `${name}?`,
      type: 'u32',
      bytes: 4,
      code: 'property.changed',
      typed: true,
      texts: [NOTHING, IN_GROUP, ...strange.keys()],
      before: presences(before, type, strange),
      after: presences(after, type, strange),
    },
  ]
}

/** Texts of the group and of the types, as codes of one list. */
export function mixedTexts(name: string, { before, after }: BothSources): ColumnPair | undefined {
  if ([before.own, after.own].some(own => own !== undefined && own.texts === undefined)) return undefined
  const texts = [
    ...new Set([before, after].flatMap(({ own, typed }) => [...(own?.texts ?? []), ...typed.values()])),
  ]
  const codeOf = new Map(texts.map((text, k) => [text, k + 1]))
  const reader = (sources: Sources): ReadRows => {
    const { own } = sources
    const table = Uint32Array.from(own?.texts ?? [], text => codeOf.get(text) ?? 0)
    const codes = new Map([...sources.typed].map(([id, text]) => [id, codeOf.get(text) ?? 0]))
    const fromTypes = codedTypes(sources.ids, codes)
    return own === undefined ? fromTypes : overlaid(sources, 4, fromTypes, recoded(own, table))
  }
  return {
    name,
    type: 'u32',
    bytes: 4,
    code: 'property.changed',
    typed: true,
    texts: [NOTHING, ...texts],
    before: reader(before),
    after: reader(after),
  }
}

function numbers(sources: Sources, type: ValueType): ReadRows {
  const { own, ids, typed } = sources
  const width = VALUE_BYTES[type]
  const values: Uint8Array[] = [new Uint8Array(width)]
  const codes = new Map<number, number>()
  for (const [id, text] of typed) {
    const bytes = numberBytes(text, type)
    if (bytes !== undefined) codes.set(id, values.push(bytes) - 1)
  }
  const coded = codedTypes(ids, codes)
  const fromTypes: ReadRows = async (first, count, into) => {
    const found = new Uint32Array(count)
    await coded(first, count, new Uint8Array(found.buffer))
    for (let k = 0; k < count; k++) into.set(values[found[k] ?? 0] ?? [], k * width)
  }
  return overlaid(sources, width, fromTypes, (first, count, into) => own?.readInto(first, count, into))
}

function presences(sources: Sources, type: ValueType, strange: ReadonlyMap<string, number>): ReadRows {
  const codes = new Map(
    [...sources.typed].map(([id, text]) => [
      id,
      numberBytes(text, type) === undefined ? (strange.get(text) ?? 0) : 1,
    ]),
  )
  return overlaid(sources, 4, codedTypes(sources.ids, codes), (_first, count, into) => {
    into.set(new Uint8Array(new Uint32Array(count).fill(1).buffer))
  })
}

/** Rows of the group where it has them, else those of the types. */
function overlaid({ own, presence }: Sources, width: number, typed: ReadRows, grouped: ReadRows): ReadRows {
  if (own === undefined) return typed
  if (presence === undefined) return grouped
  return async (first, count, into) => {
    const has = new Uint8Array(count)
    const values = new Uint8Array(count * width)
    await presence.readInto(first, count, has)
    await typed(first, count, into)
    await grouped(first, count, values)
    for (let k = 0; k < count; k++)
      if (has[k] === 1) into.set(values.subarray(k * width, (k + 1) * width), k * width)
  }
}

const RANGES: Readonly<Partial<Record<ValueType, readonly [bigint, bigint]>>> = {
  u8: [0n, 255n],
  i8: [-128n, 127n],
  u16: [0n, 65_535n],
  i16: [-32_768n, 32_767n],
  u32: [0n, 2n ** 32n - 1n],
  i32: [-(2n ** 31n), 2n ** 31n - 1n],
  u64: [0n, 2n ** 64n - 1n],
  i64: [-(2n ** 63n), 2n ** 63n - 1n],
}

/** The text of a number (in the one writing of the table) as a value of a type; undefined where it is none. */
export function numberBytes(text: string, type: ValueType): Uint8Array | undefined {
  const view = new DataView(new ArrayBuffer(VALUE_BYTES[type]))
  const range = RANGES[type]
  if (range !== undefined) {
    if (!/^-?\d+$/.test(text)) return undefined
    const value = BigInt(text)
    if (value < range[0] || value > range[1]) return undefined
    const bytes = new Uint8Array(8)
    new DataView(bytes.buffer).setBigInt64(0, BigInt.asIntN(64, value), true)
    return bytes.slice(0, view.byteLength)
  }
  const value = /^-?inf$/.test(text) ? (text === 'inf' ? 1 : -1) * Number.POSITIVE_INFINITY : Number(text)
  if (Number.isNaN(value) || type === 'f16') return undefined
  if (type === 'f32') view.setFloat32(0, value, true)
  else view.setFloat64(0, value, true)
  return new Uint8Array(view.buffer)
}
