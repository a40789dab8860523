/** What there is to do on a cluster for a campaign, and how far each of it is. */
import { existsSync } from 'node:fs'
import { findManipulated, unfinished } from '../campaign/find-circuit.ts'
import { readLock } from '../campaign/lock.ts'
import { proofKey } from '../campaign/proof-step.ts'
import { campaignState } from '../campaign/state.ts'
import type { Campaign, Variant } from '../campaign/types.ts'
import { isInputError } from '../errors.ts'
import { requireUnchanged } from '../shards/merge.ts'
import { reaches, readPartial, type Shard, shardName } from '../shards/partial.ts'
import type { Level } from '../verification/proof.ts'
import { readJobs, type Submission, type What } from './jobs-file.ts'
import { clusterLayout, partialPath } from './layout.ts'
import type { Wanted } from './scripts.ts'
import { progressOf, type SlurmTask, slurmTasks } from './slurm.ts'

export interface Task {
  /** Unique and lasting: `verify <variant> 2/5`, `verify <variant>`, `manipulate <variant>`. */
  readonly key: string
  readonly what: What
  readonly variant: string
  /** Undefined: all of it, as of what is judged by its configuration. */
  readonly shard: Shard | undefined
}

export type TaskState =
  /** Its result is there and whole. */
  | 'done'
  | 'queued'
  | 'running'
  /** Slurm says so; the word is in `slurm`. */
  | 'failed'
  /** Slurm calls it completed, and there is no result. */
  | 'no result'
  /** Submitted; Slurm knows nothing of it (any more), and there is no result. */
  | 'forgotten'
  /** Submitted, and there is no Slurm here that could be asked. */
  | 'not known'
  | 'to do'

export interface TaskReport {
  readonly task: Task
  readonly state: TaskState
  readonly job: string | undefined
  readonly slurm: SlurmTask | undefined
  /** Why a result that is there does not count. */
  readonly note: string | undefined
}

export const verifyTask = (variant: string, shard: Shard | undefined): Task => ({
  key: shard === undefined ? `verify ${variant}` : `verify ${variant} ${shardName(shard)}`,
  what: 'verify',
  variant,
  shard,
})

export const manipulateTask = (variant: string): Task => ({
  key: `manipulate ${variant}`,
  what: 'manipulate',
  variant,
  shard: undefined,
})

/** A task from its key. */
export function taskOf(key: string): Task {
  const [, what, variant = '', index, of] = /^(verify|manipulate) (\S+)(?: (\d+)\/(\d+))?$/.exec(key) ?? []
  if (what !== 'verify') return manipulateTask(variant)
  return verifyTask(variant, index === undefined ? undefined : { index: Number(index), of: Number(of) })
}

export interface ReportOptions {
  /** Results that judge otherwise do not count; default any. */
  readonly wanted?: Wanted | undefined
  /** Slurm must answer: else what waits would be submitted a second time. */
  readonly sure?: boolean | undefined
}

/**
 * Reports of these tasks; results are looked at, Slurm is asked, and neither is believed for the other.
 *
 * @throws InputError with Slurm's own words where it must answer and does not
 */
export async function reportTasks(
  campaign: Campaign,
  tasks: readonly Task[],
  { wanted, sure = false }: ReportOptions = {},
): Promise<TaskReport[]> {
  const layout = clusterLayout(campaign)
  const { submissions } = await readJobs(layout.jobs)
  const latest = latestOf(submissions)
  const asked = new Set(tasks.flatMap(({ key }) => latest.get(key)?.job ?? []))
  const known = await slurmTasks([...asked]).catch((error: unknown) => {
    if (isInputError(error) && !sure) return undefined
    throw error
  })
  const byPlace = new Map((known ?? []).map(one => [`${one.job}_${one.index ?? ''}`, one]))
  const proven = await provenVariants(campaign, wanted)
  return Promise.all(
    tasks.map(async task => {
      const submitted = latest.get(task.key)
      const slurm =
        submitted &&
        (byPlace.get(`${submitted.job}_${submitted.index}`) ?? byPlace.get(`${submitted.job}_rest`))
      const result = await resultOf(campaign, task, proven, wanted)
      const asks = { there: result === true, submitted: submitted !== undefined, asked: known !== undefined }
      return {
        task,
        state: stateOf(asks, slurm),
        job: submitted && `${submitted.job}${submitted.index === '' ? '' : `_${submitted.index}`}`,
        slurm,
        note: typeof result === 'string' ? result : undefined,
      }
    }),
  )
}

/** Variants with a proof that is up to date and, where somebody says how they are judged, made so. */
export async function provenVariants(campaign: Campaign, wanted?: Wanted): Promise<Set<string>> {
  const { steps } = await readLock(campaign.output)
  const isWanted = (variant: Variant): boolean => {
    const { level, allow } = steps[proofKey(variant)]?.parameters ?? {}
    return wanted === undefined || judgesAs(wanted, level as Level, (allow ?? []) as readonly string[])
  }
  const states = await campaignState(campaign)
  const done = states.filter(({ proof }) => proof.state === 'done' && proof.verdict !== 'cannot_tell')
  const ids = new Set(done.map(({ id }) => id))
  return new Set(campaign.variants.filter(one => ids.has(one.id) && isWanted(one)).map(({ id }) => id))
}

const judgesAs = (wanted: Wanted, level: Level, allow: readonly string[]): boolean =>
  reaches({ level }, wanted.level) && [...allow].sort().join() === [...wanted.allow].sort().join()

/** Every task that was ever submitted. */
export async function submittedTasks(campaign: Campaign): Promise<Task[]> {
  const { submissions } = await readJobs(clusterLayout(campaign).jobs)
  return [...latestOf(submissions).keys()].map(taskOf)
}

function latestOf(submissions: readonly Submission[]) {
  const latest = new Map<string, { readonly job: string; readonly index: string }>()
  for (const { job, tasks } of submissions)
    for (const [index, key] of Object.entries(tasks)) latest.set(key, { job, index })
  return latest
}

function stateOf(
  { there, submitted, asked }: { there: boolean; submitted: boolean; asked: boolean },
  slurm: SlurmTask | undefined,
): TaskState {
  const progress = slurm && progressOf(slurm.state)
  if (progress === 'queued' || progress === 'running') return progress
  if (there) return 'done'
  if (!submitted) return 'to do'
  if (!asked) return 'not known'
  if (progress === undefined) return 'forgotten'
  return progress === 'completed' ? 'no result' : 'failed'
}

/** Whether the result is there; a text: it is, but does not count. */
async function resultOf(
  campaign: Campaign,
  { what, variant, shard }: Task,
  proven: ReadonlySet<string>,
  wanted: Wanted | undefined,
): Promise<boolean | string> {
  if (what === 'manipulate') {
    const found = campaign.variants.find(({ id }) => id === variant)
    const { file } = found === undefined ? {} : await findManipulated(campaign, found)
    if (file === undefined) return false
    return (await unfinished(file)) ?? true
  }
  if (proven.has(variant)) return true
  if (shard === undefined) return false
  const file = partialPath(clusterLayout(campaign), variant, shard)
  if (!existsSync(file)) return false
  try {
    const partial = await readPartial(file)
    await requireUnchanged({ file, partial })
    const [one] = partial.cases
    if (wanted !== undefined && !judgesAs(wanted, partial.level, one?.allow ?? []))
      return `${file} is of another --level or --allow`
    return partial.complete || 'interrupted'
  } catch (error) {
    if (isInputError(error)) return `${error.file ?? file} ${error.message}`
    throw error
  }
}
