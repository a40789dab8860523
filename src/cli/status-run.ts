/** What `status` and `register` do. */
import { readdirSync } from 'node:fs'
import { readCampaign } from '../campaign/campaign.ts'
import { checkCampaign, type Damage } from '../campaign/check.ts'
import { isCampaignFile } from '../campaign/recognise.ts'
import { register } from '../campaign/register.ts'
import { campaignState } from '../campaign/state.ts'
import { statusRecords, statusToMarkdown, statusToText } from '../campaign/status-text.ts'
import { clusterRecords, clusterToText } from '../cluster/cluster-text.ts'
import { reportTasks, submittedTasks } from '../cluster/tasks.ts'
import { InputError } from '../errors.ts'
import { jsonLines } from '../report/json.ts'
import { plural } from '../report/sentences.ts'
import { whoWeAre } from './campaign-flags.ts'
import { AS_ASKED, DIFFERS } from './exit-codes.ts'
import type { Session } from './program.ts'
import { formOf } from './record-flags.ts'
import type { RegisterFlags, StatusFlags } from './status.ts'

/** Exit code 0; with `--check` 1 if an artifact is not what it should be. */
export async function runStatus(
  file: string,
  flags: StatusFlags,
  { terminal, signal }: Pick<Session, 'terminal' | 'signal'>,
): Promise<number> {
  const form = formOf(flags)
  const campaign = await readCampaign(file)
  const states = await campaignState(campaign)
  const jobs = flags.markdown ? [] : await reportTasks(campaign, await submittedTasks(campaign))
  if (flags.json) terminal.out(jsonLines([...statusRecords(states), ...clusterRecords(jobs)], form))
  else if (flags.markdown) terminal.out(statusToMarkdown(states))
  else terminal.out(statusToText(campaign, states, terminal.style) + clusterToText(jobs, terminal.style))
  if (!flags.check) return AS_ASKED
  const { artifacts, damages } = await checkCampaign(campaign, signal)
  if (flags.json)
    terminal.out(
      jsonLines(
        damages.map(damage => ({ type: 'damage', ...damage })),
        form,
      ),
    )
  else terminal.out(`\n${damageText(artifacts, damages)}`)
  return damages.length === 0 ? AS_ASKED : DIFFERS
}

function damageText(artifacts: number, damages: readonly Damage[]): string {
  if (damages.length === 0) return `checked: ${plural(artifacts, 'artifact')}, each as it should be\n`
  const lines = damages.map(({ file, message }) => `  ${file}: ${message}`)
  return `checked: ${plural(damages.length, 'fault')} in ${plural(artifacts, 'artifact')}\n${lines.join('\n')}\n`
}

export async function runRegister(
  name: string,
  url: string,
  flags: RegisterFlags,
  { terminal }: Pick<Session, 'terminal'>,
): Promise<number> {
  const campaign = await readCampaign(flags.campaign ?? (await onlyCampaign()))
  const fullName = await register(campaign, name, url, { force: flags.force, owner: whoWeAre() })
  terminal.out(`* ${fullName}: \`${url}\`\n`)
  const state = (await campaignState(campaign)).find(one => one.fullName === fullName)
  if (state?.proof.state !== 'done' || state.proof.verdict !== 'verified')
    terminal.err(`connproof: note: ${state?.id} is not verified\n`)
  return AS_ASKED
}

async function onlyCampaign(): Promise<string> {
  const candidates: string[] = []
  for (const name of readdirSync('.').sort()) if (await isCampaignFile(name)) candidates.push(name)
  const [only, other] = candidates
  if (only !== undefined && other === undefined) return only
  throw new InputError(
    only === undefined
      ? 'there is no campaign file in this folder'
      : `several files may be it: ${candidates.join(', ')}`,
    { field: '--campaign', hint: 'say which: --campaign FILE' },
  )
}
