/** All circuits of a campaign against what was selected for them. What is proven already, and unchanged, is not again. */
import { resolve } from 'node:path'
import { type InputError, isInputError } from '../errors.ts'
import { writeFileAtomic } from '../formats/atomic-write.ts'
import { makeFolders } from '../formats/make-folder.ts'
import { DEFAULT_LEVEL } from '../levels.ts'
import { proofFile } from '../report/json.ts'
import type { RecordForm } from '../report/made.ts'
import type { SonataCircuit } from '../sonata/circuit.ts'
import { LEVELS, type Level, type Proof, type Trouble } from '../verification/proof.ts'
import { type VerifyOptions, verify } from '../verify.ts'
import { verifyConfig } from '../verify-config.ts'
import { BaseCircuit } from './base.ts'
import { configKey, configSteps } from './config-steps.ts'
import { findManipulated } from './find-circuit.ts'
import { type Identity, identify } from './identity.ts'
import { keptReasons } from './kept-proof.ts'
import { alone, type Lock, readLock, type StepRecord, writeLock } from './lock.ts'
import { namedPair } from './populations.ts'
import { openManipulated, proofKey, proofStep } from './proof-step.ts'
import { FORCED, type RunOptions } from './run-steps.ts'
import { selectionKey, selectSteps } from './select-steps.ts'
import { reasons, recordOf, requireUnchanged, type Step, withStep } from './steps.ts'
import type { Campaign, Variant } from './types.ts'
import { variantNamed } from './variants.ts'
import { judgedBy, notInShards, requestOf, unknownConfig, unknownRequest } from './verify-request.ts'
import { resultOf } from './verify-result.ts'

export interface VerifyCampaignOptions extends RunOptions {
  /** What the comparison needs: memory, threads, how many culprits to keep. */
  readonly comparison?: Partial<Omit<VerifyOptions, 'original' | 'manipulated' | 'requests'>> | undefined
  /** Id of a variant: no other is looked at, and others may be proven at the same time. */
  readonly only?: string | undefined
  /** How proofs are written, but for their paths. */
  readonly form?: RecordForm | undefined
  /** What makes the proofs: `verify`, or something that has the comparisons from elsewhere. */
  readonly judge?: ((options: VerifyOptions) => Promise<readonly Judged[]>) | undefined
}

export interface Judged {
  readonly proof: Proof
  /** As it was asked for: files may not have allowed it. */
  readonly level: Level
}

export type CircuitState =
  /** Compared now. */
  | 'proven'
  /** Compared before, and nothing has changed since. */
  | 'unchanged'
  | 'to do'
  | 'missing'
  /** What was asked is not known (any more). */
  | 'failed'

export interface CircuitOutcome {
  readonly variant: Variant
  readonly state: CircuitState
  readonly reasons: readonly string[]
  /** The circuit; undefined where it is missing. */
  readonly file: string | undefined
  /** Where it was looked for. */
  readonly looked: readonly string[]
  readonly record: StepRecord | undefined
  /** Only of what was compared now. */
  readonly proof: Proof | undefined
  readonly trouble: Trouble | undefined
}

/**
 * One outcome per variant, in order. Circuits with the same node selections share one pass over the original.
 *
 * @throws InputError if the base circuit or the lock file cannot be used
 */
export async function verifyCampaign(
  campaign: Campaign,
  options: VerifyCampaignOptions = {},
): Promise<CircuitOutcome[]> {
  const base = await BaseCircuit.open(campaign)
  try {
    const run = async (): Promise<CircuitOutcome[]> => {
      const lock = await readLock(campaign.output)
      return new Verification(campaign, base, lock, options).run()
    }
    // Of one circuit, tasks of a cluster run at once: each takes its turn to write, see Verification.
    const together = options.dryRun || options.only !== undefined
    return await (together ? run() : alone(campaign.output, options.owner ?? 'a program', run))
  } finally {
    base.close()
  }
}

/** A circuit that must be compared. */
interface Pending {
  readonly variant: Variant
  readonly step: Step
  readonly reasons: readonly string[]
  readonly file: string
  readonly circuit: SonataCircuit | undefined
  readonly level: Level
  /** Taken before it is read. */
  readonly inputs: readonly Identity[]
}

