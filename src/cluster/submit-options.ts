/** What `submit` is asked, and what it answers. */
import type { FindingCode, Level } from '../verification/proof.ts'
import type { What } from './jobs-file.ts'
import type { ScriptFile } from './script-files.ts'
import type { Program } from './scripts.ts'
import type { TaskReport } from './tasks.ts'

export interface SubmitOptions {
  readonly what: What
  /** How a job starts this program. */
  readonly program: Program
  /** Who we are, for another `submit` that has to wait. */
  readonly owner?: string | undefined
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

export const isUnderWay = ({ state }: TaskReport): boolean => state === 'queued' || state === 'running'

export const isToDo = (report: TaskReport): boolean => report.state !== 'done' && !isUnderWay(report)
