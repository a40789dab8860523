/** What must hold of the edges of a manipulated population, edge by edge; and what a comparison with that found. */
import type { EdgeSource } from '../../connectome/edges.ts'
import type { KernelBuild } from '../../kernels/load.ts'
import type { TargetRange } from '../buckets.ts'
import type { Walked, WalkInput } from './walk.ts'

/** One bit per edge of the original: bit `k & 7` of byte `k >> 3` is edge id k. */
export interface EdgeBits {
  readonly length: number
  readonly bytes: Uint8Array
}

export type RowOrder =
  /** Original edge ids ascend. What every operation promises of sorted inputs, and of a single split. */
  | { readonly kind: 'input' }
  /**
   * Blocks of `ceil(targets / splits)` targets, one after the other, original edge ids ascending in each
   * (connectome-manipulator.md 2.1).
   */
  | { readonly kind: 'splits'; readonly splits: number }
  /** Grouped by targets in any way that splits could, original edge ids ascending in each group; also `input`. */
  | { readonly kind: 'grouped' }
  /** Nothing is promised: each connection is a multiset of edges. */
  | { readonly kind: 'any' }

/**
 * What must hold of one property in the rows of a set (`rows`: original edge ids; default all). In all other rows it
 * must be bit-identical. Callbacks get several rows at a time, as many as `edges` is long: `before` and the others
 * hold `bytes` of the column for each, little-endian. They must not keep the arrays and must not depend on how rows
 * are grouped into calls, nor on the order of calls.
 */
export type PropertyRule =
  /** The value follows from the one before: write it to `expected`, which arrives as a copy of `before`. */
  | {
      readonly kind: 'exact'
      readonly rows?: EdgeBits | undefined
      readonly expect: (edges: Float64Array, before: Uint8Array, expected: Uint8Array) => void
    }
  /** Anything that a predicate accepts: set `bad[k]` to 1 for rows that it does not. */
  | {
      readonly kind: 'bounded'
      readonly rows?: EdgeBits | undefined
      readonly judge: (edges: Float64Array, before: Uint8Array, after: Uint8Array, bad: Uint8Array) => void
      /** Why the value itself is not known, for the list of what was not checked. */
      readonly reason: string
    }
  /** Nothing determines it. */
  | { readonly kind: 'free'; readonly rows?: EdgeBits | undefined; readonly reason: string }
  /** The property need not be there at all; where it is, it must be bit-identical. */
  | { readonly kind: 'droppable'; readonly reason: string }

export interface Expectation {
  /**
   * Edges of the original that must remain, exactly these. Undefined: whole connections stay or go, which ones is
   * told (and judged) by the comparison of connections.
   */
  readonly remain?: EdgeBits | undefined
  readonly order: RowOrder
  /** By name of the property; bit-identical where there is no rule. */
  readonly properties?: ReadonlyMap<string, PropertyRule> | undefined
  /**
   * Whether the manipulated population may have edges of this connection that the original has not. Default: none
   * may. Their properties are not checked, their number is told.
   */
  readonly mayBeNew?: ((source: number, target: number) => boolean) | undefined
}

/** Nothing but whole connections may be gone. */
export const UNCHANGED: Expectation = { order: { kind: 'grouped' } }

export const SYNAPSE_CODES = [
  /** An edge that must remain has no counterpart in its connection. */
  'synapse.missing',
  /** An edge too many: doubled, kept though it should be gone, or from nowhere. */
  'synapse.extra',
  /** Right edges, not in the order that was promised. */
  'synapse.order',
  /** A value that should be bit-identical, or as predicted, is not. */
  'property.changed',
  /** A value outside of what its rule allows. */
  'property.bounds',
  /** A property that only one of the two has. */
  'property.missing',
  'property.added',
  /** Another type or width, or text instead of numbers. */
  'property.type',
  /** A value that the type of the edge gave, and nothing gives any more. */
  'property.lost',
  /** `edge_type_id` is neither what it was nor 0. */
  'edge_type.changed',
  /** Properties lie where a reader that takes row i of group 0 for edge i finds others, or none. */
  'property.layout',
  /** An id column lost the attribute that names its node population. */
  'ends.unnamed',
] as const

export type SynapseCode = (typeof SYNAPSE_CODES)[number]

export type PropertyValue = number | bigint | string

/** An edge that is not as it should be. Node and edge ids are 0-based. */
export interface SynapseCulprit {
  readonly source: number
  readonly target: number
  /** Edge id in the original and in the manipulated population, where there is one. */
  readonly originalEdge?: number | undefined
  readonly manipulatedEdge?: number | undefined
  readonly property?: string | undefined
  readonly before?: PropertyValue | undefined
  /** Where it is not `before`. */
  readonly expected?: PropertyValue | undefined
  readonly after?: PropertyValue | undefined
}

