/**
 * Proves that a manipulated connectome differs from its original exactly as asked. Nothing here prints, exits or
 * touches the process; input that cannot be used throws {@link InputError}.
 *
 * @module connproof
 */
export type { Circuit, SelectOptions } from './connectome/circuit.ts'
export type { EdgeOrder, EdgeSource, IdColumn, IdType } from './connectome/edges.ts'
export type { PairList, Pairs } from './connectome/pairs.ts'
export type { NodeSelection } from './connectome/selection.ts'
export {
  diffSilenced,
  type SilencedClass,
  type SilencedDiff,
  type SilencedDiffOptions,
} from './diff-silenced.ts'
export { InputError, isInputError } from './errors.ts'
export { type EdgeFacts, type Inspection, type InspectOptions, inspect, type NodeFacts } from './inspect.ts'
export { openCircuit } from './open-circuit.ts'
export { pairListOf, readMask, readPairList } from './read-lists.ts'
export {
  heldTo,
  type ListSource,
  type PreparedList,
  type PrepareOptions,
  prepareList,
  type SelectCircuit,
  type Selection,
  selectFrom,
  type WriteOptions,
  writeSelection,
} from './select.ts'
export type { Amount } from './selection/amount.ts'
export type { Drawn, GeneratorName, SelectionMode } from './selection/draw.ts'
export type { LintCode, LintFinding } from './selection/lint.ts'
export type { MaskFile, MaskIds } from './selection/mask.ts'
export {
  type Silenced,
  type SilencedCounts,
  type SilencedOptions,
  type SilencedPopulation,
  silenced,
} from './silenced.ts'
export type { CircuitOptions, SonataCircuit } from './sonata/circuit.ts'
export type { Culprit, Difference, DifferenceClass } from './verification/comparison.ts'
export type {
  CheckId,
  CheckResult,
  Finding,
  FindingCode,
  InputIdentity,
  Level,
  Proof,
  ProvenContract,
  Trouble,
  Verdict,
} from './verification/proof.ts'
export { type Request, type VerifyOptions, verify } from './verify.ts'
export { type VerifyConfigOptions, verifyConfig } from './verify-config.ts'
export { VERSION } from './version.ts'
