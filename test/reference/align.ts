/** Slow, obvious twins of the kernels that pair and compare rows. */

export interface PairInput {
  readonly rows: readonly (readonly [source: number, target: number])[]
  /** Rows of the other side, group by group. */
  readonly groups: readonly (readonly (readonly [source: number, target: number])[])[]
  readonly groupOf: readonly number[]
  readonly keep: readonly boolean[] | undefined
}

/** Pairs [row, group, row in the group]; the row that cannot be paired where one must be. */
export function referencePairs({
  rows,
  groups,
  groupOf,
  keep,
}: PairInput): [number, number, number][] | number {
  const next = groups.map(() => 0)
  const pairs: [number, number, number][] = []
  for (const [row, [source, target]] of rows.entries()) {
    if (keep !== undefined && keep[row] !== true) continue
    const group = groupOf[target] ?? 0
    const at = next[group] ?? 0
    const other = groups[group]?.[at]
    if (other !== undefined && other[0] === source && other[1] === target) {
      pairs.push([row, group, at])
      next[group] = at + 1
    } else if (keep !== undefined) return row
  }
  return pairs
}
