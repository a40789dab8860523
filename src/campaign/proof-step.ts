/** The step that proves a circuit: one rule, of `verify` and `status`, of what a proof depends on. */
import { isInputError } from '../errors.ts'
import { openCircuit } from '../open-circuit.ts'
import type { SonataCircuit } from '../sonata/circuit.ts'
import type { Level } from '../verification/proof.ts'
import type { BaseCircuit } from './base.ts'
import { filesOfCircuit } from './circuit-files.ts'
import type { Lock } from './lock.ts'
import { pairParameters } from './populations.ts'
import { selectionKey } from './select-steps.ts'
import { recordedFiles, type Step } from './steps.ts'
import type { Campaign, Variant } from './types.ts'
import { judgedBy } from './verify-request.ts'

export const proofKey = ({ id }: Variant): string => `${id}/proof`

export interface ProofOf {
  /** The manipulated circuit, and what it was opened as; undefined where it cannot be. */
  readonly file: string
  readonly circuit: SonataCircuit | undefined
  readonly allow: readonly string[]
  readonly level: Level
}

/** Undefined where it cannot be opened: `verify` says why. */
export async function openManipulated(file: string, base: BaseCircuit): Promise<SonataCircuit | undefined> {
  const { circuit, edges } = base
  try {
    return await openCircuit(file, { nodesFrom: { circuit, edges } })
  } catch (error) {
    if (isInputError(error)) return undefined
    throw error
  }
}

/** What the proof of a variant is of, as the campaign is now. */
export async function proofStep(
  campaign: Campaign,
  variant: Variant,
  base: BaseCircuit,
  lock: Lock,
  { file, circuit, allow, level }: ProofOf,
): Promise<Step> {
  const { source, target } = variant.manipulation
  const own = circuit === undefined ? [file] : await filesOfCircuit(circuit).catch(() => [file])
  const masks = recordedFiles(lock.steps[selectionKey(variant)], campaign.output).filter(path =>
    /_(adjmat|gids)/.test(path),
  )
  const by = judgedBy(variant)
  if (by === 'config') masks.push(variant.paths.config)
  return {
    key: proofKey(variant),
    parameters: {
      // A folder is a name of the configuration in it: the proof says which file was opened.
      circuit: circuit?.file ?? file,
      by,
      ...pairParameters(campaign),
      source: source.expression ?? null,
      target: target.expression ?? null,
      allow: [...allow],
      level,
    },
    inputs: [...new Set([...base.files, ...own, ...masks])],
  }
}
