/** Entries of `manip.fcts` without a fault, as somebody means them. */
import type { Pick } from '../../../contract/circuits.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
export type Entry = { source: string; model_config: Record<string, Json> } & Record<string, Json>

export const OPERATIONS = [
  'null_manipulation',
  'conn_removal',
  'conn_extraction',
  'syn_removal',
  'syn_subsampling',
  'syn_prop_alteration',
  'conn_rewiring',
  'conn_wiring',
] as const
export type Operation = (typeof OPERATIONS)[number]

const SELECTIONS: readonly Json[] = [
  null,
  'Exc',
  'Upper',
  'First',
  'Both',
  [0, 1, 2, 3, 4, 5, 6, 7],
  [3, 1, 9, 0],
  { synapse_class: 'EXC' },
  { layer: [2, 3, 4], mtype: ['L4_PC', 'L5_TPC'] },
  { node_set: 'Exc', layer: 3 },
  { node_set: 'Upper' },
]

export const DELAYS = {
  model: 'LinDelayModel',
  delay_mean_coeff_a: 0.75,
  delay_mean_coeff_b: 0.003,
  delay_std: 0.5,
  delay_min: 0.2,
}
export const CHANCE = { model: 'ConnProb1stOrderModel', p_conn: 0.5 }

export function drawEntry(operation: Operation, pick: Pick): Entry {
  const one = <T>(list: readonly T[]): T => list[pick(list.length)] as T
  const selection = (): Json => one(SELECTIONS)
  const percent = (): Json => one([100, 50, 30.5, 80])
  const ends = { sel_src: selection(), sel_dest: selection() }
  switch (operation) {
    case 'null_manipulation':
      return { source: operation, model_config: {} }
    case 'conn_removal': {
      const bounds: Record<string, Json> =
        [{}, { min_syn_per_conn: 2 }, { max_syn_per_conn: 1 }][pick(3)] ?? {}
      return { source: operation, ...ends, amount_pct: percent(), ...bounds, model_config: {} }
    }
    case 'conn_extraction':
      return { source: operation, target_name: one(['Exc', 'Upper', 'First', 'Both']), model_config: {} }
    case 'syn_removal':
      return {
        source: operation,
        ...ends,
        amount_pct: percent(),
        keep_conns: pick(2) === 0,
        model_config: {},
      }
    case 'syn_subsampling':
      return { source: operation, keep_pct: percent(), model_config: {} }
    case 'syn_prop_alteration':
      return {
        source: operation,
        syn_prop: one(['conductance', 'delay', 'u_syn']),
        new_value: one<Json>([
          { mode: 'setval', value: 0.5 },
          { mode: 'scale', factor: 1.5 },
          { mode: 'offset', value: 0.25 },
          { mode: 'scale', factor: 3.0, range: [0.5, 2.5] },
          { mode: 'randval', rng: 'normal', kwargs: { loc: 1, scale: 0.25 }, range: [0.125, 2] },
          { mode: 'randscale', rng: 'uniform', kwargs: { low: 0.5, high: 1.5 } },
        ]),
        ...ends,
        amount_pct: percent(),
        model_config: {},
      }
    case 'conn_rewiring': {
      const kept: Record<string, Json> =
        [
          {},
          { keep_indegree: false, gen_method: 'sample' },
          { keep_indegree: true, reuse_conns: false, gen_method: 'sample' },
          { keep_indegree: false, gen_method: 'sample', rewire_mode: 'add_only', keep_conns: true },
        ][pick(4)] ?? {}
      return {
        source: operation,
        syn_class: 'EXC',
        sel_dest: selection(),
        ...kept,
        amount_pct: percent(),
        model_config: { prob_model_spec: CHANCE, delay_model_spec: DELAYS },
      }
    }
    case 'conn_wiring':
      return {
        source: operation,
        ...ends,
        amount_pct: percent(),
        model_config: {
          prob_model_spec: CHANCE,
          nsynconn_model_spec: { model: 'NSynConnModel', mean: 2, std: 0.5 },
          delay_model_spec: DELAYS,
        },
      }
  }
}
