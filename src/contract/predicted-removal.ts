/** The connections that a configuration will remove, before anything ran: a mask, and what to be warned of. */

import { hasBit } from '../connectome/edge-bits.ts'
import type { EdgeSource } from '../connectome/edges.ts'
import type { Mask } from '../connectome/mask.ts'
import { overflowingSplit, type Plan, share } from '../connectome/operations.ts'
import { readIds } from '../connectome/read-ids.ts'
import { InputError } from '../errors.ts'
import { cooToCsc } from '../kernels/csc.ts'
import { type Prediction, predict } from '../manipulation/predict.ts'
import { predictionSource } from './columns.ts'

export interface PredictedRemoval {
  /** All sources x all targets of the populations. */
  readonly mask: Mask
  readonly connections: number
  readonly edges: number
  /** Sentences. */
  readonly warnings: readonly string[]
}

const WINDOW = 65_536
/** Operations that take connections as a whole: nothing else is a mask. */
const WHOLE: readonly string[] = ['conn_removal', 'conn_extraction', 'null_manipulation']

/** @throws InputError if a split stops at its seed, or if more than whole connections is changed */
export async function predictRemoval(
  original: EdgeSource,
  plan: Plan,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<PredictedRemoval> {
  const other = plan.operations.find(({ kind }) => !WHOLE.includes(kind))
  if (other !== undefined)
    throw new InputError(`${other.kind} takes or changes synapses: no mask of connections says that`, {
      field: other.kind,
      hint: 'verify ORIGINAL RESULT --config FILE needs no mask',
    })
  const overflow = overflowingSplit(plan)
  if (overflow !== undefined)
    throw new InputError(
      `the seed of split ${overflow + 1} of ${plan.splits}, ${plan.seed} x ${overflow + 1}, is above 2^32 - 1: the run will stop there`,
      { field: 'seed', hint: `choose a seed up to ${Math.floor(0xffff_ffff / plan.splits)}` },
    )
  const prediction = await predict(await predictionSource(original), plan, options)
  const removed = await removedPairs(original, prediction, options.signal)
  const { rows, columns, indptr, indices } = cooToCsc({
    rows: original.sourceCount,
    columns: original.targetCount,
    row: Uint32Array.from(removed.source),
    column: Uint32Array.from(removed.target),
  })
  return {
    mask: { rows, columns, indptr, indices, label: 'predicted' },
    connections: indices.length,
    edges: removed.source.length,
    warnings: warningsOf(plan, prediction),
  }
}

async function removedPairs(
  { source, target, edgeCount, sourceCount, targetCount }: EdgeSource,
  { remain }: Prediction,
  signal: AbortSignal | undefined,
): Promise<{ source: number[]; target: number[] }> {
  const removed = { source: [] as number[], target: [] as number[] }
  for (let first = 0; first < edgeCount; first += WINDOW) {
    signal?.throwIfAborted()
    const count = Math.min(WINDOW, edgeCount - first)
    const sources = await readIds(source, first, count, sourceCount)
    const targets = await readIds(target, first, count, targetCount)
    for (let k = 0; k < count; k++) {
      if (hasBit(remain, first + k)) continue
      removed.source.push(sources[k] ?? 0)
      removed.target.push(targets[k] ?? 0)
    }
  }
  return removed
}

/** What a reader of the configuration would not think of. */
export function warningsOf({ operations, seed, splits }: Plan, { counts }: Prediction): string[] {
  const warnings: string[] = []
  const draws = operations.some(one => one.kind === 'conn_removal' && one.percent > 0 && one.percent < 100)
  if (seed === 0 && splits > 1 && draws)
    warnings.push(`seed 0 gives all ${splits} splits the same random numbers: choose another seed`)
  for (const [place, operation] of operations.entries()) {
    if (operation.kind !== 'conn_removal') continue
    const parts = counts.filter(count => count.operation === place)
    const candidates = parts.reduce((all, count) => all + count.candidates, 0)
    const taken = parts.reduce((all, count) => all + count.taken, 0)
    const whole = share(operation.percent, candidates)
    if (taken !== whole)
      warnings.push(
        `function ${place + 1}: rounded in each of ${splits} splits, ${operation.percent} % of ${candidates} connections are ${taken}, not ${whole}`,
      )
  }
  return warnings
}
