/** `submit --what verify`: an array over circuits and shards, and a merge that waits for it. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BaseCircuit } from '../campaign/base.ts'
import { campaignState, type VariantState } from '../campaign/state.ts'
import type { Campaign } from '../campaign/types.ts'
import { judgedBy } from '../campaign/verify-request.ts'
import { InternalError } from '../errors.ts'
import { writeFileAtomic } from '../formats/atomic-write.ts'
import { DEFAULT_LEVEL } from '../levels.ts'
import { requireAllowable } from '../verify.ts'
import { type JobsFile, readJobs, type Submission, withSubmissions } from './jobs-file.ts'
import { type ClusterLayout, partialPath } from './layout.ts'
import { makeFolder, planScripts, withScripts, writeScripts } from './script-files.ts'
import { mergeScript, verifyScript, type Wanted, WHOLE } from './scripts.ts'
import { arrayOf, maxArraySize, progressOf, slurmTasks, submitScript } from './slurm.ts'
import { isToDo, isUnderWay, type SubmitOptions, type Submitted } from './submit-options.ts'
import { provenVariants, reportTasks, type Task, verifyTask } from './tasks.ts'

const ROWS_PER_SHARD = 100_000_000

export async function submitVerify(
  campaign: Campaign,
  layout: ClusterLayout,
  options: SubmitOptions,
): Promise<Submitted> {
  const judged: Wanted = { level: options.level ?? DEFAULT_LEVEL, allow: options.allow ?? [] }
  requireAllowable(judged.allow)
  const { left, tasks } = await tasksOf(campaign, options)
  const sure = !options.dryRun
  const reports = await reportTasks(campaign, tasks, { wanted: judged, sure })
  const todo = reports.filter(isToDo).map(({ task }) => task)
  const proven = await provenVariants(campaign, judged)
  const unmerged = tasks.some(({ variant }) => !proven.has(variant))
  let jobs = await readJobs(layout.jobs)
  if (todo.length === 0 && (!unmerged || reports.some(isUnderWay) || (await mergeIsUnderWay(jobs, { sure }))))
    return { scripts: [], calls: [], tasks: reports, left }
  const { lines, numbers } = taskLines(layout, todo)
  const scripts = planScripts(jobs, options.force, [
    [join(layout.folder, 'verify.sh'), verifyScript(campaign, layout, options.program, judged)],
    [join(layout.folder, 'merge.sh'), mergeScript(campaign, layout, options.program, judged)],
  ])
  const [verifyFile, mergeFile] = scripts.map(({ file }) => file)
  if (verifyFile === undefined || mergeFile === undefined) throw new InternalError('no job scripts')
  const earlier = new Set(reports.filter(isUnderWay).flatMap(({ job }) => job?.split('_')[0] ?? []))
  const arrays = arraysOf(numbers, await maxArraySize())
  if (!options.dryRun) {
    for (const folder of [layout.logs, layout.partials]) makeFolder(folder)
    writeScripts(scripts)
    writeFileAtomic(layout.tasks, lines)
    jobs = withScripts(layout.jobs, jobs, scripts)
  }
  const calls: { args: string[]; job: string | undefined }[] = []
  const submissions: Submission[] = []
  for (const { offset, tasks: keys } of arrays) {
    const array = `--array=${arrayOf(Object.keys(keys).map(Number))}%${options.parallel}`
    const before = calls.length === 0 ? undefined : (calls.at(-1)?.job ?? 'JOB')
    // One after the other: --parallel is a limit of them all.
    const flags = [array, ...(before === undefined ? [] : [`--dependency=afterany:${before}`])]
    const more = offset === 0 ? [] : [String(offset)]
    const job = options.dryRun ? undefined : await submitScript(verifyFile, flags, more)
    calls.push({ args: [...flags, verifyFile, ...more], job })
    if (job === undefined) continue
    submissions.push({ what: 'verify', at: new Date().toISOString(), job, tasks: keys })
    // Before anything else can go wrong: a job that nobody knows of would be submitted twice.
    withSubmissions(layout.jobs, jobs, submissions)
  }
  const dependencies = [
    ...calls.map(({ job = 'JOB' }) => `afterok:${job}`),
    ...[...earlier].map(id => `afterany:${id}`),
  ]
  const flags =
    dependencies.length === 0 ? [] : [`--dependency=${dependencies.join(',')}`, '--kill-on-invalid-dep=yes']
  const merge = options.dryRun ? undefined : await submitScript(mergeFile, flags)
  if (merge !== undefined)
    withSubmissions(
      layout.jobs,
      jobs,
      submissions.length === 0
        ? [{ what: 'verify', at: new Date().toISOString(), job: merge, tasks: {}, merge }]
        : submissions.map(one => ({ ...one, merge })),
    )
  calls.push({ args: [...flags, mergeFile], job: merge })
  return { scripts, calls, tasks: reports, left }
}

/** What can be judged, and what is left out with its reason: it never keeps the others from their verdict. */
async function tasksOf(campaign: Campaign, { shards }: SubmitOptions) {
  const states = new Map((await campaignState(campaign)).map(state => [state.id, state]))
  const of = shards ?? (await shardsFor(campaign))
  const left: { variant: string; reason: string }[] = []
  const tasks: Task[] = []
  for (const variant of campaign.variants) {
    const { id } = variant
    const by = judgedBy(variant)
    const reason = whyNot(states.get(id), by)
    if (reason !== undefined) left.push({ variant: id, reason })
    else if (by === 'config') tasks.push(verifyTask(id, undefined))
    else tasks.push(...Array.from({ length: of }, (_, k) => verifyTask(id, { index: k + 1, of })))
  }
  return { left, tasks }
}

