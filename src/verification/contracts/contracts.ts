/** Which invariants hold of which operation: a list of ids for each. Source: connectome-manipulator.md 2. */
import type { Operation } from '../../connectome/operations.ts'

export const INVARIANTS = [
  'rows.kept',
  'removal.candidates',
  'removal.amount',
  'connections.kept',
  'conductance.sums',
  'alteration.rows',
  'alteration.values',
  'rewiring.rows',
  'rewiring.degrees',
  'rewiring.new',
  'rewiring.model',
] as const

export type InvariantId = (typeof INVARIANTS)[number]

/** Of any sequence: each id is checked as far as all functions together let it hold. */
export const CONTRACTS: Readonly<Record<Operation['kind'], readonly InvariantId[]>> = {
  null_manipulation: ['rows.kept', 'removal.candidates'],
  conn_removal: ['rows.kept', 'removal.candidates', 'removal.amount'],
  conn_extraction: ['rows.kept', 'removal.candidates', 'removal.amount'],
  syn_removal: ['rows.kept', 'removal.candidates', 'removal.amount', 'connections.kept', 'conductance.sums'],
  syn_subsampling: ['rows.kept', 'removal.candidates', 'removal.amount'],
  syn_prop_alteration: ['rows.kept', 'removal.candidates', 'alteration.rows', 'alteration.values'],
  conn_rewiring: ['rewiring.rows', 'rewiring.degrees', 'rewiring.new', 'rewiring.model'],
  // What is added follows the model.
  conn_wiring: ['rewiring.rows', 'rewiring.new'],
}

/** Ids of all functions together, without those that their arguments leave nothing to. */
export const invariantsOf = (operations: readonly Operation[]): Set<InvariantId> =>
  new Set(operations.flatMap(operation => CONTRACTS[operation.kind].filter(id => applies(id, operation))))

function applies(id: InvariantId, operation: Operation): boolean {
  if (operation.kind === 'syn_removal')
    return id === 'connections.kept'
      ? operation.keepConnections
      : id !== 'conductance.sums' || operation.rescale
  if (operation.kind === 'conn_rewiring')
    return id === 'rewiring.model'
      ? operation.adjacency !== undefined
      : id !== 'rewiring.new' || operation.method !== undefined
  return true
}
