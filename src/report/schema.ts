/**
 * Every record that connproof writes, as JSON Schema (draft-07): what is published as `proof.schema.json`, for what
 * `--proof` writes and for each line of `--json`. Keys that are not in it may be added; those that are stay.
 */
import { RECORD_SCHEMA } from './made.ts'
import {
  checkFields,
  code,
  count,
  flag,
  list,
  number,
  object,
  orNull,
  PARTS,
  ref,
  text,
  whole,
} from './schema-parts.ts'

const side = object({ expression: text, size: count })
const orNullRef = (name: string) => ({ anyOf: [{ type: 'null' }, ref(name)] }) as const
const anything = {} as const

const proof = object(
  {
    tool: object({ name: { const: 'connproof' }, version: text }),
    circuit: { ...text, description: 'name of the manipulated circuit; file says which one it is' },
    file: text,
    original: text,
    verdict: { enum: ['verified', 'differs', 'cannot_tell'] },
    level: { enum: ['connections', 'synapses', 'full', null], description: 'what was proven' },
    not_checked: { ...list(text), description: 'what this proof must not be taken for' },
    neurons: count,
    contract: object(
      {
        config: text,
        operations: list(text),
        seed: count,
        splits: count,
        predicted: flag,
        unpredicted: text,
      },
      ['unpredicted'],
    ),
    selection: object({ source: side, target: side }),
    asked: object({ removed: count, added: count }),
    connections: orNullRef('both'),
    diff: orNull(whole),
    classes: {
      type: ['object', 'null'],
      description: 'connections, by what has become of them',
      additionalProperties: count,
    },
    checks: list(ref('check_result')),
    findings: list(ref('finding')),
    error: { ...ref('trouble'), description: 'only where the verdict is cannot_tell' },
    edge_populations: object({ original: text, manipulated: text }),
    edges: ref('both'),
    order: object({ original: text, manipulated: text }),
    synapses: object({
      edges: { type: 'object', additionalProperties: count },
      properties: list({ type: 'object' }),
      pipeline: list(text),
    }),
    edge_map: { type: 'object', description: 'what --write-edge-map wrote, or why it did not' },
    inputs: list(ref('input')),
    seconds: number,
    made: ref('made'),
    unchanged: { const: true, description: 'of a campaign: proven before' },
  },
  [
    'contract',
    'error',
    'edge_populations',
    'edges',
    'order',
    'synapses',
    'edge_map',
    'seconds',
    'made',
    'unchanged',
  ],
)

const diffCulprit = object({
  source: count,
  target: count,
  source_gid: count,
  target_gid: count,
  a_edges: count,
  b_edges: count,
})
const silencedCulprit = object({ source: count, target: count, source_gid: count, target_gid: count })
const diffSide = object({ file: text, population: text, edges: count, connections: count, order: text })
const diffCounts = { only_in_a: count, only_in_b: count, in_both: count }

const part = (more: object = {}, optional: readonly string[] = []) =>
  object({ state: { enum: ['done', 'stale', 'to do', 'not needed'] }, reasons: list(text), ...more }, [
    ...optional,
  ] as never)

