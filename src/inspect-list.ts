/** Facts about lists of edges: what `inspect` says of files that are no circuits. */

import { FilesRead } from './formats/files-read.ts'
import { refuseChanged } from './identify.ts'
import type { EdgeFacts, InspectOptions } from './inspect.ts'
import { isList, openList, recognise } from './open-edges.ts'
import { measured } from './same-nodes.ts'
import { summarizeEdges } from './verification/summary.ts'
import { silent } from './verification/uncheckable.ts'

/**
 * Facts of an adjacency matrix or a list of pairs; undefined if the file is neither. Sources and targets are taken
 * as the same nodes, unless the matrix is not square.
 *
 * @throws InputError if it cannot be read
 */
export async function inspectList(path: string, options: InspectOptions): Promise<EdgeFacts | undefined> {
  const kind = await recognise(path)
  if (!isList(kind)) return undefined
  const reads = new FilesRead()
  reads.note(path)
  const list = await openList(path, kind, options)
  for (const file of list.beside ?? []) reads.note(file)
  try {
    const edges = await measured(list.edges)
    const base = { file: path, population: edges.population, source: null, target: null }
    const layout = { edges: edges.edgeCount, index: null, groups: [], dtype: [] }
    if (edges.edgeCount === 0) return { ...base, ...layout }
    const summary = await summarizeEdges(edges, options)
    await refuseChanged(reads.list())
    return {
      ...base,
      ...layout,
      connections: summary.connections,
      ...(silent('multiplicity', edges) === undefined
        ? { multi: summary.multi, max_per_conn: summary.maxPerConnection }
        : {}),
      ...(summary.autapses === undefined ? {} : { autapses: summary.autapses }),
      ...(summary.reciprocalPairs === undefined ? {} : { reciprocal_pairs: summary.reciprocalPairs }),
      order: summary.order,
      sha256_pairs_tgtsrc: summary.digest,
    }
  } finally {
    await list.close()
  }
}
