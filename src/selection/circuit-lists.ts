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

/** All connections, ascending by (target, source). `connections`: canonical CSC by ranks. */
export function connectionList(connections: Mask, sources: NodeSelection, targets: NodeSelection): PairList {
  const { columns, indptr, indices, label } = connections
  const source = new Uint32Array(indices.length)
  const target = new Uint32Array(indices.length)
  for (let k = 0; k < indices.length; k++) source[k] = sources.ids[indices[k] ?? 0] ?? 0
  for (let column = 0; column < columns; column++)
    target.fill(targets.ids[column] ?? 0, indptr[column], indptr[column + 1])
  return { source, target, label: `connections of ${label}`, order: 'ascending by (target, source)' }
}
