/** What this machine grants: memory for rows out of order, and threads. */
import { accessSync, constants } from 'node:fs'
import { availableParallelism } from 'node:os'
import { delimiter, join } from 'node:path'

/** A thread more is worth its start from so many rows on. */
const ROWS_PER_THREAD = 4_000_000

export interface Resources {
  readonly memory: number
  readonly jobs: number
  readonly rowsPerJob: number
}

/**
 * What the flags say, else: a quarter of the memory that the process may still use (cgroup and Slurm honoured), and
 * the threads that Slurm or the machine allows, one on a login node.
 */
export function resourcesFor(flags: { memory?: number; jobs?: number }): Resources {
  return {
    memory: flags.memory ?? Math.floor(usableMemory() / 4),
    jobs: flags.jobs ?? allowedThreads(process.env),
    rowsPerJob: flags.jobs === undefined ? ROWS_PER_THREAD : 0,
  }
}

function usableMemory(): number {
  const slurm = Number(process.env.SLURM_MEM_PER_NODE) * 2 ** 20
  // Both look at the cgroup; 0 or a huge number means no limit.
  const limits = [process.availableMemory(), process.constrainedMemory(), slurm].filter(bytes => bytes > 0)
  return Math.min(...limits, Number.MAX_SAFE_INTEGER)
}

export function allowedThreads(env: NodeJS.ProcessEnv, machine = availableParallelism()): number {
  if (env.SLURM_JOB_ID !== undefined) {
    const granted = Number(env.SLURM_CPUS_PER_TASK ?? env.SLURM_CPUS_ON_NODE)
    return granted >= 1 ? Math.min(granted, machine) : machine
  }
  // A machine that hands out jobs and is in none: others work here too.
  return isOnPath('sbatch', env.PATH ?? '') ? 1 : machine
}

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
