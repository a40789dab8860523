/** conn_removal and syn_removal in one split. Source: connectome-manipulator.md 2.3 (R5) and 2.5 (S4, S5). */
import type { Mask } from '../connectome/mask.ts'
import { type Chosen, type ConnRemoval, type SynRemoval, share } from '../connectome/operations.ts'
import { byConnection, type Grouped, type SplitTable } from './split-table.ts'
import { StepBuilder } from './step-builder.ts'
import { Unpredictable, type Work } from './work.ts'

export function removeConnections(asked: ConnRemoval, { table, stream, remain, count }: Work): void {
  const grouped = byConnection(table, table.select(asked.source, asked.target))
  const candidates = candidatesOf(asked, table, grouped)
  const taken = share(asked.percent, candidates.length)
  count(candidates.length, taken)
  const removed = stream.choose(candidates.length, taken)
  const dropped = new Uint8Array(table.length)
  for (const [k, connection] of candidates.entries()) {
    if (removed[k] !== 1) continue
    const [from = 0, to = 0] = [grouped.starts[connection], grouped.starts[connection + 1]]
    for (const row of grouped.rows.subarray(from, to)) dropped[row] = 1
  }
  table.drop(dropped, remain)
}

/** Connections, by their number in `grouped`, that the mask and the bounds let pass. */
function candidatesOf(asked: ConnRemoval, table: SplitTable, { rows, starts }: Grouped): number[] {
  const passes = asked.mask === undefined ? () => true : maskTest(asked.mask, asked.source, asked.target)
  const found: number[] = []
  for (let connection = 0; connection + 1 < starts.length; connection++) {
    const start = starts[connection] ?? 0
    const synapses = (starts[connection + 1] ?? 0) - start
    if (asked.atLeast !== undefined && synapses < asked.atLeast) continue
    if (asked.atMost !== undefined && synapses > asked.atMost) continue
    const row = rows[start] ?? 0
    if (passes(table.source[row] ?? 0, table.target[row] ?? 0)) found.push(connection)
  }
  return found
}

/** Whether the mask is true for a connection; rows and columns are in the order of the lists. */
function maskTest(mask: Mask, source: Chosen, target: Chosen): (source: number, target: number) => boolean {
  const rowOf = places(source)
  const columnOf = places(target)
  return (from, to) => {
    const [row, column] = [rowOf[from] ?? 0, columnOf[to] ?? 0]
    let [low, high] = [mask.indptr[column] ?? 0, mask.indptr[column + 1] ?? 0]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((mask.indices[middle] ?? 0) < row) low = middle + 1
      else high = middle
    }
    return low < (mask.indptr[column + 1] ?? 0) && mask.indices[low] === row
  }
}

/** Place of each node in its list. A node listed twice stands at the sum of its places, as in the package. */
function places({ ids, member }: Chosen): Float64Array {
  const place = new Float64Array(member.length)
  for (const [k, id] of ids.entries()) place[id] = (place[id] ?? 0) + k
  return place
}

export async function removeSynapses(asked: SynRemoval, work: Work): Promise<void> {
  const { table, stream, remain, count } = work
  const selected = table.select(asked.source, asked.target)
  const open = asked.keepConnections
    ? unprotected(table, selected, stream.use().permutation(selected.length))
    : selected
  const taken = share(asked.percent, open.length)
  count(open.length, taken)
  const removed = stream.scatter(open.length, taken)
  const dropped = new Uint8Array(table.length)
  for (const [k, row] of open.entries()) if (removed[k] === 1) dropped[row] = 1
  if (asked.rescale) await rescale(work, byConnection(table, selected), dropped)
  table.drop(dropped, remain)
}

/** Selected rows without the first of each connection that the permutation meets; ascending. */
function unprotected(table: SplitTable, selected: Uint32Array, order: Uint32Array): Uint32Array {
  const turn = new Uint32Array(table.length)
  for (const [when, k] of order.entries()) turn[selected[k] ?? 0] = when
  const { rows, starts } = byConnection(table, selected)
  const kept = new Uint8Array(table.length)
  for (let connection = 0; connection + 1 < starts.length; connection++) {
    let first = rows[starts[connection] ?? 0] ?? 0
    for (const row of rows.subarray(starts[connection], starts[connection + 1]))
      if ((turn[row] ?? 0) < (turn[first] ?? 0)) first = row
    kept[first] = 1
  }
  return selected.filter(row => kept[row] === 0)
}

const CONDUCTANCE = 'conductance'

/** Survivors of connections that lost something are scaled to the sum of before. */
async function rescale(work: Work, { rows, starts }: Grouped, dropped: Uint8Array): Promise<void> {
  const { table, source, steps, operation } = work
  const step = steps[operation]
  const column = source.columns.get(CONDUCTANCE)
  if (step === undefined || column === undefined)
    throw new Unpredictable(`the circuit has no numbers called ${CONDUCTANCE}`)
  const ascending = rows.slice().sort()
  const { values, doubt } = await StepBuilder.current(work, column, ascending)
  // By row: NaN where it is not known, 0 where it is NaN, which pandas leaves out of a sum.
  const conductance = new Float64Array(table.length)
  for (const [k, row] of ascending.entries())
    conductance[row] = doubt[k] === 1 ? Number.NaN : Number(values[k]) || 0
  const factors = new Map<number, number>()
  for (let connection = 0; connection + 1 < starts.length; connection++) {
    const members = rows.subarray(starts[connection], starts[connection + 1])
    let [all, left, lost] = [0, 0, false]
    for (const row of members) {
      const value = conductance[row] ?? 0
      all += value
      if (dropped[row] === 1) lost = true
      else left += value
    }
    if (!lost || all <= 0 || left <= 0) continue
    for (const row of members) if (dropped[row] !== 1) factors.set(row, all / left)
  }
  const scaled = ascending.filter(row => factors.has(row))
  step.add(
    Float64Array.from(scaled, row => table.edges[row] ?? 0),
    Float64Array.from(scaled, row => factors.get(row) ?? 1),
  )
}
