/** Which jobs were submitted for a campaign: `cluster/jobs.json`. Only `submit` writes it. */
import { existsSync } from 'node:fs'
import { InputError } from '../errors.ts'
import { writeFileAtomic } from '../formats/atomic-write.ts'
import { isJsonArray, isJsonObject, readJsonFile } from '../formats/json.ts'

export type What = 'verify' | 'manipulate'

export interface Submission {
  readonly what: What
  /** ISO 8601, UTC. */
  readonly at: string
  readonly job: string
  /** Key of each task by its index in the array; of a job that is no array under ''. */
  readonly tasks: Readonly<Record<string, string>>
  /** Of a manipulation: sha256 of the configuration and the lists that it was started with. */
  readonly from?: string | undefined
  /** The job that merges what this one leaves. */
  readonly merge?: string | undefined
}

export interface JobsFile {
  readonly schema: 1
  readonly submissions: readonly Submission[]
  /** sha256 of each script as it was written, to tell whether somebody edited it. */
  readonly scripts: Readonly<Record<string, string>>
}

/** @throws InputError if it is not what `submit` writes */
export async function readJobs(file: string): Promise<JobsFile> {
  if (!existsSync(file)) return { schema: 1, submissions: [], scripts: {} }
  const value = await readJsonFile(file)
  if (
    isJsonObject(value) &&
    value.schema === 1 &&
    isJsonArray(value.submissions) &&
    isJsonObject(value.scripts)
  )
    return value as unknown as JobsFile
  throw new InputError('is not a list of submitted jobs of this version', {
    file,
    hint: 'move it away: jobs that it names will not be known any more',
  })
}

export const writeJobs = (file: string, jobs: JobsFile): void =>
  writeFileAtomic(file, `${JSON.stringify(jobs, undefined, 2)}\n`)

/** Write `before` and more submissions; what was written. */
export function withSubmissions(
  file: string,
  before: JobsFile,
  submissions: readonly Submission[],
): JobsFile {
  const jobs: JobsFile = { ...before, submissions: [...before.submissions, ...submissions] }
  writeJobs(file, jobs)
  return jobs
}
