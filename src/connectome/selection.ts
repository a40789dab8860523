/** Which nodes: the words of design section 2 as types. No I/O here. */

/** Ascending, unique 0-based node ids of one population. */
export interface NodeSelection {
  readonly population: string
  /** Nodes in the whole population. */
  readonly populationSize: number
  /** Ascending, unique, 0-based. */
  readonly ids: Uint32Array
  /**
   * Only for selections given as an explicit list that was not ascending: the ids in the order of the list.
   * Masks made for such a selection have their rows (or columns) in this order.
   */
  readonly listOrder?: Uint32Array
  /** How the user wrote it (`Excitatory`, `layer=4`, `ids.npy`, `all nodes`). */
  readonly expression: string
}

/** bluepy, `.target` and BlueConfig count cells from 1: GID = node id + 1. The only place that knows. */
export const nodeIdToGid = (nodeId: number): number => nodeId + 1
export const gidToNodeId = (gid: number): number => gid - 1
