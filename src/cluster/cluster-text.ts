/** What `status` says of jobs: per manipulation and shard, in words that promise nothing. */
import type { AnyRecord } from '../report/made.ts'
import type { Style } from '../report/style.ts'
import { shardName } from '../shards/partial.ts'
import { arrayOf } from './slurm.ts'
import type { TaskReport, TaskState } from './tasks.ts'

const WORDS: Readonly<Record<TaskState, string>> = {
  done: 'done',
  queued: 'queued',
  running: 'running',
  failed: 'FAILED',
  'no result': 'COMPLETED, but there is no result',
  forgotten: 'NO RESULT, and Slurm does not know the job (any more)',
  'not known': 'no result; there is no Slurm client here to ask',
  'to do': 'to do',
}

/** Shards of one variant that are alike take one line. */
export function clusterToText(reports: readonly TaskReport[], style: Style): string {
  if (reports.length === 0) return ''
  const variants = groupsOf(reports, ({ task }) => `${task.what} ${task.variant}`)
  const lines = [...variants].flatMap(([name, ofVariant]) =>
    [...groupsOf(ofVariant, report => `${of(report)} ${describe(report, style)}`).values()].map(alike => {
      const all = alike.length === ofVariant.length
      return `${name}${all ? '' : shardsOf(alike)}: ${describe(alike[0], style)}${jobsOf(alike)}${all ? countOf(alike) : ''}`
    }),
  )
  return `\n${[style.strong('Slurm jobs'), ...lines].join('\n')}\n`
}

type Group = [TaskReport, ...TaskReport[]]

function groupsOf(reports: readonly TaskReport[], keyOf: (report: TaskReport) => string) {
  const groups = new Map<string, Group>()
  for (const report of reports) {
    const group = groups.get(keyOf(report))
    if (group === undefined) groups.set(keyOf(report), [report])
    else group.push(report)
  }
  return groups
}

/** Into how many shards; those of another number are others. */
const of = ({ task: { shard } }: TaskReport): number => shard?.of ?? 0

/** `, shard 3/85`, `, shards 1-2,4/85`. */
function shardsOf(alike: Group): string {
  const [first] = alike
  const { shard } = first.task
  if (shard === undefined) return ''
  if (alike.length === 1) return `, shard ${shardName(shard)}`
  return `, shards ${namesOf(alike.map(({ task }) => task.shard?.index ?? 0))}/${shard.of}`
}

const countOf = ({ length }: Group): string => (length > 1 ? ` (${length} shards)` : '')

/** `, job 100_0-7`; none of what is done. */
function jobsOf(alike: Group): string {
  const jobs = new Map<string, number[]>()
  for (const { job, state } of alike) {
    if (job === undefined || state === 'done') continue
    const [id = '', index] = job.split('_')
    jobs.set(id, [...(jobs.get(id) ?? []), ...(index === undefined ? [] : [Number(index)])])
  }
  if (jobs.size === 0) return ''
  const names = [...jobs].map(([id, indices]) => (indices.length === 0 ? id : `${id}_${namesOf(indices)}`))
  return `, job${names.length > 1 ? 's' : ''} ${names.join(', ')}`
}

const namesOf = (numbers: readonly number[]): string => arrayOf([...numbers].sort((a, b) => a - b))

/** All that is told of it but its shard and job. */
function describe({ state, slurm, note }: TaskReport, style: Style): string {
  const words =
    slurm !== undefined && state === 'failed' ? `${slurm.state} (exit code ${slurm.exitCode})` : WORDS[state]
  const said =
    slurm === undefined || USUAL.includes(slurm.state) || state === 'failed' ? '' : ` (${slurm.state})`
  const reason = slurm?.reason && slurm.reason !== 'None' && state !== 'done' ? `, ${slurm.reason}` : ''
  const paint =
    state === 'done' ? style.good : state === 'queued' || state === 'running' ? style.weak : style.bad
  return `${paint(words)}${said}${reason}${note === undefined ? '' : `; ${note}`}`
}

/** Words of Slurm for which ours say it all. */
const USUAL = ['PENDING', 'RUNNING', 'COMPLETED']

/** One record per task, for `status --json`. */
export const clusterRecords = (reports: readonly TaskReport[]): AnyRecord[] =>
  reports.map(({ task, state, job, slurm, note }) => ({
    type: 'task',
    what: task.what,
    id: task.variant,
    shard: task.shard === undefined ? null : shardName(task.shard),
    state,
    job: job ?? null,
    slurm_state: slurm?.state ?? null,
    slurm_reason: slurm?.reason ?? null,
    exit_code: slurm?.exitCode ?? null,
    note: note ?? null,
  }))
