/** Words for what was found around the edges. */
import type { Finding, FullCheckId, FullCode } from '../verification/proof.ts'
import type { Rule } from './advice.ts'

export const FULL_CHECK_WORDS: Readonly<Record<FullCheckId, string>> = {
  'indices.consistent': 'indices agree with the ids',
  'nodes.files': 'same node files',
  'populations.others': 'other edge populations as before',
  'references.sound': 'references to edges lead to the same edges',
  'config.sound': 'configuration sound',
}

const counted =
  (noun: string, what: string) =>
  ({ count, expected, found }: Finding) =>
    `${count} ${noun}${count === 1 ? '' : 's'} ${what}: expected ${expected}, found ${found}`

export const FULL_WORDS: Readonly<Record<FullCode, (finding: Finding) => string>> = {
  'indices.wrong': counted('fault', 'in an index'),
  'indices.lost': counted('part', 'of the indices lost'),
  'population.lost': counted('population', 'lost'),
  'population.added': counted('population', 'added'),
  'population.changed': counted('dataset', 'of a population changed'),
  'reference.stale': counted('reference', 'to edges that lead elsewhere'),
  'types.changed': ({ count, expected, found }) =>
    `what types say of ${count} nodes or edges changed: expected ${expected}, found ${found}`,
  'config.unresolved': counted('population', 'that cannot be opened'),
  'config.moved': counted('path', 'of the configuration led to something else'),
  'config.changed': counted('key', 'of the configuration changed'),
  'config.lost': counted('key', 'of the configuration lost'),
  'config.added': counted('key', 'of the configuration added'),
}

export const FULL_RULES: readonly Rule[] = [
  {
    when: ({ count }) => count('level.lower') > 0,
    cause: 'the files do not have what the level compares',
    next: 'see the checks that were not made, or add --allow level.lower if the lower level is enough',
  },
  {
    when: ({ count }) => count('config.unresolved') > 0,
    cause:
      'a file that the configuration names is missing or damaged, or its path is relative to another folder',
    next: 'compare the paths of both circuit configurations',
  },
  {
    when: ({ count }) => count('population.lost') > 0,
    cause: 'connectome-manipulator drops all edge populations that share a file with the manipulated one',
    next: 'add the lost population to networks.edges of the new circuit_config.json, with its file of the original, or add --allow population.lost if this is meant',
  },
  {
    when: ({ count }) => count('population.added') > 0,
    cause: 'the new circuit_config.json names edges that the original does not have',
    next: 'compare networks.edges of both circuit configurations; if another pair was meant, name it with --population and --manipulated-population',
  },
  {
    when: ({ count }) => count('indices.lost') > 0,
    cause: 'the edges file was written or repacked by a program that does not keep the indices',
    next: 'make the indices again (libsonata: EdgePopulation.write_indices) after removing the old ones',
  },
  {
    when: ({ count }) => count('indices.wrong') > 0,
    cause: 'edges were changed after the indices were made, or the file was written by hand',
    next: 'make the indices again (libsonata: EdgePopulation.write_indices) after removing the old ones',
  },
  {
    when: ({ count }) => count('population.changed') > 0,
    cause: 'the manipulated circuit names other node or edge files than the original',
    next: 'let the new circuit_config.json name the files of the original',
  },
  {
    when: ({ count }) => count('types.changed') > 0,
    cause: 'a table of node or edge types was changed, or the new configuration names another one, or none',
    next: 'let node_types_file and edge_types_file of the new circuit_config.json name those of the original',
  },
  {
    when: ({ count }) => count('config.moved') > 0,
    cause: 'connectome-manipulator writes paths that libsonata does not expand relative to its output folder',
    next: 'put the paths of the original into the new circuit_config.json',
  },
  {
    when: ({ count }) => count('config.changed') + count('config.lost') + count('config.added') > 0,
    cause:
      'the new circuit_config.json was edited, or written from another configuration than that of the original',
    next: 'let both circuit configurations say the same of all that was not manipulated',
  },
]
