/** Damage that only one format can have, and none of which may get a verdict. */
import { deflateRawSync } from 'node:zlib'
import { below, type Damage, type Mutator, pick, type Random, textEdit } from './mutate.ts'

/** Ids that no node has, and sizes that the file does not have. */
export const hdf5Damage = (column: Uint32Array): readonly Mutator[] => [
  (bytes, random) => {
    const spoiled = Buffer.from(bytes)
    const row = below(random, column.length)
    const id = pick(random, [60n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n])
    spoiled.writeBigUInt64LE(id, startOf(spoiled, column) + 8 * row)
    return { name: `id ${id} in row ${row}`, bytes: spoiled }
  },
  (bytes, random) => {
    const rows = pick(random, [
      0n,
      1n,
      BigInt(column.length) + 1n,
      2n ** 31n,
      2n ** 40n,
      2n ** 61n,
      2n ** 64n - 1n,
    ])
    return everyWord(bytes, BigInt(column.length), rows, random)
  },
  (bytes, random) => {
    const size = pick(random, [0n, 8n, BigInt(column.length) * 8n + 8n, 2n ** 40n, 2n ** 63n])
    return everyWord(bytes, BigInt(column.length) * 8n, size, random)
  },
]

const startOf = (bytes: Buffer, column: Uint32Array): number => {
  const at = bytes.indexOf(Buffer.from(BigInt64Array.from(column, BigInt).buffer))
  if (at < 0) throw new Error('the file does not hold the column')
  return at
}

/** One of the places (of the id columns, by the caller's choice of numbers) where a 64-bit number stands. */
function everyWord(bytes: Uint8Array, from: bigint, to: bigint, random: Random): Damage {
  const spoiled = Buffer.from(bytes)
  const word = Buffer.alloc(8)
  word.writeBigUInt64LE(from)
  const places: number[] = []
  for (let at = spoiled.indexOf(word); at >= 0; at = spoiled.indexOf(word, at + 8)) places.push(at)
  for (const at of places) if (places.length < 3 || below(random, 2) === 0) spoiled.writeBigUInt64LE(to, at)
  return { name: `${from} is ${to} at some of ${places.join(' ')}`, bytes: spoiled }
}

/** The header text of an npy array, its length kept. */
const header = (name: string, from: RegExp, to: string): Mutator =>
  textEdit(name, text => text.replace(from, match => to.padEnd(match.length, ' ')))

