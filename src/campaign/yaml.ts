/** The YAML parser, in a file of its own so that a dynamic import of it means the same bundled and not. */
export { LineCounter, parseDocument } from 'yaml'
