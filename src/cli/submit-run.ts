/** What `submit` does. */
import { realpathSync } from 'node:fs'
import { readCampaign } from '../campaign/campaign.ts'
import { clusterRecords, clusterToText } from '../cluster/cluster-text.ts'
import { submit } from '../cluster/submit.ts'
import { isUnderWay, type Submitted } from '../cluster/submit-options.ts'
import { InputError } from '../errors.ts'
import { jsonLines } from '../report/json.ts'
import { plural } from '../report/sentences.ts'
import type { FindingCode } from '../verification/proof.ts'
import { whoWeAre } from './campaign-flags.ts'
import { AS_ASKED, CANNOT_TELL } from './exit-codes.ts'
import type { Session } from './program.ts'
import { formOf } from './record-flags.ts'
import type { SubmitFlags } from './submit.ts'

/** Exit code 0; 2 if something could not be submitted. */
export async function runSubmit(
  file: string,
  flags: SubmitFlags,
  { terminal }: Pick<Session, 'terminal'>,
): Promise<number> {
  for (const [field, value] of [
    ['--shards', flags.shards ?? 1],
    ['--parallel', flags.parallel],
  ] as const)
    if (value < 1) throw new InputError('expected at least 1', { field })
  const campaign = await readCampaign(file)
  const done = await submit(campaign, {
    ...flags,
    // submit refuses codes that do not exist or cannot be allowed.
    allow: (flags.allow ?? []) as FindingCode[],
    owner: whoWeAre(),
    program: [process.execPath, realpathSync(process.argv[1] ?? '')],
  })
  const { calls, left, tasks } = done
  if (flags.json) {
    terminal.out(
      jsonLines(
        [
          ...calls.map(({ args, job }) => ({ type: 'job', args, job: job ?? null })),
          ...left.map(one => ({ type: 'left', ...one })),
          ...clusterRecords(tasks),
        ],
        formOf(flags),
      ),
    )
  } else terminal.out(flags.dryRun ? dryRunText(done) : submittedText(done))
  if (!flags.json && !flags.dryRun) {
    terminal.out(clusterToText(tasks.filter(isUnderWay), terminal.style))
  }
  for (const { file, state } of done.scripts)
    if (state === 'edited') terminal.err(`connproof: note: ${file} was edited and is used as it is\n`)
  for (const warning of done.warnings ?? [])
    terminal.err(`connproof: warning: ${warning}; verify takes --allow population.lost\n`)
  for (const { variant, reason } of left) terminal.err(`connproof: ${variant} is left out: ${reason}\n`)
  return left.length === 0 ? AS_ASKED : CANNOT_TELL
}

const callText = (args: readonly string[]): string => ['sbatch', ...args].join(' ')

const dryRunText = ({ scripts, calls, left }: Submitted): string =>
  `${[
    ...scripts.map(({ file, text }) => `# ${file}\n${text}`),
    ...(calls.length === 0 ? [nothing(left)] : calls.map(({ args }) => callText(args))),
  ].join('\n')}\n`

/** What is left out may be stale, or not there: then it is not true that all is done. */
const nothing = (left: Submitted['left']): string =>
  left.length === 0
    ? 'nothing to submit: all is done or under way'
    : `nothing can be submitted: ${plural(left.length, 'circuit')} left out`

const submittedText = ({ calls, left }: Submitted): string =>
  calls.length === 0
    ? `${nothing(left)}\n`
    : `${calls.map(({ args, job }) => `job ${job}: ${callText(args)}`).join('\n')}\n`
