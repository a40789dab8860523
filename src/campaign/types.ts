/** A campaign as it was asked for, after all checks: paths absolute, defaults filled in. */

import type { Amount } from '../selection/amount.ts'
import type { GeneratorName, SelectionMode } from '../selection/draw.ts'
import type { SeedMode } from '../selection/seed.ts'

/** Which nodes, in the two languages that need it. */
export interface NodeChoice {
  /** As on the command line; undefined: all nodes. */
  readonly expression: string | undefined
  /** As manip_config takes it for `sel_src` and `sel_dest`; undefined: all nodes. */
  readonly selection: NodeSelectionSpec | undefined
  /** Where the campaign file says it, for messages: `nodes.exc`, `manipulations[0].source`. */
  readonly key?: string | undefined
}

/** A node set by name, or attributes (and `node_set`) that all must hold. */
export type NodeSelectionSpec =
  | string
  | { readonly [attribute: string]: string | number | readonly (string | number)[] }

/** Where the connections come from that are drawn from. */
export type ListSource =
  | { readonly kind: 'file'; readonly file: string; readonly idBase: 0 | 1 }
  | { readonly kind: 'pairs'; readonly pairs: readonly (readonly [number, number])[]; readonly idBase: 0 | 1 }
  | { readonly kind: 'reciprocal' }
  | {
      readonly kind: 'between'
      readonly source: NodeChoice
      readonly target: NodeChoice
      readonly within: NodeChoice | undefined
    }

export interface Manipulation {
  readonly name: string
  readonly operation: string
  /** Arguments of the operation beyond selections and mask, as manip_config takes them. */
  readonly arguments: Readonly<Record<string, unknown>>
  readonly source: NodeChoice
  readonly target: NodeChoice
  /** Undefined: an operation that needs no list. */
  readonly list: ListSource | undefined
  readonly mode: SelectionMode
  /** One variant each. */
  readonly amounts: readonly Amount[]
  readonly seed: number
  readonly seedMode: SeedMode
  readonly simulationSeed: number | undefined
  readonly generator: GeneratorName
  readonly allow: readonly string[]
}

/** Section `config`. */
export interface ConfigSettings {
  readonly generation: 'A' | 'B'
  readonly circuitPath: string
  readonly circuitConfig: string
  /** With `{name}`. */
  readonly outputPath: string
  readonly blueConfig: string | undefined
  readonly workflowTemplate: string | undefined
  readonly seed: number
  readonly splits: number
}

/** Section `cluster`. */
export interface JobSettings {
  readonly account?: string
  readonly partition?: string
  readonly time?: string
  readonly memory?: string
  readonly constraint?: string
  readonly nodes?: number
  readonly tasks?: number
  readonly cpus?: number
  readonly exclusive?: boolean
  readonly setup?: readonly string[]
  readonly profile?: boolean
  readonly resume?: boolean
  readonly keep_parquet?: boolean
}

export interface Campaign {
  /** Absolute path of the file. */
  readonly file: string
  readonly circuit: string
  /** Of the base circuit, for full names. */
  readonly name: string
  readonly population: string | undefined
  readonly manipulatedPopulation: string | undefined
  /** Line of the file, from 1, at which these are said, or are to be. */
  readonly populationLine: number
  readonly output: string
  readonly manipulations: readonly Manipulation[]
  readonly variants: readonly Variant[]
  readonly config: ConfigSettings
  readonly cluster: JobSettings
  /** URL by full name. */
  readonly registrations: ReadonlyMap<string, string>
}

/** One manipulated circuit: a manipulation with one of its amounts. */
export interface Variant {
  /** `<name>-<index>`, the name of the manipulation for connectome-manipulator. */
  readonly id: string
  /** `<circuit>_<name>-<index>`, as circuits are registered. */
  readonly fullName: string
  readonly manipulation: Manipulation
  /** The i of `<SIMi>`. */
  readonly index: number
  readonly amount: Amount | undefined
  /** Seed of the draw, after the seed mode. */
  readonly seed: number
  readonly paths: VariantPaths
  /** Where the manipulated circuit is said to be; undefined: where the configuration puts it. */
  readonly circuit: string | undefined
}

/** Absolute paths of one variant, of design section 6. */
export interface VariantPaths {
  readonly folder: string
  readonly mask: string
  readonly target: string
  readonly config: string
  readonly proof: string
}
