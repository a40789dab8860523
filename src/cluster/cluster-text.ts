/** What `status` says of jobs: per manipulation and shard, in words that promise nothing. */
import type { AnyRecord } from '../report/made.ts'
import type { Style } from '../report/style.ts'
import { shardName } from '../shards/partial.ts'
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

/** Variants whose shards are all alike take one line. */
export function clusterToText(reports: readonly TaskReport[], style: Style): string {
  if (reports.length === 0) return ''
  const groups = new Map<string, TaskReport[]>()
  for (const report of reports) {
    const key = `${report.task.what} ${report.task.variant}`
    groups.set(key, [...(groups.get(key) ?? []), report])
  }
  const lines = [...groups].flatMap(([name, group]) => {
    const [first] = group
    const same = first !== undefined && group.every(({ state }) => state === first.state)
    if (same && (first.state === 'done' || first.state === 'to do'))
      return [`${name}: ${WORDS[first.state]}${group.length > 1 ? ` (${group.length} shards)` : ''}`]
    return group.map(report => `${name}${shardOf(report)}: ${describe(report, style)}`)
  })
  return `\n${[style.strong('Slurm jobs'), ...lines].join('\n')}\n`
}

const shardOf = ({ task: { shard } }: TaskReport): string =>
  shard === undefined ? '' : `, shard ${shardName(shard)}`

function describe({ state, slurm, job, note }: TaskReport, style: Style): string {
  const words =
    slurm !== undefined && state === 'failed' ? `${slurm.state} (exit code ${slurm.exitCode})` : WORDS[state]
  const reason = slurm?.reason && slurm.reason !== 'None' && state !== 'done' ? `, ${slurm.reason}` : ''
  const paint =
    state === 'done' ? style.good : state === 'queued' || state === 'running' ? style.weak : style.bad
  return `${paint(words)}${reason}${job === undefined ? '' : `, job ${job}`}${note === undefined ? '' : `; ${note}`}`
}

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
