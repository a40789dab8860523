/** Job scripts and jobs for what of a campaign is not done and not under way. */

import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { BaseCircuit } from '../campaign/base.ts'
import { jobScript } from '../campaign/job-steps.ts'
import { campaignState } from '../campaign/state.ts'
import type { Campaign, Variant } from '../campaign/types.ts'
import { InputError, InternalError } from '../errors.ts'
import { writeFileAtomic } from '../formats/atomic-write.ts'
import { makeFolders } from '../formats/make-folder.ts'
import { droppedSentences, droppedWith } from '../interop/manip-config/edge-population.ts'
import { DEFAULT_LEVEL } from '../levels.ts'
import type { FindingCode, Level } from '../verification/proof.ts'
import { requireAllowable } from '../verify.ts'
import { type JobsFile, readJobs, type Submission, type What, writeJobs } from './jobs-file.ts'
import { type ClusterLayout, clusterLayout, partialPath } from './layout.ts'
import { planScripts, type ScriptFile, sha256, writeScripts } from './script-files.ts'
import { mergeScript, type Program, verifyScript, type Wanted } from './scripts.ts'
import { arrayOf, slurmClient, slurmTasks, submitScript } from './slurm.ts'
import {
  manipulateTask,
  provenVariants,
  reportTasks,
  type Task,
  type TaskReport,
  verifyTask,
} from './tasks.ts'

export interface SubmitOptions {
  readonly what: What
  /** How a job starts this program. */
  readonly program: Program
  /** Shards per circuit; default one per 100 M synapses. */
  readonly shards?: number | undefined
  /** Default: synapses. */
  readonly level?: Level | undefined
  /** Findings that are warnings. */
  readonly allow?: readonly FindingCode[] | undefined
  /** Tasks that may run at once. */
  readonly parallel: number
  readonly dryRun?: boolean | undefined
  /** Overwrite job scripts that somebody edited. */
  readonly force?: boolean | undefined
}

export interface Submitted {
  /** Written or, in a dry run, to be written. */
  readonly scripts: readonly ScriptFile[]
  /** Calls of sbatch, without the program's name; `job` once it was submitted. */
  readonly calls: readonly { readonly args: readonly string[]; readonly job: string | undefined }[]
  readonly tasks: readonly TaskReport[]
  /** What its jobs will do to the circuits beside what was asked. */
  readonly warnings?: readonly string[]
  /** What could not be submitted, and why. */
  readonly left: readonly { readonly variant: string; readonly reason: string }[]
}

const ROWS_PER_SHARD = 100_000_000

/**
 * Submit what is not done.
 *
 * @throws InputError if there is no Slurm client, Slurm refuses, the folder cannot be written, or a script was edited
 *   and would now be another
 */
export async function submit(campaign: Campaign, options: SubmitOptions): Promise<Submitted> {
  const layout = clusterLayout(campaign)
  if (!options.dryRun) await requireClient(layout)
  return options.what === 'verify'
    ? submitVerify(campaign, layout, options)
    : submitManipulate(campaign, layout, options)
}

async function requireClient({ folder }: ClusterLayout): Promise<void> {
  const { trouble } = await slurmClient()
  if (trouble !== undefined) {
    throw new InputError(`there is no Slurm here: ${trouble}`, {
      file: folder,
      hint: 'run this on a login node, or do it here: connproof verify CAMPAIGN',
    })
  }
  makeFolder(folder)
}

function makeFolder(folder: string): void {
  try {
    makeFolders(folder)
    accessSync(folder, constants.W_OK)
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    throw new InputError(`cannot be written to (${code})`, {
      file: folder,
      hint: 'job scripts and logs go there: give the campaign another output folder',
      cause,
    })
  }
}

