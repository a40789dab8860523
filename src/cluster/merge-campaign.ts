/** The verdicts of a campaign from the partial results of its shards, kept as `verify CAMPAIGN` keeps its own. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Campaign } from '../campaign/types.ts'
import { InputError, isInputError } from '../errors.ts'
import { type Deeper, deepen } from '../levels.ts'
import { conclude, openCase, troubleOf } from '../prove.ts'
import { joinPartials, type PartialFile, requireUnchanged } from '../shards/merge.ts'
import { differingIdentity, readPartial } from '../shards/partial.ts'
import { describeShard } from '../shards/run-shard.ts'
import type { Comparison } from '../verification/comparison.ts'
import type { Proof } from '../verification/proof.ts'
import { isComparable, openAll, type VerifyOptions } from '../verify.ts'
import { clusterLayout } from './layout.ts'

/**
 * To be given to `verifyCampaign` instead of `verify`: a circuit whose shards do not make a whole cannot be told, and
 * does not stop the others. Connections are those that the shards compared; what a deeper level asks for is compared
 * here, by the same code as in `verify`.
 */
export function judgeByShards(campaign: Campaign): (options: VerifyOptions) => Promise<Proof[]> {
  const { partials } = clusterLayout(campaign)
  return async options => {
    const proofs: Proof[] = []
    for (const [k, manipulated] of options.manipulated.entries()) {
      const request = options.requests?.[k]
      const one = { ...options, manipulated: [manipulated], requests: request && [request] }
      proofs.push(await judgeOne(one, partials, request?.name ?? ''))
      options.signal?.throwIfAborted()
    }
    return proofs
  }
}

async function judgeOne(options: VerifyOptions, folder: string, id: string): Promise<Proof> {
  try {
    const files = await partialsOf(folder, id)
    for (const file of files) await requireUnchanged(file)
    const [joined] = joinPartials(files)
    const [first] = files
    if (joined === undefined || first === undefined) throw new InputError('no circuit', { file: folder })
    await requireAsked(options, first)
    const deeper = await deeperOf({ ...options, keep: first.partial.keep }, joined.outcome?.comparison)
    return conclude(joined.one, joined.outcome, joined.seconds, deeper)
  } catch (error) {
    if (!isInputError(error)) throw error
    return cannotTell(options, error)
  }
}

async function deeperOf(
  options: VerifyOptions,
  comparison: Comparison | undefined,
): Promise<Deeper | undefined> {
  if (comparison === undefined || options.level === 'connections') return undefined
  const opened = await openAll(options)
  try {
    const pair = opened.pairs.find(isComparable)
    return pair && (await deepen(pair.question, pair.answer, comparison))
  } finally {
    opened.close()
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
  const { shard, keep } = partial
  const now = await describeShard({
    ...options,
    level: 'connections',
    keep,
    shard,
    anyOrder: partial.anyOrder,
  })
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
