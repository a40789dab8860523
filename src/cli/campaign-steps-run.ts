/** Steps of a campaign on the terminal: what was done and why, what need not be. */
import { BaseCircuit } from '../campaign/base.ts'
import { readCampaign } from '../campaign/campaign.ts'
import { type Outcome, runSteps, type Work } from '../campaign/run-steps.ts'
import type { Campaign } from '../campaign/types.ts'
import { jsonLines } from '../report/json.ts'
import { plural, troubleLines } from '../report/sentences.ts'
import { refuseOverwritingOwn, refuseSaid, whoWeAre } from './campaign-flags.ts'
import { AS_ASKED, CANNOT_TELL } from './exit-codes.ts'
import type { Session } from './program.ts'
import { formOf } from './record-flags.ts'

export interface CampaignStepFlags {
  readonly dryRun?: true
  readonly force?: true
  readonly json?: true
  readonly reproducible?: true
  readonly relativeTo?: string
}

/** Do what is stale of the steps that `stepsOf` gives. Returns 0, or 2 if one of them failed. */
export async function runCampaignSteps(
  file: string,
  stepsOf: (campaign: Campaign, base: BaseCircuit) => Work[] | Promise<Work[]>,
  flags: CampaignStepFlags,
  session: Pick<Session, 'terminal' | 'signal'>,
): Promise<number> {
  refuseSaid(flags, ['dryRun', 'force', 'json', 'reproducible', 'relativeTo'])
  const campaign = await readCampaign(file)
  await refuseOverwritingOwn(campaign)
  const base = await BaseCircuit.open(campaign)
  const json = flags.json === true
  try {
    const outcomes = await runSteps(campaign.output, await stepsOf(campaign, base), {
      dryRun: flags.dryRun,
      force: flags.force,
      owner: whoWeAre(),
      signal: session.signal,
      onOutcome: outcome => showOutcome(outcome, flags, session),
    })
    return sumUp(outcomes, json, session)
  } finally {
    base.close()
  }
}

/** Print one outcome as soon as it is there. */
function showOutcome(
  outcome: Outcome,
  flags: CampaignStepFlags,
  { terminal }: Pick<Session, 'terminal'>,
): void {
  const { key, title, state, reasons, messages, record, trouble } = outcome
  if (flags.json) {
    const result = record?.result
    terminal.out(
      jsonLines(
        [{ type: 'step', key, state: state.replace(' ', '_'), reasons, result, error: trouble }],
        formOf(flags),
      ),
    )
    return
  }
  const { style } = terminal
  if (state === 'failed' && trouble !== undefined) {
    terminal.err(`connproof: ${title}: ${troubleLines(trouble).join('\n  ')}\n`)
    return
  }
  if (state === 'unchanged') return
  const why = style.weak(`(${reasons.slice(0, 3).join('; ')}${reasons.length > 3 ? '; ...' : ''})`)
  if (state === 'to do') terminal.out(`would write ${title} ${why}\n`)
  else
    terminal.out([`${title} ${why}`, ...messages.map(line => `  ${line}`)].map(line => `${line}\n`).join(''))
}

/** The last line, and the exit code. */
function sumUp(outcomes: readonly Outcome[], json: boolean, { terminal }: Pick<Session, 'terminal'>): number {
  const count = (state: Outcome['state']): number => outcomes.filter(one => one.state === state).length
  const [done, toDo, failed, unchanged] = [count('done'), count('to do'), count('failed'), count('unchanged')]
  if (!json) {
    const parts = [
      ...(done > 0 ? [`${done} written`] : []),
      ...(toDo > 0 ? [`${toDo} would be written`] : []),
      ...(unchanged > 0 ? [`${unchanged} up to date`] : []),
      ...(failed > 0 ? [`${failed} failed`] : []),
    ]
    const nothing = done + toDo + failed === 0
    terminal.out(
      nothing ? `nothing to do: ${plural(unchanged, 'step')} up to date\n` : `${parts.join(', ')}\n`,
    )
  }
  return failed > 0 ? CANNOT_TELL : AS_ASKED
}
