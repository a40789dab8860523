/** Lists that a circuit itself gives: its reciprocal pairs, or all its connections between two selections. */
import type { Mask } from '../connectome/mask.ts'
import type { PairList } from '../connectome/pairs.ts'
import type { NodeSelection } from '../connectome/selection.ts'
import { InputError } from '../errors.ts'

/**
 * All pairs {u, v}, u < v, connected in both directions, ascending by (u, v), as u -> v: the canonical order.
 *
 * @param connections among `nodes`, canonical CSC by their ranks
 * @throws InputError if sources and targets are not the same selection
 */
export function reciprocalList(connections: Mask, nodes: NodeSelection): PairList {
  const { rows, columns, indptr, indices, label } = connections
  if (rows !== nodes.ids.length || columns !== rows)
    throw new InputError('reciprocal pairs need the same nodes as sources and as targets', {
      file: label,
      hint: 'give one node selection for both sides',
    })
  const source: number[] = []
  const target: number[] = []
  // Column v is asked for ascending u, so one cursor per column that only moves forward finds them all.
  const cursors = indptr.slice(0, columns)
  for (let u = 0; u < columns; u++) {
    for (let k = indptr[u] ?? 0; k < (indptr[u + 1] ?? 0); k++) {
      const v = indices[k] ?? 0
      if (v <= u) continue
      const end = indptr[v + 1] ?? 0
      let cursor = cursors[v] ?? 0
      while (cursor < end && (indices[cursor] ?? 0) < u) cursor++
      cursors[v] = cursor
      if (cursor === end || indices[cursor] !== u) continue
      source.push(nodes.ids[u] ?? 0)
      target.push(nodes.ids[v] ?? 0)
    }
  }
  return {
    source: Uint32Array.from(source),
    target: Uint32Array.from(target),
    label: `reciprocal pairs of ${label}`,
    order: 'u < v, ascending by (u, v)',
  }
}

/** All connections, ascending by (source, target). `connections`: canonical CSC by ranks. */
export function connectionList(connections: Mask, sources: NodeSelection, targets: NodeSelection): PairList {
  const { rows, columns, indptr, indices, label } = connections
  const next = new Uint32Array(rows + 1)
  for (const row of indices) next[row + 1] = (next[row + 1] ?? 0) + 1
  for (let row = 0; row < rows; row++) next[row + 1] = (next[row + 1] ?? 0) + (next[row] ?? 0)
  const source = new Uint32Array(indices.length)
  const target = new Uint32Array(indices.length)
  for (let column = 0; column < columns; column++) {
    for (let k = indptr[column] ?? 0; k < (indptr[column + 1] ?? 0); k++) {
      const row = indices[k] ?? 0
      const at = next[row] ?? 0
      next[row] = at + 1
      source[at] = sources.ids[row] ?? 0
      target[at] = targets.ids[column] ?? 0
    }
  }
  return { source, target, label: `connections of ${label}`, order: 'ascending by (source, target)' }
}
