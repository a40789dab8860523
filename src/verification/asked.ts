/** What was asked, as the merge takes it: connections by node id, ascending by (target, source), with a kind. */
import type { Mask } from '../connectome/mask.ts'
import { type NodeSelection, nodeIdToGid } from '../connectome/selection.ts'
import { InputError } from '../errors.ts'
import { ASK_ADD, ASK_REMOVE } from '../kernels/abi.ts'

export interface Asked {
  /** 0-based node ids, ascending by (target, source), unique. */
  readonly source: Uint32Array
  readonly target: Uint32Array
  /** ASK_REMOVE or ASK_ADD for each. */
  readonly kind: Uint8Array
  readonly removals: number
  readonly additions: number
}

/**
 * Entries of the masks as connections between the selected nodes. Masks are canonical and as large as the
 * selections (see `bindMask`). Throws InputError where both masks ask for the same connection.
 */
export function askedConnections(
  source: NodeSelection,
  target: NodeSelection,
  removed: Mask | undefined,
  added: Mask | undefined,
): Asked {
  const removals = removed?.indices.length ?? 0
  const additions = added?.indices.length ?? 0
  const asked: Asked = {
    source: new Uint32Array(removals + additions),
    target: new Uint32Array(removals + additions),
    kind: new Uint8Array(removals + additions),
    removals,
    additions,
  }
  let at = 0
  const put = (s: number, t: number, kind: number): void => {
    asked.source[at] = s
    asked.target[at] = t
    asked.kind[at] = kind
    at++
  }
  for (let column = 0; column < target.ids.length; column++) {
    const t = target.ids[column] ?? 0
    const remove = sourcesOf(removed, column, source)
    const add = sourcesOf(added, column, source)
    for (let r = 0, a = 0; r < remove.length || a < add.length; ) {
      const s = remove[r] ?? Number.POSITIVE_INFINITY
      const other = add[a] ?? Number.POSITIVE_INFINITY
      if (s === other) throw askedTwice(s, t, removed, added)
      if (s < other) {
        put(s, t, ASK_REMOVE)
        r++
      } else {
        put(other, t, ASK_ADD)
        a++
      }
    }
  }
  return asked
}

const NO_SOURCES = new Uint32Array(0)

function sourcesOf(mask: Mask | undefined, column: number, source: NodeSelection): Uint32Array {
  if (mask === undefined) return NO_SOURCES
  const ranks = mask.indices.subarray(mask.indptr[column], mask.indptr[column + 1])
  return ranks.map(rank => source.ids[rank] ?? 0)
}

function askedTwice(source: number, target: number, removed?: Mask, added?: Mask): InputError {
  return new InputError(
    `connection ${source} -> ${target} (GIDs ${nodeIdToGid(source)} -> ${nodeIdToGid(target)}) is asked to be both removed and added`,
    {
      file: added?.label,
      hint: `take it out of ${removed?.label ?? 'one mask'} or ${added?.label ?? 'the other'}`,
    },
  )
}
