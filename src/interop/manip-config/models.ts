/**
 * Models that a specification can name, with their parameters. Source: the classes of
 * `connectome_manipulator.model_building.model_types` of 1.0.4; a test recomputes the table where the package is there.
 */

/** What the operation hands to a model; a model that wants another input stops it. */
type Input = 'src_pos' | 'tgt_pos' | 'src_type' | 'tgt_type' | 'src_nid' | 'tgt_nid' | 'distance' | 'n_syn'
type OtherInput = 'gids' | 'prop_names' | 'num_sel'

export interface Model {
  readonly inputs: readonly (Input | OtherInput)[]
  /** By name; `undefined` where there is no default and the package stops without it. NaN: Python's nan. */
  readonly parameters: Readonly<Record<string, Default>>
  /** Tables that only a model file brings along: such a model cannot be written out in a configuration. */
  readonly tables: readonly string[]
  /** Values by pathway; takes `src_type_map`, `tgt_type_map` and `pathway_specs` as well. */
  readonly byPathway: boolean
}

export type Default = number | boolean | Readonly<Record<string, never>> | undefined

const POSITIONS = ['src_pos', 'tgt_pos'] as const
const NODES = ['src_nid', 'tgt_nid'] as const
const TYPES = ['src_type', 'tgt_type'] as const

const plain = (
  inputs: Model['inputs'],
  parameters: Model['parameters'],
  tables: readonly string[] = [],
): Model => ({ inputs, parameters, tables, byPathway: false })

const pathway = (inputs: Model['inputs'], parameters: Model['parameters']): Model => ({
  inputs: [...TYPES, ...inputs],
  parameters,
  tables: [],
  byPathway: true,
})

const needed = (...names: readonly string[]): Record<string, undefined> =>
  Object.fromEntries(names.map(name => [name, undefined]))

export const MODELS: Readonly<Record<string, Model>> = {
  ConnProb1stOrderModel: plain(POSITIONS, { p_conn: 0 }),
  ConnProb2ndOrderComplexExpModel: plain(
    POSITIONS,
    needed('prox_scale', 'prox_exp', 'prox_exp_pow', 'dist_scale', 'dist_exp'),
  ),
  ConnProb2ndOrderExpModel: plain(POSITIONS, { scale: 0, exponent: 0 }),
  ConnProb3rdOrderComplexExpModel: plain(
    POSITIONS,
    needed(
      'prox_scale_P',
      'prox_scale_N',
      'prox_exp_P',
      'prox_exp_N',
      'prox_exp_pow_P',
      'prox_exp_pow_N',
      'dist_scale_P',
      'dist_scale_N',
      'dist_exp_P',
      'dist_exp_N',
      'bip_coord',
    ),
  ),
  ConnProb3rdOrderExpModel: plain(
    POSITIONS,
    needed('scale_P', 'scale_N', 'exponent_P', 'exponent_N', 'bip_coord'),
  ),
  ConnProb4thOrderLinInterpnModel: plain(POSITIONS, {}, ['p_conn_table']),
  ConnProb4thOrderLinInterpnReducedModel: plain(POSITIONS, needed('axial_coord'), ['p_conn_table']),
  ConnProb5thOrderLinInterpnModel: plain(POSITIONS, {}, ['p_conn_table']),
  ConnProb5thOrderLinInterpnReducedModel: plain(POSITIONS, needed('axial_coord'), ['p_conn_table']),
  ConnProbAdjModel: plain(NODES, { inverted: false }, ['src_nodes_table', 'tgt_nodes_table', 'adj_table']),
  ConnProbModel: pathway(POSITIONS, { order: 1, coeff_a: 0, coeff_b: Number.NaN }),
  ConnPropsModel: plain([...TYPES, 'n_syn'], {
    ...needed('src_types', 'tgt_types', 'prop_stats'),
    prop_cov: {},
  }),
  LinDelayModel: pathway(['distance'], {
    delay_mean_coeff_a: 0.75,
    delay_mean_coeff_b: 0.003,
    delay_std: 0.5,
    delay_min: 0.2,
  }),
  LookupTableModel: plain(NODES, {}, ['src_nodes_table', 'tgt_nodes_table', 'lookup_table']),
  NSynConnModel: pathway([], { mean: 3, std: 1.5 }),
  PosMapModel: plain(['gids'], {}, ['pos_table']),
  PropsTableModel: plain([...NODES, 'prop_names', 'num_sel'], {}, ['props_table']),
}

export const modelOf = (name: string): Model | undefined =>
  Object.hasOwn(MODELS, name) ? MODELS[name] : undefined

/** Bounds that a model asserts of a parameter, by the parameter's name without the side it is for (`_P`, `_N`). */
export function boundsOf(parameter: string): readonly [low: number, high: number] | undefined {
  const name = parameter.replace(/_[PN]$/, '')
  if (['p_conn', 'scale', 'prox_scale', 'dist_scale'].includes(name)) return [0, 1]
  if (['exponent', 'prox_exp', 'prox_exp_pow', 'dist_exp', 'delay_std', 'delay_min', 'std'].includes(name))
    return [0, Number.POSITIVE_INFINITY]
  if (name === 'bip_coord') return [0, 2]
  return undefined
}

/** What the operations hand to the model of a specification. */
export const HANDED: Readonly<Record<string, readonly Input[]>> = {
  prob_model_spec: [...POSITIONS, ...TYPES, ...NODES],
  delay_model_spec: ['distance', ...TYPES],
}
