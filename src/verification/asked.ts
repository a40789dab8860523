/** What was asked, as the merge takes it: connections by node id, ascending by (target, source), with a kind. */
import type { Mask } from '../connectome/mask.ts'
import { type NodeSelection, nodeIdToGid } from '../connectome/selection.ts'
import { InputError } from '../errors.ts'
import { ASK_ADD, ASK_REMOVE } from '../kernels/abi.ts'
import type { TargetRange } from './buckets.ts'

export interface Asked {
  /** 0-based node ids, ascending by (target, source), unique. */
  readonly source: Uint32Array
  readonly target: Uint32Array
  /** ASK_REMOVE or ASK_ADD for each. */
  readonly kind: Uint8Array
  readonly removals: number
  readonly additions: number
}

/** What is asked of connections to the targets of a range. The counts of removals and additions stay the whole's. */
export function askedOf(asked: Asked, { from, to }: TargetRange): Asked {
  const at = (target: number): number => {
    const found = asked.target.findIndex(other => other >= target)
    return found < 0 ? asked.target.length : found
  }
  const [first, end] = [at(from), at(to)]
  return {
    ...asked,
    source: asked.source.subarray(first, end),
    target: asked.target.subarray(first, end),
    kind: asked.kind.subarray(first, end),
  }
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
  const removals = connectionsOf(removed, source, target, ASK_REMOVE)
  const additions = connectionsOf(added, source, target, ASK_ADD)
  const counts = { removals: removals.kind.length, additions: additions.kind.length }
  if (counts.additions === 0) return { ...removals, ...counts }
  if (counts.removals === 0) return { ...additions, ...counts }
  return { ...merge(removals, additions, removed, added), ...counts }
}

type Connections = Pick<Asked, 'source' | 'target' | 'kind'>

/** Ranks to node ids; both ascend, so the order stays. */
function connectionsOf(
  mask: Mask | undefined,
  source: NodeSelection,
  target: NodeSelection,
  kind: number,
): Connections {
  const length = mask?.indices.length ?? 0
  const connections = noConnections(length)
  if (mask === undefined) return connections
  connections.kind.fill(kind)
  for (let column = 0; column < mask.columns; column++) {
    const end = mask.indptr[column + 1] ?? 0
    for (let k = mask.indptr[column] ?? 0; k < end; k++) {
      connections.source[k] = source.ids[mask.indices[k] ?? 0] ?? 0
      connections.target[k] = target.ids[column] ?? 0
    }
  }
  return connections
}

const noConnections = (length: number): Connections => ({
  source: new Uint32Array(length),
  target: new Uint32Array(length),
  kind: new Uint8Array(length),
})

function merge(a: Connections, b: Connections, removed?: Mask, added?: Mask): Connections {
  const merged = noConnections(a.kind.length + b.kind.length)
  for (let i = 0, j = 0, at = 0; at < merged.kind.length; at++) {
    const first = compare(a, i, b, j)
    if (first === 0) throw askedTwice(a.source[i] ?? 0, a.target[i] ?? 0, removed, added)
    const [from, k] = first < 0 ? [a, i++] : [b, j++]
    merged.source[at] = from.source[k] ?? 0
    merged.target[at] = from.target[k] ?? 0
    merged.kind[at] = from.kind[k] ?? 0
  }
  return merged
}

/** By (target, source); an end comes after everything. */
function compare(a: Connections, i: number, b: Connections, j: number): number {
  const end = Number.POSITIVE_INFINITY
  const targets = (a.target[i] ?? end) - (b.target[j] ?? end)
  return targets || (a.source[i] ?? end) - (b.source[j] ?? end)
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
