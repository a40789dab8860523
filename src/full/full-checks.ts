/** Level full: what lies around the edges. Everything that a simulation of the circuit would read beside them. */
import type { Circuit } from '../connectome/circuit.ts'
import type { EdgeSource } from '../connectome/edges.ts'
import { isInputError } from '../errors.ts'
import { FilesRead } from '../formats/files-read.ts'
import { SonataCircuit } from '../sonata/circuit.ts'
import type { Facing } from '../sonata/facing.ts'
import type { CheckResult, Finding, FullCheckId, FullCode } from '../verification/proof.ts'
import type { LookupOptions } from '../verification/rows/row-lookup.ts'
import type { NoRowMap, RowMap } from '../verification/rows/row-map.ts'
import { lookAtIndices } from './indices.ts'
import { compareNodes, comparePopulations } from './populations.ts'
import { referencesMade } from './references-check.ts'
import { compareConfigs } from './same-config.ts'

export interface FullFinding {
  readonly code: FullCode
  readonly check: FullCheckId
  readonly count: number
  readonly expected: string
  readonly found: string
}

/** Where the files of the original and of the manipulated circuit are noted before they are read. */
export type ReadsOfBoth = readonly [original: FilesRead, manipulated: FilesRead]

/** What one check found. */
export interface Looked {
  readonly findings: readonly FullFinding[]
  /** What could not be compared, and why: then the check was not made, whatever else is the same. */
  readonly unchecked: readonly string[]
  /** What need not be the same, and is not. */
  readonly notes?: readonly string[] | undefined
}

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
  const reads: ReadsOfBoth = [readsOf(before), readsOf(after)]
  const replaced = { original: original.edges.population, manipulated: manipulated.edges.population }
  const around = async (look: (a: SonataCircuit, b: SonataCircuit) => Promise<Looked>): Promise<Looked> => {
    const reason = [before, after].map(withoutConfig).find(found => found !== undefined)
    if (reason !== undefined || !(before instanceof SonataCircuit) || !(after instanceof SonataCircuit))
      return { findings: [], unchecked: [reason ?? 'there is no configuration'] }
    for (const { config, reads } of [before, after])
      for (const { typesFile } of [...config.nodes, ...config.edges])
        if (typesFile !== undefined) reads.note(typesFile)
    return look(before, after)
  }
  const references = await referencesMade(before, after, facing, rows, options)
  const others = facing.others.filter(pair => !references.followed.has(pair.original.population))
  const looks: Readonly<Record<Exclude<FullCheckId, 'references.sound'>, () => Promise<Looked>>> = {
    'indices.consistent': () => lookAtIndices(original.edges, manipulated.edges, reads),
    'nodes.files': () =>
      around(async (a, b) => compareNodes(await a.nodePopulations(), await b.nodePopulations(), reads)),
    'populations.others': () => around(() => comparePopulations('edges', others, reads)),
    'config.sound': () =>
      around(async (a, b) => {
        const compared = await compareConfigs(a, b, replaced, reads)
        return { ...compared, findings: [...(await unresolved(a, b)), ...compared.findings] }
      }),
  }
  const made: (readonly [FullCheckId, Looked])[] = []
  for (const [id, look] of Object.entries(looks) as [FullCheckId, () => Promise<Looked>][])
    made.push([id, await attempt(id, look)])
  return {
    checks: [...made.map(([id, looked]) => checkResult(id, looked)), ...references.checks],
    findings: [...made.flatMap(([, { findings }]) => findings.map(asFinding)), ...references.findings],
    notChecked: [
      ...references.notChecked,
      ...made.flatMap(([id, { unchecked, notes = [] }]) => [
        ...unchecked.map(what => `${WORDS[id]} (${what})`),
        ...notes,
      ]),
      'HDF5 attributes of the edges that were compared, but for node_population, and of what stands above populations',
    ],
  }
}

const readsOf = (circuit: Circuit | undefined): FilesRead =>
  circuit instanceof SonataCircuit ? circuit.reads : new FilesRead()

/** What cannot be read is a finding of the check that needed it. */
async function attempt(check: FullCheckId, look: () => Promise<Looked>): Promise<Looked> {
  try {
    return await look()
  } catch (error) {
    if (!isInputError(error)) throw error
    const found = [error.file, error.field, error.message].filter(Boolean).join(': ')
    const expected = 'files that can be read'
    return { findings: [{ code: 'config.unresolved', check, count: 1, expected, found }], unchecked: [] }
  }
}

/** Populations that cannot be opened: of nodes those that could be before, of edges new ones; others are told at every level. */
async function unresolved(original: SonataCircuit, manipulated: SonataCircuit): Promise<FullFinding[]> {
  const broken = (await original.nodePopulations()).filter(({ problem }) => problem !== undefined)
  const known = { nodes: namesOf(broken), edges: namesOf(await original.edgePopulations()) }
  const now = { nodes: await manipulated.nodePopulations(), edges: await manipulated.edgePopulations() }
  return (['nodes', 'edges'] as const)
    .flatMap(side => now[side].filter(({ population }) => !known[side].has(population)))
    .filter(({ problem }) => problem !== undefined)
    .map(({ problem, population, file }) => ({
      code: 'config.unresolved',
      check: 'config.sound',
      count: 1,
      expected: `population ${population ?? ''} in ${file}`,
      found: problem?.message ?? '',
    }))
}

const namesOf = (infos: readonly { readonly population: string | undefined }[]) =>
  new Set(infos.map(({ population }) => population))

/** Why a circuit has no files around its edges. */
function withoutConfig(circuit: Circuit | undefined): string | undefined {
  if (!(circuit instanceof SonataCircuit)) return 'not a SONATA circuit'
  if (circuit.unconverted) return `${circuit.file} is not converted yet: there is no configuration`
  return circuit.config.file.endsWith('.json') ? undefined : `${circuit.file} has no configuration`
}

function checkResult(id: FullCheckId, { findings, unchecked }: Looked): CheckResult {
  if (findings.length > 0) return { id, level: 'full', status: 'failed' }
  if (unchecked.length === 0) return { id, level: 'full', status: 'passed' }
  return { id, level: 'full', status: 'not_checked', reason: unchecked.join(', ') }
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