/** By the `type` of the record, what it holds besides `type` and `schema`. */
const RECORDS = {
  proof,
  check: object({ circuit: text, ...checkFields, findings: list(ref('finding')) }, ['reason', 'except']),
  error: object({ code, message: text, file: text, field: text, hint: text, circuit: text }, [
    'file',
    'field',
    'hint',
    'circuit',
  ]),
  missing: object({ circuit: text, looked: list(text) }),
  to_do: object({ circuit: text, file: text, reasons: list(text) }, ['file']),
  diff: object(
    {
      equal: flag,
      a: diffSide,
      b: diffSide,
      counts: object({ ...diffCounts, multiplicity_changed: orNull(count) }),
      populations: {
        type: ['object', 'null'],
        description: 'names, where whole circuits were compared',
      },
      warnings: list(text),
      culprits: object({
        only_in_a: list(diffCulprit),
        only_in_b: list(diffCulprit),
        multiplicity_changed: list(diffCulprit),
      }),
      truncated: flag,
      made: ref('made'),
    },
    ['populations', 'warnings', 'made'],
  ),
  silenced: object(
    {
      file: text,
      population: text,
      source: text,
      target: text,
      connections: count,
      silenced: count,
      weight_0: count,
      not_created: count,
      not_simulated: count,
      cannot_tell: count,
      depends_on_processes: list(text),
      pairs: list({ type: 'array', items: count, minItems: 2, maxItems: 2 }),
      truncated: flag,
      problem: ref('trouble'),
    },
    [
      'connections',
      'silenced',
      'weight_0',
      'not_created',
      'not_simulated',
      'cannot_tell',
      'depends_on_processes',
      'pairs',
      'truncated',
      'problem',
    ],
  ),
  silenced_diff: object({
    verdict: { enum: ['equal', 'different', 'cannot_tell'] },
    simulation: text,
    mask: text,
    population: text,
    source: text,
    target: text,
    connections: count,
    asked: count,
    silenced: count,
    silenced_as_asked: count,
    asked_not_simulated: count,
    counts: object({ asked_with_effect: count, asked_absent: count, not_asked: count, cannot_tell: count }),
    culprits: object({
      asked_with_effect: list(silencedCulprit),
      asked_absent: list(silencedCulprit),
      not_asked: list(silencedCulprit),
      cannot_tell: list(silencedCulprit),
    }),
    depends_on_processes: list(text),
    truncated: flag,
  }),
  edges: object(
    {
      file: text,
      population: text,
      source: orNull(text),
      target: orNull(text),
      edges: count,
      index: { type: ['object', 'null'] },
      groups: list(text),
      dtype: list(text),
      types: list(text),
      connections: count,
      multi: count,
      max_per_conn: count,
      autapses: count,
      reciprocal_pairs: count,
      order: text,
      sha256_pairs_tgtsrc: text,
      warnings: list(text),
      problem: ref('trouble'),
    },
    [
      'types',
      'connections',
      'multi',
      'max_per_conn',
      'autapses',
      'reciprocal_pairs',
      'order',
      'sha256_pairs_tgtsrc',
      'warnings',
      'problem',
    ],
  ),
  nodes: object({ population: text, nodes: text, size: count, population_size: count, ids: list(count) }, [
    'ids',
  ]),
  selection: object(
    {
      version: text,
      list: object(
        { from: text, order: text, connections: count, sha256_gids: text, autapses_left_out: count },
        ['autapses_left_out'],
      ),
      mode: text,
      amount: anything,
      seed: count,
      generator: text,
      selected: count,
      flipped: count,
      sha256_removed_gids: text,
      distinct: count,
      mask: { type: 'object' },
      findings: list({ type: 'object' }),
      dry_run: flag,
      files: list(object({ path: text, change: text, size: count, sha256: text }, ['sha256'])),
    },
    ['distinct', 'mask', 'dry_run', 'files'],
  ),
  predicted_removal: object({
    config: text,
    seed: count,
    splits: count,
    connections: count,
    edges: count,
    warnings: list(text),
    mask: text,
    dry_run: flag,
  }),
  config: object({
    file: text,
    generation: orNull(text),
    name: orNull(text),
    operations: list(text),
    accepted: flag,
    circuit_read: anything,
    runs: { type: 'object' },
    honours: { type: 'object' },
    limits: list({ type: 'object' }),
    diagnostics: list({ type: 'object' }),
  }),
  migrated: object({ file: text, to: text, output: orNull(text), notes: list(text), text }),
  simulation: object(
    {
      connections: count,
      form: text,
      general: { ...flag, description: 'whether an override (or block) of all connections comes first' },
      own_overrides: count,
      own_blocks: count,
      silencing_overrides: count,
      silencing_blocks: count,
      not_created: { ...count, description: 'connections left out, as the simulation does not create them' },
      notes: list(text),
      files: list(text),
    },
    ['own_overrides', 'own_blocks', 'silencing_overrides', 'silencing_blocks', 'not_created'],
  ),
  step: object(
    {
      key: text,
      state: { enum: ['done', 'unchanged', 'to_do', 'failed'] },
      reasons: list(text),
      result: { type: 'object' },
      error: ref('trouble'),
    },
    ['result', 'error'],
  ),
  variant: object({
    id: text,
    full_name: text,
    selection: part({ selected: count, distinct: count }, ['selected', 'distinct']),
    mask: part({ file: text }),
    config: part({ file: text }),
    circuit: orNull(text),
    unfinished: orNull(text),
    looked: list(text),
    proof: part({ verdict: text, level: text, at: text }, ['verdict', 'level', 'at']),
    registered: orNull(text),
  }),
  task: object({
    what: { enum: ['verify', 'manipulate'] },
    id: text,
    shard: orNull(text),
    state: text,
    job: orNull(text),
    slurm_state: orNull(text),
    slurm_reason: orNull(text),
    exit_code: anything,
    note: orNull(text),
  }),
  damage: object({ file: text, message: text }),
  /** Submitted, or a script that is to be. */
  job: object({ args: list(text), job: orNull(text), file: text, submit: text }, [
    'args',
    'job',
    'file',
    'submit',
  ]),
  left: object({ variant: text, reason: text }),
  doctor: object(
    { item: text, status: text, value: text, costs: text, remedy: text, numbers: { type: 'object' } },
    ['costs', 'remedy', 'numbers'],
  ),
  machine: object({ connproof: text, node: text, processor: text, cpus: count }),
  bandwidth: { type: 'object' },
  kernel: { type: 'object' },
  circuit: { type: 'object' },
} as const

export const RECORD_TYPES = Object.keys(RECORDS)

const head = {
  type: 'object',
  required: ['type', 'schema'],
  properties: { type: { enum: RECORD_TYPES }, schema: { const: RECORD_SCHEMA } },
  // By its type, so that a fault is told of that one and not of all.
  allOf: RECORD_TYPES.map(type => ({
    if: { properties: { type: { const: type } } },
    // biome-ignore lint/suspicious/noThenProperty: a key of JSON Schema
    then: ref(type),
  })),
}

export const PROOF_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  $id: 'proof.schema.json',
  title: 'connproof record',
  description:
    'A line of --json, or what --proof writes: a proof, or a list of proofs. Node ids count from 0, GIDs from 1.',
  if: { type: 'array' },
  // biome-ignore lint/suspicious/noThenProperty: a key of JSON Schema
  then: { type: 'array', items: ref('record') },
  else: ref('record'),
  definitions: { record: head, ...PARTS, ...RECORDS },
}
