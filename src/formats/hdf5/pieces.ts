/** A dataset cut into boxes whose elements follow each other in row-major order. */
export interface Plan {
  shape: readonly number[]
  /** The axis that is cut: before it one index at a time, behind it everything. */
  axis: number
  /** Indices of that axis in one piece. */
  run: number
  /** Elements in the largest piece. */
  largest: number
}

/** Elements `first .. first+count-1`, which are the box of `[start, count]` on each axis. */
export interface Piece {
  first: number
  count: number
  box: readonly (readonly [start: number, count: number])[]
}

const WANTED = 1024 * 1024
/** Pieces grow up to this to take whole chunks. */
const MOST = 8 * WANTED

/**
 * Pieces of about `wanted` elements that start at chunk boundaries of the cut axis where that is possible:
 * a piece that cuts a compressed chunk has it decompressed twice (measured up to 28 times slower).
 */
export function planPieces(
  shape: readonly number[],
  chunks: readonly number[] | null,
  wanted: number = WANTED,
): Plan {
  let inner = 1
  let axis = shape.length - 1
  while (axis > 0 && inner * (shape[axis] ?? 1) < wanted) {
    inner *= Math.max(1, shape[axis] ?? 1)
    axis--
  }
  const extent = shape[axis] ?? 1
  const chunk = chunks?.[axis] ?? 1
  const runs = Math.max(1, Math.floor(wanted / inner / chunk)) * chunk
  const run = Math.max(1, Math.min(extent, runs * inner > MOST ? Math.floor(wanted / inner) : runs))
  return { shape, axis, run, largest: run * inner }
}

/** The piece that holds element number `element`. */
export function pieceAt(plan: Plan, element: number): Piece {
  const { shape, axis, run } = plan
  if (shape.length === 0) return { first: 0, count: 1, box: [] }
  const inner = shape.slice(axis + 1).reduce((all, n) => all * n, 1)
  const extent = shape[axis] ?? 1
  const line = Math.floor(element / (extent * inner))
  const index = Math.floor(element / inner) - line * extent
  const start = index - (index % run)
  const length = Math.min(run, extent - start)
  const outer: (readonly [number, number])[] = []
  for (let i = axis - 1, rest = line; i >= 0; i--) {
    const n = shape[i] ?? 1
    outer.unshift([rest % n, 1])
    rest = Math.floor(rest / n)
  }
  const all = shape.slice(axis + 1).map(n => [0, n] as const)
  return {
    first: (line * extent + start) * inner,
    count: length * inner,
    box: [...outer, [start, length], ...all],
  }
}