class Verification {
  readonly #campaign: Campaign
  readonly #base: BaseCircuit
  readonly #options: VerifyCampaignOptions
  readonly #home: string
  readonly #steps: ReadonlyMap<string, Step>
  #lock: Lock
  readonly #kept: Record<string, StepRecord> = {}

  constructor(campaign: Campaign, base: BaseCircuit, lock: Lock, options: VerifyCampaignOptions) {
    this.#campaign = campaign
    this.#base = base
    this.#lock = lock
    this.#options = options
    this.#home = campaign.output
    const steps = [...selectSteps(campaign, base), ...configSteps(campaign, base)]
    this.#steps = new Map(steps.map(step => [step.key, step]))
  }

  async run(): Promise<CircuitOutcome[]> {
    const outcomes = new Map<Variant, CircuitOutcome>()
    const pending: Pending[] = []
    try {
      for (const variant of this.#variants()) {
        const found = await this.#look(variant)
        if ('state' in found) outcomes.set(variant, found)
        else pending.push(found)
      }
      for (const group of together(pending))
        for (const outcome of await this.#prove(group)) outcomes.set(outcome.variant, outcome)
    } finally {
      for (const { circuit } of pending) circuit?.close()
      // Also of a run that is interrupted: the proofs that are written are known.
      if (Object.keys(this.#kept).length > 0) await this.#write()
    }
    return this.#campaign.variants.flatMap(variant => outcomes.get(variant) ?? [])
  }

  #variants(): readonly Variant[] {
    const { only } = this.#options
    return only === undefined ? this.#campaign.variants : [variantNamed(this.#campaign, only)]
  }

  /** What others have written meanwhile stays. */
  async #write(): Promise<void> {
    const { only, owner = 'a program' } = this.#options
    if (only === undefined) return writeLock(this.#home, this.#lock)
    const write = async (): Promise<void> => {
      const now = await readLock(this.#home)
      writeLock(this.#home, { ...now, steps: { ...now.steps, ...this.#kept } })
    }
    await alone(this.#home, owner, write, PATIENCE)
  }

  /** What there is to do for a variant, or why nothing is. */
  async #look(variant: Variant): Promise<CircuitOutcome | Pending> {
    const record = this.#lock.steps[proofKey(variant)]
    const found = await findManipulated(this.#campaign, variant)
    const common = { variant, record, proof: undefined, reasons: [], trouble: undefined }
    if (found.file === undefined)
      return { ...common, state: 'missing', file: undefined, looked: found.looked }
    const place = { file: found.file, looked: [] }
    const unknown = await this.#unknown(variant)
    if (unknown !== undefined) return { ...common, ...place, state: 'failed', trouble: unknown }
    const circuit = await openManipulated(found.file, this.#base)
    const { campaign, base, lock, level } = {
      campaign: this.#campaign,
      base: this.#base,
      lock: this.#lock,
      level: this.#level(variant),
    }
    const allow = this.#options.comparison?.allow ?? []
    const step = await proofStep(campaign, variant, base, lock, { file: found.file, circuit, allow, level })
    const stale = await reasons(step, record, this.#home, { thorough: true })
    if (stale.length === 0 && record !== undefined)
      stale.push(...(await keptReasons(record, variant.paths.proof)))
    const why = [...stale, ...(record?.result.verdict === 'cannot_tell' ? ['it could not be told'] : [])]
    if (this.#options.judge !== undefined && judgedBy(variant) === 'config') {
      circuit?.close()
      if (why.length === 0) return { ...common, ...place, state: 'unchanged' }
      return { ...common, ...place, record: undefined, state: 'failed', trouble: notInShards(variant, why) }
    }
    if (why.length === 0 && this.#options.force) why.push(FORCED)
    if (why.length > 0 && !this.#options.dryRun)
      return {
        variant,
        step,
        reasons: why,
        file: found.file,
        circuit,
        level: this.#level(variant),
        inputs: await identify(step.inputs, this.#home),
      }
    circuit?.close()
    return { ...common, ...place, reasons: why, state: why.length === 0 ? 'unchanged' : 'to do' }
  }

  #unknown(variant: Variant): Promise<Trouble | undefined> {
    const step = (key: string): Step | undefined => this.#steps.get(key)
    return judgedBy(variant) === 'mask'
      ? unknownRequest(this.#campaign, variant, this.#lock, step(selectionKey(variant)))
      : unknownConfig(this.#campaign, variant, this.#lock, [
          step(selectionKey(variant)),
          step(configKey(variant)),
        ])
  }

  /** What was proven deeper than asked now need not be proven again. */
  #level(variant: Variant): Level {
    const asked = this.#options.comparison?.level ?? DEFAULT_LEVEL
    const before = LEVELS.indexOf(this.#lock.steps[proofKey(variant)]?.parameters.level as Level)
    return LEVELS[Math.max(before, LEVELS.indexOf(asked))] ?? asked
  }

  async #prove(group: readonly Pending[]): Promise<CircuitOutcome[]> {
    const outcomes: CircuitOutcome[] = []
    try {
      const judged = await this.#judge(group)
      for (const [k, pending] of group.entries()) {
        const one = judged[k]
        if (one !== undefined) outcomes.push(await this.#keep(pending, one))
      }
      return outcomes
    } catch (error) {
      if (!isInputError(error)) throw error
      return group.map(pending => failed(pending, error))
    }
  }

  async #judge(group: readonly Pending[]): Promise<readonly Judged[]> {
    const [first] = group
    const level = first?.level ?? DEFAULT_LEVEL
    const common = {
      ...this.#options.comparison,
      original: this.#base.circuit,
      ...namedPair(this.#campaign),
      manipulated: group.map(({ circuit, file }) => circuit ?? file),
      signal: this.#options.signal,
    }
    if (first !== undefined && judgedBy(first.variant) === 'config') {
      const { id, paths } = first.variant
      const proofs = await verifyConfig({ ...common, config: paths.config })
      return proofs.map(proof => ({ proof: { ...proof, circuit: id }, level }))
    }
    const question = {
      ...common,
      requests: await Promise.all(group.map(({ variant }) => requestOf(variant))),
      source: first?.variant.manipulation.source.expression,
      target: first?.variant.manipulation.target.expression,
      // Nobody asked for the default: files that allow less are no trouble.
      level: level === DEFAULT_LEVEL ? common.level : level,
    }
    const { judge } = this.#options
    return judge?.(question) ?? (await verify(question)).map(proof => ({ proof, level }))
  }

  async #keep(pending: Pending, { proof, level }: Judged): Promise<CircuitOutcome> {
    const { variant, step, file, inputs, reasons: why } = pending
    await requireUnchanged(inputs, this.#home)
    // Where nothing was selected there is no folder yet.
    makeFolders(variant.paths.folder)
    // Paths as they are: the lock file is held against them.
    const form = { ...this.#options.form, relativeTo: undefined }
    writeFileAtomic(variant.paths.proof, proofFile([proof], form))
    const reads = proof.inputs.map(input => resolve(input.file))
    const done = { outputs: [variant.paths.proof], reads, result: resultOf(proof) }
    const made = { ...step, parameters: { ...step.parameters, level } }
    const record = await recordOf(made, inputs, done, this.#home)
    this.#lock = withStep(this.#lock, step.key, record)
    this.#kept[step.key] = record
    return { variant, file, looked: [], reasons: why, state: 'proven', record, proof, trouble: undefined }
  }
}

/** Milliseconds that a proof waits to be written down while another process works on the campaign. */
const PATIENCE = 600_000

/** Nothing is recorded of it: it is looked at again the next time. */
function failed({ variant, file, reasons: why }: Pending, error: InputError): CircuitOutcome {
  const { message, file: place, field, hint } = error
  const trouble = { message, file: place, field, hint }
  const nothing = { looked: [], record: undefined, proof: undefined }
  return { ...nothing, variant, file, reasons: why, state: 'failed', trouble }
}

/** What can share a pass: masks between the same selections, looked at as deep. */
function together(pending: readonly Pending[]): Pending[][] {
  const groups = new Map<string, Pending[]>()
  for (const one of pending) {
    const { source, target } = one.variant.manipulation
    const alone = judgedBy(one.variant) === 'config' ? one.variant.id : ''
    const key = JSON.stringify([source.expression, target.expression, one.level, alone])
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups.values()]
}
