/** From a list and a circuit to the connections that are removed, their mask and their files. */
import { requireArgument, requireArguments, requirePath, stopIfAborted } from './arguments.ts'
import type { EdgeSource } from './connectome/edges.ts'
import type { PairList } from './connectome/pairs.ts'
import type { NodeSelection } from './connectome/selection.ts'
import { InputError } from './errors.ts'
import { type WrittenFile, writeFileSet } from './formats/file-set.ts'
import { encodeRemoval, RECORD_FILE, REMOVAL_FILES } from './interop/removal-files.ts'
import type { Amount } from './selection/amount.ts'
import { connectionList, reciprocalList } from './selection/circuit-lists.ts'
import {
  type Drawn,
  type DrawOptions,
  drawConnections,
  type GeneratorName,
  type SelectionMode,
} from './selection/draw.ts'
import { type DrawnMask, maskOfPairs } from './selection/drawn-mask.ts'
import { type LintCircuit, type LintCode, type LintFinding, lintList } from './selection/lint.ts'
import { intersectIds } from './sonata/id-sets.ts'
import { connectionsBetween, existing } from './verification/connections.ts'
import type { PassOptions } from './verification/row-pass.ts'

/** What lists are held against: the edges of a circuit, and the selections that the mask is between. */
export interface SelectCircuit {
  readonly edges: EdgeSource
  readonly source: NodeSelection
  readonly target: NodeSelection
}

/**
 * A list in memory (see `readPairList`, `pairListOf`), or one that the circuit gives: all reciprocal pairs among its
 * selection, or all connections between two sets of nodes, each restricted to the selection.
 */
export type ListSource =
  | PairList
  | { readonly from: 'reciprocal' }
  | { readonly from: 'connections'; readonly source: NodeSelection; readonly target: NodeSelection }

export interface PrepareOptions extends PassOptions {
  readonly mode: SelectionMode
  readonly circuit?: SelectCircuit | undefined
  readonly allow?: readonly LintCode[] | undefined
  /** Rows to name per finding; 5 by default. */
  readonly show?: number | undefined
}

/** A list that may be drawn from any number of times, and what was found in it. */
export interface PreparedList {
  readonly list: PairList
  readonly mode: SelectionMode
  readonly circuit: SelectCircuit | undefined
  readonly findings: readonly LintFinding[]
  /** Of a list that the circuit gives: its autapses that are not in it. Nobody asked for them by name. */
  readonly autapsesLeftOut?: number
  readonly allow: readonly LintCode[]
}

/**
 * Make or take a list and lint it, with one pass over the edges where there is a circuit. Findings that are errors
 * are for the caller to refuse (`refusalOf`).
 *
 * @throws InputError if a list is asked of no circuit, if an id is none of a node, or if edges cannot be read
 */
export async function prepareList(source: ListSource, options: PrepareOptions): Promise<PreparedList> {
  requireArguments(options, ['mode'])
  requireArgument('source', source)
  const prepared = await prepare(source, options)
  stopIfAborted(options)
  return prepared
}

async function prepare(source: ListSource, options: PrepareOptions): Promise<PreparedList> {
  const { mode, circuit, allow = [] } = options
  if (!('from' in source)) {
    return { list: source, mode, circuit, allow, findings: await lintGiven(source, options) }
  }
  if (circuit === undefined)
    throw new InputError('needs a circuit to list the connections of', {
      field: source.from,
      hint: 'give the circuit, or a list',
    })
  const { list, autapses } = await listOf(source, circuit, options)
  const findings = await lintOwn(list, source.from, circuit, options)
  return { list, mode, circuit, allow, findings, autapsesLeftOut: autapses }
}

interface OwnList {
  readonly list: PairList
  /** Those of the circuit that are not in the list. */
  readonly autapses: number
}

async function listOf(
  source: Exclude<ListSource, PairList>,
  circuit: SelectCircuit,
  options: PrepareOptions,
): Promise<OwnList> {
  const { edges } = circuit
  if (source.from === 'reciprocal') {
    if (!isRecurrent(edges))
      throw new InputError('reciprocal pairs need sources and targets of one population', {
        file: edges.file,
        field: edges.population,
      })
    const both = restricted(circuit.source, circuit.target)
    const connections = await connectionsBetween(edges, both, both, options)
    return {
      list: reciprocalList(connections, both),
      autapses: autapsesOf(connectionList(connections, both, both)),
    }
  }
  const from = restricted(source.source, circuit.source)
  const to = restricted(source.target, circuit.target)
  const list = connectionList(await connectionsBetween(edges, from, to, options), from, to)
  const keep = !isRecurrent(edges) || options.allow?.includes('list.autapse') === true
  return keep ? { list, autapses: 0 } : { list: withoutAutapses(list), autapses: autapsesOf(list) }
}

const autapsesOf = ({ source, target }: PairList): number =>
  source.reduce((count, id, row) => count + (id === target[row] ? 1 : 0), 0)

function withoutAutapses(list: PairList): PairList {
  const { source, target } = list
  if (autapsesOf(list) === 0) return list
  return {
    ...list,
    source: source.filter((id, row) => id !== target[row]),
    target: target.filter((id, row) => id !== source[row]),
  }
}

const restricted = (nodes: NodeSelection, to: NodeSelection): NodeSelection => ({
  ...nodes,
  ids: intersectIds(nodes.ids, to.ids),
})

