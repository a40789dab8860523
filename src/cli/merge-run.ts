/** What `merge` does. */
import { readCampaign } from '../campaign/campaign.ts'
import { isCampaignFile } from '../campaign/recognise.ts'
import { verifyCampaign } from '../campaign/verify-steps.ts'
import { campaignToText } from '../campaign/verify-text.ts'
import { judgeByShards } from '../cluster/merge-campaign.ts'
import { InputError } from '../errors.ts'
import { jsonLines, proofFile, proofRecords } from '../report/json.ts'
import { proofsToText } from '../report/text.ts'
import { filesOf, mergePartials, type PartialFile, requireUnchanged } from '../shards/merge.ts'
import { readPartial, requireLevel } from '../shards/partial.ts'
import type { FindingCode } from '../verification/proof.ts'
import { refuseOverwritingOwn, refuseProof, whoWeAre } from './campaign-flags.ts'
import { exitCodeOf as campaignExitCode, recordsOf } from './campaign-verify-run.ts'
import type { MergeFlags } from './merge.ts'
import { planOutputs } from './outputs.ts'
import type { Session } from './program.ts'
import { formOf } from './record-flags.ts'
import { saidOn } from './stdout-file.ts'
import { exitCodeOf } from './verify-run.ts'

/** Exit code of the verdicts, as `verify` has it. */
export async function runMerge(
  files: readonly string[],
  flags: MergeFlags,
  session: Pick<Session, 'terminal' | 'signal'>,
): Promise<number> {
  const [first] = files
  if (files.length === 1 && first !== undefined && (await isCampaignFile(first)))
    return mergeCampaign(first, flags, session)
  if (flags.allow?.some(code => code !== 'level.lower'))
    throw new InputError('is said to the shards: verify --shard --allow', { field: '--allow' })
  const { terminal, signal } = session
  const form = formOf(flags)
  const partials: PartialFile[] = []
  for (const file of files) {
    const part = { file, partial: await readPartial(file) }
    requireLevel(part.partial, flags.level, file)
    await requireUnchanged(part)
    partials.push(part)
    signal.throwIfAborted()
  }
  const say = saidOn(terminal, { '--proof': flags.proof }, flags.json)
  const outputs = planOutputs(flags, [...files, ...partials.flatMap(({ partial }) => filesOf(partial))], [])
  try {
    const proofs = mergePartials(partials, { lower: flags.allow !== undefined })
    await outputs.write(
      proofFile(proofs, form),
      [],
      undefined,
      proofs.flatMap(({ inputs }) => inputs.map(({ file }) => file)),
    )
    if (flags.json) terminal.out(jsonLines(proofs.flatMap(proofRecords), form))
    else say(proofsToText(proofs, { show: flags.show, style: terminal.style }))
    return exitCodeOf(proofs)
  } finally {
    outputs.abort()
  }
}

async function mergeCampaign(
  file: string,
  flags: MergeFlags,
  { terminal, signal }: Pick<Session, 'terminal' | 'signal'>,
): Promise<number> {
  const campaign = await readCampaign(file)
  if (flags.proof !== undefined) refuseProof()
  const form = formOf(flags)
  await refuseOverwritingOwn(campaign)
  const judge = judgeByShards(campaign, flags.level)
  const outcomes = await verifyCampaign(campaign, {
    judge,
    form,
    force: flags.force,
    owner: whoWeAre(),
    signal,
    // Refused where shards were not told the same.
    comparison: { level: flags.level, allow: (flags.allow ?? []) as FindingCode[] },
  })
  if (flags.json) terminal.out(jsonLines(outcomes.flatMap(recordsOf), form))
  else terminal.out(campaignToText(outcomes, { show: flags.show, style: terminal.style }))
  return campaignExitCode(outcomes, {})
}
