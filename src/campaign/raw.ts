/** The campaign file after its schema has accepted it: as written, nothing filled in. */
import type { JobSettings, NodeSelectionSpec } from './types.ts'

export interface RawCampaign {
  readonly circuit: string
  readonly name?: string
  readonly population?: string
  readonly manipulated_population?: string
  readonly nodes?: Readonly<Record<string, NodeSelectionSpec>>
  readonly output: string
  readonly defaults?: RawShared
  readonly manipulations: readonly (RawShared & { readonly name: string })[]
  readonly circuits?: Readonly<Record<string, string>>
  readonly config?: RawConfig
  readonly cluster?: JobSettings
  readonly registrations?: Readonly<Record<string, string>>
}

/** What a manipulation and `defaults` may say. */
export interface RawShared {
  readonly operation?: string
  readonly arguments?: Readonly<Record<string, unknown>>
  readonly nodes?: NodeSelectionSpec
  readonly source?: NodeSelectionSpec
  readonly target?: NodeSelectionSpec
  readonly list?: string
  readonly pairs?: readonly (readonly [number, number])[]
  readonly from?:
    | 'reciprocal'
    | {
        readonly source: NodeSelectionSpec
        readonly target: NodeSelectionSpec
        readonly within?: NodeSelectionSpec
      }
  readonly id_base?: 0 | 1
  readonly mode?: 'reciprocal' | 'directed'
  readonly count?: number | readonly number[]
  readonly fraction?: number | readonly number[]
  readonly all?: true
  readonly amounts?: readonly ('all' | { readonly count?: number; readonly fraction?: number })[]
  readonly seed?: number
  readonly seed_mode?: 'constant' | 'add_sim_idx' | 'add_sim_seed'
  readonly simulation_seed?: number
  readonly generator?: 'RandomState' | 'default_rng'
  readonly allow?: readonly string[]
}

interface RawConfig {
  readonly generation?: 'A' | 'B'
  readonly circuit_path?: string
  readonly circuit_config?: string
  readonly output_path?: string
  readonly blue_config?: string
  readonly workflow_template?: string
  readonly seed?: number
  readonly splits?: number
}
