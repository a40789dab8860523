/** What can be wrong with conn_rewiring and conn_wiring, and their models. */
import { CHANCE, DELAYS } from './operations.ts'
import { everything, MODELS, on, sets, spec, type Trap } from './trap.ts'

export const MODEL_TRAPS: readonly Trap[] = [
  ...on(
    MODELS,
    {
      'an unknown model': spec('prob_model_spec', { model: 'ConnProb9thOrderModel' }),
      'a parameter that is missing': spec('prob_model_spec', { model: 'ConnProb2ndOrderComplexExpModel' }),
      'p for p_conn': spec('prob_model_spec', { model: 'ConnProb1stOrderModel', p: 0.5 }),
      'p_conn above 1': spec('prob_model_spec', { model: 'ConnProb1stOrderModel', p_conn: 1.5 }),
      'p_conn text': spec('prob_model_spec', { model: 'ConnProb1stOrderModel', p_conn: '0.5' }),
      'p_conn 0': spec('prob_model_spec', { model: 'ConnProb1stOrderModel', p_conn: 0 }),
      'delay_std below 0': spec('delay_model_spec', { ...DELAYS, delay_std: -1 }),
      'a model file that is not there': spec('prob_model_spec', { file: '/nowhere/model.json' }),
      'a file and a model': spec('prob_model_spec', { file: '/nowhere/model.json', ...CHANCE }),
      'a model that is text': spec('prob_model_spec', 'ConnProb1stOrderModel'),
      'a model of another role': spec('prob_model_spec', { model: 'NSynConnModel' }),
      'a model of delays': spec('prob_model_spec', DELAYS),
      'a model with a table': spec('prob_model_spec', { model: 'ConnProbAdjModel', inverted: false }),
      'an argument of the other era': sets({ prob_model_file: '/nowhere/model.json' }),
      'an unknown argument': sets({ keep_indegre: false }),
      'model_config at the top': ({ entry }) => {
        entry.prob_model_spec = entry.model_config.prob_model_spec ?? null
        const { prob_model_spec: _, ...rest } = entry.model_config
        entry.model_config = rest
      },
      'another model': spec('prob_model_spec', {
        model: 'ConnProb2ndOrderExpModel',
        scale: 0.9,
        exponent: 0.001,
      }),
      'ConnProbModel of order 2': spec('prob_model_spec', {
        model: 'ConnProbModel',
        order: 2,
        coeff_a: 0.9,
        coeff_b: 0.001,
      }),
      'ConnProbModel of order 3': spec('prob_model_spec', { model: 'ConnProbModel', order: 3, coeff_a: 0.9 }),
    },
    everything,
  ),
  ...on(['conn_rewiring'], {
    'no prob_model_spec': ({ entry }) => {
      entry.model_config = { delay_model_spec: DELAYS }
    },
    'no delay_model_spec': ({ entry }) => {
      entry.model_config = { prob_model_spec: CHANCE }
    },
    'keep_conns with keep_indegree': sets({
      keep_indegree: true,
      reuse_conns: true,
      keep_conns: true,
      gen_method: null,
      rewire_mode: null,
    }),
    'gen_method of old': sets({ keep_indegree: false, gen_method: 'duplicate_sample' }),
    'gen_method unasked': sets({
      keep_indegree: true,
      reuse_conns: true,
      gen_method: 'sample',
      rewire_mode: null,
      keep_conns: false,
    }),
    'no gen_method': sets({ keep_indegree: false, gen_method: null }),
    'randomize without properties': sets({ keep_indegree: false, gen_method: 'randomize' }),
    'p_scale below 0': sets({ p_scale: -1 }),
    'syn_class of old': sets({ syn_class: 'exc' }),
    'syn_class INH': sets({ syn_class: 'INH' }),
    'no syn_class': ({ entry }) => {
      delete entry.syn_class
    },
    'sources of the other class': sets({ sel_src: { synapse_class: 'INH' } }),
    'syn_pos_mode random': sets({ keep_indegree: false, gen_method: 'sample', syn_pos_mode: 'random' }),
    'syn_pos_mode external': sets({ keep_indegree: false, gen_method: 'sample', syn_pos_mode: 'external' }),
    'syn_pos_mode that is unknown': sets({ syn_pos_mode: 'reused' }),
    delete_only: sets({
      keep_indegree: false,
      reuse_conns: true,
      gen_method: 'sample',
      rewire_mode: 'delete_only',
      keep_conns: true,
    }),
    'few sources': sets({
      sel_src: [0, 1],
      keep_indegree: true,
      reuse_conns: true,
      gen_method: null,
      rewire_mode: null,
      keep_conns: false,
    }),
    opt_nconn: sets({ keep_indegree: false, reuse_conns: true, gen_method: 'sample', opt_nconn: true }),
  }),
  ...on(['conn_wiring'], {
    'no models': ({ entry }) => {
      entry.model_config = {}
    },
    'mean 0': spec('nsynconn_model_spec', { model: 'NSynConnModel', mean: 0, std: 0.5 }),
    'morph_ext h5': sets({ morph_ext: 'h5' }),
    'morph_ext unknown': sets({ morph_ext: 'obj' }),
    'no sources': sets({ sel_src: 'None' }),
  }),
]
