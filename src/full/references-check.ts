/** The check of references, as level full makes it: only where there are any. */
import type { Circuit } from '../connectome/circuit.ts'
import { isInputError } from '../errors.ts'
import { SonataCircuit } from '../sonata/circuit.ts'
import type { Facing } from '../sonata/facing.ts'
import type { CheckResult, Finding } from '../verification/proof.ts'
import type { LookupOptions } from '../verification/rows/row-lookup.ts'
import type { NoRowMap, RowMap } from '../verification/rows/row-map.ts'
import { proveReferences } from './references.ts'

export interface ReferencesMade {
  readonly checks: readonly CheckResult[]
  readonly findings: readonly Finding[]
  readonly notChecked: readonly string[]
  /** Populations that are not what they were, and rightly so: compared here. */
  readonly followed: ReadonlySet<string>
}

const NONE: ReferencesMade = { checks: [], findings: [], notChecked: [], followed: new Set() }
const CHECK = { id: 'references.sound', level: 'full' } as const

export async function referencesMade(
  original: Circuit,
  manipulated: Circuit | undefined,
  facing: Facing,
  rows: RowMap | NoRowMap,
  options: LookupOptions,
): Promise<ReferencesMade> {
  // What has no populations beside the manipulated one has nothing that refers to it.
  if (!(original instanceof SonataCircuit) || !(manipulated instanceof SonataCircuit)) return NONE
  if (original.unconverted || manipulated.unconverted) return NONE
  try {
    const proof = await proveReferences({ facing, rows, options, reads: [original.reads, manipulated.reads] })
    if (proof === undefined) return NONE
    const { findings, reasons, notChecked, followed } = proof
    const reason = reasons.join('; ')
    if (findings.length > 0)
      return { checks: [{ ...CHECK, status: 'failed' }], findings, notChecked, followed }
    if (reasons.length === 0)
      return { checks: [{ ...CHECK, status: 'passed' }], findings, notChecked, followed }
    const unfollowed = [...notChecked, `references to edges (${reason})`]
    return {
      checks: [{ ...CHECK, status: 'not_checked', reason }],
      findings,
      notChecked: unfollowed,
      followed,
    }
  } catch (error) {
    if (!isInputError(error)) throw error
    const found = [error.file, error.field, error.message].filter(Boolean).join(': ')
    const finding: Finding = {
      code: 'config.unresolved',
      check: CHECK.id,
      severity: 'error',
      count: 1,
      expected: 'files that can be read',
      found,
      culprits: [],
    }
    return { ...NONE, checks: [{ ...CHECK, status: 'failed' }], findings: [finding] }
  }
}
