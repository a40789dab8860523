/** What a proof looks at beyond connections: edges with all their properties. */
import type { Circuit } from './connectome/circuit.ts'
import type { EdgeSource } from './connectome/edges.ts'
import { isInputError } from './errors.ts'
import { proveFull } from './full/full-checks.ts'
import { walkInParallel } from './parallel/walks.ts'
import type { Comparison } from './verification/comparison.ts'
import type { CheckResult, Finding, Level, Proof, Trouble } from './verification/proof.ts'
import { judgeSynapses, synapsesNotChecked } from './verification/synapses/checks.ts'
import { compareSynapses } from './verification/synapses/compare.ts'
import { UNCHANGED } from './verification/synapses/expectation.ts'
import type { VerifyOptions } from './verify.ts'

/** Of one circuit, what was found beyond its connections. */
export interface Deeper {
  readonly level: Level
  readonly checks: readonly CheckResult[]
  readonly findings: readonly Finding[]
  readonly notChecked: readonly string[]
  readonly synapses: Proof['synapses']
  /** Why it could not be told. */
  readonly error: Trouble | undefined
}

const PROPERTIES = 'synapse properties (weights, delays, positions) of kept connections'
const BEYOND_SYNAPSES = [
  'indices of the edges file',
  'node files beyond their size and the selected ids',
  'other edge populations of the circuit',
]
const SHALLOW = { level: 'connections', findings: [], synapses: undefined, error: undefined } as const

/** Of a circuit whose connections alone were looked at. */
export const NO_DEEPER: Deeper = {
  ...SHALLOW,
  checks: [],
  notChecked: [PROPERTIES, 'order of the edges', ...BEYOND_SYNAPSES],
}

/** Go as deep as the level says and the files allow. `comparison`: of the connections of both. */
export async function deepen(
  { options, original }: { readonly options: VerifyOptions; readonly original: EdgeSource },
  { edges, circuit }: { readonly edges: EdgeSource; readonly circuit?: Circuit | undefined },
  comparison: Comparison,
): Promise<Deeper> {
  if (options.level === 'connections') return NO_DEEPER
  const list = [original, edges].find(one => one.table === undefined)
  if (list !== undefined) {
    const reason = `${list.file} lists connections without properties`
    const notChecked = [`${PROPERTIES} (${reason})`, 'order of the edges', ...BEYOND_SYNAPSES]
    return { ...SHALLOW, checks: synapsesNotChecked(reason), notChecked }
  }
  try {
    const synapses = await compareSynapses(original, edges, UNCHANGED, {
      keep: options.keep,
      memory: options.memory,
      folder: options.folder,
      windowRows: options.windowRows,
      sortedByTarget: comparison.order.original === 'tgt,src' || comparison.order.original === 'tgt',
      multiplicityKnown: true,
      paired: comparison.paired,
      suspects: suspectsOf(comparison),
      walk: input => walkInParallel(input, threadsFor(options, original, edges)),
      signal: options.signal,
      onProgress: options.onProgress,
    })
    const { checks, findings } = judgeSynapses(synapses)
    const { edges: counts, properties, pipeline } = synapses
    const notChecked = [...synapses.notChecked, ...BEYOND_SYNAPSES]
    const facts = { edges: counts, properties, pipeline }
    const deeper = {
      level: 'synapses',
      checks,
      findings,
      notChecked,
      synapses: facts,
      error: undefined,
    } as const
    if (options.level !== 'full') return deeper
    const full = await proveFull({ circuit: options.original, edges: original }, { circuit, edges })
    return {
      ...deeper,
      level: full.checks.some(({ status }) => status === 'not_checked') ? 'synapses' : 'full',
      checks: [...checks, ...full.checks],
      findings: [...findings, ...full.findings],
      notChecked: [...synapses.notChecked, ...full.notChecked],
    }
  } catch (error) {
    if (!isInputError(error)) throw error
    const notChecked = [`${PROPERTIES} (${error.message})`, 'order of the edges', ...BEYOND_SYNAPSES]
    const { message, file, field, hint } = error
    const trouble = { message, file, field, hint }
    return { ...SHALLOW, checks: synapsesNotChecked(message), notChecked, error: trouble }
  }
}

/** As many as for the connections. */
const threadsFor = ({ jobs, rowsPerJob }: VerifyOptions, ...all: readonly EdgeSource[]): number => {
  const rows = all.reduce((sum, { edgeCount }) => sum + edgeCount, 0)
  return Math.max(1, Math.min(jobs ?? 1, Math.floor(rows / (rowsPerJob || 1))))
}

/** Targets of connections that lost or gained edges: which edges these were shows when they are matched. */
const suspectsOf = ({ culprits }: Comparison): number[] =>
  [...culprits.multiplicity_changed, ...culprits.outside_changed, ...culprits.asked_still_there].map(
    ({ target }) => target,
  )
