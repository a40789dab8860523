/** What `select CAMPAIGN` does. */
import { selectSteps } from '../campaign/select-steps.ts'
import { type CampaignStepFlags, runCampaignSteps } from './campaign-steps-run.ts'
import type { Session } from './program.ts'

/** Returns the exit code: 0, or 2 if a selection could not be made. */
export const runCampaignSelect = (
  file: string,
  flags: CampaignStepFlags,
  session: Pick<Session, 'terminal' | 'signal'>,
): Promise<number> => runCampaignSteps(file, selectSteps, flags, session)
