/** Likely causes of what was found edge by edge; after the rules about connections, which tell more. */
import type { Proof } from '../verification/proof.ts'
import type { PropertyValue, SynapseCulprit } from '../verification/synapses/expectation.ts'
import type { Rule } from './advice.ts'

/** Nothing but values is wrong, and every edge that is told of with one had NaN. */
function wereNan({ findings }: Proof): boolean {
  const wrong = findings.filter(({ severity }) => severity === 'error')
  const changed = wrong.filter(({ code }) => code === 'property.changed')
  const total = changed.reduce((sum, { count }) => sum + count, 0)
  // Of a configuration: edges that no operation may change are told once more, each once.
  const explained = wrong.every(
    ({ code, count }) => code === 'property.changed' || (code === 'kept.changed' && count <= total),
  )
  const gone = changed.every(({ edges = [] }) => edges.length > 0 && edges.every(isNanGone))
  return total > 0 && explained && gone
}

const isNanGone = ({ before, expected, after }: SynapseCulprit): boolean =>
  isNan(expected ?? before) && !isNan(after)

/** Told with its bits where they are known: `NaN (0x7ff8000000000000)`. */
const isNan = (value: PropertyValue | undefined): boolean =>
  Number.isNaN(value) || (typeof value === 'string' && /^NaN(?: \(|$)/.test(value))

/** Tells more than the rules about contracts, which would call it another operation or damage. */
export const NAN_RULE: Rule = {
  when: ({ proof }) => wereNan(proof),
  cause:
    'the values that changed were NaN: the package writes NaN to Parquet as null, and the converter, which ignores nulls, gives these edges other values',
  next: 'give these edges a number in the original, or put the property back into the result (connproof config --check names such properties before the run)',
}

export const SYNAPSE_RULES: readonly Rule[] = [
  {
    when: ({ count }) => count('ends.unnamed') > 0,
    cause:
      'the edges file was written by another program than the pipeline, which names both node populations',
    next: 'write the attribute node_population of source_node_id and target_node_id as the original has it',
  },
  {
    when: ({ count }) => count('property.layout') > 0,
    cause:
      'the edges file was written by a program that uses edge groups, which libsonata and what stands on it do not read',
    next: 'write the properties of edge i to row i of group 0, without edge_group_id and edge_group_index',
  },
  {
    when: ({ count }) => count('property.missing') > 0,
    cause:
      'a property was lost on the way: conn_wiring drops all but its default ones, and the converter refuses text',
    next: 'see which operation the manipulation config names, and the log of the conversion for refused columns',
  },
  {
    when: ({ count }) => count('property.type') > 0,
    cause: 'the edges file was written by another program than the pipeline, which keeps types',
    next: 'convert the Parquet files again with parquet2hdf5, or verify against the original it was made from',
  },
  {
    when: ({ count }) => count('property.added') > 0,
    cause: 'the circuit was made from another version of the original, which had this property',
    next: 'check which circuit the manipulation config names',
  },
  {
    when: ({ count }) => count('synapse.missing') > 0 && count('synapse.extra') > 0,
    cause: 'edges were replaced inside of kept connections: rewired, or made from another original',
    next: 'check which circuit and which operation the manipulation config names',
  },
  {
    when: ({ count }) => count('synapse.missing') > 0,
    cause: 'single edges of kept connections are gone: an operation on synapses, or a file that was cut',
    next: 'check the operation and its amount in the manipulation config',
  },
  {
    when: ({ count }) => count('synapse.extra') > 0,
    cause:
      'edges are there twice: a part of the job was merged more than once, or is left over from another run',
    next: 'look for left-over files in the folder that was merged, and convert again',
  },
  {
    when: ({ count }) => count('property.lost') > 0,
    cause:
      'properties came from edge_types.csv, and the pipeline sets every edge_type_id to 0 and drops edge_types_file',
    next: 'restore edge_type_id and edge_types_file from the original, or write these properties into the group of the edges first',
  },
  {
    when: ({ count }) => count('edge_type.changed') > 0,
    cause: 'the pipeline sets every edge_type_id to 0; another program wrote these',
    next: 'compare the column with that of the original',
  },
  {
    when: ({ count }) => count('property.bounds') > 0,
    cause:
      'values lie outside of what the manipulation config allows: another range or another seedless draw',
    next: 'compare range and arguments in the manipulation config with those that the job really used',
  },
  {
    when: ({ count }) => count('property.changed') > 0,
    cause: 'values were altered: syn_prop_alteration, another original, or a damaged file',
    next: 'see in the culprits whether all edges of some neurons changed (an operation) or single ones (damage)',
  },
  {
    when: ({ count }) => count('synapse.order') > 0,
    cause: 'rows were sorted again, or parts of the job were merged in another order',
    next: 'merge the parts in the order of their numbers; reports by edge id do not fit this file',
  },
]
