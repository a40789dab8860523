/** What connectome-manipulator is asked to do, with node selections resolved: the input of a prediction. */
import type { Mask } from './mask.ts'

/** Nodes of one side, 0-based, in the order and with the duplicates the package would see. */
export interface Chosen {
  readonly ids: Uint32Array
  /** 1 for every node that is chosen; as many as the population has. */
  readonly member: Uint8Array
}

/** All nodes of a population of `nodes`, or those of a list. */
export function chosen(nodes: number, ids?: Uint32Array): Chosen {
  const member = new Uint8Array(nodes)
  if (ids === undefined) member.fill(1)
  else for (const id of ids) member[id] = 1
  return { ids: ids ?? new Uint32Array(nodes).map((_, id) => id), member }
}

interface Pathway {
  /** Presynaptic and postsynaptic selection: S and T. */
  readonly source: Chosen
  readonly target: Chosen
}

export interface ConnRemoval extends Pathway {
  readonly kind: 'conn_removal'
  /** 0 .. 100. */
  readonly percent: number
  /** Bounds of synapses per connection, inclusive. */
  readonly atLeast?: number | undefined
  readonly atMost?: number | undefined
  /** Shape as long as the lists of S and T; rows and columns in their order. */
  readonly mask?: Mask | undefined
}

export interface SynRemoval extends Pathway {
  readonly kind: 'syn_removal'
  readonly percent: number
  /** One random synapse of each connection is protected. */
  readonly keepConnections: boolean
  /** `conductance` of survivors is scaled so that each connection keeps its sum. */
  readonly rescale: boolean
}

/** How a new value is made. `range` clips it, except for `setval` and `shuffle`. */
export type NewValue =
  | {
      readonly mode: 'setval' | 'scale' | 'offset'
      readonly value: number
      /** Written as an integer (2, not 2.0): integers then stay in their type. Default: whether it is whole. */
      readonly integer?: boolean | undefined
      readonly range?: Range | undefined
    }
  | { readonly mode: 'shuffle' }
  | {
      readonly mode: 'randval' | 'randscale' | 'randadd'
      /** Name of a function of `numpy.random`. */
      readonly rng: string
      readonly arguments: Readonly<Record<string, unknown>>
      readonly range?: Range | undefined
    }

export type Range = readonly [low: number, high: number]

export interface SynPropAlteration extends Pathway {
  readonly kind: 'syn_prop_alteration'
  readonly property: string
  readonly newValue: NewValue
  /** Property and the values of it that are altered. */
  readonly filter: ReadonlyMap<string, readonly unknown[]>
  readonly percent: number
}

export type Operation =
  | { readonly kind: 'null_manipulation' }
  | ConnRemoval
  /** Rows between these nodes are kept; undefined: none is. */
  | { readonly kind: 'conn_extraction'; readonly nodes: Chosen | undefined }
  | SynRemoval
  | { readonly kind: 'syn_subsampling'; readonly percent: number }
  | SynPropAlteration
  | Rewiring
  | Wiring

/** Connections drawn from a model: which, nothing but the model tells. */
export interface Rewiring extends Pathway {
  readonly kind: 'conn_rewiring'
  /** Of the targets of each split, so many are rewired. */
  readonly percent: number
  /** Each target keeps its number of sources. */
  readonly keepIndegree: boolean
  /** Synapses of existing connections get new sources, as long as there are any. */
  readonly reuseConnections: boolean
  /** Connections that are drawn again stay as they are. */
  readonly keepConnections: boolean
  readonly mode: 'add_only' | 'delete_only' | undefined
  /** How synapses are made where there are none to reuse. */
  readonly method: 'sample' | 'randomize' | undefined
  readonly positions: 'reuse' | 'reuse_strict' | 'random' | 'external'
  /** Nothing but statistics is made: no edge is left. */
  readonly estimation: boolean
  /** A model without chance: whether it connects two nodes. */
  readonly adjacency: ((source: number, target: number) => boolean) | undefined
  readonly delay?: DelayModel | undefined
  /** 1 for each excitatory source, where it is known which are. */
  readonly excitatory?: Uint8Array | undefined
}

/** Delays in ms: normal around `a + b * distance` with `std`, never below `min`. */
export interface DelayModel {
  readonly a: number
  readonly b: number
  readonly std: number
  readonly min: number
  /** x, y and z of each source, which distances are measured from. */
  readonly positions?: readonly Float64Array[] | undefined
}

/** Connections added from a model, behind the rows of each split. */
export interface Wiring extends Pathway {
  readonly kind: 'conn_wiring'
  readonly percent: number
  readonly delay?: DelayModel | undefined
  readonly excitatory?: Uint8Array | undefined
}

export interface Plan {
  readonly operations: readonly Operation[]
  /** `np.random.seed(seed * (split + 1))` for each split, counted from 0. */
  readonly seed: number
  /** Blocks of target nodes that are manipulated one by one; at least 1. */
  readonly splits: number
  /** The oldest generation seeds once, before the first split. */
  readonly oneStream?: boolean | undefined
}

/** numpy.round(percent * count / 100): halves to even. Source: connectome-manipulator.md 2.1. */
export function share(percent: number, count: number): number {
  const exact = (percent * count) / 100
  const down = Math.floor(exact)
  const rest = exact - down
  if (rest !== 0.5) return rest > 0.5 ? down + 1 : down
  return down % 2 === 0 ? down : down + 1
}

/** The highest seed of NumPy's legacy generator. */
export const MAX_SEED = 0xffff_ffff

/** Split (from 0) whose seed does not fit and that therefore stops, where there is one. */
export function overflowingSplit({ seed, splits, oneStream }: Omit<Plan, 'operations'>): number | undefined {
  if (seed * (oneStream ? 1 : splits) <= MAX_SEED) return undefined
  return Math.floor(MAX_SEED / seed)
}

/** First and behind-last target of each split: blocks of ceil(targets / splits), the last ones short or empty. */
export function splitBounds(targets: number, splits: number): [from: number, to: number][] {
  const size = Math.ceil(targets / splits)
  return Array.from({ length: splits }, (_, k) => [
    Math.min(k * size, targets),
    Math.min((k + 1) * size, targets),
  ])
}
