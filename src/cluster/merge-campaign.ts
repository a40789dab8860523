/** The verdicts of a campaign from the partial results of its shards, kept as `verify CAMPAIGN` keeps its own. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Campaign } from '../campaign/types.ts'
import type { Judged } from '../campaign/verify-steps.ts'
import { InputError, isInputError } from '../errors.ts'
import { conclude, openCase, troubleOf } from '../prove.ts'
import { describeShard } from '../shards/describe.ts'
import { mergePartials, type PartialFile, requireUnchanged } from '../shards/merge.ts'
import { differingIdentity, readPartial, requireLevel } from '../shards/partial.ts'
import type { Level, Proof } from '../verification/proof.ts'
import { openAll, type VerifyOptions } from '../verify.ts'
import { clusterLayout } from './layout.ts'

/**
 * To be given to `verifyCampaign` instead of `verify`: a circuit whose shards do not make a whole cannot be told, and
 * does not stop the others. Nothing is compared here.
 *
 * @param level shards must have looked as deep as this
 */
export function judgeByShards(
  campaign: Campaign,
  level: Level | undefined,
): (options: VerifyOptions) => Promise<Judged[]> {
  const { partials } = clusterLayout(campaign)
  return async options => {
    const judged: Judged[] = []
    for (const [k, manipulated] of options.manipulated.entries()) {
      const request = options.requests?.[k]
      const one = { ...options, manipulated: [manipulated], requests: request && [request] }
      judged.push(await judgeOne(one, partials, request?.name ?? '', level))
      options.signal?.throwIfAborted()
    }
    return judged
  }
}

async function judgeOne(
  options: VerifyOptions,
  folder: string,
  id: string,
  level: Level | undefined,
): Promise<Judged> {
  try {
    const files = await partialsOf(folder, id)
    for (const { file, partial } of files) {
      requireLevel(partial, level, file)
      await requireUnchanged({ file, partial })
    }
    const [proof] = mergePartials(files)
    const [first] = files
    if (proof === undefined || first === undefined) throw new InputError('no circuit', { file: folder })
    await requireAsked(options, first)
    return { proof, level: first.partial.level }
  } catch (error) {
    if (!isInputError(error)) throw error
    return { proof: await cannotTell(options, error), level: 'connections' }
  }
}

/** All shards of one variant; where there are several numbers of shards, those of the latest kind are complete. */
export async function partialsOf(folder: string, id: string): Promise<PartialFile[]> {
  const names = await readdir(folder).catch(() => [])
  const prefix = `${id}.`
  const mine = names.filter(
    name => name.startsWith(prefix) && /^\d+-of-\d+\.json$/.test(name.slice(prefix.length)),
  )
  if (mine.length === 0)
    throw new InputError(`there are no partial results of ${id}`, {
      file: folder,
      hint: 'connproof submit CAMPAIGN --what verify',
    })
  return Promise.all(
    mine.map(async name => ({ file: join(folder, name), partial: await readPartial(join(folder, name)) })),
  )
}

/** What the shards compared is what is asked now, of the circuits as they are now. */
async function requireAsked(options: VerifyOptions, { file, partial }: PartialFile): Promise<void> {
  const { shard, keep, level, anyOrder } = partial
  const now = await describeShard({ ...options, level, keep, shard, anyOrder })
  const name = differingIdentity(now, partial)
  if (name === undefined) return
  throw new InputError(`is of something else than is asked now: not the same ${name}`, {
    file,
    hint: 'submit the verification again',
  })
}

async function cannotTell(options: VerifyOptions, error: InputError): Promise<Proof> {
  const opened = await openAll(options)
  try {
    const [pair] = opened.pairs
    if (pair === undefined) throw error
    return conclude(await openCase(pair.question, pair.answer), { error: troubleOf(error) }, 0)
  } finally {
    opened.close()
  }
}
