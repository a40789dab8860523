/**
 * The operations of connectome-manipulator: name, arguments, defaults, and the versions that have them. The one
 * table that parsing, checking, migrating and emitting go by. Source: the package's history, as written down in
 * reference/connectome-manipulator.md 1.1 and 2; defaults from the signatures of 1.0.4.
 */
import {
  atLeastOne,
  flag,
  type Key,
  key,
  model,
  number,
  oneOf,
  percent,
  required,
  text,
  textOrPair,
} from './key-types.ts'
import { newValue, synapseFilter } from './new-value.ts'
import { ALL_NODES, nodeQuery } from './node-query.ts'
import { ALWAYS, before, DAYS, since, type Window } from './versions.ts'

export interface Operation<Keys> {
  readonly keys: Keys
  readonly windows: readonly Window[]
  /** Ignores arguments it does not know, without a message. */
  readonly tolerant: boolean
}

const selections = {
  selSrc: key('sel_src', nodeQuery, ALL_NODES),
  selDest: key('sel_dest', nodeQuery, ALL_NODES),
}
const amountPct = key('amount_pct', percent, 100)

/** Gone when operations became classes, back in 0.0.10.dev3. */
const SYNAPSE_OPERATIONS: readonly Window[] = [
  { from: DAYS.first, until: DAYS.classes },
  { from: DAYS.synapseClasses },
]

const RENAMED_METHODS = {
  duplicate_sample: { now: 'sample', day: DAYS.reusePositions },
  duplicate_randomize: { now: 'randomize', day: DAYS.reusePositions },
} as const

export const OPERATIONS = {
  null_manipulation: { tolerant: true, windows: since(DAYS.classes), keys: {} },
  conn_removal: {
    tolerant: true,
    windows: ALWAYS,
    keys: {
      ...selections,
      amountPct,
      minSynPerConn: key('min_syn_per_conn', atLeastOne, undefined),
      maxSynPerConn: key('max_syn_per_conn', atLeastOne, undefined),
      /** Boolean matrix, rows and columns in the order of the two selections. */
      connMaskFile: key('conn_mask_file', text, undefined, { windows: since(DAYS.mask) }),
    },
  },
  conn_extraction: {
    tolerant: true,
    windows: since(DAYS.extraction),
    keys: {
      targetName: key('target_name', text, undefined),
      nodeSetsFile: key('node_sets_file', text, undefined),
    },
  },
  syn_removal: {
    tolerant: true,
    windows: SYNAPSE_OPERATIONS,
    keys: {
      ...selections,
      amountPct,
      keepConns: key('keep_conns', flag, false),
      rescaleGsyn: key('rescale_gsyn', flag, false),
    },
  },
  syn_subsampling: {
    tolerant: true,
    windows: SYNAPSE_OPERATIONS,
    keys: { keepPct: key('keep_pct', percent, 100) },
  },
  syn_prop_alteration: {
    tolerant: true,
    windows: SYNAPSE_OPERATIONS,
    keys: {
      synProp: required('syn_prop', text),
      newValue: required('new_value', newValue, { values: { offset: since(DAYS.offset) } }),
      ...selections,
      synFilter: key('syn_filter', synapseFilter, {}),
      amountPct,
    },
  },
  conn_rewiring: {
    tolerant: false,
    windows: ALWAYS,
    keys: {
      synClass: required('syn_class', oneOf(['EXC', 'INH'])),
      ...selections,
      posMapFile: key('pos_map_file', textOrPair, undefined),
      keepIndegree: key('keep_indegree', flag, true),
      reuseConns: key('reuse_conns', flag, true),
      genMethod: key('gen_method', oneOf(['sample', 'randomize'], RENAMED_METHODS), undefined, {
        values: {
          sample: since(DAYS.reusePositions),
          randomize: since(DAYS.reusePositions),
          duplicate_sample: before(DAYS.reusePositions),
          duplicate_randomize: before(DAYS.reusePositions),
        },
      }),
      amountPct,
      estimationRun: key('estimation_run', flag, false),
      pScale: key('p_scale', number, 1),
      optNconn: key('opt_nconn', flag, false),
      keepConns: key('keep_conns', flag, false, { windows: since(DAYS.rewireMode) }),
      rewireMode: key('rewire_mode', oneOf(['add_only', 'delete_only']), undefined, {
        windows: since(DAYS.rewireMode),
      }),
      /** Replaced by `syn_pos_mode`. */
      reusePos: key('reuse_pos', flag, undefined, {
        windows: [{ from: DAYS.reusePositions, until: DAYS.positionModes }],
      }),
      synPosMode: key('syn_pos_mode', oneOf(['reuse', 'reuse_strict', 'random', 'external']), 'reuse', {
        windows: since(DAYS.positionModes),
        values: { reuse_strict: since(DAYS.reuseStrict) },
      }),
      morphExt: key('morph_ext', text, 'swc'),
      probModel: model('prob_model_spec', 'prob_model_file'),
      delayModel: model('delay_model_spec', 'delay_model_file'),
      propsModel: model('props_model_spec', 'props_model_file'),
      nsynconnModel: model('nsynconn_model_spec', 'nsynconn_model_file'),
      synPosModel: model('syn_pos_model_spec', undefined, { windows: since(DAYS.positionModes) }),
    },
  },
  conn_wiring: {
    tolerant: false,
    windows: ALWAYS,
    keys: {
      ...selections,
      posMapFile: key('pos_map_file', textOrPair, undefined),
      amountPct,
      morphExt: key('morph_ext', text, 'swc'),
      probModel: model('prob_model_spec', 'prob_model_file'),
      nsynconnModel: model('nsynconn_model_spec', 'nsynconn_model_file'),
      delayModel: model('delay_model_spec', 'delay_model_file'),
    },
  },
} as const satisfies Readonly<Record<string, Operation<Readonly<Record<string, Key<unknown, unknown>>>>>>

