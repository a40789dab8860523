/**
 * Scripts that run one manipulation, for sbatch or for bash: the notebook's three flags (profiling, resume, keep
 * parquet) in the words of either generation. Sources: o1v5-workflows, run_manip.sh; connectome-manipulator 1.0.4.
 */
import { isAbsolute } from 'node:path'
import { InputError } from '../../errors.ts'

export interface JobFlags {
  readonly profile: boolean
  readonly resume: boolean
  /**
   * Generation B: keep what the converter reads. Its exit status is not looked at before the Parquet files are deleted,
   * so that a conversion that dies takes the result with it.
   */
  readonly keepParquet: boolean
}

export interface SlurmSettings {
  readonly account?: string | undefined
  readonly partition?: string | undefined
  readonly time?: string | undefined
  readonly memory?: string | undefined
  readonly constraint?: string | undefined
  readonly nodes?: number | undefined
  readonly tasks?: number | undefined
  readonly cpus?: number | undefined
  readonly exclusive?: boolean | undefined
}

export interface ManipulationJob {
  readonly generation: 'A' | 'B'
  /** Absolute path of the manip_config. */
  readonly config: string
  /** `manip.name`: name of the job and of its log. */
  readonly name: string
  /** Generation B: `--output-dir`, absolute. */
  readonly outputFolder?: string | undefined
  /** Generation B: of the circuit; the package refuses to write into it. */
  readonly circuitFolder?: string | undefined
  /** Generation B: write edges.h5 and circuit_config.json; needs parquet-converters. Default true. */
  readonly convert?: boolean | undefined
  /** Generation B: `--splits`, wins over N_split_nodes of the file. */
  readonly splits?: number | undefined
  /** Generation B: run the splits in parallel under MPI (`parallel-manipulator`). */
  readonly parallel?: boolean | undefined
  /** Absolute; must exist before the job is submitted, else Slurm fails it without a log. */
  readonly logFolder: string
  readonly flags: JobFlags
  readonly slurm: SlurmSettings
  /** Lines before the run: modules, virtual environment. */
  readonly setup: readonly string[]
}

/** Two ranks of Dask are scheduler and client. */
const LEAST_TASKS = 4

/** @throws InputError for a relative path, an output folder that is the circuit's, or too few MPI tasks */
export function manipulationScript(job: ManipulationJob): string {
  refuseRelative('the configuration', job.config)
  refuseRelative('the log folder', job.logFolder)
  const command = job.generation === 'A' ? commandA(job) : commandB(job)
  return `${[
    '#!/bin/bash -l',
    ...directives(job).map(line => `#SBATCH ${line}`),
    '',
    'set -euo pipefail',
    ...job.setup,
    command,
  ].join('\n')}\n`
}

/** `python -u -m connectome_manipulator.connectome_manipulation CONFIG 1 0 0`: profiling, resume, keep parquet. */
export function commandA({ config, flags }: Pick<ManipulationJob, 'config' | 'flags'>): string {
  const bits = [flags.profile, flags.resume, flags.keepParquet].map(flag => (flag ? '1' : '0'))
  return `python -u -m connectome_manipulator.connectome_manipulation ${quote(config)} ${bits.join(' ')}`
}

/** `connectome-manipulator -v manipulate-connectome CONFIG --output-dir DIR ...`. */
export function commandB(job: Omit<ManipulationJob, 'logFolder' | 'slurm' | 'setup' | 'name'>): string {
  const { outputFolder, circuitFolder, convert = true, splits, parallel = false, flags } = job
  if (outputFolder === undefined)
    throw new InputError('generation B needs an output folder', { field: '--output-dir' })
  // The package fails on a relative one only after edges.h5 is written and the Parquet files are gone.
  refuseRelative('--output-dir', outputFolder)
  if (circuitFolder !== undefined && trimmed(circuitFolder) === trimmed(outputFolder))
    throw new InputError('the package refuses to write into the folder of the circuit', {
      file: outputFolder,
      field: '--output-dir',
    })
  const program = parallel ? 'srun parallel-manipulator' : 'connectome-manipulator'
  const options = [
    `--output-dir ${quote(outputFolder)}`,
    ...(splits === undefined ? [] : [`--splits ${splits}`]),
    ...(parallel ? ['--parallel'] : []),
    ...(flags.profile ? ['--profile'] : []),
    ...(flags.resume ? ['--resume'] : []),
    ...(convert ? ['--convert-to-sonata'] : []),
    ...(flags.keepParquet ? ['--keep-parquet'] : []),
  ]
  return `${program} -v manipulate-connectome ${quote(job.config)} ${options.join(' ')}`
}

function directives({ name, slurm, logFolder, parallel, generation }: ManipulationJob): string[] {
  const tasks = slurm.tasks ?? (parallel ? LEAST_TASKS : undefined)
  if (generation === 'B' && parallel && tasks !== undefined && tasks < LEAST_TASKS)
    throw new InputError(
      `expected at least ${LEAST_TASKS} tasks, found ${tasks}: two of them only schedule`,
      {
        field: 'tasks',
      },
    )
  return slurmDirectives({ name, log: `${trimmed(logFolder)}/${name}_%j.log`, slurm: { ...slurm, tasks } })
}

/** What stands behind `#SBATCH` in a script. @throws InputError for what cannot stand there */
export function slurmDirectives(job: {
  readonly name: string
  readonly log: string
  readonly slurm: SlurmSettings
}): string[] {
  const { name, log, slurm } = job
  const options: readonly (readonly [flag: string, value: string | number | undefined])[] = [
    ['account', slurm.account],
    ['partition', slurm.partition],
    ['time', slurm.time],
    ['nodes', slurm.nodes],
    ['ntasks', slurm.tasks],
    ['cpus-per-task', slurm.cpus],
    ['mem', slurm.memory],
    ['constraint', slurm.constraint],
  ]
  return [
    `--job-name=${word(name, 'the name')}`,
    `--output=${word(log, 'the log folder')}`,
    ...options.flatMap(([flag, value]) =>
      value === undefined ? [] : [`--${flag}=${word(String(value), flag)}`],
    ),
    ...(slurm.exclusive ? ['--exclusive'] : []),
  ]
}

/** sbatch takes the line as it is: no quoting there. */
function word(value: string, what: string): string {
  if (/^[\w./:@%+=,&|()*[\]-]+$/.test(value)) return value
  throw new InputError(`${what}: not usable on an #SBATCH line: ${JSON.stringify(value)}`, {
    hint: 'Use letters, digits and . / : _ - only.',
  })
}

/** For bash. */
export const quote = (text: string): string =>
  /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`

const trimmed = (path: string): string => path.replace(/(.)\/+$/, '$1')

function refuseRelative(what: string, path: string): void {
  if (!isAbsolute(path))
    throw new InputError(`${what} must be an absolute path, found ${path}`, {
      field: what,
      hint: 'A job starts in another folder.',
    })
}
