/** What `verify CAMPAIGN` does. */
import { readFileSync } from 'node:fs'
import { outputsOf, readBy } from '../campaign/artifacts.ts'
import { readCampaign } from '../campaign/campaign.ts'
import type { Variant } from '../campaign/types.ts'
import { type CircuitOutcome, verifyCampaign } from '../campaign/verify-steps.ts'
import { campaignToText } from '../campaign/verify-text.ts'
import { errorRecord, jsonLines, proofRecord, proofRecords, type TypedRecord } from '../report/json.ts'
import { errorCase, type JunitCase, type JunitSuite, junitXml, proofSuite } from '../report/junit.ts'
import { type AnyRecord, formed, type RecordForm } from '../report/made.ts'
import type { FindingCode, Trouble } from '../verification/proof.ts'
import { refuseOverwritingOwn, refuseSaid, whoWeAre } from './campaign-flags.ts'
import { AS_ASKED, CANNOT_TELL, DIFFERS } from './exit-codes.ts'
import { planOutputs } from './outputs.ts'
import type { Session } from './program.ts'
import { Progress } from './progress.ts'
import { formOf } from './record-flags.ts'
import { resourcesFor } from './resources.ts'
import { saidOn } from './stdout-file.ts'
import type { VerifyFlags } from './verify.ts'

/** Culprits in JSON where `--show` does not ask for more. */
const KEEP = 10

const TAKES: readonly (keyof VerifyFlags)[] = [
  'level',
  'allow',
  'json',
  'force',
  'memory',
  'tmp',
  'jobs',
  'allowMissing',
  'dryRun',
  'variant',
  'junit',
  'sha256',
  'reproducible',
  'relativeTo',
]

/** Returns the exit code; throws InputError where nothing can be told of any circuit. */
export async function runCampaignVerify(
  file: string,
  flags: VerifyFlags,
  { terminal, signal }: Pick<Session, 'terminal' | 'signal'>,
): Promise<number> {
  refuseSaid(flags, TAKES)
  const form = formOf(flags)
  const say = saidOn(terminal, { '--junit': flags.junit }, flags.json)
  const campaign = await readCampaign(file)
  await refuseOverwritingOwn(campaign)
  const progress = new Progress({
    write: terminal.err,
    tty: terminal.errIsTty,
    quiet: flags.quiet === true,
    label: 'comparing',
  })
  const kept = [...(await readBy(campaign)), ...outputsOf(campaign)]
  const outputs = planOutputs({ junit: flags.junit, force: flags.force }, kept, [])
  const outcomes = await verifyCampaign(campaign, {
    dryRun: flags.dryRun,
    force: flags.force,
    owner: whoWeAre(),
    only: flags.variant,
    signal,
    form,
    comparison: {
      // verify refuses codes that do not exist or cannot be allowed.
      allow: (flags.allow ?? []) as FindingCode[],
      level: flags.level,
      sha256: flags.sha256,
      keep: Math.max(flags.show, KEEP),
      ...resourcesFor(flags),
      folder: flags.tmp,
      onProgress: (done, total) => progress.update(done, total),
    },
  })
    .catch(error => {
      outputs.abort()
      throw error
    })
    .finally(() => progress.clear())
  const read = outcomes.flatMap(({ proof }) => proof?.inputs.map(({ file }) => file) ?? [])
  try {
    await outputs.write('', [], junitXml(outcomes.map(outcome => suiteOf(outcome, flags, form))), read)
  } finally {
    outputs.abort()
  }
  if (flags.json) terminal.out(jsonLines(outcomes.flatMap(recordsOf), form))
  else say(campaignToText(outcomes, { show: flags.show, style: terminal.style }))
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
}: CircuitOutcome): AnyRecord[] {
  const circuit = variant.id
  switch (state) {
    case 'proven':
      return proof === undefined ? [] : proofRecords(proof)
    case 'unchanged':
      return [{ ...storedProof(variant), unchanged: true }]
    case 'missing':
      return [{ type: 'missing', circuit, looked }]
    case 'to do':
      return [{ type: 'to_do', circuit, file, reasons }]
    default:
      return [{ ...errorRecord(trouble ?? UNKNOWN), circuit }]
  }
}

const UNKNOWN: Trouble = { message: 'nothing is known of it' }

const storedProof = ({ paths }: Variant): TypedRecord =>
  JSON.parse(readFileSync(paths.proof, 'utf8')) as TypedRecord

function suiteOf(
  { variant, state, looked, proof, trouble }: CircuitOutcome,
  flags: VerifyFlags,
  form: RecordForm,
): JunitSuite {
  const suite = (one: JunitCase): JunitSuite => ({ name: variant.id, properties: {}, cases: [one] })
  const skipped = (message: string) => suite({ name: 'found', fault: { kind: 'skipped', message } })
  switch (state) {
    case 'proven':
      return proof === undefined ? skipped('not compared') : proofSuite(formed(proofRecord(proof), form))
    case 'unchanged':
      return proofSuite(formed(storedProof(variant), form))
    case 'missing': {
      const hint = `looked for ${looked.join(', ')}`
      return flags.allowMissing
        ? skipped('NOT FOUND!')
        : suite(errorCase('found', { message: 'NOT FOUND!', hint }))
    }
    case 'to do':
      return skipped('a dry run')
    default:
      return suite(errorCase('asked', trouble ?? UNKNOWN))
  }
}
