/** Something that is wrong with a configuration, or with the circuit that it is for, on the operations it concerns. */
import type { Circuit } from './circuit.ts'
import type { Entry, Json, Operation } from './operations.ts'

/** A configuration before it is written. */
export interface Draft {
  top: Record<string, Json>
  entry: Entry
  circuit: Circuit
  folder: string
}

export interface Trap {
  readonly name: string
  readonly on: readonly Operation[]
  readonly spoil: (draft: Draft) => void | Promise<void>
  /** Done first to the configuration that is meant as well, so that what is wrong shows. */
  readonly both?: (draft: Draft) => void
  /** What a reader of the file takes it to mean, where that is not the entry without the trap. */
  readonly meant?: (draft: Draft) => void
}

export const SELECTING: readonly Operation[] = [
  'conn_removal',
  'syn_removal',
  'syn_prop_alteration',
  'conn_wiring',
]
export const TOLERANT: readonly Operation[] = [
  'conn_removal',
  'conn_extraction',
  'syn_removal',
  'syn_subsampling',
  'syn_prop_alteration',
]
export const AMOUNTS: readonly Operation[] = [
  'conn_removal',
  'syn_removal',
  'syn_prop_alteration',
  'conn_rewiring',
  'conn_wiring',
]
export const MODELS: readonly Operation[] = ['conn_rewiring', 'conn_wiring']

export const sets =
  (given: Record<string, Json>): Trap['spoil'] =>
  ({ entry }) => {
    Object.assign(entry, given)
  }
export const top =
  (given: Record<string, Json>): Trap['spoil'] =>
  draft => {
    Object.assign(draft.top, given)
  }
export const on = (
  on: readonly Operation[],
  cases: Record<string, Trap['spoil']>,
  both: Trap['spoil'] = () => {},
): Trap[] => Object.entries(cases).map(([name, spoil]) => ({ name, on, spoil, both }))

/** Every synapse takes part. */
export const everything: Trap['spoil'] = ({ entry }) => {
  for (const name of ['min_syn_per_conn', 'max_syn_per_conn']) delete entry[name]
  for (const name of ['sel_src', 'sel_dest', 'amount_pct'])
    if (Object.hasOwn(entry, name)) entry[name] = name === 'amount_pct' ? 50 : null
  if (entry.source === 'syn_removal') entry.keep_conns = true
  if (entry.source === 'syn_subsampling') entry.keep_pct = 50
}

export const rename = (entry: Entry, from: string, to: string): void => {
  const entries = Object.entries(entry).map(([key, value]) => [key === from ? to : key, value] as const)
  for (const key of Object.keys(entry)) delete entry[key]
  Object.assign(entry, Object.fromEntries(entries))
}

export const spec =
  (name: string, given: Json): Trap['spoil'] =>
  ({ entry }) => {
    entry.model_config = { ...entry.model_config, [name]: given }
  }
