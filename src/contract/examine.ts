/** One result against what its manip_config determines: the prediction where there is one, and the invariants. */
import type { EdgeSource } from '../connectome/edges.ts'
import { overflowingSplit, type Plan } from '../connectome/operations.ts'
import { FilesRead } from '../formats/files-read.ts'
import { type Prediction, predict } from '../manipulation/predict.ts'
import { checkInvariants, type InvariantOptions, type Invariants } from '../verification/contracts/judge.ts'
import { compareSynapses } from '../verification/synapses/compare.ts'
import type { Expectation, SynapseComparison, SynapseOptions } from '../verification/synapses/expectation.ts'
import { predictionSource } from './columns.ts'
import { expectationOf } from './expectation.ts'
import { findRewiringLogs } from './rewiring-logs.ts'

/** What a config determines of every result of it. */
export interface Determined {
  readonly plan: Plan
  /** Undefined where a split stops at its seed, and where the config leaves the rows to a model. */
  readonly prediction: Prediction | undefined
  /** Split (from 0) that stops at its seed. */
  readonly overflow: number | undefined
  /** Of a sequence with a model: what the functions before it left, where seed and splits determine that. */
  readonly begun?: InvariantOptions['begun']
  /** Functions that stop as the edges have no such property, in words. */
  readonly absent?: readonly string[]
}

export interface Examination {
  /** With what was predicted, edge by edge; none where nothing was. */
  readonly predicted: SynapseComparison | undefined
  /** What that was: which edges remain, in which order. */
  readonly expectation: Expectation | undefined
  readonly invariants: Invariants
  /** Why there is no prediction. */
  readonly unpredicted: string | undefined
  /** Whether the run's own logs took part. */
  readonly logged: boolean
}

export interface ExamineOptions extends SynapseOptions {
  /** Folder of the npz logs of conn_rewiring. */
  readonly logs?: string | undefined
  /** Learns which of them were read. */
  readonly logFiles?: FilesRead | undefined
}

/** @throws InputError if the original cannot be read */
export async function determine(
  original: EdgeSource,
  plan: Plan,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Determined> {
  const overflow = overflowingSplit(plan)
  const modelled = plan.operations.some(({ kind }) => kind === 'conn_rewiring' || kind === 'conn_wiring')
  const known = overflow === undefined && !modelled
  const prediction = known ? await predict(await predictionSource(original), plan, options) : undefined
  const begun = overflow === undefined && modelled ? await beginOf(original, plan, options) : undefined
  return { plan, prediction, overflow, begun, absent: await absentProperties(original, plan) }
}

async function absentProperties(original: EdgeSource, { operations }: Plan): Promise<string[]> {
  const table = await original.table?.()
  if (table === undefined || original.edgeCount === 0) return []
  const names = [...table.columns, ...table.unreadable].map(({ name }) => name)
  const has = (property: string): boolean =>
    names.some(name => name === property || name.endsWith(`:${property}`) || name.endsWith(`/${property}`))
  return operations.flatMap((operation, k) =>
    operation.kind !== 'syn_prop_alteration' || has(operation.property)
      ? []
      : [`function ${k + 1} (${operation.kind}) stops, the edges have no property ${operation.property}`],
  )
}

/** Functions that take rows and change none. */
const TAKES: readonly string[] = [
  'null_manipulation',
  'conn_removal',
  'conn_extraction',
  'syn_removal',
  'syn_subsampling',
]

async function beginOf(
  original: EdgeSource,
  plan: Plan,
  options: { readonly signal?: AbortSignal | undefined },
): Promise<Determined['begun']> {
  const first = plan.operations.findIndex(
    one => !TAKES.includes(one.kind) || (one.kind === 'syn_removal' && one.rescale),
  )
  const operations = plan.operations.slice(0, first)
  if (operations.every(({ kind }) => kind === 'null_manipulation')) return undefined
  const { remain, unknownFrom } = await predict(
    await predictionSource(original),
    { ...plan, operations },
    options,
  )
  return unknownFrom === undefined ? { first, remain } : undefined
}

/** @throws InputError if the result, or a log of it, cannot be read */
export async function examine(
  original: EdgeSource,
  result: EdgeSource,
  { plan, prediction, overflow, begun }: Determined,
  options: ExamineOptions = {},
): Promise<Examination> {
  const { columns } = await predictionSource(original)
  const exact = prediction !== undefined && prediction.unknownFrom === undefined
  const expectation = exact ? expectationOf(prediction, plan.splits, columns) : undefined
  const predicted = expectation && (await compareSynapses(original, result, expectation, options))
  const left = plan.operations.slice(begun?.first ?? 0).filter(({ kind }) => kind !== 'null_manipulation')
  // The logs of a function say nothing of what others made of its rows.
  const rewires = left.length === 1 && left[0]?.kind === 'conn_rewiring'
  const logFiles = options.logFiles ?? new FilesRead()
  const logs = rewires ? await findRewiringLogs(result.file, plan.splits, options.logs, logFiles) : undefined
  const invariants = await checkInvariants(original, result, plan.operations, {
    ...options,
    splits: plan.splits,
    logs,
    begun,
    predicted: exact,
  })
  const unpredicted = reasonOf({ plan, prediction, overflow })
  return { predicted, expectation, invariants, unpredicted, logged: logs !== undefined }
}

function reasonOf({ plan, prediction, overflow }: Determined): string | undefined {
  if (overflow !== undefined)
    return `the seed of split ${overflow + 1} does not fit 32 bits: the run stops there`
  if (prediction === undefined) return 'which connections are drawn follows a model'
  const { unknownFrom } = prediction
  if (unknownFrom === undefined) return undefined
  return `function ${unknownFrom.operation + 1} (${plan.operations[unknownFrom.operation]?.kind}): ${unknownFrom.reason}`
}
