/** What this machine grants: memory for rows out of order, and threads. */
import { accessSync, constants } from 'node:fs'
import { availableParallelism } from 'node:os'
import { delimiter, join } from 'node:path'
import { addressSpaceLimit } from './relaunch.ts'

/** A thread more is worth its start from so many rows on. */
const ROWS_PER_THREAD = 4_000_000

export interface Resources {
  readonly memory: number
  readonly jobs: number
  /** None where the user says how many threads: then it is as many as that. */
  readonly rowsPerJob: number | undefined
}

/**
 * What the flags say, else: a quarter of the memory that the process may still use (cgroup, Slurm and ulimit
 * honoured), and the threads that Slurm or the machine allows, one on a login node.
 */
export function resourcesFor(flags: { memory?: number; jobs?: number }): Resources {
  const least = Math.min(...memoryLimits(process.env).map(({ bytes }) => bytes), Number.MAX_SAFE_INTEGER)
  return {
    memory: flags.memory ?? Math.floor(least / 4),
    jobs: flags.jobs ?? Math.min(allowedThreads(process.env), threadsIn(addressSpaceLimit())),
    rowsPerJob: flags.jobs === undefined ? ROWS_PER_THREAD : undefined,
  }
}

export interface MemoryLimit {
  readonly source: 'machine' | 'cgroup' | 'Slurm' | 'ulimit -v'
  readonly bytes: number
}

/** Address space of Node itself with one thread, and of each thread more; without reserve for WebAssembly. */
const NODE_SPACE = 1.5 * 2 ** 30
const THREAD_SPACE = 2 ** 30

/** What this process may use, by who says so; only those that say something. */
export function memoryLimits(
  env: NodeJS.ProcessEnv,
  { addressSpace = addressSpaceLimit(), available = process.availableMemory(), cgroup = cgroupLimit() } = {},
): MemoryLimit[] {
  const all: readonly (readonly [MemoryLimit['source'], number])[] = [
    ['machine', available],
    ['cgroup', cgroup],
    ['Slurm', slurmMemory(env)],
    ['ulimit -v', addressSpace === undefined ? 0 : Math.max(2 ** 26, addressSpace - NODE_SPACE)],
  ]
  return all.flatMap(([source, bytes]) => (bytes > 0 ? [{ source, bytes }] : []))
}

/** No limit is 0 here or, on older kernels, more than any machine has. */
function cgroupLimit(): number {
  const limit = process.constrainedMemory()
  return limit < 2 ** 50 ? limit : 0
}

/** Megabytes; 0 of a node is all that it has. */
function slurmMemory(env: NodeJS.ProcessEnv): number {
  if (env.SLURM_JOB_ID === undefined) return 0
  const perCpu =
    Number(env.SLURM_MEM_PER_CPU ?? 0) * Number(env.SLURM_CPUS_PER_TASK ?? env.SLURM_CPUS_ON_NODE ?? 1)
  return Number(env.SLURM_MEM_PER_NODE ?? perCpu) * 2 ** 20 || 0
}

/** Threads that `ulimit -v` leaves room for. */
export const threadsIn = (addressSpace: number | undefined): number =>
  addressSpace === undefined
    ? Number.MAX_SAFE_INTEGER
    : Math.max(1, 1 + Math.floor((addressSpace - NODE_SPACE - THREAD_SPACE) / THREAD_SPACE))

/** How many threads are ours, and by whose word. */
export function threadsAllowed(
  env: NodeJS.ProcessEnv,
  machine = availableParallelism(),
): { readonly threads: number; readonly because: string } {
  if (env.SLURM_JOB_ID !== undefined) {
    const granted = Number(env.SLURM_CPUS_PER_TASK ?? env.SLURM_CPUS_ON_NODE)
    return granted >= 1
      ? { threads: Math.min(granted, machine), because: `granted by Slurm job ${env.SLURM_JOB_ID}` }
      : { threads: machine, because: `Slurm job ${env.SLURM_JOB_ID}` }
  }
  // A machine that hands out jobs and is in none: others work here too.
  return isOnPath('sbatch', env.PATH ?? '')
    ? { threads: 1, because: 'a login node: others work here too' }
    : { threads: machine, because: 'all that are allowed' }
}

export const allowedThreads = (env: NodeJS.ProcessEnv, machine = availableParallelism()): number =>
  threadsAllowed(env, machine).threads

function isOnPath(program: string, path: string): boolean {
  return path.split(delimiter).some(folder => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
