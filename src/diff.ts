/** What differs between two edge populations, whatever files they are in. */
import { requireArguments, requirePath, stopIfAborted } from './arguments.ts'
import type { EdgeOrder, EdgeSource } from './connectome/edges.ts'
import { severalSynapses } from './connectome/table.ts'
import { InternalError } from './errors.ts'
import { refuseChanged } from './identify.ts'
import { type EdgesOptions, type OpenFile, openEdges } from './open-edges.ts'
import { compareInParallel } from './parallel/jobs.ts'
import { allNodes, commonCounts, measured, withCounts } from './same-nodes.ts'
import type { Facing } from './sonata/facing.ts'
import { askedConnections } from './verification/asked.ts'
import type { Comparison, Culprit } from './verification/comparison.ts'
import { silent, withoutMultiplicity } from './verification/uncheckable.ts'

export const DIFF_CLASSES = ['only_in_a', 'only_in_b', 'multiplicity_changed'] as const
export type DiffClass = (typeof DIFF_CLASSES)[number]

export interface DiffOptions extends EdgesOptions {
  /** Compare which pairs are connected, not by how many edges. */
  readonly connectionsOnly?: boolean
  /** Culprits to keep per class; default 10. */
  readonly keep?: number
  /** Keep every culprit in `differences`. */
  readonly all?: boolean
  /** Bytes for rows that must be brought into order; more go to a temporary file. */
  readonly memory?: number | undefined
  /** Folder for that file; default that of the system. */
  readonly folder?: string | undefined
  /** Threads to use; default 1. */
  readonly jobs?: number | undefined
  /** No more threads than one for so many rows; default no such limit. */
  readonly rowsPerJob?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

export interface DiffSide {
  readonly file: string
  readonly population: string
  readonly edges: number
  readonly connections: number
  readonly order: EdgeOrder
}

export interface Diff {
  readonly a: DiffSide
  readonly b: DiffSide
  /** The same connections; and, where the caller named no population, no population that one side alone has. */
  readonly equal: boolean
  /** Edge populations beside the two that were compared; undefined where the files do not say which there are. */
  readonly populations:
    | {
        readonly onlyInA: readonly string[]
        readonly onlyInB: readonly string[]
        /** In both, and not compared. */
        readonly inBoth: readonly string[]
      }
    | undefined
  /** Connections. */
  readonly onlyInA: number
  readonly onlyInB: number
  readonly inBoth: number
  /** Of those in both, how many have another number of edges; undefined where that was not compared. */
  readonly multiplicityChanged: number | undefined
  /** Why not, unless the caller asked for it. */
  readonly multiplicityUnknown: string | undefined
  /** What the counts do not say. */
  readonly warnings: readonly string[]
  /** The first of each class, ascending by (target, source); `original` are the edges in A, `manipulated` in B. */
  readonly culprits: Readonly<Record<DiffClass, readonly Culprit[]>>
  /** All that was read. */
  readonly files: readonly string[]
  /** All of them, where the caller asked for all. */
  readonly differences: ReadonlyArray<Culprit & { readonly class: DiffClass }> | undefined
}

/**
 * Compare the edges of two files, connection by connection: SONATA circuits or edges files, SciPy adjacency (.npz),
 * lists of pairs (.npy, .csv), in any order. Ids are compared as they are: no node is looked at. One edge population
 * of each is compared: which, follows from the rule of `sonata/facing.ts`; the others are listed.
 *
 * @throws InputError if one of them cannot be used, or is changed while it is read
 */
export async function diff(a: string, b: string, options: DiffOptions = {}): Promise<Diff> {
  requirePath(a, 'a')
  requirePath(b, 'b')
  requireArguments(options)
  const opened: OpenFile[] = []
  try {
    const first = await openEdges(a, options)
    opened.push(first)
    const second = await openEdges(b, options, first)
    opened.push(second)
    const found = await diffEdges(first, second, options)
    const read = [...first.filesRead(), ...second.filesRead()]
    await refuseChanged(read)
    stopIfAborted(options)
    return { ...found, files: read.map(({ file }) => file) }
  } finally {
    for (const file of opened) await file.close()
  }
}

async function diffEdges(a: OpenFile, b: OpenFile, options: DiffOptions): Promise<Omit<Diff, 'files'>> {
  const [first, second] = [a.edges, b.edges]
  // Only what neither file names can be too much for the other, so both get the larger numbers.
  const sides = [await measured(first), await measured(second)] as const
  const counts = commonCounts(sides)
  const [left, right] = [withCounts(sides[0], counts), withCounts(sides[1], counts)]
  const source = allNodes(left.sourcePopulation, counts.source)
  const target = allNodes(left.targetPopulation, counts.target)
  const asked = askedConnections(source, target, undefined, undefined)
  const { keep = 10, all = false, memory, folder, signal, onProgress } = options
  const passOptions = { keep, all, memory, folder, signal, onProgress }
  const pass = [left, [{ edges: right, asked }], source, target, passOptions] as const
  const [outcome] = await compareInParallel(...pass, options)
  if (outcome?.comparison === undefined) throw outcome?.error ?? new RangeError('no outcome')
  const several = [await severalSynapses(first.table), await severalSynapses(second.table)]
  const warnings = [...new Set(several.filter(warning => warning !== undefined))]
  return { ...summed(left, right, outcome.comparison, besides(a, b), options), warnings }
}

/** What neither side's edges say: which populations there are besides. */
function besides({ circuit: one }: OpenFile, { circuit: other, facing }: OpenFile): Diff['populations'] {
  if (one === undefined || other === undefined || facing === undefined) return undefined
  if (one.namedBy === 'part' || one.namedBy !== other.namedBy) return undefined
  const names = (infos: Facing['lost']): string[] => infos.map(({ population }) => population)
  return {
    onlyInA: names(facing.lost),
    onlyInB: names(facing.added),
    inBoth: names(facing.others.map(pair => pair.original)),
  }
}

function summed(
  a: EdgeSource,
  b: EdgeSource,
  whole: Comparison,
  populations: Diff['populations'],
  options: DiffOptions,
): Omit<Diff, 'warnings' | 'files'> {
  const quiet = silent('multiplicity', a, b)
  const counted = quiet === undefined && options.connectionsOnly !== true
  const { classes, culprits, ...comparison } = counted ? whole : withoutMultiplicity(whole)
  const side = (edges: EdgeSource, which: 'original' | 'manipulated'): DiffSide => ({
    file: edges.file,
    population: edges.population,
    edges: comparison.edges[which],
    connections: comparison.connections[which],
    order: comparison.order[which],
  })
  const [onlyInA, onlyInB] = [classes.lost_not_asked, classes.added_not_asked]
  const named = options.population !== undefined || options.manipulatedPopulation !== undefined
  const alone = (populations?.onlyInA.length ?? 0) + (populations?.onlyInB.length ?? 0)
  return {
    a: side(a, 'original'),
    b: side(b, 'manipulated'),
    equal: onlyInA + onlyInB + classes.multiplicity_changed === 0 && (named || alone === 0),
    populations,
    onlyInA,
    onlyInB,
    inBoth: comparison.connections.original - onlyInA,
    multiplicityChanged: counted ? classes.multiplicity_changed : undefined,
    multiplicityUnknown: quiet && `${quiet} lists connections, not edges`,
    culprits: {
      only_in_a: culprits.lost_not_asked,
      only_in_b: culprits.added_not_asked,
      multiplicity_changed: culprits.multiplicity_changed,
    },
    differences: comparison.differences?.map(row => ({
      ...row,
      class: CLASS[row.class] ?? unexpected(row.class),
    })),
  }
}

const CLASS: Readonly<Partial<Record<string, DiffClass>>> = {
  lost_not_asked: 'only_in_a',
  added_not_asked: 'only_in_b',
  multiplicity_changed: 'multiplicity_changed',
}

/** Nothing was asked and nothing is outside, so that no other class has members. */
function unexpected(name: string): never {
  throw new InternalError(`a difference of class ${name}`)
}