export const NPY_DAMAGE: readonly Mutator[] = [
  header('floats', /'<i8'/, "'<f8'"),
  header('complex', /'<i8'/, "'<c8'"),
  header('objects', /'<i8'/, "'|O8'"),
  header('narrow', /'<i8'/, "'<i4'"),
  header('wide', /'<i8'/, "'<U8'"),
  header('big-endian', /'<i8'/, "'>i8'"),
  header('structured', /'<i8', /, "[('a','<i8')],"),
  header('a shape of negative numbers', /\(\d+/, '(-1'),
  header('a shape of huge numbers', /\(\d+[^)]*\)/, '(99999999999999999999,)'),
  header('no shape', /'shape'/, "'shap'"),
  header('no dictionary', /\{/, '['),
  textEdit('version 9', text => `${text.slice(0, 6)}\x09${text.slice(7)}`),
  textEdit('version 2', text => `${text.slice(0, 6)}\x02${text.slice(7)}`),
  textEdit('a header of 65,535 bytes', text => `${text.slice(0, 8)}\xff\xff${text.slice(10)}`),
  textEdit('a header of none', text => `${text.slice(0, 8)}\0\0${text.slice(10)}`),
  (bytes, random) => {
    const spoiled = Buffer.from(bytes)
    const id = pick(random, [-1n, -(2n ** 63n), 2n ** 32n, 2n ** 53n, 2n ** 63n - 1n])
    const elements = Math.floor((bytes.length - 128) / 8)
    spoiled.writeBigInt64LE(id, bytes.length - 8 * (1 + below(random, elements)))
    return { name: `id ${id}`, bytes: spoiled }
  },
]

export const NPZ_DAMAGE: readonly Mutator[] = [
  (bytes, random) => {
    // Sizes of one member in the central directory: compressed, uncompressed.
    const spoiled = Buffer.from(bytes)
    const entry = pick(random, entriesOf(spoiled))
    spoiled.writeUInt32LE(pick(random, [0, 1, 0x7fff_ffff, 0xffff_fffe]), entry + pick(random, [20, 24]))
    return { name: `sizes of the member at ${entry}`, bytes: spoiled }
  },
  (bytes, random) => {
    const spoiled = Buffer.from(bytes)
    const entry = pick(random, entriesOf(spoiled))
    spoiled.writeUInt16LE(pick(random, [1, 6, 9, 12, 14, 93, 99]), entry + 10)
    return { name: `compression of the member at ${entry}`, bytes: spoiled }
  },
  (bytes, random) => {
    const spoiled = Buffer.from(bytes)
    const entry = pick(random, entriesOf(spoiled))
    spoiled.writeUInt32LE((spoiled.readUInt32LE(entry + 16) ^ (1 << below(random, 31))) >>> 0, entry + 16)
    return { name: `checksum of the member at ${entry}`, bytes: spoiled }
  },
  (bytes, random) => {
    const spoiled = Buffer.from(bytes)
    const entry = pick(random, entriesOf(spoiled))
    spoiled.writeUInt32LE(pick(random, [1, 7, bytes.length, 0xffff_fffe]), entry + 42)
    return { name: `place of the member at ${entry}`, bytes: spoiled }
  },
  () => ({ name: 'a bomb: 16 MiB of zeros for 100 bytes', bytes: bomb() }),
]

function entriesOf(zip: Buffer): number[] {
  const entries: number[] = []
  for (
    let at = zip.indexOf('PK\x01\x02', 0, 'latin1');
    at >= 0;
    at = zip.indexOf('PK\x01\x02', at + 4, 'latin1')
  )
    entries.push(at)
  return entries
}

/** One member `format.npy` that says it has 100 bytes and has many more. */
function bomb(): Uint8Array {
  const name = Buffer.from('format.npy')
  const data = deflateRawSync(Buffer.alloc(16 << 20))
  const local = Buffer.alloc(30)
  local.writeUInt32LE(0x04034b50, 0)
  local.writeUInt16LE(20, 4)
  local.writeUInt16LE(8, 8)
  local.writeUInt32LE(data.length, 18)
  local.writeUInt32LE(100, 22)
  local.writeUInt16LE(name.length, 26)
  const central = Buffer.alloc(46)
  central.writeUInt32LE(0x02014b50, 0)
  central.writeUInt16LE(20, 4)
  central.writeUInt16LE(20, 6)
  central.writeUInt16LE(8, 10)
  central.writeUInt32LE(data.length, 20)
  central.writeUInt32LE(100, 24)
  central.writeUInt16LE(name.length, 28)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(central.length + name.length, 12)
  end.writeUInt32LE(local.length + name.length + data.length, 16)
  return Buffer.concat([local, name, data, central, name, end])
}

/** Replaces one line, by chance; the first is a header. */
const line =
  (name: string, edit: (line: string) => string): Mutator =>
  (bytes, random) => {
    const lines = Buffer.from(bytes).toString('latin1').split('\n')
    const row = 1 + below(random, lines.length - 2)
    lines[row] = edit(lines[row] ?? '')
    return { name: `${name} in line ${row + 1}`, bytes: Buffer.from(lines.join('\n'), 'latin1') }
  }

export const CSV_DAMAGE: readonly Mutator[] = [
  line('a third column', text => `${text},1`),
  line('one column', text => text.replace(/,.*/, '')),
  line('no number', text => text.replace(/\d/, 'x')),
  line('a letter O', text => `${text}O`),
  line('a fraction', text => `${text}.5`),
  line('a negative id', text => `-${text.replace(/^0/, '1')}`),
  line('a huge id', text => `${text.replace(/,.*/, '')},99999999999999999999`),
  line('an id of no node', text => `${text.replace(/,.*/, '')},4000000000`),
  line('a hexadecimal id', text => `0x${text}`),
  line('a second header', () => 'source,target'),
  line('quotes', text => `"${text}"`),
  line('a NUL', text => `${text}\0`),
]

const json = (name: string, value: unknown): Mutator => textEdit(name, () => JSON.stringify(value))
const config = (manifest: Record<string, unknown>, file: unknown, nodes: unknown = '$D/nodes.h5') => ({
  manifest,
  networks: {
    nodes: [{ nodes_file: nodes, populations: { All: {} } }],
    edges: [{ edges_file: file, populations: { default: {} } }],
  },
})

export const CONFIG_DAMAGE: readonly Mutator[] = [
  json('a cyclic manifest', config({ $A: '$B/x', $B: '$A/y' }, '$A/edges.h5', '$B/nodes.h5')),
  json('a manifest that names itself', config({ $A: '$A' }, '$A/edges.h5', '$A/nodes.h5')),
  json('a manifest that grows', config({ $A: '$B$B', $B: '$C$C', $C: '$A$A' }, '$A', '$B')),
  json('an unknown variable', config({}, '$E/edges.h5')),
  json('a manifest of numbers', config({ $D: 5 }, '$D/edges.h5')),
  json('no files', config({ $D: '.' }, '$D/nothing.h5', '$D/nothing.h5')),
  json('a number for a file', config({ $D: '.' }, 7)),
  json('a folder for a file', config({ $D: '.' }, '$D', '$D')),
  json('itself as edges', config({ $D: '.' }, '$D/circuit_config.json', '$D/circuit_config.json')),
  json('a list', [1, 2, 3]),
  json('a text', 'circuit'),
  json('no networks', { manifest: {} }),
  json('networks of null', { networks: null }),
  json('edges of text', { networks: { nodes: [], edges: 'all' } }),
  textEdit('a hundred thousand lists in each other', () => '['.repeat(100_000)),
  textEdit('a hundred thousand closed lists', () => '['.repeat(100_000) + ']'.repeat(100_000)),
  textEdit('a comment', text => `// ${text}`),
  textEdit('nothing', () => ''),
]

export const nodeSetDamage = (name: string): readonly Mutator[] =>
  [
    ['huge ids', { node_id: [1e20] }],
    ['ids beyond 2^32', { node_id: [2 ** 40] }],
    ['negative ids', { node_id: [-1] }],
    ['fractions', { node_id: [0.5] }],
    ['text as ids', { node_id: ['1'] }],
    ['ids of no node', { node_id: [60, 61, 4e9] }],
    ['an object as ids', { node_id: { $in: [1] } }],
    ['itself', [name]],
    ['an unknown set', ['nowhere']],
    ['numbers as sets', [1, 2]],
    ['a number', 7],
    ['null', null],
    ['text', 'all'],
    ['an unknown attribute', { colour: 'red' }],
    ['an unknown operator', { layer: { $near: 4 } }],
    ['a regular expression that is none', { synapse_class: { $regex: '(' } }],
    ['a value that nobody has', { synapse_class: 'NONE' }],
  ].map(([what, value]) =>
    textEdit(`${what}`, text => JSON.stringify({ ...JSON.parse(text), [name]: value })),
  )

export const BLUECONFIG_DAMAGE: readonly Mutator[] = [
  textEdit('no brace', text => text.replace('{', '')),
  textEdit('no end', text => text.replace('}', '')),
  textEdit('no Run', text => text.replace('Run', 'Ran')),
  textEdit('no edges', text => text.replace(/nrnPath.*/, 'nrnPath /nowhere/edges.h5')),
  textEdit('no cells', text => text.replace(/CellLibraryFile.*/, 'CellLibraryFile nothing.h5')),
  textEdit('no targets', text => text.replace(/TargetFile.*/, 'TargetFile nothing.target')),
  textEdit('itself as targets', text => text.replace(/TargetFile.*/, 'TargetFile CircuitConfig')),
  textEdit('nothing', () => ''),
]

export const TARGET_DAMAGE: readonly Mutator[] = [
  textEdit('GID 0', text => text.replace(/a\d+/, 'a0')),
  textEdit('a GID of no cell', text => text.replace(/a\d+/, 'a4000000000')),
  textEdit('a huge GID', text => text.replace(/a\d+/, 'a99999999999999999999')),
  textEdit('an unknown target', text => text.replace(/a\d+/, 'Nowhere')),
  textEdit('a cycle', text => text.replace(/(Cell Half \{ )/, '$1Chosen ')),
  textEdit('another kind', text => text.replaceAll('Cell', 'Compartment')),
  textEdit('no such target', text => text.replaceAll('Chosen', 'Others')),
  textEdit('no end', text => text.trimEnd().slice(0, -1)),
  textEdit('nothing', () => ''),
]

export const PARQUET_DAMAGE: readonly Mutator[] = [
  textEdit('no magic at its end', text => `${text.slice(0, -4)}PAR2`),
  textEdit('no magic at its start', text => `PAR2${text.slice(4)}`),
  textEdit('an encrypted footer', text => `${text.slice(0, -4)}PARE`),
  textEdit('a footer of 4 GiB', text => `${text.slice(0, -8)}\xff\xff\xff\xff${text.slice(-4)}`),
  textEdit('a footer of nothing', text => `${text.slice(0, -8)}\0\0\0\0${text.slice(-4)}`),
  textEdit('another name for the sources', text => text.replaceAll('source_node_id', 'source_node_ie')),
  textEdit('nothing', () => ''),
]

export const DONE_DAMAGE: readonly Mutator[] = [
  json('a split that is not there', ['edges', 'edges.4-0']),
  json('splits of another run', ['edges.4-0', 'edges.4-1', 'edges.4-2', 'edges.4-3']),
  json('no splits', []),
  json('numbers', [1, 2]),
  json('an object', { edges: true }),
  textEdit('nothing', () => ''),
]
