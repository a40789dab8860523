/** Job scripts and jobs for what of a campaign is not done and not under way. */
import { alone } from '../campaign/lock.ts'
import type { Campaign } from '../campaign/types.ts'
import { InputError } from '../errors.ts'
import { type ClusterLayout, clusterLayout } from './layout.ts'
import { makeFolder } from './script-files.ts'
import { slurmClient } from './slurm.ts'
import { submitManipulate } from './submit-manipulate.ts'
import type { SubmitOptions, Submitted } from './submit-options.ts'
import { submitVerify } from './submit-verify.ts'

/** Milliseconds that a `submit` waits for another one: it asks Slurm a few dozen questions. */
const PATIENCE = 60_000

/**
 * Submit what is not done. Two at once do so one after the other, so that nothing is submitted twice.
 *
 * @throws InputError if there is no Slurm client, Slurm refuses or does not say how earlier jobs are, the folder cannot
 *   be written, or a script was edited and would now be another
 */
export async function submit(campaign: Campaign, options: SubmitOptions): Promise<Submitted> {
  const layout = clusterLayout(campaign)
  const run = (): Promise<Submitted> =>
    options.what === 'verify'
      ? submitVerify(campaign, layout, options)
      : submitManipulate(campaign, layout, options)
  if (options.dryRun) return run()
  await requireClient(layout)
  return alone(layout.folder, options.owner ?? 'a program', run, PATIENCE)
}

async function requireClient({ folder }: ClusterLayout): Promise<void> {
  const { trouble } = await slurmClient()
  if (trouble !== undefined) {
    throw new InputError(`there is no Slurm here: ${trouble}`, {
      file: folder,
      hint: 'run this on a login node, or do it here: connproof verify CAMPAIGN',
    })
  }
  makeFolder(folder)
}
