/** What can be wrong with a configuration, beside values and models. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeMaskNpz } from '../../../../src/formats/scipy-sparse.ts'
import { cooToCsc } from '../../../../src/kernels/csc.ts'
import { ALTERATION_TRAPS } from './alteration-traps.ts'
import { MODEL_TRAPS } from './model-traps.ts'
import { type Entry, type Json, OPERATIONS } from './operations.ts'
import {
  AMOUNTS,
  everything,
  MODELS,
  on,
  rename,
  SELECTING,
  sets,
  spec,
  TOLERANT,
  type Trap,
  top,
} from './trap.ts'

/** Names that nobody reads: what was meant is what they would say. */
const MISNAMED: readonly Trap[] = [
  {
    name: 'sel_dst for sel_dest',
    on: SELECTING,
    both: everything,
    spoil: sets({ sel_dst: [0, 1] }),
    meant: sets({ sel_dest: [0, 1] }),
  },
  {
    name: 'amount for amount_pct',
    on: AMOUNTS,
    both: everything,
    spoil: ({ entry }) => {
      entry.amount_pct = 30
      rename(entry, 'amount_pct', 'amount')
    },
    meant: sets({ amount_pct: 30 }),
  },
  {
    name: 'amount_pct for keep_pct',
    on: ['syn_subsampling'],
    both: everything,
    spoil: ({ entry }) => {
      entry.keep_pct = 30
      rename(entry, 'keep_pct', 'amount_pct')
    },
    meant: sets({ keep_pct: 30 }),
  },
  {
    name: 'delay_mean_coefs',
    on: MODELS,
    both: everything,
    spoil: spec('delay_model_spec', { model: 'LinDelayModel', delay_mean_coefs: [1.75, 0.5] }),
    meant: spec('delay_model_spec', {
      model: 'LinDelayModel',
      delay_mean_coeff_a: 1.75,
      delay_mean_coeff_b: 0.5,
    }),
  },
]

/** Every other pair of nodes. */
function masked(rows: number, columns: number, more: Record<string, Json> = {}): Trap['spoil'] {
  return async ({ entry, folder }) => {
    const file = join(folder, 'mask.npz')
    const pairs = Array.from({ length: rows * columns }, (_, k) => k).filter(k => k % 2 === 0)
    const row = Uint32Array.from(pairs, k => Math.floor(k / columns))
    const column = Uint32Array.from(pairs, k => k % columns)
    await writeMaskNpz(file, { ...cooToCsc({ rows, columns, row, column }), label: file })
    Object.assign(entry, { conn_mask_file: file, amount_pct: 100, ...more })
  }
}

