/** The schema validator, in a file of its own so that a dynamic import of it means the same bundled and not. */
export { Ajv } from 'ajv'
