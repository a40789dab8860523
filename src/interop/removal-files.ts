/**
 * The files that say which connections are to be removed: those of the notebook, under its names, which bluepy,
 * connectome-manipulator, NumPy and SciPy read. Ids in them are GIDs. The same selection gives the same bytes.
 */
import type { Mask } from '../connectome/mask.ts'
import type { Pairs } from '../connectome/pairs.ts'
import { type NodeSelection, nodeIdToGid } from '../connectome/selection.ts'
import { AsciiWriter } from '../formats/ascii-writer.ts'
import type { FileContent } from '../formats/file-set.ts'
import { encodeNpy } from '../formats/npy.ts'
import { encodeNpz } from '../formats/npz.ts'
import { encodeCsc } from '../formats/scipy-sparse.ts'
import { encodeTargets } from './removal-targets.ts'

/** All names that a removal may have in its folder. */
export const REMOVAL_FILES = [
  'conns_removed.npy',
  'conns_removed.csv',
  'conns_removed.target',
  'conns_removed_gids.npy',
  'conns_removed_gids_source.npy',
  'conns_removed_gids_target.npy',
  'conns_removed_gid_to_idx.npz',
  'conns_removed_gid_to_idx_source.npz',
  'conns_removed_gid_to_idx_target.npz',
  'selection.json',
  'conns_removed_adjmat.npz',
] as const

export type RemovalFile = (typeof REMOVAL_FILES)[number]

export const RECORD_FILE: RemovalFile = 'selection.json'
export const MASK_FILE: RemovalFile = 'conns_removed_adjmat.npz'

export interface Removal {
  /** 0-based node ids, in the order they are written. */
  readonly pairs: Pairs
  /** Where a circuit is known: the mask between its selections. */
  readonly masked?:
    | { readonly mask: Mask; readonly source: NodeSelection; readonly target: NodeSelection }
    | undefined
  /** Text of `selection.json`, which says how to make all of it again; left out where that is told elsewhere. */
  readonly record?: string | undefined
}

/**
 * All files of a removal. The mask comes last: it is what manipulations and proofs rest on, so it must not appear
 * before what it belongs to.
 */
export async function encodeRemoval({ pairs, masked, record }: Removal): Promise<FileContent<RemovalFile>[]> {
  const files: FileContent<RemovalFile>[] = [
    { name: 'conns_removed.npy', content: encodePairs(pairs) },
    { name: 'conns_removed.csv', content: encodeCsv(pairs) },
    { name: 'conns_removed.target', content: encodeTargets(pairs) },
  ]
  if (record !== undefined) files.push({ name: RECORD_FILE, content: record })
  if (masked === undefined) return files
  const { mask, source, target } = masked
  for (const [side, selection] of sidesOf(source, target)) {
    files.push({ name: `conns_removed_gids${side}.npy`, content: encodeGids(selection.ids) })
    files.push({ name: `conns_removed_gid_to_idx${side}.npz`, content: await encodeGidTable(selection.ids) })
  }
  files.push({ name: MASK_FILE, content: await encodeCsc(mask, { compressed: false }) })
  return files
}

/** One list of ids where sources and targets are the same nodes, else one of each. */
const sidesOf = (source: NodeSelection, target: NodeSelection) =>
  sameNodes(source, target)
    ? ([['', source]] as const)
    : ([
        ['_source', source],
        ['_target', target],
      ] as const)

const sameNodes = (a: NodeSelection, b: NodeSelection): boolean =>
  a.population === b.population && a.ids.length === b.ids.length && a.ids.every((id, k) => id === b.ids[k])

/** int64 of shape (2, N): sources, then targets. The notebook's file has the same content in Fortran order. */
function encodePairs({ source, target }: Pairs): Uint8Array {
  const data = new BigInt64Array(2 * source.length)
  widen(source, data, 0)
  widen(target, data, source.length)
  return encodeNpy({ shape: [2, source.length], data })
}

/** As pandas writes it: no header, `\n`. */
function encodeCsv({ source, target }: Pairs): string {
  const writer = new AsciiWriter()
  for (let k = 0; k < source.length; k++) {
    writer.integer(nodeIdToGid(source[k] ?? 0)).text(',')
    writer.integer(nodeIdToGid(target[k] ?? 0)).text('\n')
  }
  return writer.toString()
}

function encodeGids(ids: Uint32Array): Uint8Array {
  const data = new BigInt64Array(ids.length)
  widen(ids, data, 0)
  return encodeNpy({ shape: [ids.length], data })
}

/**
 * `scipy.sparse.csr_matrix` of 1 x (largest GID + 1): the rank of each selected GID, as the notebook made it.
 * Compatibility only: of a GID that is not selected it says 0, like of the first one.
 */
function encodeGidTable(ids: Uint32Array): Promise<Uint8Array> {
  const size = nodeIdToGid(ids.at(-1) ?? -1) + 1
  const wide = size > 0x7fff_ffff
  const gids = ids.map(nodeIdToGid)
  const ranks = new BigInt64Array(ids.length)
  const words = new Uint32Array(ranks.buffer)
  for (let rank = 0; rank < ids.length; rank++) words[2 * rank] = rank
  const index = (values: Uint32Array) => ({
    shape: [values.length],
    data: wide ? BigInt64Array.from(values, BigInt) : new Int32Array(values),
  })
  return encodeNpz(
    [
      ['indices', index(gids)],
      ['indptr', index(Uint32Array.of(0, ids.length))],
      ['format', { dtype: '|S3', shape: [], data: Buffer.from('csr') }],
      ['shape', { shape: [2], data: BigInt64Array.of(1n, BigInt(size)) }],
      ['data', { shape: [ids.length], data: ranks }],
    ],
    { compressed: false },
  )
}

/** Node ids as GIDs, without a BigInt each. A GID fits a word: node ids are below 2^32-1. */
function widen(ids: Uint32Array, into: BigInt64Array, from: number): void {
  const words = new Uint32Array(into.buffer)
  for (let i = 0; i < ids.length; i++) words[2 * (from + i)] = nodeIdToGid(ids[i] ?? 0)
}
