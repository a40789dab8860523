/** Level full: what lies around the edges. Everything that a simulation of the circuit would read beside them. */
import type { Circuit } from '../connectome/circuit.ts'
import type { EdgeSource } from '../connectome/edges.ts'
import { isInputError } from '../errors.ts'
import { openHdf5 } from '../formats/hdf5/open.ts'
import { SonataCircuit } from '../sonata/circuit.ts'
import { checkIndices } from '../sonata/edge-index.ts'
import { readEdgeLayout } from '../sonata/edge-layout.ts'
import type { Facing } from '../sonata/facing.ts'
import type { CheckResult, Finding, FullCheckId, FullCode } from '../verification/proof.ts'
import type { LookupOptions } from '../verification/rows/row-lookup.ts'
import type { NoRowMap, RowMap } from '../verification/rows/row-map.ts'
import { checkConfig } from './config-sound.ts'
import { comparePopulations } from './populations.ts'
import { referencesMade } from './references-check.ts'

export interface FullFinding {
  readonly code: FullCode
  readonly check: FullCheckId
  readonly count: number
  readonly expected: string
  readonly found: string
}

/** A check that was made, or why it was not. */
type Made = { readonly findings: readonly FullFinding[] } | { readonly reason: string }

export interface FullProof {
  readonly checks: readonly CheckResult[]
  readonly findings: readonly Finding[]
  readonly notChecked: readonly string[]
}

const WORDS: Readonly<Record<FullCheckId, string>> = {
  'indices.consistent': 'indices of the edges file',
  'nodes.files': 'node files',
  'populations.others': 'other edge populations',
  'references.sound': 'references to edges',
  'config.sound': 'the circuit configuration',
}

/**
 * Compare all that lies around the two edge populations, which were compared already.
 *
 * @param facing which edge populations face each other; those that one side alone has are findings at every level
 */
export async function proveFull(
  original: { readonly circuit: Circuit; readonly edges: EdgeSource },
  manipulated: { readonly circuit: Circuit | undefined; readonly edges: EdgeSource },
  facing: Facing,
  rows: RowMap | NoRowMap,
  options: LookupOptions = {},
): Promise<FullProof> {
  const [before, after] = [original.circuit, manipulated.circuit]
  const replaced = { original: original.edges.population, manipulated: manipulated.edges.population }
  const around = async (make: (a: SonataCircuit, b: SonataCircuit) => Promise<Made>): Promise<Made> => {
    const reason = [before, after].map(withoutConfig).find(found => found !== undefined)
    if (reason !== undefined || !(before instanceof SonataCircuit) || !(after instanceof SonataCircuit))
      return { reason: reason ?? 'there is no configuration' }
    for (const { config, reads } of [before, after])
      for (const { typesFile } of [...config.nodes, ...config.edges])
        if (typesFile !== undefined) reads.note(typesFile)
    return make(before, after)
  }
  const references = await referencesMade(before, after, facing, rows, options)
  const made: readonly (readonly [FullCheckId, Made])[] = [
    ['indices.consistent', await attempt('indices.consistent', () => indices(manipulated.edges))],
    [
      'nodes.files',
      await attempt('nodes.files', () =>
        around(async (a, b) => ({
          findings: await comparePopulations('nodes', await a.nodePopulations(), await b.nodePopulations()),
        })),
      ),
    ],
    [
      'populations.others',
      await attempt('populations.others', () =>
        around(async () => {
          const others = facing.others.filter(pair => !references.followed.has(pair.original.population))
          return {
            findings: await comparePopulations(
              'edges',
              others.map(pair => pair.original),
              others.map(pair => pair.manipulated),
            ),
          }
        }),
      ),
    ],
    [
      'config.sound',
      await attempt('config.sound', () =>
        around(async (a, b) => ({ findings: await checkConfig(a, b, replaced) })),
      ),
    ],
  ]
  return {
    checks: [...made.map(([id, result]) => checkResult(id, result)), ...references.checks],
    findings: [
      ...made.flatMap(([, result]) => ('findings' in result ? result.findings.map(asFinding) : [])),
      ...references.findings,
    ],
    notChecked: [
      ...references.notChecked,
      ...made.flatMap(([id, result]) => ('reason' in result ? [`${WORDS[id]} (${result.reason})`] : [])),
      'attributes of groups and datasets in node files and other edge populations',
    ],
  }
}

/** What cannot be read is a finding of the check that needed it. */
async function attempt(check: FullCheckId, make: () => Promise<Made>): Promise<Made> {
  try {
    return await make()
  } catch (error) {
    if (!isInputError(error)) throw error
    const found = [error.file, error.field, error.message].filter(Boolean).join(': ')
    return {
      findings: [{ code: 'config.unresolved', check, count: 1, expected: 'files that can be read', found }],
    }
  }
}

async function indices(edges: EdgeSource): Promise<Made> {
  const place = edges.target.place
  if (place === undefined) return { reason: `${edges.file} has none before it is converted` }
  const h5 = await openHdf5(place.file)
  try {
    const { index } = await readEdgeLayout(h5, edges.population)
    if (index === null) return { reason: `${edges.file} has none` }
    const problems = await checkIndices(h5, edges.population, edges)
    return {
      findings: problems.map(({ message, direction }) => ({
        code: 'indices.wrong',
        check: 'indices.consistent',
        count: 1,
        expected: `${direction} as the id columns say`,
        found: message,
      })),
    }
  } finally {
    h5.close()
  }
}

/** Why a circuit has no files around its edges. */
function withoutConfig(circuit: Circuit | undefined): string | undefined {
  if (!(circuit instanceof SonataCircuit)) return 'not a SONATA circuit'
  if (circuit.unconverted) return `${circuit.file} is not converted yet: there is no configuration`
  return circuit.config.file.endsWith('.json') ? undefined : `${circuit.file} has no configuration`
}

function checkResult(id: FullCheckId, result: Made): CheckResult {
  if ('reason' in result) return { id, level: 'full', status: 'not_checked', reason: result.reason }
  return { id, level: 'full', status: result.findings.length > 0 ? 'failed' : 'passed' }
}

const asFinding = ({ code, check, count, expected, found }: FullFinding): Finding => ({
  code,
  check,
  severity: 'error',
  count,
  expected,
  found,
  culprits: [],
})
