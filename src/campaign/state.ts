/** What has been done for each variant of a campaign, from the lock file and the files that it names. */
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type InputError, isInputError } from '../errors.ts'
import { isJsonArray, type JsonObject } from '../formats/json.ts'
import type { Level } from '../verification/proof.ts'
import { BaseCircuit } from './base.ts'
import { configKey, configParameters } from './config-steps.ts'
import { type Found, findManipulated, unfinished } from './find-circuit.ts'
import { keptReasons } from './kept-proof.ts'
import { type Lock, readLock, type StepRecord } from './lock.ts'
import { openManipulated, proofKey, proofStep } from './proof-step.ts'
import { selectionKey, selectionParameters } from './select-steps.ts'
import { reasons } from './steps.ts'
import type { Campaign, Variant } from './types.ts'
import { judgedBy } from './verify-request.ts'

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
  /** Why the run that makes it has not come to its end; undefined where nothing says so. */
  readonly unfinished: string | undefined
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

/**
 * States in the order of the variants. Of circuits only the configurations are read, to know which files they are made
 * of; of artifacts, unless they have another size or time, only the proofs.
 */
export async function campaignState(campaign: Campaign): Promise<VariantState[]> {
  const lock = await readLock(campaign.output)
  const proven = campaign.variants.some(variant => lock.steps[proofKey(variant)] !== undefined)
  const base = proven ? await openBase(campaign) : undefined
  try {
    return await Promise.all(campaign.variants.map(variant => variantState(campaign, variant, lock, base)))
  } finally {
    if (base instanceof BaseCircuit) base.close()
  }
}

/** The base circuit, or why there is none. */
async function openBase(campaign: Campaign): Promise<BaseCircuit | InputError> {
  try {
    return await BaseCircuit.open(campaign)
  } catch (error) {
    if (isInputError(error)) return error
    throw error
  }
}

async function variantState(
  campaign: Campaign,
  variant: Variant,
  lock: Lock,
  base: BaseCircuit | InputError | undefined,
): Promise<VariantState> {
  const home = campaign.output
  const record = (key: string): StepRecord | undefined => lock.steps[key]
  const drawn = record(selectionKey(variant))
  const proof = record(proofKey(variant))
  const config = record(configKey(variant))
  const needed = variant.manipulation.list !== undefined
  const selection = needed ? await partState(drawn, home, selectionParameters(campaign, variant)) : NOT_NEEDED
  const found = await findManipulated(campaign, variant)
  const configured = await builtState(config, selection, home, configParameters(campaign, variant))
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
      ...configured,
      file: variant.paths.config,
    },
    circuit: found.file,
    unfinished: found.file === undefined ? undefined : await unfinished(found.file),
    looked: found.looked ?? [],
    proof: {
      ...(proof === undefined
        ? { state: 'to do' as const, reasons: [] }
        : stateFor([
            ...(selection.state === 'stale' ? ['the selection is not up to date'] : []),
            ...(judgedBy(variant) === 'config' && configured.state !== 'done'
              ? ['the configuration is not up to date']
              : []),
            ...(await proofReasons(campaign, variant, lock, proof, found, base)),
          ])),
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
  return stateFor(await reasons({ key: '', parameters, inputs }, record, home))
}

const stateFor = (why: readonly string[]): PartState => ({
  state: why.length === 0 ? 'done' : 'stale',
  reasons: why,
})

/** Why the proof that is there is not one of what the campaign has now; levels and allowances are what they were. */
async function proofReasons(
  campaign: Campaign,
  variant: Variant,
  lock: Lock,
  record: StepRecord,
  found: Found,
  base: BaseCircuit | InputError | undefined,
): Promise<string[]> {
  const { allow, level } = record.parameters
  const asked = { allow: isJsonArray(allow) ? allow.map(String) : [], level: String(level) as Level }
  if (found.file === undefined) return ['the circuit is not there (any more)']
  if (!(base instanceof BaseCircuit)) return [`the base circuit cannot be opened: ${base?.message}`]
  const circuit = await openManipulated(found.file, base)
  try {
    const step = await proofStep(campaign, variant, base, lock, { file: found.file, circuit, ...asked })
    const why = await reasons(step, record, campaign.output)
    return why.length > 0 ? why : keptReasons(record, variant.paths.proof)
  } finally {
    circuit?.close()
  }
}

async function maskState({ paths }: Variant, selection: PartState): Promise<PartState> {
  const there = (await stat(paths.mask).catch(() => undefined))?.isFile() === true
  return there ? selection : { state: 'to do', reasons: [] }
}

/** A configuration of what is no longer asked is none. */
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
