/** What a circuit of a campaign is judged by: its mask, or the configuration it was made with. */
import { readMask } from '../selection/mask.ts'
import type { Trouble } from '../verification/proof.ts'
import type { Request } from '../verify.ts'
import { staleSelection } from './config-steps.ts'
import type { Lock } from './lock.ts'
import { reasons, type Step } from './steps.ts'
import type { Campaign, Variant } from './types.ts'

/** A mask says all of a removal unless further arguments narrow it; of other operations it says nothing. */
export const judgedBy = ({ manipulation: { list, arguments: more } }: Variant): 'mask' | 'config' =>
  list !== undefined && Object.keys(more).length === 0 ? 'mask' : 'config'

/**
 * Why it is not known what was asked of a variant: a circuit must not be judged by a mask that nobody made for it.
 *
 * @param step the selection as the campaign now asks for it
 */
export async function unknownRequest(
  campaign: Campaign,
  variant: Variant,
  lock: Lock,
  step: Step | undefined,
): Promise<Trouble | undefined> {
  if (judgedBy(variant) === 'config')
    return {
      message: `what ${variant.manipulation.operation} was to do is not said by a mask alone`,
      file: variant.paths.config,
      hint: 'connproof verify ORIGINAL MANIPULATED --config FILE',
    }
  const stale = await whyStale(step, lock, campaign)
  if (stale === undefined) return undefined
  const { message, file, hint } = staleSelection(campaign, variant, stale)
  return { message, file, hint }
}

/**
 * Likewise of a variant that is judged by its configuration, and by the mask that this may name.
 *
 * @param steps the selection, if there is one, and the configuration
 */
export async function unknownConfig(
  campaign: Campaign,
  variant: Variant,
  lock: Lock,
  [selection, config]: readonly [Step | undefined, Step | undefined],
): Promise<Trouble | undefined> {
  const stale = (await whyStale(selection, lock, campaign)) ?? (await whyStale(config, lock, campaign))
  if (stale === undefined) return undefined
  return {
    message: `the configuration is not up to date: ${stale}`,
    file: variant.paths.config,
    hint: `connproof config ${campaign.file}`,
  }
}

/** Where the others are merged from shards. */
export const notInShards = ({ id, paths }: Variant, [why]: readonly string[]): Trouble => ({
  message: `it is judged by its configuration, in a task of its own, and has no proof that is up to date (${why})`,
  file: paths.config,
  hint: `connproof verify CAMPAIGN --variant ${id}`,
})

const whyStale = async (
  step: Step | undefined,
  lock: Lock,
  { output }: Campaign,
): Promise<string | undefined> =>
  step && (await reasons(step, lock.steps[step.key], output, { thorough: true }))[0]

/** The mask of a variant, under its name. */
export async function requestOf({ id, paths }: Variant): Promise<Request> {
  return { name: id, removed: await readMask(paths.mask) }
}
