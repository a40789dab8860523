/** Shape of the lock file: it may have been edited by hand. */
const identities = {
  type: 'array',
  items: {
    type: 'object',
    required: ['path', 'bytes', 'modified'],
    properties: {
      path: { type: 'string' },
      bytes: { type: 'number' },
      modified: { type: 'string' },
      sha256: { type: 'string' },
    },
  },
} as const

export const LOCK_SCHEMA = {
  type: 'object',
  required: ['schema', 'steps', 'registrations'],
  properties: {
    schema: { const: 1 },
    steps: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        required: ['tool', 'at', 'parameters', 'inputs', 'outputs', 'result'],
        properties: {
          tool: { type: 'string' },
          at: { type: 'string' },
          parameters: { type: 'object' },
          inputs: identities,
          outputs: identities,
          reads: identities,
          sha256: { type: 'string' },
          result: { type: 'object' },
        },
      },
    },
    registrations: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        required: ['url', 'at'],
        properties: { url: { type: 'string' }, at: { type: 'string' } },
      },
    },
  },
} as const