function whyNot(state: VariantState | undefined, by: 'mask' | 'config'): string | undefined {
  if (state?.circuit === undefined) return 'its circuit is not there'
  if (state.unfinished !== undefined) return `its circuit is not finished (${state.unfinished})`
  const { selection, config } = state
  if (selection.state !== 'done' && selection.state !== 'not needed')
    return 'its selection is not up to date: connproof select CAMPAIGN'
  if (by === 'config' && config.state !== 'done')
    return 'it is judged by its configuration, which is not up to date: connproof config CAMPAIGN'
  return undefined
}

/** The merge of an earlier submission will do. */
async function mergeIsUnderWay({ submissions }: JobsFile, { sure }: { sure: boolean }): Promise<boolean> {
  const merge = submissions.findLast(one => one.merge !== undefined)?.merge
  if (merge === undefined) return false
  const known = await slurmTasks([merge]).catch((error: unknown) => {
    if (sure) throw error
    return []
  })
  return known.some(({ state }) => ['queued', 'running'].includes(progressOf(state)))
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
    const rest = restOfLine(layout, task)
    const found = lines.findIndex(line => line.slice(line.indexOf('\t') + 1) === rest)
    const number = found < 0 ? lines.length : found
    if (found < 0) lines.push(`${number}\t${rest}`)
    numbers.set(number, task)
  }
  return { lines: `${lines.join('\n')}\n`, numbers }
}

const restOfLine = (layout: ClusterLayout, { variant, shard }: Task): string =>
  shard === undefined
    ? [variant, WHOLE, WHOLE].join('\t')
    : [variant, `${shard.index}/${shard.of}`, partialPath(layout, variant, shard)].join('\t')

/** Arrays of at most `size` tasks: the keys by index, and what is to be added to that for the number of the line. */
function arraysOf(numbers: ReadonlyMap<number, Task>, size: number) {
  const arrays = new Map<number, Record<string, string>>()
  for (const [number, { key }] of [...numbers].sort(([a], [b]) => a - b)) {
    const offset = number - (number % Math.max(1, size))
    arrays.set(offset, { ...arrays.get(offset), [number - offset]: key })
  }
  return [...arrays].map(([offset, tasks]) => ({ offset, tasks }))
}
