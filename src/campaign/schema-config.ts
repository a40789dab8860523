/** Sections of the campaign file about files of other programs: manip_config and job scripts. */
const text = (description: string) => ({ type: 'string', minLength: 1, description }) as const

/** `config:`. Paths are what the written file says, hence not resolved unless relative to this one. */
export const CONFIG_SCHEMA = {
  type: 'object',
  description: 'manip_config files for connectome-manipulator',
  additionalProperties: false,
  properties: {
    generation: {
      enum: ['A', 'B'],
      description: 'A: up to 0.0.4 (the notebook); B: from 0.0.5 on, 1.0.x (default)',
    },
    circuit_path: text('folder of the base circuit; default: that of circuit'),
    circuit_config: text('SONATA configuration that is manipulated; default: circuit'),
    output_path: text(
      'folder of the manipulated circuit, with {name}; default <circuit_path>__{name}, of <circuit>/sonata <circuit>__{name}',
    ),
    blue_config: text('A: BlueConfig or CircuitConfig to update'),
    workflow_template: text('template of the registration workflow'),
    seed: { type: 'integer', minimum: 0, maximum: 4294967295, description: 'default 0' },
    splits: { type: 'integer', minimum: 1, maximum: 1000000, description: 'N_split_nodes; default 1' },
  },
} as const

/** `cluster:`, settings of the job scripts. */
export const JOB_SCHEMA = {
  type: 'object',
  description: 'settings of Slurm jobs',
  additionalProperties: false,
  properties: {
    account: text('--account'),
    partition: text('--partition'),
    time: text('--time, such as 24:00:00'),
    memory: text('--mem, such as 0 or 64G'),
    constraint: text('--constraint'),
    nodes: { type: 'integer', minimum: 1, maximum: 100000 },
    tasks: { type: 'integer', minimum: 1, maximum: 1000000 },
    cpus: { type: 'integer', minimum: 1, maximum: 100000, description: '--cpus-per-task' },
    exclusive: { type: 'boolean' },
    setup: {
      type: 'array',
      items: { type: 'string' },
      description: 'lines before the run: modules, virtual environment',
    },
    profile: { type: 'boolean', description: 'profile the run' },
    resume: { type: 'boolean', description: 'resume an interrupted run' },
    keep_parquet: { type: 'boolean', description: 'keep the Parquet files' },
  },
} as const
