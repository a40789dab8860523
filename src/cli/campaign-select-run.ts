/** What `select CAMPAIGN` does. */
import { BaseCircuit } from '../campaign/base.ts'
import { readCampaign } from '../campaign/campaign.ts'
import { runSteps } from '../campaign/run-steps.ts'
import { selectSteps } from '../campaign/select-steps.ts'
import { whoWeAre } from './campaign-flags.ts'
import { showOutcome, sumUp } from './campaign-steps-run.ts'
import type { Session } from './program.ts'

export interface CampaignStepFlags {
  readonly dryRun?: true
  readonly force?: true
  readonly json?: true
}

/** Returns the exit code: 0, or 2 if a selection could not be made. */
export async function runCampaignSelect(
  file: string,
  flags: CampaignStepFlags,
  session: Pick<Session, 'terminal' | 'signal'>,
): Promise<number> {
  const campaign = await readCampaign(file)
  const base = await BaseCircuit.open(campaign)
  const json = flags.json === true
  try {
    const outcomes = await runSteps(campaign.output, selectSteps(campaign, base), {
      dryRun: flags.dryRun,
      force: flags.force,
      owner: whoWeAre(),
      signal: session.signal,
      onOutcome: outcome => showOutcome(outcome, json, session),
    })
    return sumUp(outcomes, json, session)
  } finally {
    base.close()
  }
}
