/** An edge population that is already in memory. */
import { type EdgeSource, ID_BYTES, type IdColumn, type IdType } from './edges.ts'

export type IdArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array

export interface EdgeArrays {
  /** 0-based node ids, one per edge; both of the same length. */
  source: IdArray
  target: IdArray
  sourceCount: number
  targetCount: number
  population?: string
  sourcePopulation?: string
  targetPopulation?: string
  /** Stands for the file in messages. */
  file?: string
}

/** Wrap arrays as an {@link EdgeSource}; nothing is copied. Throws RangeError if the lengths differ. */
export function edgesFromArrays(arrays: EdgeArrays): EdgeSource {
  if (arrays.source.length !== arrays.target.length) {
    throw new RangeError(`${arrays.source.length} sources but ${arrays.target.length} targets`)
  }
  const file = arrays.file ?? 'memory'
  return {
    population: arrays.population ?? 'default',
    file,
    sourcePopulation: arrays.sourcePopulation ?? 'default',
    targetPopulation: arrays.targetPopulation ?? 'default',
    sourceCount: arrays.sourceCount,
    targetCount: arrays.targetCount,
    edgeCount: arrays.source.length,
    source: arrayColumn(arrays.source, `${file}: source_node_id`),
    target: arrayColumn(arrays.target, `${file}: target_node_id`),
  }
}

/** Column over an integer array in host memory (little-endian hosts only, as all that Node runs on). */
export function arrayColumn(ids: IdArray, label: string): IdColumn {
  const type = idTypeOf(ids)
  const bytes = ID_BYTES[type]
  const all = new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength)
  return {
    length: ids.length,
    type,
    label,
    readInto: (first, count, into) => into.set(all.subarray(first * bytes, (first + count) * bytes)),
  }
}

function idTypeOf(ids: IdArray): IdType {
  if (ids instanceof BigUint64Array) return 'u64'
  if (ids instanceof BigInt64Array) return 'i64'
  if (ids instanceof Uint32Array) return 'u32'
  if (ids instanceof Int32Array) return 'i32'
  if (ids instanceof Uint16Array) return 'u16'
  if (ids instanceof Int16Array) return 'i16'
  return ids instanceof Uint8Array ? 'u8' : 'i8'
}
