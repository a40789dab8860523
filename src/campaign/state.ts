/** What has been done for each variant of a campaign, from the lock file and the files that it names. */
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { JsonObject } from '../formats/json.ts'
import { configKey, configParameters } from './config-steps.ts'
import { findManipulated } from './find-circuit.ts'
import { type Lock, readLock, type StepRecord } from './lock.ts'
import { selectionKey, selectionParameters } from './select-steps.ts'
import { reasons } from './steps.ts'
import type { Campaign, Variant } from './types.ts'
import { proofKey } from './verify-steps.ts'

/** `stale`: done, but from something else, or no longer as it was written. */
export type StepState = 'done' | 'stale' | 'to do' | 'not needed'

export interface PartState {
  readonly state: StepState
  readonly reasons: readonly string[]
}

export interface VariantState {
  readonly id: string
  readonly fullName: string
  readonly selection: PartState & {
    readonly selected: number | undefined
    readonly distinct: number | undefined
  }
  readonly mask: PartState & { readonly file: string }
  readonly config: PartState & { readonly file: string }
  /** Undefined: NOT FOUND. */
  readonly circuit: string | undefined
  /** Where it was looked for. */
  readonly looked: readonly string[]
  readonly proof: PartState & {
    readonly verdict: string | undefined
    readonly level: string | undefined
    /** ISO 8601. */
    readonly at: string | undefined
  }
  /** Undefined: TO BE ADDED. */
  readonly registered: string | undefined
}

/** States in the order of the variants. Reads no circuit and, unless it has another size or time, no artifact. */
export async function campaignState(campaign: Campaign): Promise<VariantState[]> {
  const lock = await readLock(campaign.output)
  return Promise.all(campaign.variants.map(variant => variantState(campaign, variant, lock)))
}

async function variantState(campaign: Campaign, variant: Variant, lock: Lock): Promise<VariantState> {
  const home = campaign.output
  const record = (key: string): StepRecord | undefined => lock.steps[key]
  const drawn = record(selectionKey(variant))
  const proof = record(proofKey(variant))
  const config = record(configKey(variant))
  const needed = variant.manipulation.list !== undefined
  const selection = needed ? await partState(drawn, home, selectionParameters(campaign, variant)) : NOT_NEEDED
  const found = await findManipulated(campaign, variant)
  return {
    id: variant.id,
    fullName: variant.fullName,
    selection: {
      ...selection,
      selected: numberOf(drawn?.result.selected),
      distinct: numberOf(drawn?.result.distinct),
    },
    mask: { ...(needed ? await maskState(variant, selection) : NOT_NEEDED), file: variant.paths.mask },
    config: {
      ...(await builtState(config, selection, home, configParameters(campaign, variant))),
      file: variant.paths.config,
    },
    circuit: found.file,
    looked: found.looked ?? [],
    proof: {
      ...(await builtState(proof, selection, home)),
      verdict: textOf(proof?.result.verdict),
      level: textOf(proof?.result.level),
      at: proof?.at,
    },
    registered: registrationOf(campaign, lock, variant),
  }
}

const NOT_NEEDED: PartState = { state: 'not needed', reasons: [] }

/** `parameters`: as they are now; default those of the record. */
async function partState(
  record: StepRecord | undefined,
  home: string,
  parameters: JsonObject | undefined = record?.parameters,
): Promise<PartState> {
  if (record === undefined || parameters === undefined) return { state: 'to do', reasons: [] }
  const inputs = record.inputs.map(({ path }) => resolve(home, path))
  const why = await reasons({ key: '', parameters, inputs }, record, home)
  return { state: why.length === 0 ? 'done' : 'stale', reasons: why }
}

async function maskState({ paths }: Variant, selection: PartState): Promise<PartState> {
  const there = (await stat(paths.mask).catch(() => undefined))?.isFile() === true
  return there ? selection : { state: 'to do', reasons: [] }
}

/** A configuration or a proof of what is no longer asked is none. */
async function builtState(
  record: StepRecord | undefined,
  selection: PartState,
  home: string,
  parameters?: JsonObject,
): Promise<PartState> {
  const own = await partState(record, home, parameters)
  return own.state === 'done' && selection.state === 'stale'
    ? { state: 'stale', reasons: ['the selection is not up to date'] }
    : own
}

/** What the campaign file says, else what `register` wrote. */
export const registrationOf = (campaign: Campaign, lock: Lock, { fullName }: Variant): string | undefined =>
  campaign.registrations.get(fullName) ?? lock.registrations[fullName]?.url

const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
