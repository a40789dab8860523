/** One variant of a campaign as a question to `verify`, for runs that look at it alone. */
import { InputError } from '../errors.ts'
import type { VerifyOptions } from '../verify.ts'
import { BaseCircuit } from './base.ts'
import { findManipulated } from './find-circuit.ts'
import { readLock } from './lock.ts'
import { namedPair } from './populations.ts'
import { selectionKey, selectSteps } from './select-steps.ts'
import type { Campaign } from './types.ts'
import { variantNamed } from './variants.ts'
import { requestOf, unknownRequest } from './verify-request.ts'

/**
 * Open what a variant needs, do something with it, close it.
 *
 * @throws InputError if there is no such variant, its circuit is not there or its selection is not up to date
 */
export async function withVariant<T>(
  campaign: Campaign,
  id: string,
  run: (question: VerifyOptions) => Promise<T>,
): Promise<T> {
  const variant = variantNamed(campaign, id)
  const { file, looked } = await findManipulated(campaign, variant)
  if (file === undefined)
    throw new InputError(`the circuit of ${id} is not there`, { file: looked?.[0], hint: 'make it first' })
  const base = await BaseCircuit.open(campaign)
  try {
    const lock = await readLock(campaign.output)
    const step = selectSteps(campaign, base).find(({ key }) => key === selectionKey(variant))
    const unknown = await unknownRequest(campaign, variant, lock, step)
    if (unknown !== undefined) throw new InputError(unknown.message, unknown)
    const { source, target } = variant.manipulation
    return await run({
      original: base.circuit,
      ...namedPair(campaign),
      manipulated: [file],
      requests: [await requestOf(variant)],
      source: source.expression,
      target: target.expression,
    })
  } finally {
    base.close()
  }
}