async function submitVerify(
  campaign: Campaign,
  layout: ClusterLayout,
  options: SubmitOptions,
): Promise<Submitted> {
  const judged: Wanted = { level: options.level ?? DEFAULT_LEVEL, allow: options.allow ?? [] }
  requireAllowable(judged.allow)
  const states = await campaignState(campaign)
  const left = states.flatMap(({ id, circuit, selection }) =>
    circuit === undefined
      ? [{ variant: id, reason: 'its circuit is not there' }]
      : selection.state === 'done' || selection.state === 'not needed'
        ? []
        : [{ variant: id, reason: 'its selection is not up to date: connproof select CAMPAIGN' }],
  )
  const of = options.shards ?? (await shardsFor(campaign))
  const wanted = states
    .filter(({ id }) => !left.some(({ variant }) => variant === id))
    .flatMap(({ id }) => Array.from({ length: of }, (_, k) => verifyTask(id, { index: k + 1, of })))
  const reports = await reportTasks(campaign, wanted, judged)
  const todo = reports.filter(({ state }) => !['done', 'queued', 'running'].includes(state))
  const proven = await provenVariants(campaign, judged)
  const unmerged = states.length - left.length > proven.size
  const jobs = await readJobs(layout.jobs)
  const underWay = reports.some(({ state }) => state === 'queued' || state === 'running')
  if (todo.length === 0 && (!unmerged || underWay || (await mergeIsUnderWay(jobs))))
    return { scripts: [], calls: [], tasks: reports, left }
  const { lines, numbers } = taskLines(
    layout,
    todo.map(({ task }) => task),
  )
  const scripts = planScripts(jobs, options.force, [
    [join(layout.folder, 'verify.sh'), verifyScript(campaign, layout, options.program, judged)],
    [join(layout.folder, 'merge.sh'), mergeScript(campaign, layout, options.program, judged)],
  ])
  const array = arrayOf([...numbers.keys()].sort((a, b) => a - b))
  const [verifyFile, mergeFile] = scripts.map(({ file }) => file)
  if (verifyFile === undefined || mergeFile === undefined) throw new InputError('no job scripts')
  const earlier = new Set(
    reports
      .filter(({ state }) => state === 'queued' || state === 'running')
      .flatMap(({ job }) => job?.split('_')[0] ?? []),
  )
  const dependency = (job: string | undefined): string[] => {
    const parts = [
      ...(job === undefined ? [] : [`afterok:${job}`]),
      ...[...earlier].map(id => `afterany:${id}`),
    ]
    return parts.length === 0 ? [] : [`--dependency=${parts.join(',')}`, '--kill-on-invalid-dep=yes']
  }
  const arrayArgs = [`--array=${array}%${options.parallel}`]
  if (options.dryRun) {
    const calls = [
      ...(todo.length === 0 ? [] : [{ args: [...arrayArgs, verifyFile], job: undefined }]),
      { args: [...dependency(todo.length === 0 ? undefined : 'JOB'), mergeFile], job: undefined },
    ]
    return { scripts, calls, tasks: reports, left }
  }
  for (const folder of [layout.logs, layout.partials]) makeFolder(folder)
  writeScripts(scripts)
  writeFileAtomic(layout.tasks, lines)
  const job = todo.length === 0 ? undefined : await submitScript(verifyFile, arrayArgs)
  const keys = Object.fromEntries([...numbers].map(([number, { key }]) => [String(number), key]))
  const record = (merge?: string): JobsFile =>
    keep(
      layout,
      jobs,
      scripts,
      job === undefined ? [] : [{ what: 'verify', at: now(), job, tasks: keys, merge }],
    )
  // Before anything else can go wrong: a job that nobody knows of would be submitted twice.
  record()
  const merge = await submitScript(mergeFile, dependency(job))
  record(merge)
  return {
    scripts,
    calls: [
      ...(job === undefined ? [] : [{ args: [...arrayArgs, verifyFile], job }]),
      { args: [...dependency(job), mergeFile], job: merge },
    ],
    tasks: reports,
    left,
  }
}

/** The merge of an earlier submission will do. */
async function mergeIsUnderWay({ submissions }: JobsFile): Promise<boolean> {
  const merge = submissions.findLast(one => one.merge !== undefined)?.merge
  if (merge === undefined) return false
  const known = await slurmTasks([merge]).catch(() => [])
  return known.some(({ state }) => state === 'PENDING' || state === 'RUNNING')
}

