/** Parts of records that several of them have, as JSON Schema. */

export const text = { type: 'string' } as const
export const whole = { type: 'integer' } as const
export const count = { type: 'integer', minimum: 0 } as const
export const flag = { type: 'boolean' } as const
export const number = { type: 'number' } as const
export const orNull = <T extends { readonly type: string }>(one: T) => ({ ...one, type: [one.type, 'null'] })
export const list = <T extends object>(items: T) => ({ type: 'array', items }) as const
export const ref = (name: string) => ({ $ref: `#/definitions/${name}` }) as const

/** `optional`: keys that need not be there. */
export function object<T extends object>(properties: T, optional: readonly (keyof T & string)[] = []) {
  const required = Object.keys(properties).filter(key => !(optional as readonly string[]).includes(key))
  return { type: 'object', required, properties }
}

const both = object({ original: count, manipulated: count })
const value = { type: ['number', 'string', 'boolean', 'null'] } as const
/** `synapse.missing`: a family and what is wrong in it. */
export const code = { type: 'string', pattern: '^[a-z_]+(\\.[a-z_-]+)+$' } as const

export const checkFields = {
  // One name for a check of its own, two for those of a family.
  id: { type: 'string', pattern: '^[a-z_]+(\\.[a-z_]+)*$' },
  level: { enum: ['connections', 'synapses', 'full'] },
  status: { enum: ['passed', 'failed', 'warning', 'not_checked'] },
  reason: { ...text, description: 'why it was not checked' },
  except: {
    ...list(text),
    description: 'properties that could not be compared, which the check does not cover',
  },
}
const trouble = object({ message: text, code, file: text, field: text, hint: text }, [
  'code',
  'file',
  'field',
  'hint',
])

const culprit = object({
  source: count,
  target: count,
  source_gid: count,
  target_gid: count,
  original_edges: count,
  manipulated_edges: count,
})

/** Edge ids are rows of the population, from 0; integers beyond 2^53 are text. */
const edge = object(
  {
    source: count,
    target: count,
    source_gid: count,
    target_gid: count,
    original_edge: count,
    manipulated_edge: count,
    property: text,
    before: value,
    expected: value,
    after: value,
  },
  ['original_edge', 'manipulated_edge', 'property', 'before', 'expected', 'after'],
)

const finding = object(
  {
    code,
    check: checkFields.id,
    severity: { enum: ['error', 'warning'] },
    count: { type: 'integer', minimum: 1 },
    truncated: { ...flag, description: 'fewer are listed than were counted' },
    expected: { type: ['number', 'string'] },
    found: { type: ['number', 'string'] },
    culprits: list(ref('culprit')),
    property: text,
    operation: count,
    edges: list(ref('edge')),
  },
  // Version 0.1.0 did not say `truncated`.
  ['truncated', 'expected', 'found', 'property', 'operation', 'edges'],
)

const check_result = object(checkFields, ['reason', 'except'])

const input = object(
  {
    role: text,
    file: text,
    bytes: count,
    modified: { ...text, description: 'ISO 8601, UTC' },
    sha256: { type: 'string', pattern: '^[0-9a-f]{64}$', description: 'of the whole file: --sha256' },
  },
  ['sha256'],
)

const made = {
  ...object(
    {
      at: {
        type: 'string',
        pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\+00:00$',
        description: 'ISO 8601, UTC, to the second',
      },
      command: { ...list(text), description: 'the program and its arguments' },
      node: { ...text, description: 'version of Node' },
      platform: object({ os: text, architecture: text }),
      cpu_threads: { type: 'integer', minimum: 1 },
      slurm_job: { ...text, description: '1234; of an array 1230_4' },
    },
    ['slurm_job'],
  ),
  description: 'when, where and by which command; with --reproducible it is left out, as is seconds',
}

export const PARTS = { both, code, trouble, culprit, edge, finding, check_result, input, made }