export const CONFIG_TRAPS: readonly Trap[] = [
  ...MISNAMED,
  ...ALTERATION_TRAPS,
  ...MODEL_TRAPS,
  ...on(OPERATIONS, {
    none: () => {},
    'no model_config': ({ entry }) => {
      delete (entry as Partial<Entry>).model_config
    },
    'edges_popul_name that is not there': top({ edges_popul_name: 'A__A__chemcial' }),
    'src_node_popul_name that is not there': top({ src_node_popul_name: 'B' }),
    'tgt_node_popul_name that is right': top({ tgt_node_popul_name: 'A' }),
    'a dead key': top({ output_path: '/o', population_name: 'default' }),
    'seed times splits': top({ seed: 2 ** 31, N_split_nodes: 2 }),
    'seed below 0': top({ seed: -1 }),
    'seed of 0': top({ seed: 0, N_split_nodes: 2 }),
    'seed that is text': top({ seed: '7' }),
    'seed that is a fraction': top({ seed: 7.5 }),
    'three splits': top({ N_split_nodes: 3 }),
    'more splits than nodes': top({ N_split_nodes: 20 }),
    'no splits': top({ N_split_nodes: 0 }),
    'splits that are text': top({ N_split_nodes: '2' }),
    'syn_props_init with edges': ({ top }) => {
      top.syn_props_init = { conductance: 'float32' }
    },
    'a retired operation': ({ entry }) => {
      entry.source = 'axon_shuffling'
    },
    'an unknown operation': ({ entry }) => {
      entry.source = `${entry.source}s`
    },
  }),
  ...on(
    TOLERANT,
    {
      'kwargs half migrated': ({ entry }) => {
        const { source, model_config, ...kwargs } = entry
        for (const key of Object.keys(kwargs)) delete entry[key]
        entry.kwargs = kwargs
      },
    },
    everything,
  ),
  ...on(
    SELECTING,
    {
      'an operator': sets({ sel_src: { layer: { $gt: 2 } } }),
      $or: sets({ sel_src: { $or: [{ layer: 2 }, { layer: 3 }] } }),
      'an empty object': sets({ sel_dest: {} }),
      'an empty list': sets({ sel_dest: [] }),
      'an unknown node set': sets({ sel_src: 'Excc' }),
      'an unknown node set in an object': sets({ sel_src: { node_set: 'Excc' } }),
      'a node id above': sets({ sel_dest: [0, 12] }),
      'a node id below': sets({ sel_dest: [0, -1] }),
      'a list of texts': sets({ sel_dest: ['Exc'] }),
      'an unknown attribute': sets({ sel_src: { mtpye: 'L4_PC' } }),
      'a value that is not there': sets({ sel_src: { synapse_class: 'exc' } }),
      'text for a number': sets({ sel_src: { layer: '2' } }),
      'a number for text': sets({ sel_src: { mtype: 4 } }),
      'a node set without nodes': sets({ sel_src: 'None' }),
      'a list with repeats': sets({ sel_src: [1, 1, 2, 3] }),
      'a float id': sets({ sel_src: [1.5, 2] }),
      'a bool selection': sets({ sel_src: true }),
      'an int selection': sets({ sel_src: 3 }),
      'population in an object': sets({ sel_src: { population: 'A', layer: 2 } }),
      'node_id in an object': sets({ sel_src: { node_id: [1, 2, 3] } }),
    },
    everything,
  ),
  ...on(
    AMOUNTS,
    {
      'amount_pct 101': sets({ amount_pct: 101 }),
      'amount_pct -1': sets({ amount_pct: -1 }),
      'amount_pct text': sets({ amount_pct: '50' }),
      'amount_pct 0': sets({ amount_pct: 0 }),
      'amount_pct in model_config': ({ entry }) => {
        entry.amount_pct = 10
        entry.model_config = { ...entry.model_config, amount_pct: 100 }
      },
      'amount_pct twice alike': ({ entry }) => {
        entry.model_config = { ...entry.model_config, amount_pct: entry.amount_pct ?? 100 }
      },
      'amount_pct null': sets({ amount_pct: null }),
    },
    everything,
  ),
  ...on(
    ['conn_removal'],
    {
      'a mask that is not there': sets({ conn_mask_file: '/nowhere/mask.npz' }),
      'a mask that is npy': draft => {
        const file = join(draft.folder, 'mask.npy')
        writeFileSync(file, 'x')
        draft.entry.conn_mask_file = file
      },
      'conn_mask for conn_mask_file': sets({ conn_mask: true, amount_pct: 100 }),
      'a mask': masked(12, 12),
      'a mask of another shape': masked(12, 11),
      'a mask for its lists': masked(4, 12, { sel_src: [0, 1, 3, 9] }),
      'a mask for a list out of order': masked(4, 12, { sel_src: [3, 1, 9, 0] }),
      'a mask for a list with repeats': masked(4, 12, { sel_src: [3, 3, 9, 0] }),
      'a mask for nobody': masked(0, 12, { sel_src: 'None' }),
      'min above max': sets({ min_syn_per_conn: 3, max_syn_per_conn: 1 }),
      'min 0': sets({ min_syn_per_conn: 0 }),
      'min 1.5': sets({ min_syn_per_conn: 1.5 }),
      'max text': sets({ max_syn_per_conn: '2' }),
    },
    everything,
  ),
  ...on(['conn_extraction'], {
    'no target_name': ({ entry }) => {
      delete entry.target_name
    },
    'an unknown target_name': sets({ target_name: 'Frist' }),
    'a target without nodes': sets({ target_name: 'None' }),
    'target for target_name': ({ entry }) => rename(entry, 'target_name', 'target'),
    'a node sets file that is not there': sets({ target_name: 'Mine', node_sets_file: '/nowhere/sets.json' }),
    'a node sets file': draft => {
      const file = join(draft.folder, 'more_sets.json')
      writeFileSync(file, JSON.stringify({ Mine: { node_id: [0, 1, 2, 3, 4] }, Odd: { layer: 2 } }))
      Object.assign(draft.entry, { target_name: 'Mine', node_sets_file: file })
    },
    'a node sets file without ids': draft => {
      const file = join(draft.folder, 'more_sets.json')
      writeFileSync(file, JSON.stringify({ Odd: { layer: 2 } }))
      Object.assign(draft.entry, { target_name: 'Odd', node_sets_file: file })
    },
  }),
  ...on(['syn_subsampling'], {
    'keep_pct 150': sets({ keep_pct: 150 }),
    'keep_pct 0': sets({ keep_pct: 0 }),
  }),
  ...on(
    ['syn_removal'],
    {
      rescale_gsyn: sets({ rescale_gsyn: true, keep_conns: true }),
      'rescale_gsyn of all': sets({ rescale_gsyn: true, keep_conns: false, amount_pct: 100 }),
      'rescale_gsyn text': sets({ rescale_gsyn: 'no' }),
      'keep_conn for keep_conns': ({ entry }) => {
        entry.keep_conns = true
        rename(entry, 'keep_conns', 'keep_conn')
      },
    },
    everything,
  ),
]
