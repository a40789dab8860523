/** The job scripts of `submit --what verify`. */
import type { Campaign } from '../campaign/types.ts'
import { quote, slurmDirectives } from '../interop/manip-config/job-script.ts'
import type { FindingCode, Level } from '../verification/proof.ts'
import type { ClusterLayout } from './layout.ts'

/** How a job starts this program: interpreter and script. */
export type Program = readonly [string, ...string[]]

/** How circuits are to be judged. */
export interface Wanted {
  readonly level: Level
  /** Findings that are warnings. */
  readonly allow: readonly FindingCode[]
}

/**
 * One task of the array: variant and shard stand in a line of the list of tasks, whose number is the index in the array
 * plus the argument of the script. Arrays of more tasks than Slurm takes are several.
 */
export function verifyScript(
  campaign: Campaign,
  layout: ClusterLayout,
  program: Program,
  { level, allow }: Wanted,
): string {
  const verify = `${program.map(quote).join(' ')} verify ${quote(campaign.file)}`
  const judged = `--level ${level}${allowing(allow)}`
  return `${[
    ...header(campaign, 'verify', `${layout.logs}/verify_%A_%a.log`),
    '# The line of this task: number, variant, shard, partial result.',
    '[ "$#" -gt 0 ] || set -- 0',
    'task=$((SLURM_ARRAY_TASK_ID + $1))',
    `line=$(sed -n "$((task + 1))p" ${quote(layout.tasks)})`,
    `IFS=$'\\t' read -r number variant shard partial <<<"$line"`,
    '[ "$number" = "$task" ]',
    '',
    '# Judged by its configuration and in one piece. Whatever it finds, the others get their verdict.',
    `if [ "$shard" = ${WHOLE} ]; then`,
    '  code=0',
    `  ${verify} --variant "$variant" ${judged} --quiet || code=$?`,
    '  [ "$code" -le 2 ]',
    '  exit',
    'fi',
    '',
    '# Goes on where an interrupted run stopped.',
    `exec ${verify} \\`,
    `  --variant "$variant" --shard "$shard" --partial "$partial" ${judged} --force --quiet`,
  ].join('\n')}\n`
}

/** In the list of tasks, instead of a shard. */
export const WHOLE = '-'

/** Runs when all tasks have completed, and looks for itself whether they have. */
export const mergeScript = (
  campaign: Campaign,
  layout: ClusterLayout,
  program: Program,
  { level, allow }: Wanted,
): string =>
  `${[
    ...header(campaign, 'merge', `${layout.logs}/merge_%j.log`),
    `exec ${program.map(quote).join(' ')} merge ${quote(campaign.file)} --level ${level}${allowing(allow)}`,
  ].join('\n')}\n`

const allowing = (allow: Wanted['allow']): string => allow.map(code => ` --allow ${code}`).join('')

function header({ name, cluster }: Campaign, what: string, log: string): string[] {
  const { account, partition, time, memory, constraint, cpus } = cluster
  return [
    '#!/bin/bash',
    ...slurmDirectives({
      name: `connproof-${what}-${name}`,
      log,
      slurm: { account, partition, time, memory: memory ?? '2G', constraint, cpus: cpus ?? 1, tasks: 1 },
    }).map(line => `#SBATCH ${line}`),
    '',
    'set -euo pipefail',
    ...(cluster.setup ?? []),
    '',
  ]
}
