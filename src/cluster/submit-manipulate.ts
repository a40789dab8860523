/** `submit --what manipulate`, as the notebook did: `sbatch SCRIPT`, one a variant, which `config CAMPAIGN` has written. */
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { BaseCircuit } from '../campaign/base.ts'
import { configKey } from '../campaign/config-steps.ts'
import { jobScript } from '../campaign/job-steps.ts'
import { type Lock, readLock } from '../campaign/lock.ts'
import { selectionKey } from '../campaign/select-steps.ts'
import { campaignState, type VariantState } from '../campaign/state.ts'
import type { Campaign, Variant } from '../campaign/types.ts'
import { InternalError, isInputError } from '../errors.ts'
import { droppedSentences, droppedWith } from '../interop/manip-config/edge-population.ts'
import { nanProperties, nanSentence } from '../interop/manip-config/nan-properties.ts'
import { readJobs, type Submission, withSubmissions } from './jobs-file.ts'
import type { ClusterLayout } from './layout.ts'
import { makeFolder, sha256 } from './script-files.ts'
import { submitScript } from './slurm.ts'
import { isToDo, isUnderWay, type SubmitOptions, type Submitted } from './submit-options.ts'
import { manipulateTask, reportTasks, type TaskReport } from './tasks.ts'

export async function submitManipulate(
  campaign: Campaign,
  layout: ClusterLayout,
  { dryRun = false }: SubmitOptions,
): Promise<Submitted> {
  const reports = await reportTasks(
    campaign,
    campaign.variants.map(({ id }) => manipulateTask(id)),
    { sure: !dryRun },
  )
  const lock = await readLock(campaign.output)
  let jobs = await readJobs(layout.jobs)
  const states = new Map((await campaignState(campaign)).map(state => [state.id, state]))
  const looked = reports
    .filter(report => !isUnderWay(report))
    .map(report => {
      const variant = variantOf(campaign, report.task.variant)
      const reason = isToDo(report)
        ? whyNot(campaign, variant, states.get(variant.id))
        : whyNotDone(report, states.get(variant.id), jobs.submissions, startedFrom(variant, lock))
      return { variant, reason, toDo: isToDo(report) }
    })
  const left = looked.flatMap(({ variant: { id }, reason }) =>
    reason === undefined ? [] : [{ variant: id, reason }],
  )
  const ready = looked.flatMap(({ variant, reason, toDo }) =>
    toDo && reason === undefined ? [{ variant, file: jobScript(campaign.output, variant) }] : [],
  )
  const scripts = ready.map(({ file }) => ({
    file,
    text: readFileSync(file, 'utf8'),
    state: 'same' as const,
  }))
  const warnings = ready.length === 0 ? [] : await lostBy(campaign)
  const calls: { args: string[]; job: string | undefined }[] = []
  // Slurm fails a job without a log where the folder of the log is not there.
  if (!dryRun) makeFolder(join(campaign.output, 'logs'))
  for (const { variant, file } of ready) {
    const job = dryRun ? undefined : await submitScript(file)
    calls.push({ args: [file], job })
    if (job === undefined) continue
    const from = startedFrom(variant, lock)
    const tasks = { '': manipulateTask(variant.id).key }
    jobs = withSubmissions(layout.jobs, jobs, [
      { what: 'manipulate', at: new Date().toISOString(), job, tasks, from },
    ])
  }
  return { scripts, calls, tasks: reports, left, warnings }
}

function variantOf(campaign: Campaign, id: string): Variant {
  const found = campaign.variants.find(one => one.id === id)
  if (found === undefined) throw new InternalError(`no variant ${id}`)
  return found
}

/** Why a job must not be started. */
function whyNot(campaign: Campaign, variant: Variant, state: VariantState | undefined): string | undefined {
  const script = jobScript(campaign.output, variant)
  if (!existsSync(script))
    return `there is no ${basename(script)}: connproof config CAMPAIGN (with a section cluster)`
  return staleWords(state)
}

function staleWords(state: VariantState | undefined): string | undefined {
  if (state?.selection.state === 'stale')
    return `its selection is not up to date (${state.selection.reasons[0]}): connproof select CAMPAIGN, then config`
  if (state?.config.state === 'stale')
    return `its configuration is not up to date (${state.config.reasons[0]}): connproof config CAMPAIGN`
  return undefined
}

/** Why a circuit that is there is not what the campaign asks for now. Whether it is right is for `verify` to say. */
function whyNotDone(
  { task, job }: TaskReport,
  state: VariantState | undefined,
  submissions: readonly Submission[],
  from: string,
): string | undefined {
  const stale = staleWords(state)
  if (stale !== undefined) return `its circuit is there, but ${stale}`
  const made = submissions.findLast(({ tasks }) => tasks[''] === task.key)
  if (made?.from === undefined || made.from === from) return undefined
  return `its circuit is there, but job ${job} made it from another selection or configuration than there is now: move it away`
}

/** What a job reads, by what the lock file says of it. */
function startedFrom(variant: Variant, { steps }: Lock): string {
  const records = [steps[selectionKey(variant)], steps[configKey(variant)]]
  return sha256(JSON.stringify(records.map(record => record?.outputs.map(one => [one.path, one.sha256]))))
}

/** Edge populations that connectome-manipulator takes out of the circuit, and properties whose NaN it loses. */
async function lostBy(campaign: Campaign): Promise<string[]> {
  const base = await BaseCircuit.open(campaign)
  try {
    const { population } = base.edges
    // Edges that cannot be read are told by the run.
    const { found } = await nanProperties(base.edges).catch(error => {
      if (isInputError(error)) return { found: [] }
      throw error
    })
    const dropped = await droppedWith(base.circuit, population)
    return [...droppedSentences(population, dropped), ...found.map(nanSentence)]
  } finally {
    base.close()
  }
}