/**
 * Distinct connections of the circuit, all inside the selection: a list of reciprocal pairs has no faults at all, one
 * of directed connections none but autapses.
 */
async function lintOwn(
  list: PairList,
  from: 'reciprocal' | 'connections',
  circuit: SelectCircuit,
  options: PrepareOptions,
): Promise<LintFinding[]> {
  if (from === 'reciprocal') return []
  if (options.mode === 'reciprocal') return lintGiven(list, options)
  return lintList(list, {
    ...options,
    circuit: undefined,
    distinct: true,
    recurrent: isRecurrent(circuit.edges),
  })
}

async function lintGiven(list: PairList, options: PrepareOptions): Promise<LintFinding[]> {
  const { circuit } = options
  if (circuit === undefined) return lintList(list, { ...options, circuit })
  const held = await lintCircuit(list, circuit, options)
  return lintList(list, { ...options, circuit: held, recurrent: isRecurrent(circuit.edges) })
}

const isRecurrent = ({ sourcePopulation, targetPopulation }: EdgeSource): boolean =>
  sourcePopulation === targetPopulation

async function lintCircuit(
  list: PairList,
  circuit: SelectCircuit,
  options: PrepareOptions,
): Promise<LintCircuit> {
  const { edges, source, target } = circuit
  requireNodes(list, 'source', source)
  requireNodes(list, 'target', target)
  const rows = list.source.length
  const twoWay = options.mode === 'reciprocal' && isRecurrent(edges)
  const wanted = twoWay
    ? { source: joined(list.source, list.target), target: joined(list.target, list.source) }
    : list
  const found = await existing(edges, wanted, options)
  return {
    source,
    target,
    forward: found.subarray(0, rows),
    // Between two populations nothing has a reverse.
    reverse: twoWay ? found.subarray(rows) : new Uint8Array(rows),
  }
}

function joined(first: Uint32Array, second: Uint32Array): Uint32Array {
  const both = new Uint32Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}

/** @throws InputError naming the first id that no node has: nothing can be meant by it */
function requireNodes(list: PairList, side: 'source' | 'target', nodes: NodeSelection): void {
  const row = list[side].findIndex(id => id >= nodes.populationSize)
  if (row < 0) return
  const id = list[side][row] ?? 0
  const nodesThere = `population ${nodes.population} has ${nodes.populationSize} nodes`
  throw new InputError(`row ${row} has the ${side} GID ${id + 1} (node id ${id}), but ${nodesThere}`, {
    file: list.label,
    hint: id === nodes.populationSize ? undefined : 'is the list of this circuit, and does it hold GIDs?',
  })
}

/**
 * The same list, with the finding `list.short` where a count is more than it holds: an error, unless that was allowed.
 * Then all that is there is drawn, as the notebook does.
 */
export function heldTo(prepared: PreparedList, amount: Amount): PreparedList {
  requireArgument('prepared', prepared)
  requireArgument('amount', amount)
  const asked = typeof amount === 'object' && 'count' in amount ? amount.count : 0
  const count = asked - prepared.list.source.length
  if (!(count > 0)) return prepared
  const severity = prepared.allow.includes('list.short') ? 'allowed' : 'error'
  return { ...prepared, findings: [...prepared.findings, { code: 'list.short', severity, count, first: [] }] }
}

export interface Selection {
  readonly prepared: PreparedList
  readonly drawn: Drawn
  /** Where a circuit is known. */
  readonly masked: DrawnMask | undefined
}

/**
 * Draw from a list; of a count above what it holds, all (see {@link heldTo}).
 *
 * @throws InputError for an amount or a seed that cannot be
 */
export function selectFrom(
  prepared: PreparedList,
  draw: { amount: Amount; seed: number; generator?: GeneratorName | undefined },
): Selection {
  requireArgument('prepared', prepared)
  requireArgument('draw', draw)
  const { list, mode, circuit } = prepared
  const drawn = drawnFrom(list, { pairs: list, mode, ...draw })
  const masked = circuit === undefined ? undefined : maskOfPairs(drawn, circuit.source, circuit.target)
  return { prepared, drawn, masked }
}

function drawnFrom(list: PairList, options: DrawOptions): Drawn {
  try {
    return drawConnections(options)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new InputError(error.message, { file: list.label, cause: error })
  }
}

export interface WriteOptions {
  /** Text of `selection.json`; left out where the selection is told elsewhere. */
  readonly record?: string | undefined
  readonly force?: boolean | undefined
  readonly dryRun?: boolean | undefined
}

/**
 * Write the files of a selection (see `REMOVAL_FILES`): overwritten whole, never appended.
 *
 * @throws InputError if files of another selection are there (without `force`), or if one cannot be written
 */
export async function writeSelection(
  folder: string,
  selection: Selection,
  options: WriteOptions = {},
): Promise<WrittenFile[]> {
  requirePath(folder, 'folder')
  requireArguments(options)
  requireArgument('selection', selection)
  const { prepared, drawn, masked } = selection
  const { circuit } = prepared
  const { record, ...how } = options
  const files = await encodeRemoval({
    pairs: drawn,
    masked: circuit && masked && { ...circuit, mask: masked.mask },
    record,
  })
  return writeFileSet(folder, files, { names: REMOVAL_FILES, notes: [RECORD_FILE], ...how })
}
