/**
 * W1, the notebook's check with its own figures: 26,567 of 219,422 ids, 6,717,001 connections with 81,540
 * reciprocal pairs, 7 manipulated versions. Every column is int64, sorted by (target, source).
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { writeCscMask, writeInt64Column } from './numpy-files.ts'
import { distinct, heavyTailed, type Random, seeded } from './random.ts'

export const W1_NODES = 219_422
const SELECTED = 26_567
const CONNECTIONS = 6_717_001
const RECIPROCAL = 81_540
/** Removed from each version; `hubs`: from the columns with the most connections only. */
export const W1_VERSIONS = [
  { removed: 14_084, hubs: true },
  { removed: 40_044, hubs: true },
  { removed: 66_005, hubs: true },
  { removed: 14_084, hubs: false },
  { removed: 40_044, hubs: false },
  { removed: 66_005, hubs: false },
  { removed: 81_540, hubs: false },
] as const

/** Files in `folder`: ids.npy, {original,0..6}_{source,target}.npy, {0..6}_mask.npz. `scale` < 1 for a trial. */
export function generateW1(folder: string, scale: number): void {
  mkdirSync(folder, { recursive: true })
  const random = seeded('connproof W1')
  const n = SELECTED
  const ids = distinct(random, n, W1_NODES)
  const { indptr, sources } = connect(
    random,
    n,
    Math.round(CONNECTIONS * scale),
    Math.round(RECIPROCAL * scale),
  )
  writeInt64Column(`${folder}/ids.npy`, ids)
  writeVersion(folder, 'original', ids, indptr, sources, new Uint8Array(sources.length))
  W1_VERSIONS.forEach((version, number) => {
    const removed = choose(random, indptr, Math.round(version.removed * scale), version.hubs)
    writeVersion(folder, String(number), ids, indptr, sources, removed)
    writeMask(`${folder}/${number}_mask.npz`, n, indptr, sources, removed)
  })
  writeFileSync(`${folder}/done`, '')
}

/** Unordered pairs {u < v} are drawn by the weights of their ends; each becomes one connection, or two. */
function connect(
  random: Random,
  n: number,
  connections: number,
  reciprocal: number,
): { indptr: Uint32Array; sources: Uint32Array } {
  const drawNode = weightedNodes(heavyTailed(random, n, 0.6))
  const both = new Set<number>()
  const taken = new Uint8Array(Math.ceil((n * n) / 8))
  for (let missing = connections - reciprocal; missing > 0; ) {
    const [a, b] = [drawNode(random), drawNode(random)]
    if (a === b) continue
    const pair = Math.min(a, b) * n + Math.max(a, b)
    const bit = 1 << (pair & 7)
    if (((taken[pair >> 3] ?? 0) & bit) !== 0) continue
    taken[pair >> 3] = (taken[pair >> 3] ?? 0) | bit
    if (both.size < reciprocal) both.add(pair)
    missing--
  }
  return columnsOf(random, n, connections, taken, both)
}

/** Going through the pairs in order appends to every column in ascending order of its sources. */
function columnsOf(
  random: Random,
  n: number,
  connections: number,
  taken: Uint8Array,
  both: ReadonlySet<number>,
): { indptr: Uint32Array; sources: Uint32Array } {
  const from = new Uint16Array(connections)
  const to = new Uint16Array(connections)
  let count = 0
  const add = (source: number, target: number): void => {
    from[count] = source
    to[count++] = target
  }
  taken.forEach((byte, index) => {
    for (let bits = byte; bits !== 0; bits &= bits - 1) {
      const pair = index * 8 + (31 - Math.clz32(bits & -bits))
      const [u, v] = [Math.floor(pair / n), pair % n]
      const forward = random() < 0.5
      if (forward || both.has(pair)) add(u, v)
      if (!forward || both.has(pair)) add(v, u)
    }
  })
  const indptr = new Uint32Array(n + 1)
  for (const target of to) indptr[target + 1] = (indptr[target + 1] ?? 0) + 1
  for (let column = 0; column < n; column++)
    indptr[column + 1] = (indptr[column + 1] ?? 0) + (indptr[column] ?? 0)
  const next = indptr.slice()
  const sources = new Uint32Array(connections)
  to.forEach((target, k) => {
    const at = next[target] ?? 0
    sources[at] = from[k] ?? 0
    next[target] = at + 1
  })
  return { indptr, sources }
}

/** Draws nodes in proportion to their weights, from a table with a few hundred thousand places. */
function weightedNodes(weights: Float64Array): (random: Random) => number {
  const table: number[] = []
  weights.forEach((weight, node) => {
    for (let copies = Math.ceil(weight * 16); copies > 0; copies--) table.push(node)
  })
  return random => table[Math.floor(random() * table.length)] ?? 0
}

function choose(random: Random, indptr: Uint32Array, count: number, hubs: boolean): Uint8Array {
  const total = indptr.at(-1) ?? 0
  const removed = new Uint8Array(total)
  const allowed = hubs ? inLargestColumns(indptr) : undefined
  for (let missing = count; missing > 0; ) {
    const at = Math.floor(random() * total)
    if (removed[at] === 1 || allowed?.[at] === 0) continue
    removed[at] = 1
    missing--
  }
  return removed
}

/** 1 for every connection in the tenth of the columns that has the most. */
function inLargestColumns(indptr: Uint32Array): Uint8Array {
  const size = (column: number): number => (indptr[column + 1] ?? 0) - (indptr[column] ?? 0)
  const columns = Array.from({ length: indptr.length - 1 }, (_, column) => column)
  const largest = columns.sort((a, b) => size(b) - size(a)).slice(0, Math.ceil(columns.length / 10))
  const inside = new Uint8Array(indptr.at(-1) ?? 0)
  for (const column of largest) inside.fill(1, indptr[column], indptr[column + 1])
  return inside
}

function writeVersion(
  folder: string,
  name: string,
  ids: Uint32Array,
  indptr: Uint32Array,
  sources: Uint32Array,
  removed: Uint8Array,
): void {
  const source = new Uint32Array(sources.length)
  const target = new Uint32Array(sources.length)
  let count = 0
  for (let column = 0; column < ids.length; column++) {
    for (let k = indptr[column] ?? 0; k < (indptr[column + 1] ?? 0); k++) {
      if (removed[k] === 1) continue
      source[count] = ids[sources[k] ?? 0] ?? 0
      target[count++] = ids[column] ?? 0
    }
  }
  writeInt64Column(`${folder}/${name}_source.npy`, source.subarray(0, count))
  writeInt64Column(`${folder}/${name}_target.npy`, target.subarray(0, count))
}

function writeMask(
  path: string,
  n: number,
  indptr: Uint32Array,
  sources: Uint32Array,
  removed: Uint8Array,
): void {
  const pointers = new Int32Array(n + 1)
  const indices: number[] = []
  for (let column = 0; column < n; column++) {
    for (let k = indptr[column] ?? 0; k < (indptr[column + 1] ?? 0); k++) {
      if (removed[k] === 1) indices.push(sources[k] ?? 0)
    }
    pointers[column + 1] = indices.length
  }
  writeCscMask(path, n, pointers, Int32Array.from(indices))
}