export interface SynapseFinding {
  readonly code: SynapseCode
  /** The property concerned; each has a finding of its own. */
  readonly property?: string | undefined
  /** Edges concerned, at least 1; of those without culprits 1. */
  readonly count: number
  readonly expected?: string | undefined
  readonly found?: string | undefined
  /** The first of them, ascending by (target, source, edge id). */
  readonly culprits: readonly SynapseCulprit[]
}

/** What the pipeline always changes. Named, and no difference. */
export type PipelineChange =
  | 'ids.retyped'
  | 'edge_type.zeroed'
  | 'groups.dropped'
  | 'population.renamed'
  | 'dynamics_params.flattened'
  | 'strays.dropped'

export interface PropertyFacts {
  readonly name: string
  /** Kept edges whose value was held to be the same or as predicted; to bounds; to nothing. */
  readonly exact: number
  readonly bounded: number
  readonly free: number
}

export interface SynapseComparison {
  readonly edges: {
    readonly original: number
    readonly manipulated: number
    /** With a counterpart; gone as they should; new where they may be. */
    readonly kept: number
    readonly gone: number
    readonly new: number
  }
  readonly findings: readonly SynapseFinding[]
  readonly properties: readonly PropertyFacts[]
  readonly pipeline: readonly PipelineChange[]
  /** Properties that could not be compared. */
  readonly uncompared: readonly string[]
  /** Why it is not known whether the order is as promised, where it is not. */
  readonly orderUnknown: string | undefined
  /** Sentences, for people: what no rule determines, and what could not be read. */
  readonly notChecked: readonly string[]
}

export interface SynapseOptions {
  /** Culprits to keep per finding; default 10. */
  readonly keep?: number | undefined
  /** Bytes for rows that must be brought together in memory; more go to a temporary file. Default 1 GiB. */
  readonly memory?: number | undefined
  readonly folder?: string | undefined
  /** Rows per window; the result does not depend on it. */
  readonly windowRows?: number | undefined
  /** Whether rows of the original ascend by target, where a pass has proven or refuted it; else they are looked at. */
  readonly sortedByTarget?: boolean | undefined
  /**
   * Kept connections are known to have as many edges as before, but for those to `suspects`: a comparison of
   * connections found it. Otherwise every connection that lost an edge is looked at row by row.
   */
  readonly multiplicityKnown?: boolean | undefined
  /** Rows that belong together, from a comparison of connections: see `Comparison.paired`. */
  readonly paired?: Float64Array | undefined
  /** Targets that must be looked at row by row whatever the pass over both finds. */
  readonly suspects?: Iterable<number> | undefined
  /** Only rows to these targets are compared; the order is that of all rows. Default all targets. */
  readonly targets?: TargetRange | undefined
  readonly kernels?: KernelBuild | undefined
  /** How the pass over both is made, where not in this thread alone. */
  readonly walk?: ((input: WalkInput) => Promise<Walked>) | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/**
 * Compare two edge populations edge by edge with an expectation. Both must have a table (`EdgeSource.table`).
 * Implemented by `compareSynapses` in `compare.ts`. Rejects with InputError if either cannot be read.
 */
export type CompareSynapses = (
  original: EdgeSource,
  manipulated: EdgeSource,
  expectation: Expectation,
  options?: SynapseOptions,
) => Promise<SynapseComparison>

/** Rows of one side whose targets lie in a block, ascending by (target, source, row). */
export interface BlockRows {
  readonly count: number
  /** 0-based node ids. */
  readonly source: Uint32Array
  readonly target: Uint32Array
  /** Row number in the population of each: its edge id. */
  readonly edge: Float64Array
  /** Bytes of each property, `count` times the width of the column; by name. */
  readonly columns: ReadonlyMap<string, Uint8Array>
}

/** All edges to targets `from .. to-1`, on both sides. Good until the next block is asked for. */
export interface TargetBlock {
  readonly from: number
  readonly to: number
  readonly original: BlockRows
  readonly manipulated: BlockRows
}

/**
 * Both populations block by block, targets ascending; blocks are bounded (about `windowRows` rows, never less than
 * one target), for contracts that judge rows by what they hold. Text comes as codes that mean the same on both sides.
 * Implemented by `targetBlocks` in `blocks.ts`.
 */
export type TargetBlocks = (
  original: EdgeSource,
  manipulated: EdgeSource,
  options?: SynapseOptions,
) => AsyncIterable<TargetBlock>
