/** What a proof looks at beyond connections: edges with all their properties. */
import type { Circuit } from './connectome/circuit.ts'
import type { EdgeSource } from './connectome/edges.ts'
import { type InputError, isInputError } from './errors.ts'
import { type FullProof, proveFull } from './full/full-checks.ts'
import { isEqualFile } from './full/same-path.ts'
import { threadsFor } from './parallel/jobs.ts'
import { walkInParallel } from './parallel/walks.ts'
import { matchedRows, ROWS_NOT_COMPARED } from './row-maps.ts'
import type { Facing } from './sonata/facing.ts'
import type { TargetRange } from './verification/buckets.ts'
import type { Comparison } from './verification/comparison.ts'
import type { CheckResult, Finding, Level, Proof, Trouble } from './verification/proof.ts'
import type { NoRowMap, RowMap } from './verification/rows/row-map.ts'
import { judgeSynapses, synapsesNotChecked } from './verification/synapses/checks.ts'
import { type ColumnPair, type ColumnPairs, pairColumns } from './verification/synapses/columns.ts'
import { compareColumns } from './verification/synapses/compare.ts'
import { type SynapseOptions, UNCHANGED } from './verification/synapses/expectation.ts'
import { type SynapsePart, sumUp, type Whole } from './verification/synapses/part.ts'
import { compareTargets } from './verification/synapses/target-range.ts'
import { otherReading } from './verification/synapses/type-reading.ts'
import { OTHER_POPULATIONS } from './verification/uncheckable.ts'
import type { VerifyOptions } from './verify.ts'

export type { FullProof }

/** Of one circuit, what was found beyond its connections. */
export interface Deeper {
  readonly level: Level
  readonly checks: readonly CheckResult[]
  readonly findings: readonly Finding[]
  readonly notChecked: readonly string[]
  readonly synapses: Proof['synapses']
  /** Which row each row of the original has become, or why that is not known. */
  readonly rows: RowMap | NoRowMap
  /** Why it could not be told. */
  readonly error: Trouble | undefined
}

const PROPERTIES = 'synapse properties (weights, delays, positions) of kept connections'
const BEYOND_SYNAPSES = [
  'indices of the edges file',
  'node files beyond their size and the selected ids',
  OTHER_POPULATIONS,
]
/** As deep as `verify` looks where nobody says. */
export const DEFAULT_LEVEL: Level = 'synapses'

const SHALLOW = {
  level: 'connections',
  findings: [],
  synapses: undefined,
  rows: ROWS_NOT_COMPARED,
  error: undefined,
} as const

/** Of a circuit whose connections alone were looked at. */
export const NO_DEEPER: Deeper = {
  ...SHALLOW,
  checks: [],
  notChecked: [PROPERTIES, 'order of the edges', ...BEYOND_SYNAPSES],
}

/** The two edge populations, and where their circuits are. */
export interface Both {
  readonly options: VerifyOptions
  readonly original: EdgeSource
  readonly edges: EdgeSource
  readonly circuit: Circuit
  readonly facing: Facing
}

/** Go as deep as the level says and the files allow. `comparison`: of the connections of both. */
export async function deepen(both: Both, comparison: Comparison): Promise<Deeper> {
  const { original, edges, options } = both
  if (options.level === 'connections') return NO_DEEPER
  const tables = await openTables(original, edges)
  if (tables.pairs === undefined) return tables.deeper
  try {
    const order = comparison.order.original
    const { columns, part } = await compareColumns(
      { original, manipulated: edges, expectation: UNCHANGED },
      tables,
      { ...synapseOptions(both, comparison), sortedByTarget: order === 'tgt,src' || order === 'tgt' },
    )
    return await concludeBoth(both, columns, comparison, part)
  } catch (error) {
    if (isInputError(error)) return untold(error)
    throw error
  }
}

/** The end of {@link deepen}, once all rows were compared. */
export async function concludeBoth(
  both: Both,
  tables: Found['tables'],
  comparison: Comparison,
  part: SynapsePart,
): Promise<Deeper> {
  const { options } = both
  const rows = matchedRows(both, comparison, part, synapseOptions(both, comparison))
  const full = options.level === 'full' ? await lookAround(both, rows) : undefined
  const odd = full !== undefined && tables.uncompared.length > 0
  const known = odd && (await haveEqualFiles(both)) ? withoutUncompared(tables) : tables
  return conclusion({ tables: known, edges: comparison.edges, part, full, rows, keep: options.keep ?? 10 })
}

/** Whatever a property holds, it is the same in files of the same bytes. */
async function haveEqualFiles({ original, edges }: Both): Promise<boolean> {
  const [a, b] = [original.target.place?.file, edges.target.place?.file]
  return a !== undefined && b !== undefined && (await isEqualFile(a, b))
}

