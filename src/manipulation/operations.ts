/** What connectome-manipulator is asked to do, with node selections resolved: the input of a prediction. */
import type { Mask } from '../connectome/mask.ts'

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
  /** What depends on models: nothing after it can be predicted. */
  | { readonly kind: 'conn_rewiring' | 'conn_wiring' }

export interface Plan {
  readonly operations: readonly Operation[]
  /** `np.random.seed(seed * (split + 1))` for each split, counted from 0. */
  readonly seed: number
  /** Blocks of target nodes that are manipulated one by one; at least 1. */
  readonly splits: number
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
export function overflowingSplit({ seed, splits }: Pick<Plan, 'seed' | 'splits'>): number | undefined {
  if (seed * splits <= MAX_SEED) return undefined
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
