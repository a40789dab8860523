/**
 * The campaign file as JSON Schema (draft-07): what is published as `campaign.schema.json` and what judges a file,
 * read from this one place. What a schema cannot say (one amount, a list or a rule, existing files) is in
 * `campaign.ts`.
 */
import { CONFIG_SCHEMA, JOB_SCHEMA } from './schema-config.ts'

const text = (description: string) => ({ type: 'string', minLength: 1, description }) as const
const path = (what: string) => text(`${what}; relative to the folder of this file`)
const whole = (minimum: number, maximum: number, description: string) =>
  ({ type: 'integer', minimum, maximum, description }) as const

/** Seeds of NumPy's RandomState. */
const SEED_MAX = 4294967295
const COUNT_MAX = Number.MAX_SAFE_INTEGER

const count = whole(0, COUNT_MAX, 'so many; more than the list has: all of them')
const fraction = {
  type: 'number',
  minimum: 0,
  maximum: 1,
  description: 'a share of the list, rounded half to even',
} as const
const oneOrMore = <T extends object>(one: T) => ({ anyOf: [one, { type: 'array', items: one, minItems: 1 }] })

const nodes = {
  description: 'a name of "nodes", a selection as on the command line, or what manip_config takes as sel_src',
  type: ['string', 'object'],
  minLength: 1,
  properties: { node_set: text('node set of the circuit') },
  additionalProperties: {
    type: ['string', 'integer', 'array'],
    items: { type: ['string', 'integer'] },
    minItems: 1,
    description: 'attribute: value, or a list of values',
  },
  minProperties: 1,
} as const

/** What `defaults` may say for all manipulations. */
const SHARED = {
  operation: text('operation of connectome-manipulator; default conn_removal'),
  arguments: { type: 'object', description: 'further arguments of the operation' },
  nodes,
  source: nodes,
  target: nodes,
  list: path('list of connections: .npy (2 x N or N x 2), .csv, or adjacency .npz'),
  from: {
    description:
      '"reciprocal": all reciprocal pairs of the circuit; or the connections between two node sets',
    anyOf: [
      { const: 'reciprocal' },
      {
        type: 'object',
        properties: { source: nodes, target: nodes, within: nodes },
        required: ['source', 'target'],
        additionalProperties: false,
      },
    ],
  },
  pairs: {
    type: 'array',
    description: 'connections, written here',
    items: {
      type: 'array',
      items: { type: 'integer', minimum: 0, maximum: SEED_MAX },
      minItems: 2,
      maxItems: 2,
    },
  },
  id_base: { enum: [0, 1], description: 'ids of the list count from 1 (GIDs, default) or 0 (node ids)' },
  mode: {
    enum: ['reciprocal', 'directed'],
    description: 'reciprocal: of each drawn pair one direction, also drawn; directed: rows as they are',
  },
  count: oneOrMore(count),
  fraction: oneOrMore(fraction),
  all: { const: true, description: 'the whole list' },
  amounts: {
    type: 'array',
    minItems: 1,
    description: 'one variant for each: {count: K}, {fraction: F} or all',
    items: {
      type: ['object', 'string'],
      pattern: '^all$',
      properties: { count, fraction },
      minProperties: 1,
      maxProperties: 1,
      additionalProperties: false,
    },
  },
  seed: whole(0, SEED_MAX, 'seed of the draw'),
  seed_mode: {
    enum: ['constant', 'add_sim_idx', 'add_sim_seed'],
    description: 'the seed as it is, plus the index of the variant, or plus simulation_seed',
  },
  simulation_seed: whole(0, SEED_MAX, 'added to the seed where seed_mode is add_sim_seed'),
  generator: {
    enum: ['RandomState', 'default_rng'],
    description: 'random stream of NumPy; default RandomState',
  },
  allow: {
    type: 'array',
    items: text('code of a list finding'),
    description: 'findings about the list that are accepted: list.absent, list.outside, ...',
  },
} as const

export const CAMPAIGN_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  $id: 'campaign.schema.json',
  title: 'connproof campaign',
  description: 'A base circuit and its manipulations. Ids are GIDs (from 1) unless id_base says 0.',
  type: 'object',
  required: ['circuit', 'output', 'manipulations'],
  additionalProperties: false,
  properties: {
    $schema: { type: 'string' },
    circuit: path('base circuit: circuit_config.json, its folder, a BlueConfig or CircuitConfig'),
    name: text('name of the base circuit in registrations; default: its folder'),
    population: text('edge population; default: the only one'),
    manipulated_population: text(
      'its name in the manipulated circuits; default: the same, <source>__<target>__chemical, or what else is new',
    ),
    nodes: {
      type: 'object',
      additionalProperties: nodes,
      description: 'node selections by name',
    },
    output: path('folder of everything that is written'),
    defaults: {
      type: 'object',
      properties: SHARED,
      additionalProperties: false,
      description: 'what holds for every manipulation that does not say otherwise',
    },
    manipulations: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['name'],
        properties: {
          name: {
            type: 'string',
            pattern: '^[A-Za-z0-9_][A-Za-z0-9_.+-]*$',
            description: 'folder of the manipulation; variants are called <name>-<index>',
          },
          ...SHARED,
        },
        additionalProperties: false,
      },
    },
    circuits: {
      type: 'object',
      additionalProperties: path('manipulated circuit'),
      description: 'where manipulated circuits are, by <name>-<index>, if not where the config puts them',
    },
    config: CONFIG_SCHEMA,
    cluster: JOB_SCHEMA,
    registrations: {
      type: 'object',
      additionalProperties: text('URL'),
      description: 'by full name: <circuit>_<name>-<index>',
    },
  },
} as const
