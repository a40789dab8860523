/** Small Parquet files, made page by page, so that any part of them can be wrong. Layout: parquet.thrift. */
import { crc32 } from 'node:zlib'
import { type HybridRun, hybridBytes, varint } from '../reference/parquet.ts'

/** Numbers are i32 (or i64 where `long`), texts and bytes binaries. */
type Value = number | boolean | string | { long: number } | Struct | readonly (Value | Struct)[]
type Struct = { readonly fields: Readonly<Record<number, Value | undefined>> }

const struct = (fields: Struct['fields']): Struct => ({ fields })
const zigzag = (value: number): number[] => varint(value >= 0 ? value * 2 : -value * 2 - 1)

function typeOf(value: Value): number {
  if (typeof value === 'number') return 5
  if (typeof value === 'boolean') return value ? 1 : 2
  if (typeof value === 'string') return 8
  if ('long' in value) return 6
  return 'fields' in value ? 12 : 9
}

function encode(value: Value): number[] {
  if (typeof value === 'number') return zigzag(value)
  if (typeof value === 'boolean') return []
  if (typeof value === 'string') return [...varint(value.length), ...Buffer.from(value)]
  if ('long' in value) return zigzag(value.long)
  if (!('fields' in value)) {
    const [first = 0] = value
    const head =
      value.length < 15 ? [value.length * 16 + typeOf(first)] : [240 + typeOf(first), ...varint(value.length)]
    return [...head, ...value.flatMap(encode)]
  }
  const fields = Object.entries(value.fields).flatMap(([id, field]) =>
    field === undefined ? [] : [{ id: Number(id), field }],
  )
  return [...fields.flatMap(({ id, field }) => [typeOf(field), ...zigzag(id), ...encode(field)]), 0]
}

export interface DataPage {
  /** Of this page, as its header says. */
  count: number
  encoding: 'PLAIN' | 'RLE_DICTIONARY' | 'DELTA_BINARY_PACKED'
  /** Behind the levels. */
  values: Uint8Array
  v2?: boolean
}

export interface Chunk {
  dictionary?: readonly bigint[]
  pages: readonly DataPage[]
  rows: number
}

export interface Lies {
  rows?: number
  groupRows?: number
  values?: number
  start?: number
  compressedSize?: number
  uncompressedSize?: number
}

const ENCODINGS = { PLAIN: 0, RLE_DICTIONARY: 8, DELTA_BINARY_PACKED: 5 }

/** One INT64 column, uncompressed; a chunk is a row group. */
export function parquetFile(
  chunks: readonly Chunk[],
  { name = 'id', nullable = true, lies = {} as Lies } = {},
): Uint8Array {
  const bytes: number[] = [...Buffer.from('PAR1')]
  const groups = chunks.map(chunk => {
    const start = bytes.length
    if (chunk.dictionary !== undefined) {
      const body = plain(chunk.dictionary)
      const header = { 1: 2, 2: body.length, 3: body.length, 7: struct({ 1: chunk.dictionary.length, 2: 0 }) }
      bytes.push(...encode(struct(header)), ...body)
    }
    const pages = bytes.length
    for (const page of chunk.pages) bytes.push(...dataPage(page, nullable, lies))
    const size = bytes.length - start
    const data = struct({
      1: 2,
      2: [0, 8],
      3: [name],
      4: 0,
      5: { long: lies.values ?? chunk.rows },
      6: { long: size },
      7: { long: size },
      9: { long: lies.start ?? pages },
      11: chunk.dictionary === undefined ? undefined : { long: start },
    })
    return struct({
      1: [struct({ 2: { long: 0 }, 3: data })],
      2: { long: size },
      3: { long: lies.groupRows ?? chunk.rows },
    })
  })
  const rows = chunks.reduce((all, chunk) => all + chunk.rows, 0)
  const schema = [struct({ 4: 'root', 5: 1 }), struct({ 1: 2, 3: nullable ? 1 : 0, 4: name })]
  return withFooter(bytes, encode(struct({ 1: 1, 2: schema, 3: { long: lies.rows ?? rows }, 4: groups })))
}

/** Data and footer between the marks. */
export function withFooter(data: readonly number[], footer: readonly number[]): Uint8Array {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(footer.length)
  return Buffer.concat([Buffer.from(data), Buffer.from(footer), length, Buffer.from('PAR1')])
}

export const plain = (ids: readonly bigint[]): Uint8Array => new Uint8Array(BigInt64Array.from(ids).buffer)

/** Values of a dictionary-encoded page. */
export const indices = (runs: readonly HybridRun[], width: number): Uint8Array =>
  Uint8Array.of(width, ...hybridBytes(runs, width))

function dataPage(
  { count, encoding, values, v2 = false }: DataPage,
  nullable: boolean,
  lies: Lies,
): number[] {
  const levels = nullable ? [...hybridBytes([{ kind: 'repeat', value: 1, count }], 1)] : []
  const length = nullable && !v2 ? [levels.length, 0, 0, 0] : []
  const body = [...length, ...levels, ...values]
  const header = {
    1: v2 ? 3 : 0,
    2: lies.uncompressedSize ?? body.length,
    3: lies.compressedSize ?? body.length,
    4: crc32(Buffer.from(body)) | 0,
    5: v2 ? undefined : struct({ 1: count, 2: ENCODINGS[encoding], 3: 3, 4: 3 }),
    8: v2
      ? struct({ 1: count, 2: 0, 3: count, 4: ENCODINGS[encoding], 5: levels.length, 6: 0, 7: false })
      : undefined,
  }
  return [...encode(struct(header)), ...body]
}
