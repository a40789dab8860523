/** Asked connections as the notebook hands them on: a SciPy mask and the GIDs its rows and columns stand for. */
import { join } from 'node:path'
import type { Mask } from '../connectome/mask.ts'
import { nodeIdToGid } from '../connectome/selection.ts'
import { writeFileAtomic } from '../formats/atomic-write.ts'
import { encodeNpy } from '../formats/npy.ts'
import { writeMaskNpz } from '../formats/scipy-sparse.ts'
import type { Connection } from './circuit.ts'

/**
 * Connections, ascending by (target, source), as a mask between selections of ascending 0-based node ids.
 * RangeError for one that is not between selected nodes.
 */
export function maskOf(connections: readonly Connection[], sources: Uint32Array, targets: Uint32Array): Mask {
  const row = ranks(sources)
  const column = ranks(targets)
  const indptr = new Uint32Array(targets.length + 1)
  const indices = Uint32Array.from(connections, ([source, target]) => {
    const [r, c] = [row.get(source), column.get(target)]
    if (r === undefined || c === undefined) throw new RangeError(`${source} -> ${target} is not selected`)
    indptr[c + 1] = (indptr[c + 1] ?? 0) + 1
    return r
  })
  for (let c = 0; c < targets.length; c++) indptr[c + 1] = (indptr[c + 1] ?? 0) + (indptr[c] ?? 0)
  return { rows: sources.length, columns: targets.length, indptr, indices, label: 'demo' }
}

const ranks = (ids: Uint32Array): Map<number, number> => new Map(Array.from(ids, (id, rank) => [id, rank]))

/** Writes `conns_removed_adjmat.npz` and `conns_removed_gids.npy`; returns their paths. */
export async function writeMaskFiles(
  folder: string,
  asked: readonly Connection[],
  selected: Uint32Array,
): Promise<{ mask: string; gids: string }> {
  const mask = join(folder, 'conns_removed_adjmat.npz')
  const gids = join(folder, 'conns_removed_gids.npy')
  await writeMaskNpz(mask, maskOf(asked, selected, selected))
  const data = BigInt64Array.from(selected, id => BigInt(nodeIdToGid(id)))
  writeFileAtomic(gids, encodeNpy({ shape: [data.length], data }))
  return { mask, gids }
}
