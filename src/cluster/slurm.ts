/** The client programs of Slurm: what they are asked, and what their answers say. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { InputError, isInputError } from '../errors.ts'

const run = promisify(execFile)

/** One job or task of an array as Slurm remembers it. */
export interface SlurmTask {
  readonly job: string
  /** Index in the array; undefined: no array; `rest`: its tasks that the answer was too short to name. */
  readonly index: number | undefined | 'rest'
  /** Slurm's own word: `PENDING`, `RUNNING`, `COMPLETED`, `FAILED`, `CANCELLED`, `TIMEOUT`, ... */
  readonly state: string
  /** Slurm's own words: why it is pending, or `NonZeroExitCode`. */
  readonly reason: string
  /** `code:signal`. */
  readonly exitCode: string
}

/** Version of the client, or why there is none: `sbatch --version` too asks for the settings of the cluster. */
export async function slurmClient(): Promise<{
  readonly version?: string | undefined
  readonly trouble?: string | undefined
}> {
  try {
    return { version: (await run('sbatch', ['--version'])).stdout.trim() }
  } catch (error) {
    const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string }
    if (code === 'ENOENT') return { trouble: 'no sbatch on PATH' }
    return { trouble: `sbatch says: ${(stderr || message).trim().split('\n')[0]}` }
  }
}

/**
 * Submit a job script; its id.
 *
 * @throws InputError with Slurm's own words where it refuses, or if there is no client
 */
export async function submitScript(
  script: string,
  options: readonly string[] = [],
  args: readonly string[] = [],
): Promise<string> {
  const { stdout } = await client('sbatch', ['--parsable', ...options, script, ...args], script)
  // `id` or `id;cluster`.
  const id = /^(\d+)/.exec(stdout)?.[1]
  if (id === undefined) throw new InputError(`sbatch answered ${JSON.stringify(stdout)}`, { file: script })
  return id
}

/**
 * What Slurm knows of these jobs, tasks of arrays one by one. A task that is not in the answer is one that it has
 * forgotten, or that was cancelled while it was pending: nothing follows from that.
 */
export async function slurmTasks(jobs: readonly string[]): Promise<SlurmTask[]> {
  const answers: SlurmTask[] = []
  for (const job of jobs) {
    const { stdout } = await client('scontrol', ['show', 'job', '-o', job], undefined).catch(
      (error: unknown) => {
        if (isInputError(error) && /Invalid job id/.test(error.message)) return { stdout: '' }
        throw error
      },
    )
    answers.push(...parseJobs(stdout, job))
  }
  return answers
}

/** Of the tasks of an array; Slurm's own default where it cannot be asked. Indices are below it. */
export async function maxArraySize(): Promise<number> {
  const asked = await client('scontrol', ['show', 'config'], undefined).catch((error: unknown) => {
    if (isInputError(error)) return { stdout: '' }
    throw error
  })
  return Number(/^\s*MaxArraySize\s*=\s*(\d+)/m.exec(asked.stdout)?.[1] ?? 1001)
}

/**
 * States that are an end, all but `COMPLETED` a bad one. Every other word is of something under way: Slurm has some
 * twenty of them, and each version may have new ones.
 * Source: JOB STATE CODES of squeue(1), and `job_state_string` of Slurm 22.05 to 24.11.
 */
const ENDED = new Set([
  'BOOT_FAIL',
  'CANCELLED',
  'COMPLETED',
  'DEADLINE',
  'FAILED',
  'LAUNCH_FAILED',
  'NODE_FAIL',
  'OUT_OF_MEMORY',
  'PREEMPTED',
  'RECONFIG_FAIL',
  'TIMEOUT',
])

/** Not begun, or to be begun anew. */
const WAITING = new Set([
  'CONFIGURING',
  'PENDING',
  'POWER_UP_NODE',
  'REQUEUED',
  'REQUEUE_FED',
  'REQUEUE_HOLD',
  'RESV_DEL_HOLD',
  'SPECIAL_EXIT',
])

/** Whether a state is an end. `CANCELLED by 1000` is `CANCELLED`. */
export function progressOf(state: string): 'queued' | 'running' | 'completed' | 'failed' {
  const word = /^\w*/.exec(state)?.[0] ?? ''
  if (WAITING.has(word)) return 'queued'
  if (!ENDED.has(word)) return 'running'
  return word === 'COMPLETED' ? 'completed' : 'failed'
}

/** Lines of `scontrol show job -o`; pending tasks of an array share one. */
export function parseJobs(text: string, job: string): SlurmTask[] {
  return text.split('\n').flatMap((line): SlurmTask[] => {
    const field = (name: string): string | undefined => new RegExp(`(?:^| )${name}=(\\S*)`).exec(line)?.[1]
    const state = field('JobState')
    if (state === undefined) return []
    const found = { job, state, reason: field('Reason') ?? '', exitCode: field('ExitCode') ?? '' }
    const indices = field('ArrayTaskId')
    if (indices === undefined) return [{ ...found, index: undefined }]
    const named: SlurmTask[] = indicesOf(indices).map(index => ({ ...found, index }))
    return indices.includes(CUT) ? [...named, { ...found, index: 'rest' }] : named
  })
}

/** Stands where the list of pending tasks was cut, in the middle of a number or behind one. */
const CUT = '...'

/** `1,3-5,8-10:2%4`; of one that was cut, what it surely names. */
export function indicesOf(text: string): number[] {
  return (
    text
      .replace(/%\d+$/, '')
      .split(',')
      // Of `8,10-1...` neither the last number nor the range is known.
      .filter(part => !part.includes(CUT))
      .flatMap(part => {
        const [, from, to = from, step = '1'] = /^(\d+)(?:-(\d+))?(?::(\d+))?$/.exec(part) ?? []
        if (from === undefined) return []
        const length = Math.floor((Number(to) - Number(from)) / Number(step)) + 1
        return Array.from({ length }, (_, k) => Number(from) + k * Number(step))
      })
  )
}

/** Ascending indices as `--array` takes them: `0-2,5`. */
export function arrayOf(indices: readonly number[]): string {
  const runs: [number, number][] = []
  for (const index of indices) {
    const last = runs.at(-1)
    if (last !== undefined && last[1] + 1 === index) last[1] = index
    else runs.push([index, index])
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',')
}

/** Exit code of `env` where there is no such program. */
const NOT_FOUND = 127

async function client(
  program: string,
  args: readonly string[],
  file: string | undefined,
): Promise<{ stdout: string }> {
  try {
    // Else scontrol cuts the list of an array's pending tasks after 64 characters.
    return await run('env', ['SLURM_BITSTR_LEN=0', program, ...args], { maxBuffer: 2 ** 28 })
  } catch (error) {
    const { code, stderr, message } = error as Error & { code?: string | number; stderr?: string }
    if (code === NOT_FOUND || code === 'ENOENT') {
      throw new InputError(`there is no ${program} on PATH: no Slurm client here`, {
        file,
        hint: 'run this on a login node, or do it here: connproof verify CAMPAIGN',
      })
    }
    throw new InputError(`${program} says: ${(stderr || message).trim()}`, { file, cause: error })
  }
}
