/** Where the files of batch jobs are: `cluster/` in the output folder of the campaign. */
import { join } from 'node:path'
import type { Campaign } from '../campaign/types.ts'
import type { Shard } from '../shards/partial.ts'

export interface ClusterLayout {
  readonly folder: string
  /** Must exist before a job is submitted: else Slurm fails it without a log. */
  readonly logs: string
  /** Which jobs were submitted. */
  readonly jobs: string
  readonly partials: string
  /** Variant and shard of each task of the array. */
  readonly tasks: string
}

export function clusterLayout({ output }: Pick<Campaign, 'output'>): ClusterLayout {
  const folder = join(output, 'cluster')
  return {
    folder,
    logs: join(folder, 'logs'),
    jobs: join(folder, 'jobs.json'),
    partials: join(folder, 'verify'),
    tasks: join(folder, 'verify-tasks.tsv'),
  }
}

export const partialPath = ({ partials }: ClusterLayout, id: string, { index, of }: Shard): string =>
  join(partials, `${id}.${index}-of-${of}.json`)
