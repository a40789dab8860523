/** From a list and a circuit to the connections that are removed, their mask and their files. */
import { requireArguments, requirePath, stopIfAborted } from './arguments.ts'
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
}

/**
 * Make or take a list and lint it, with one pass over the edges where there is a circuit. Findings that are errors
 * are for the caller to refuse (`refusalOf`).
 *
 * @throws InputError if a list is asked of no circuit, if an id is none of a node, or if edges cannot be read
 */
export async function prepareList(source: ListSource, options: PrepareOptions): Promise<PreparedList> {
  requireArguments(options, ['mode'])
  const prepared = await prepare(source, options)
  stopIfAborted(options)
  return prepared
}

async function prepare(source: ListSource, options: PrepareOptions): Promise<PreparedList> {
  const { mode, circuit } = options
  if (!('from' in source)) {
    return { list: source, mode, circuit, findings: await lintGiven(source, options) }
  }
  if (circuit === undefined)
    throw new InputError('needs a circuit to list the connections of', {
      field: source.from,
      hint: 'give the circuit, or a list',
    })
  const list = await listOf(source, circuit, options)
  return { list, mode, circuit, findings: await lintOwn(list, source.from, circuit, options) }
}

async function listOf(
  source: Exclude<ListSource, PairList>,
  circuit: SelectCircuit,
  options: PassOptions,
): Promise<PairList> {
  const { edges } = circuit
  if (source.from === 'reciprocal') {
    if (!isRecurrent(edges))
      throw new InputError('reciprocal pairs need sources and targets of one population', {
        file: edges.file,
        field: edges.population,
      })
    const both = restricted(circuit.source, circuit.target)
    return reciprocalList(await connectionsBetween(edges, both, both, options), both)
  }
  const from = restricted(source.source, circuit.source)
  const to = restricted(source.target, circuit.target)
  return connectionList(await connectionsBetween(edges, from, to, options), from, to)
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

export interface Selection {
  readonly prepared: PreparedList
  readonly drawn: Drawn
  /** Where a circuit is known. */
  readonly masked: DrawnMask | undefined
}

/** Draw from a list. @throws InputError for an amount or a seed that cannot be */
export function selectFrom(
  prepared: PreparedList,
  draw: { amount: Amount; seed: number; generator?: GeneratorName | undefined },
): Selection {
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
  { prepared: { circuit }, drawn, masked }: Selection,
  { record, ...options }: WriteOptions = {},
): Promise<WrittenFile[]> {
  requirePath(folder, 'folder')
  requireArguments(options)
  const files = await encodeRemoval({
    pairs: drawn,
    masked: circuit && masked && { ...circuit, mask: masked.mask },
    record,
  })
  return writeFileSet(folder, files, { names: REMOVAL_FILES, notes: [RECORD_FILE], ...options })
}
