/** The connections of a circuit as what lists are drawn from, and whether those of a list exist in it. */
import type { EdgeSource } from '../connectome/edges.ts'
import type { Mask } from '../connectome/mask.ts'
import { isAscending, type Pairs, sortPairs } from '../connectome/pairs.ts'
import type { NodeSelection } from '../connectome/selection.ts'
import { type PassOptions, passRows, type RowVisitor } from './row-pass.ts'

/**
 * Every connection from a node of `source` to one of `target`, once: canonical CSC by their ranks. 4 bytes of memory
 * per connection, 8 while it grows.
 *
 * @throws InputError as {@link passRows}
 */
export function connectionsBetween(
  edges: EdgeSource,
  source: NodeSelection,
  target: NodeSelection,
  options: PassOptions = {},
): Promise<Mask> {
  return passRows(edges, () => new Collector(edges, source, target), options)
}

/** Not a rank of any node. */
const OUTSIDE = 0xffff_ffff

class Collector implements RowVisitor<Mask> {
  readonly #rank: Uint32Array
  readonly #column: Uint32Array
  readonly #indptr: Uint32Array
  readonly #size: { rows: number; columns: number; label: string }
  #indices = new Uint32Array(65_536)
  #length = 0
  #lastSource = OUTSIDE
  #lastTarget = OUTSIDE

  constructor(edges: EdgeSource, source: NodeSelection, target: NodeSelection) {
    this.#rank = ranksOf(source)
    this.#column = ranksOf(target)
    this.#indptr = new Uint32Array(target.ids.length + 1)
    this.#size = { rows: source.ids.length, columns: target.ids.length, label: edges.file }
  }

  rows(source: Uint32Array, target: Uint32Array): void {
    this.#reserve(source.length)
    const [rank, column, indptr, indices] = [this.#rank, this.#column, this.#indptr, this.#indices]
    let [length, lastSource, lastTarget] = [this.#length, this.#lastSource, this.#lastTarget]
    for (let k = 0; k < source.length; k++) {
      const s = source[k] ?? OUTSIDE
      const t = target[k] ?? OUTSIDE
      if (s === lastSource && t === lastTarget) continue
      lastSource = s
      lastTarget = t
      const r = rank[s] ?? OUTSIDE
      const c = column[t] ?? OUTSIDE
      if (r === OUTSIDE || c === OUTSIDE) continue
      indices[length++] = r
      indptr[c + 1] = length
    }
    this.#length = length
    this.#lastSource = lastSource
    this.#lastTarget = lastTarget
  }

  #reserve(rows: number): void {
    if (this.#length + rows <= this.#indices.length) return
    const larger = new Uint32Array(Math.max(2 * this.#indices.length, this.#length + rows))
    larger.set(this.#indices)
    this.#indices = larger
  }

  close(): Mask {
    const indptr = this.#indptr
    // Columns without a connection end where the one before them ends.
    for (let c = 1; c < indptr.length; c++) if (indptr[c] === 0) indptr[c] = indptr[c - 1] ?? 0
    return { ...this.#size, indptr, indices: this.#indices.subarray(0, this.#length) }
  }
}

function ranksOf({ ids }: NodeSelection): Uint32Array {
  const ranks = new Uint32Array((ids.at(-1) ?? -1) + 1).fill(OUTSIDE)
  for (let rank = 0; rank < ids.length; rank++) ranks[ids[rank] ?? 0] = rank
  return ranks
}

/** Of each pair, 1 where the circuit has this connection. */
export async function existing(
  edges: EdgeSource,
  pairs: Pairs,
  options: PassOptions = {},
): Promise<Uint8Array> {
  const find = (sources: Uint32Array, targets: Uint32Array): Promise<Uint8Array> =>
    passRows(edges, () => new Finder(sources, targets), options)
  // Lists of circuits are; sorting would take longer than all the rest.
  if (isAscending(pairs.target, pairs.source, { distinct: false })) return find(pairs.source, pairs.target)
  const { source: targets, target: sources } = sortPairs({ source: pairs.target, target: pairs.source })
  const found = await find(sources, targets)
  return new Uint8Array(pairs.source.length).map((_, k) => {
    const at = position(sources, targets, 0, sources.length, pairs.source[k] ?? 0, pairs.target[k] ?? 0)
    return found[at] ?? 0
  })
}

/** Looks the wanted connections up in each window: work per connection that is wanted, not per row. */
class Finder implements RowVisitor<Uint8Array> {
  readonly #sources: Uint32Array
  readonly #targets: Uint32Array
  readonly #found: Uint8Array
  #next = 0

  /** Ascending by (target, source), repeats allowed. */
  constructor(sources: Uint32Array, targets: Uint32Array) {
    this.#sources = sources
    this.#targets = targets
    this.#found = new Uint8Array(sources.length)
  }

  rows(source: Uint32Array, target: Uint32Array): void {
    const length = source.length
    const [lastSource, lastTarget] = [source.at(-1) ?? -1, target.at(-1) ?? -1]
    for (let at = 0; this.#next < this.#sources.length; this.#next++) {
      const s = this.#sources[this.#next] ?? 0
      const t = this.#targets[this.#next] ?? 0
      if (t > lastTarget || (t === lastTarget && s > lastSource)) return
      at = position(source, target, at, length, s, t)
      if (source[at] === s && target[at] === t) this.#found[this.#next] = 1
    }
  }

  close(): Uint8Array {
    return this.#found
  }
}

/** The first of the rows `from .. to-1`, ascending by (target, source), that is not below (t, s). */
function position(
  source: Uint32Array,
  target: Uint32Array,
  from: number,
  to: number,
  s: number,
  t: number,
): number {
  let [low, high] = [from, to]
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = target[middle] ?? 0
    if (other < t || (other === t && (source[middle] ?? 0) < s)) low = middle + 1
    else high = middle
  }
  return low
}
