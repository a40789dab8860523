/** What `verify --shard` does: its block of targets into a partial result, which `merge` makes a verdict of. */
import { existsSync } from 'node:fs'
import { readCampaign } from '../campaign/campaign.ts'
import { isCampaignFile } from '../campaign/recognise.ts'
import { withVariant } from '../campaign/variant-question.ts'
import { InputError, isInputError } from '../errors.ts'
import { writeFileAtomic } from '../formats/atomic-write.ts'
import { filesOf } from '../shards/merge.ts'
import { type Partial, partialToText, readPartial, type Shard, shardName } from '../shards/partial.ts'
import { runShard } from '../shards/run-shard.ts'
import type { FindingCode } from '../verification/proof.ts'
import type { VerifyOptions } from '../verify.ts'
import { AS_ASKED } from './exit-codes.ts'
import { refuseOverwriting, refuseRead } from './overwriting.ts'
import type { Session } from './program.ts'
import { resourcesFor } from './resources.ts'
import { STDOUT } from './stdout-file.ts'
import type { VerifyFlags } from './verify.ts'
import { KEEP, readBy, withQuestion } from './verify-run.ts'

type ShardFlags = VerifyFlags & { readonly shard: Shard }

/** Exit code 0: the partial result is complete, whatever it found. */
export async function runShardVerb(
  original: string,
  manipulated: readonly string[],
  flags: ShardFlags,
  session: Pick<Session, 'terminal' | 'signal'>,
): Promise<number> {
  refuseOthers(flags)
  const { shard } = flags
  const file = flags.partial ?? `connproof-${shard.index}-of-${shard.of}.json`
  const toStdout = file === STDOUT
  if (!toStdout)
    refuseOverwriting([{ path: file, field: '--partial' }], [...readBy(flags), original, ...manipulated])
  const earlier = toStdout ? undefined : await earlierPartial(file, flags)
  const run = (options: VerifyOptions): Promise<Partial> =>
    runShard({
      ...options,
      shard,
      earlier,
      replace: flags.force,
      anyOrder: flags.anyOrder,
      onPartial: partial => {
        if (toStdout) return
        refuseRead([{ path: file, field: '--partial' }], filesOf(partial))
        writeFileAtomic(file, partialToText(partial))
      },
    })
  const campaign = manipulated.length === 0 && (await isCampaignFile(original))
  const partial = await (campaign
    ? ofVariant(original, flags, session, run)
    : withQuestion(original, manipulated, flags, session, run)
  ).catch((error: unknown) => {
    if (session.signal.aborted && !toStdout)
      session.terminal.err(
        `connproof: ${file} holds what shard ${shardName(shard)} had finished; the same command goes on from there\n`,
      )
    throw error
  })
  session.signal.throwIfAborted()
  if (toStdout) session.terminal.out(partialToText(partial))
  const say = toStdout ? session.terminal.err : session.terminal.out
  const done = partial === earlier ? 'was complete already' : 'is complete'
  say(`shard ${shardName(shard)} ${done}: ${file}\n  the verdict: connproof merge, of all shards\n`)
  return AS_ASKED
}

function refuseOthers(flags: VerifyFlags): void {
  if (flags.writeEdgeMap !== undefined)
    throw new InputError('a shard sees a part of the rows', {
      field: '--write-edge-map',
      hint: 'run connproof verify without --shard',
    })
  const other = (['proof', 'writeDifferences', 'junit', 'json'] as const).find(
    flag => flags[flag] !== undefined,
  )
  if (other === undefined) return
  throw new InputError('a shard has no verdict of its own', {
    field: other === 'writeDifferences' ? '--write-differences' : `--${other}`,
    hint: 'give this flag to connproof merge',
  })
}

/** What an interrupted run left. A file that is something else is not overwritten. */
async function earlierPartial(file: string, { shard, force }: ShardFlags): Promise<Partial | undefined> {
  if (!existsSync(file)) return undefined
  try {
    const partial = await readPartial(file)
    if (partial.shard.index === shard.index && partial.shard.of === shard.of) return partial
    throw new InputError(`holds shard ${shardName(partial.shard)}`, { file })
  } catch (error) {
    if (!isInputError(error)) throw error
    if (force) return undefined
    throw new InputError(`exists and ${error.message}`, {
      file,
      field: '--partial',
      hint: 'add --force to overwrite it, or give another name',
    })
  }
}

async function ofVariant(
  file: string,
  flags: ShardFlags,
  session: Pick<Session, 'signal'>,
  run: (options: VerifyOptions) => Promise<Partial>,
): Promise<Partial> {
  if (flags.variant === undefined)
    throw new InputError('of a campaign, a shard needs --variant', { file, field: '--shard' })
  return withVariant(await readCampaign(file), flags.variant, question =>
    run({
      ...question,
      allow: (flags.allow ?? []) as FindingCode[],
      level: flags.level,
      keep: Math.max(flags.show, KEEP),
      ...resourcesFor(flags),
      folder: flags.tmp,
      signal: session.signal,
    }),
  )
}
