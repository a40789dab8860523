/** What a caller wants of records, from flags and from the process. */
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { Option } from 'commander'
import type { Made, RecordForm } from '../report/made.ts'

export interface RecordFlags {
  readonly reproducible?: true
  readonly relativeTo?: string
}

/** Of every verb with `--json`: files in its records are named relative to this folder. */
export const relativeToOption = (): Option => new Option('--relative-to <dir>').hideHelp()

/** Likewise: records without time and place. */
export const reproducibleOption = (): Option => new Option('--reproducible').hideHelp()

export const formOf = ({ reproducible, relativeTo }: RecordFlags): RecordForm => ({
  made: madeHere(new Date(), process.argv.slice(2), process.env),
  reproducible,
  relativeTo: relativeTo === undefined ? undefined : resolve(relativeTo),
})

export function madeHere(
  now: Date,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Made {
  const { SLURM_ARRAY_JOB_ID: array, SLURM_ARRAY_TASK_ID: task, SLURM_JOB_ID: job } = env
  const slurm = array !== undefined && task !== undefined ? `${array}_${task}` : job
  return {
    at: `${now.toISOString().slice(0, 19)}+00:00`,
    command: ['connproof', ...args],
    node: process.versions.node,
    platform: { os: process.platform, architecture: process.arch },
    cpu_threads: availableParallelism(),
    ...(slurm === undefined ? {} : { slurm_job: slurm }),
  }
}

/** For errors about the flags themselves: `--relative-to` as far as it can be made out. */
export function formOfArguments(args: readonly string[]): RecordForm {
  const at = args.indexOf('--relative-to')
  const given = at >= 0 ? args[at + 1] : args.find(arg => arg.startsWith('--relative-to='))?.slice(14)
  return formOf({ ...(given === undefined ? {} : { relativeTo: given }) })
}