export type Source = keyof typeof OPERATIONS

export const SOURCES = Object.keys(OPERATIONS) as readonly Source[]

export const isSource = (name: string): name is Source => Object.hasOwn(OPERATIONS, name)

/** Operations that are no more: what to do instead, and when they went. */
export const RETIRED: Readonly<
  Record<string, { readonly windows: readonly Window[]; readonly instead: string }>
> = {
  no_manipulation: { windows: before(DAYS.classes), instead: 'null_manipulation' },
  conn_extract: { windows: before(DAYS.extraction), instead: 'conn_extraction' },
  axon_shuffling: { windows: before(DAYS.classes), instead: 'conn_rewiring' },
  axon_rewiring: { windows: before(DAYS.classes), instead: 'conn_rewiring' },
  syn_addition: { windows: before(DAYS.classes), instead: 'conn_wiring' },
  syn_addition_TEST: { windows: before(DAYS.classes), instead: 'conn_wiring' },
  syn_order_permutation_TEST: { windows: before(DAYS.classes), instead: 'null_manipulation' },
}

type ArgumentsOf<Keys> = {
  readonly [K in keyof Keys]: Keys[K] extends Key<infer T, infer Absent> ? T | Absent : never
}

/** One entry of `manip.fcts`, by operation: absent arguments have the operation's defaults. */
export type OperationCall = {
  [S in Source]: { readonly source: S } & CallPlace & ArgumentsOf<(typeof OPERATIONS)[S]['keys']>
}[Source]

export type CallOf<S extends Source> = Extract<OperationCall, { readonly source: S }>

export interface CallPlace {
  /** `manip.fcts[0]`. */
  readonly path: string
  /** Argument names (of the file) that were given. */
  readonly given: readonly string[]
  /** `model_pathways`, relative to the folder of the file: special splitting, models by pathway. */
  readonly modelPathways: string | undefined
}

/** Keys of an operation as a list, with the name they have in typed calls. */
export const keysOf = (source: Source): readonly (readonly [string, Key<unknown, unknown>])[] =>
  Object.entries(OPERATIONS[source].keys)