async function shardsFor(campaign: Campaign): Promise<number> {
  const base = await BaseCircuit.open(campaign)
  const { edgeCount } = base.edges
  base.close()
  return Math.max(1, Math.ceil(edgeCount / ROWS_PER_SHARD))
}

/** The list of tasks only grows: a job that still waits finds its line where it was. */
function taskLines(layout: ClusterLayout, tasks: readonly Task[]) {
  const before = existsSync(layout.tasks) ? readFileSync(layout.tasks, 'utf8').trimEnd().split('\n') : []
  const lines = [...before]
  const numbers = new Map<number, Task>()
  for (const task of tasks) {
    if (task.shard === undefined) continue
    const { index, of } = task.shard
    const rest = [task.variant, `${index}/${of}`, partialPath(layout, task.variant, task.shard)].join('\t')
    const found = lines.findIndex(line => line.slice(line.indexOf('\t') + 1) === rest)
    const number = found < 0 ? lines.length : found
    if (found < 0) lines.push(`${number}\t${rest}`)
    numbers.set(number, task)
  }
  return { lines: `${lines.join('\n')}\n`, numbers }
}

/** As the notebook did: `sbatch SCRIPT`, one script a variant, which `config CAMPAIGN` has written. */
async function submitManipulate(
  campaign: Campaign,
  layout: ClusterLayout,
  options: SubmitOptions,
): Promise<Submitted> {
  const reports = await reportTasks(
    campaign,
    campaign.variants.map(({ id }) => manipulateTask(id)),
  )
  const todo = reports.filter(({ state }) => !['done', 'queued', 'running'].includes(state))
  const fileOf = (variant: string): string => jobScript(campaign.output, variantOf(variant))
  const variantOf = (id: string): Variant => {
    const found = campaign.variants.find(one => one.id === id)
    if (found === undefined) throw new InternalError(`no variant ${id}`)
    return found
  }
  const left = todo
    .filter(({ task }) => !existsSync(fileOf(task.variant)))
    .map(({ task: { variant } }) => ({
      variant,
      reason: `there is no ${basename(fileOf(variant))}: connproof config CAMPAIGN (with a section cluster)`,
    }))
  const ready = todo.filter(({ task }) => existsSync(fileOf(task.variant)))
  const scripts = ready.map(({ task }) => {
    const file = fileOf(task.variant)
    return { file, text: readFileSync(file, 'utf8'), state: 'same' as const }
  })
  const warnings = ready.length === 0 ? [] : await droppedBy(campaign)
  const calls: { args: string[]; job: string | undefined }[] = []
  let jobs = await readJobs(layout.jobs)
  // Slurm fails a job without a log where the folder of the log is not there.
  if (!options.dryRun) makeFolder(join(campaign.output, 'logs'))
  for (const { task } of ready) {
    const file = fileOf(task.variant)
    const job = options.dryRun ? undefined : await submitScript(file, [])
    calls.push({ args: [file], job })
    if (job === undefined) continue
    jobs = keep(layout, jobs, [], [{ what: 'manipulate', at: now(), job, tasks: { '': task.key } }])
  }
  return { scripts, calls, tasks: reports, left, warnings }
}

/** Edge populations that connectome-manipulator takes out of the circuit. */
async function droppedBy(campaign: Campaign): Promise<string[]> {
  const base = await BaseCircuit.open(campaign)
  try {
    const { population } = base.edges
    return droppedSentences(population, await droppedWith(base.circuit, population))
  } finally {
    base.close()
  }
}

const now = (): string => new Date().toISOString()

function keep(
  layout: ClusterLayout,
  before: JobsFile,
  scripts: Submitted['scripts'],
  submissions: readonly Submission[],
): JobsFile {
  const written = scripts.flatMap(({ file, text, state }) =>
    state === 'edited' ? [] : [[basename(file), sha256(text)] as const],
  )
  const jobs: JobsFile = {
    schema: 1,
    submissions: [...before.submissions, ...submissions],
    scripts: { ...before.scripts, ...Object.fromEntries(written) },
  }
  writeJobs(layout.jobs, jobs)
  return jobs
}
