/** What `verify CAMPAIGN` does. */
import { readFileSync } from 'node:fs'
import { readCampaign } from '../campaign/campaign.ts'
import { type CircuitOutcome, verifyCampaign } from '../campaign/verify-steps.ts'
import { campaignToText } from '../campaign/verify-text.ts'
import { jsonLines, proofRecords } from '../report/json.ts'
import type { FindingCode } from '../verification/proof.ts'
import { whoWeAre } from './campaign-flags.ts'
import { AS_ASKED, CANNOT_TELL, DIFFERS } from './exit-codes.ts'
import type { Session } from './program.ts'
import { Progress } from './progress.ts'
import { resourcesFor } from './resources.ts'
import type { VerifyFlags } from './verify.ts'

/** Culprits in JSON where `--show` does not ask for more. */
const KEEP = 10

/** Returns the exit code; throws InputError where nothing can be told of any circuit. */
export async function runCampaignVerify(
  file: string,
  flags: VerifyFlags,
  { terminal, signal }: Pick<Session, 'terminal' | 'signal'>,
): Promise<number> {
  const campaign = await readCampaign(file)
  const progress = new Progress({
    write: terminal.err,
    tty: terminal.errIsTty,
    quiet: flags.quiet === true,
    label: 'comparing',
  })
  const outcomes = await verifyCampaign(campaign, {
    dryRun: flags.dryRun,
    force: flags.force,
    owner: whoWeAre(),
    signal,
    comparison: {
      // verify refuses codes that do not exist or cannot be allowed.
      allow: (flags.allow ?? []) as FindingCode[],
      level: flags.level,
      keep: Math.max(flags.show, KEEP),
      ...resourcesFor(flags),
      folder: flags.tmp,
      onProgress: (done, total) => progress.update(done, total),
    },
  }).finally(() => progress.clear())
  if (flags.json) terminal.out(jsonLines(outcomes.flatMap(recordsOf)))
  else terminal.out(campaignToText(outcomes, { show: flags.show, style: terminal.style }))
  return exitCodeOf(outcomes, flags)
}

/** The worst counts, as for circuits on the command line; a missing one is not told unless it may be missing. */
export function exitCodeOf(
  outcomes: readonly CircuitOutcome[],
  flags: Pick<VerifyFlags, 'allowMissing'>,
): number {
  const codes = outcomes.map(({ state, record }) => {
    if (state === 'missing') return flags.allowMissing ? AS_ASKED : CANNOT_TELL
    if (state === 'to do') return AS_ASKED
    if (state === 'failed') return CANNOT_TELL
    const verdict = record?.result.verdict
    return verdict === 'verified' ? AS_ASKED : verdict === 'differs' ? DIFFERS : CANNOT_TELL
  })
  return Math.max(AS_ASKED, ...codes)
}

/** Records of `--json`. */
export function recordsOf({
  variant,
  state,
  file,
  looked,
  reasons,
  proof,
  trouble,
}: CircuitOutcome): unknown[] {
  const circuit = variant.id
  switch (state) {
    case 'proven':
      return proof === undefined ? [] : proofRecords(proof)
    case 'unchanged':
      return [{ ...(JSON.parse(readFileSync(variant.paths.proof, 'utf8')) as object), unchanged: true }]
    case 'missing':
      return [{ type: 'missing', circuit, looked }]
    case 'to do':
      return [{ type: 'to_do', circuit, file, reasons }]
    default:
      return [{ type: 'error', circuit, ...trouble }]
  }
}
