/** Every artifact of a campaign once more: is it what was written, and what would be written now? */
import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { isInputError } from '../errors.ts'
import { artifactsOf } from './artifacts.ts'
import { BaseCircuit } from './base.ts'
import { configKey, configOf, configParameters } from './config-steps.ts'
import { changeOf, shortPath } from './identity.ts'
import { type Lock, readLock, type StepRecord } from './lock.ts'
import { lockFile } from './lock-file.ts'
import { proofKey } from './proof-step.ts'
import {
  Lists,
  selectionKey,
  selectionOf,
  selectionParameters,
  TARGETS_KEY,
  targetsOf,
} from './select-steps.ts'
import { campaignState } from './state.ts'
import type { Campaign, Variant } from './types.ts'
import { userTarget } from './variants.ts'

export interface Damage {
  /** Relative to the output folder where it is near. */
  readonly file: string
  readonly message: string
}

export interface Checked {
  /** Artifacts looked at. */
  readonly artifacts: number
  readonly damages: readonly Damage[]
}

/**
 * Read every artifact and compare its digest with that of the lock file; look at the inputs it was made from; draw
 * each selection and make each configuration again, and compare the bytes. Circuits are not compared again: `verify --force` does.
 *
 * @throws InputError if lock file or base circuit cannot be used
 */
export async function checkCampaign(campaign: Campaign, signal?: AbortSignal): Promise<Checked> {
  const lock = await readLock(campaign.output)
  const damages = new Map<string, Damage>()
  const add = (path: string, message: string): void => {
    const file = shortPath(resolve(campaign.output, path), campaign.output)
    if (!damages.has(file)) damages.set(file, { file, message })
  }
  let artifacts = 0
  for (const record of Object.values(lock.steps)) {
    signal?.throwIfAborted()
    artifacts += record.outputs.length
    await checkFiles(record, campaign.output, add)
  }
  for (const path of await unrecorded(campaign, lock))
    add(path, `is there, but ${basename(lockFile(''))} knows nothing of it`)
  await redraw(campaign, lock, add, signal)
  await stand(campaign, lock, add, damages)
  return { artifacts, damages: [...damages.values()] }
}

/** Proofs of something else than the campaign has now, where no damaged file has said so already. */
async function stand(
  campaign: Campaign,
  lock: Lock,
  add: Add,
  damages: ReadonlyMap<string, Damage>,
): Promise<void> {
  for (const [k, { proof }] of (await campaignState(campaign)).entries()) {
    const variant = campaign.variants[k]
    if (proof.state !== 'stale' || variant === undefined) continue
    const { inputs = [], outputs = [], reads = [] } = lock.steps[proofKey(variant)] ?? {}
    const named = [...inputs, ...outputs, ...reads].map(({ path }) => resolve(campaign.output, path))
    if (named.some(path => damages.has(shortPath(path, campaign.output)))) continue
    add(variant.paths.proof, `does not prove what is there now: ${proof.reasons[0]}`)
  }
}

type Add = (path: string, message: string) => void

async function checkFiles(record: StepRecord, home: string, add: Add): Promise<void> {
  for (const output of record.outputs) {
    const change = await changeOf(output, home, { thorough: true })
    if (change !== undefined)
      add(output.path, change === 'missing' ? 'is missing' : 'is not what was written')
  }
  for (const input of [...record.inputs, ...(record.reads ?? [])]) {
    const change = await changeOf(input, home, { thorough: true })
    if (change !== undefined)
      add(
        input.path,
        change === 'missing'
          ? 'is gone; artifacts were made from it'
          : 'has changed since artifacts were made from it',
      )
  }
}

/** Artifacts that nobody remembers making: their lock file was deleted, or they are somebody else's. */
async function unrecorded(campaign: Campaign, lock: Lock): Promise<string[]> {
  const known = new Set(
    Object.values(lock.steps).flatMap(({ outputs }) =>
      outputs.map(({ path }) => resolve(campaign.output, path)),
    ),
  )
  const found: string[] = []
  for (const path of artifactsOf(campaign))
    if (!known.has(path) && (await stat(path).catch(() => undefined)) !== undefined) found.push(path)
  return found
}

async function redraw(campaign: Campaign, lock: Lock, add: Add, signal?: AbortSignal): Promise<void> {
  const drawn = campaign.variants.filter(variant => lock.steps[selectionKey(variant)] !== undefined)
  const configured = campaign.variants.filter(variant => lock.steps[configKey(variant)] !== undefined)
  if (drawn.length + configured.length === 0) return
  const base = await openBase(campaign, add)
  if (base === undefined) return
  const lists = new Lists(campaign, base)
  try {
    for (const variant of drawn) {
      signal?.throwIfAborted()
      await redrawOne(campaign, variant, lists, lock, add)
    }
    for (const variant of configured) await rewriteOne(campaign, variant, base, lock, add)
  } finally {
    base.close()
  }
  const targets = lock.steps[TARGETS_KEY]
  if (targets === undefined) return
  const text = await targetsOf(drawn).catch(() => undefined)
  if (text === undefined || digestOf(text) === targets.outputs[0]?.sha256) return
  add(userTarget(campaign.output), 'is not made of the selections that are there')
}

async function openBase(campaign: Campaign, add: Add): Promise<BaseCircuit | undefined> {
  try {
    return await BaseCircuit.open(campaign)
  } catch (error) {
    if (!isInputError(error)) throw error
    add(error.file ?? campaign.circuit, `selections cannot be drawn again: ${error.message}`)
    return undefined
  }
}

async function redrawOne(
  campaign: Campaign,
  variant: Variant,
  lists: Lists,
  lock: Lock,
  add: Add,
): Promise<void> {
  const record = lock.steps[selectionKey(variant)]
  const digests = new Map(record?.outputs.map(({ path, sha256 }) => [resolve(campaign.output, path), sha256]))
  if (JSON.stringify(record?.parameters) !== JSON.stringify(selectionParameters(campaign, variant)))
    return add(variant.paths.mask, 'was made with other settings than the campaign file has now')
  try {
    const { files } = await selectionOf(variant, lists)
    for (const { name, content } of files) {
      const path = join(variant.paths.folder, name)
      if (digests.get(path) !== digestOf(content)) add(path, 'drawn again, it is another one')
    }
  } catch (error) {
    if (!isInputError(error)) throw error
    add(variant.paths.mask, `cannot be drawn again: ${error.message}`)
  }
}

/** A configuration, made again and compared. */
async function rewriteOne(
  campaign: Campaign,
  variant: Variant,
  base: BaseCircuit,
  lock: Lock,
  add: Add,
): Promise<void> {
  const record = lock.steps[configKey(variant)]
  const { config } = variant.paths
  if (JSON.stringify(record?.parameters) !== JSON.stringify(configParameters(campaign, variant)))
    return add(config, 'was made with other settings than the campaign file has now')
  try {
    const text = await configOf(campaign, variant, base)
    if (record?.outputs[0]?.sha256 !== digestOf(text)) add(config, 'made again, it is another one')
  } catch (error) {
    if (!isInputError(error)) throw error
    add(config, `cannot be made again: ${error.message}`)
  }
}

const digestOf = (content: Uint8Array | string): string => createHash('sha256').update(content).digest('hex')
