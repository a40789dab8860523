import type { H5Metadata } from './h5wasm-module.ts'
import type { Hdf5Type } from './types.ts'

const CLASSES = [
  'integer',
  'float',
  'time',
  'string',
  'bit field',
  'opaque',
  'compound',
  'reference',
  'enumeration',
  'variable-length sequence',
  'array',
]

/** h5wasm reads integers and floats of either byte order as little-endian, enumerations only as they are. */
export function typeOf(metadata: H5Metadata): Hdf5Type {
  const { type, size, signed } = metadata
  const name = CLASSES[type] ?? `class ${type}`
  if (name === 'string') return { kind: 'string', variable: metadata.vlen }
  const isInteger = name === 'integer' || (name === 'enumeration' && metadata.enum_type?.type === 0)
  if (isInteger && (name === 'integer' || metadata.littleEndian || size === 1)) {
    if (size === 1 || size === 2 || size === 4 || size === 8)
      return { kind: 'int', bytes: size, signed, ...membersOf(metadata), ...orderOf(metadata) }
  }
  if (name === 'float' && (size === 2 || size === 4 || size === 8))
    return { kind: 'float', bytes: size, ...orderOf(metadata) }
  return { kind: 'other', description: `${name} of ${size} bytes` }
}

const orderOf = ({ littleEndian, size }: H5Metadata): { bigEndian?: true } =>
  littleEndian || size === 1 ? {} : { bigEndian: true }

function membersOf({ enum_type: enumeration }: H5Metadata): Pick<Hdf5Type & { kind: 'int' }, 'members'> {
  if (enumeration === undefined) return {}
  const members = Object.entries(enumeration.members ?? {}).map(
    ([name, value]) => [Number(value), name] as const,
  )
  return { members: members.sort(([a, one], [b, other]) => a - b || (one < other ? -1 : 1)) }
}
