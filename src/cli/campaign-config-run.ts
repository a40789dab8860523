/** What `config CAMPAIGN` does. */
import { configSteps } from '../campaign/config-steps.ts'
import { jobSteps } from '../campaign/job-steps.ts'
import { type CampaignStepFlags, runCampaignSteps } from './campaign-steps-run.ts'
import type { Session } from './program.ts'

/** Returns the exit code: 0, or 2 if a configuration could not be written. */
export const runCampaignConfig = (
  file: string,
  flags: CampaignStepFlags,
  session: Pick<Session, 'terminal' | 'signal'>,
): Promise<number> =>
  runCampaignSteps(
    file,
    async (campaign, base) => [...configSteps(campaign, base), ...(await jobSteps(campaign))],
    flags,
    session,
  )
