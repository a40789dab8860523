/** Where to cut edge populations that are sorted by target, so that all parts can be compared on their own. */
import { type EdgeSource, ID_BYTES } from '../connectome/edges.ts'

/**
 * Targets at which `parts` parts of about equally many rows begin, without the first; undefined where the rows give
 * no ascending ones. Taken from single rows: nothing is proven.
 */
export async function cuttingTargets(edges: EdgeSource, parts: number): Promise<number[] | undefined> {
  const targets: number[] = []
  for (let part = 1; part < parts; part++) {
    const target = await targetAt(edges, Math.floor((edges.edgeCount * part) / parts))
    if (target <= (targets.at(-1) ?? 0)) return undefined
    targets.push(target)
  }
  return targets
}

/**
 * First row of each part: for every cut the row before has a target below it and the row itself has not; both were
 * looked at. So parts that are each proven sorted by target make a whole that is.
 */
export async function cutRows(edges: EdgeSource, targets: readonly number[]): Promise<number[]> {
  const rows: number[] = []
  for (const target of targets) {
    let low = rows.at(-1) ?? 0
    let high = edges.edgeCount
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if ((await targetAt(edges, middle)) < target) low = middle + 1
      else high = middle
    }
    rows.push(low)
  }
  return rows
}

async function targetAt({ target }: EdgeSource, row: number): Promise<number> {
  const bytes = new Uint8Array(8)
  await target.readInto(row, 1, bytes.subarray(0, ID_BYTES[target.type]))
  // Ids that do not fit are refused by the pass; here they only have to compare as large.
  return Number(new DataView(bytes.buffer).getBigUint64(0, true))
}