const withoutUncompared = (tables: Found['tables']): Found['tables'] => ({
  ...tables,
  uncompared: [],
  notChecked: tables.notChecked.filter(
    what => !tables.uncompared.some(name => what.startsWith(`property ${name} (`)),
  ),
})

/** What {@link deepen} compares, of the rows to some targets. `comparison`: of the connections to them. */
export async function deepenPart(
  both: Both,
  columns: ColumnPairs,
  comparison: Comparison,
  range: TargetRange,
): Promise<SynapsePart> {
  const { original, edges: manipulated } = both
  const compare = ({ pairs }: ColumnPairs): Promise<SynapsePart> => {
    const sides = { original, manipulated, pairs, order: comparison.order }
    return compareTargets(sides, range, synapseOptions(both, comparison))
  }
  const part = await compare(columns)
  // The other way round, parts without a difference would have to be looked at again, too.
  if ((await otherReading(manipulated, columns, part.findings)) !== true) return part
  const others = await pairColumns(original, manipulated, UNCHANGED, true)
  // What is not checked then is told of the whole, which does not know it.
  return others.notChecked.length > columns.notChecked.length ? part : compare(others)
}

/** What properties there are on both sides; no `pairs`: nothing is to be compared, and that is all there is to say. */
export type Tables<P = ColumnPair> =
  | (Omit<Whole['columns'], 'pairs'> & { readonly pairs: readonly P[]; readonly deeper?: undefined })
  | { readonly pairs?: undefined; readonly deeper: Deeper }

export async function openTables(original: EdgeSource, edges: EdgeSource): Promise<Tables> {
  const list = [original, edges].find(one => one.table === undefined)
  if (list !== undefined) {
    const reason = `${list.file} lists connections without properties`
    const notChecked = [`${PROPERTIES} (${reason})`, 'order of the edges', ...BEYOND_SYNAPSES]
    return { deeper: { ...SHALLOW, checks: synapsesNotChecked(reason), notChecked } }
  }
  try {
    return await pairColumns(original, edges, UNCHANGED)
  } catch (error) {
    if (isInputError(error)) return { deeper: untold(error) }
    throw error
  }
}

/** What only level full asks for. */
export const lookAround = (
  { options, original, circuit, edges, facing }: Both,
  rows: RowMap | NoRowMap,
): Promise<FullProof> =>
  proveFull({ circuit: options.original, edges: original }, { circuit, edges }, facing, rows, options)

export interface Found {
  readonly tables: Pick<Whole, 'columns'>['columns']
  readonly edges: Comparison['edges']
  /** Of all rows. */
  readonly part: SynapsePart
  /** At level full. */
  readonly full: FullProof | undefined
  readonly rows: RowMap | NoRowMap
  readonly keep: number
}

export function conclusion({ tables, edges, part, full, rows, keep }: Found): Deeper {
  const whole = { edges, columns: tables, expectation: UNCHANGED, remaining: undefined, part, keep }
  const synapses = sumUp(whole)
  const { checks, findings } = judgeSynapses(synapses)
  const { edges: counts, properties, pipeline } = synapses
  const deeper = { synapses: { edges: counts, properties, pipeline }, rows, error: undefined }
  if (full === undefined) {
    const notChecked = [...synapses.notChecked, ...BEYOND_SYNAPSES]
    return { ...deeper, level: 'synapses', checks, findings, notChecked }
  }
  return {
    ...deeper,
    level:
      full.checks.some(({ status }) => status === 'not_checked') || synapses.uncompared.length > 0
        ? 'synapses'
        : 'full',
    checks: [...checks, ...full.checks],
    findings: [...findings, ...full.findings],
    notChecked: [...synapses.notChecked, ...full.notChecked],
  }
}

/** Where properties could not be read. */
export function untold({ message, file, field, hint }: Trouble | InputError): Deeper {
  const notChecked = [`${PROPERTIES} (${message})`, 'order of the edges', ...BEYOND_SYNAPSES]
  const error = { message, file, field, hint }
  return { ...SHALLOW, checks: synapsesNotChecked(message), notChecked, error }
}

/** `comparison`: what is known of the connections. */
export function synapseOptions(
  { options, original, edges }: Both,
  comparison: Pick<Comparison, 'paired' | 'changedTargets'>,
): SynapseOptions {
  const rows = original.edgeCount + edges.edgeCount
  // As many as for the connections.
  const threads = threadsFor(options, rows)
  return {
    keep: options.keep,
    memory: options.memory,
    folder: options.folder,
    windowRows: options.windowRows,
    multiplicityKnown: true,
    paired: comparison.paired,
    // Which edges of a connection are gone or new shows when they are matched.
    suspects: comparison.changedTargets,
    walk: input => walkInParallel(input, threads, options.pool),
    signal: options.signal,
    onProgress: options.onProgress,
  }
}
