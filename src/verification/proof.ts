/** The record of one verification, as data. Sentences are made in `report/`. */
import type { EdgeOrder } from '../connectome/edges.ts'
import type { Culprit, Difference, DifferenceClass } from './comparison.ts'
import type { ContractCode } from './contracts/codes.ts'
import type { InvariantId } from './contracts/contracts.ts'
import type { SynapseCode, SynapseComparison, SynapseCulprit } from './synapses/expectation.ts'

export type CheckId =
  | 'nodes.same'
  | 'populations.same'
  | 'removed.exactly'
  | 'added.exactly'
  | 'outside.connections'
  | 'count'
  | 'multiplicity'
  | SynapseCheckId
  | ContractCheckId
  | FullCheckId

export type FullCheckId =
  | 'indices.consistent'
  | 'nodes.files'
  | 'populations.others'
  | 'references.sound'
  | 'config.sound'

/** Findings about what lies around the edges. */
export type FullCode =
  | 'indices.wrong'
  | 'indices.lost'
  | 'population.lost'
  | 'population.added'
  | 'population.changed'
  | 'reference.stale'
  | 'types.changed'
  | 'config.unresolved'
  | 'config.moved'
  | 'config.changed'
  | 'config.lost'
  | 'config.added'

export type SynapseCheckId = 'properties.same' | 'synapses.same' | 'synapses.order'

/** Of a configuration: that it runs at all, what must hold of its operations, and what it wrote down of itself. */
export type ContractCheckId = 'config.runs' | InvariantId | 'log.agrees' | 'indices.consistent'

/** Each proves what the ones before it do, and more. */
export const LEVELS = ['connections', 'synapses', 'full'] as const
export type Level = (typeof LEVELS)[number]

/** `cannot_tell`: the input could not be read, understood or trusted. It is never a kind of success. */
export type Verdict = 'verified' | 'differs' | 'cannot_tell'

export type FindingCode =
  | 'nodes.count'
  | 'nodes.selection'
  | 'asked.still_there'
  | 'asked.absent'
  | 'lost.not_asked'
  | 'added.not_asked'
  | 'asked.not_added'
  | 'asked.already_there'
  | 'outside.changed'
  | 'count.differs'
  | 'multiplicity.changed'
  | SynapseCode
  | ContractCode
  /** A split cannot run with this configuration: no result of it is right. */
  | 'config.stops'
  /** Values left the range of their integer type, as the configuration has it. */
  | 'property.overflows'
  /** An index does not agree with the ids. */
  | 'index.disagrees'
  /** The level that was asked for was not reached; accepted by the caller, else there is no verdict. */
  | 'level.lower'
  | FullCode

export interface Finding {
  readonly code: FindingCode
  readonly check: CheckId
  /** A warning does not change the verdict: it was allowed by the caller. */
  readonly severity: 'error' | 'warning'
  /** Connections (or nodes, edges, properties) concerned; at least 1. */
  readonly count: number
  /** What the finding counts, where it is a number that should have been another. */
  readonly expected?: number | string
  readonly found?: number | string
  /** The first of them, ascending by (target, source). */
  readonly culprits: readonly Culprit[]
  /** Where the finding is about edges: the property, and the first edges, ascending by (target, source, edge id). */
  readonly property?: string | undefined
  /** Place of the function in the configuration, from 0, where the finding is about one. */
  readonly operation?: number | undefined
  readonly edges?: readonly SynapseCulprit[] | undefined
}

export interface CheckResult {
  readonly id: CheckId
  readonly level: Level
  readonly status: 'passed' | 'failed' | 'warning' | 'not_checked'
  /** Why it was not checked. */
  readonly reason?: string
  /** Properties that the check does not cover, as they could not be compared. */
  readonly except?: readonly string[]
}

export interface InputIdentity {
  readonly role: 'original' | 'manipulated' | 'removed' | 'added' | 'config' | 'log'
  readonly file: string
  readonly bytes: number
  /** ISO 8601, UTC. */
  readonly modified: string
  /**
   * Hex, only where it was asked for. Of a folder: of the lines that `sha256sum *` prints of its files, in the order of
   * their names.
   */
  readonly sha256?: string | undefined
}

/** Why there is no verdict. */
export interface Trouble {
  readonly message: string
  readonly file?: string | undefined
  readonly field?: string | undefined
  readonly hint?: string | undefined
}

export interface ProvenContract {
  readonly config: string
  /** Functions, in order. */
  readonly operations: readonly string[]
  readonly seed: number
  readonly splits: number
  /** Whether every row and value of the result was predicted; else why not. */
  readonly predicted: boolean
  readonly unpredicted: string | undefined
}

/** The file of rows: old row -> new row. */
export type EdgeMap =
  /** `rows`: edges of the original; `kept`: those that have a new row, the others have -1. */
  | { readonly file: string; readonly written: true; readonly rows: number; readonly kept: number }
  | { readonly file: string; readonly written: false; readonly reason: string }

export interface Proof {
  readonly schema: 1
  readonly tool: { readonly name: 'connproof'; readonly version: string }
  /** Name of the manipulated circuit, for people; `file` says which one it is. */
  readonly circuit: string
  readonly file: string
  readonly original: string
  readonly verdict: Verdict
  /** What was proven: where there is a verdict, or none only because more was asked for. */
  readonly level: Level | undefined
  readonly checks: readonly CheckResult[]
  readonly findings: readonly Finding[]
  /** What a reader must not take this proof for. */
  readonly notChecked: readonly string[]
  /** Only when `verdict` is `cannot_tell`. */
  readonly trouble: Trouble | undefined
  readonly edgePopulations: { readonly original: string; readonly manipulated: string } | undefined
  /** The configuration that said what was asked, where one did. */
  readonly contract?: ProvenContract | undefined
  /** Nodes of the populations concerned. */
  readonly neurons: number
  /** Selected nodes: S x T. */
  readonly selection: {
    readonly source: { readonly expression: string; readonly size: number }
    readonly target: { readonly expression: string; readonly size: number }
  }
  readonly asked: { readonly removed: number; readonly added: number }
  /** Connections between selected nodes. */
  readonly connections: { readonly original: number; readonly manipulated: number } | undefined
  readonly edges: { readonly original: number; readonly manipulated: number } | undefined
  readonly order: { readonly original: EdgeOrder; readonly manipulated: EdgeOrder } | undefined
  readonly classes: Readonly<Record<DifferenceClass, number>> | undefined
  readonly inputs: readonly InputIdentity[]
  /** Every culprit, only where the caller asked for all of them; not part of the JSON. */
  readonly differences: readonly Difference[] | undefined
  /** Where the caller asked for the map of rows. */
  readonly edgeMap?: EdgeMap | undefined
  /** What the comparison edge by edge found, from level `synapses` on. */
  readonly synapses?: Pick<SynapseComparison, 'edges' | 'properties' | 'pipeline'> | undefined
  /** Wall time of the pass this circuit took part in. */
  readonly seconds: number
}
