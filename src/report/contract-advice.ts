/** Likely causes of what the contract of a configuration found. Most telling first. */
import type { Rule } from './advice.ts'

/** Other rows, or values that the function does not make. */
const ALTERED = ['alteration.outside', 'alteration.amount', 'alteration.value', 'alteration.range'] as const

export const CONTRACT_RULES: readonly Rule[] = [
  {
    when: ({ count }) => count('config.stops') > 0,
    cause: 'the run stopped at this split: parts of it never ran, and their files are missing or left over',
    next: 'choose a seed below 2^32 / splits, empty the output folder and run again',
  },
  {
    when: ({ count }) => count('property.overflows') > 0,
    cause: 'the new values do not fit the integer type of the property; NumPy wraps them without a message',
    next: 'give a range in new_value, or a smaller factor or offset',
  },
  {
    when: ({ count }) => count('index.disagrees') > 0,
    cause: 'the converter died while it wrote the indices, or the file was changed since',
    next: 'convert the Parquet files again with parquet2hdf5',
  },
  {
    when: ({ count }) => count('log.rows') + count('log.connection') > 0,
    cause: 'the file is not the one that the run wrote, or the logs are of another run',
    next: 'compare the times of edges.h5 and of the RewiringIndices logs',
  },
  {
    when: ({ count }) => count('connection.new') + count('connection.grown') + count('row.copied') > 0,
    cause: 'edges are there that no function makes: files merged twice, or made from another original',
    next: 'look for left-over files in the folder that was converted',
  },
  {
    when: ({ count, proof }) =>
      proof.contract?.predicted === true &&
      count('removal.amount') > 0 &&
      proof.edges?.original === proof.edges?.manipulated,
    cause:
      'nothing was removed: a left-over file of rows that were never manipulated, or another configuration',
    next: 'look for parquet files of a stopped run, and at the log of every split',
  },
  {
    when: ({ count, proof }) =>
      proof.contract?.predicted === true && count('synapse.extra') > 0 && count('synapse.missing') === 0,
    cause:
      'rows that should be gone are left: a split that was never manipulated, left over from a stopped run, or a sequence that ran half',
    next: 'see in the log which functions ran on each split, empty the output folder and run again',
  },
  {
    when: ({ count, proof }) =>
      proof.contract?.predicted === true &&
      count('synapse.extra') > 0 &&
      count('synapse.missing') > 0 &&
      count('connection.new') + count('removal.outside') + count('removal.amount') === 0,
    cause:
      'as many edges went as asked, but others: another seed, another number of splits, or a mask read in another order',
    next: 'compare seed and --splits with the log of the run, and the order of the ids that the mask was made for',
  },
  {
    // As many as asked, where an alteration has its amount.
    when: ({ count, proof }) =>
      proof.contract?.predicted === true &&
      proof.findings.some(
        ({ code, expected, found }) =>
          code === 'property.changed' && expected !== undefined && expected === found,
      ) &&
      count('synapse.extra') + count('synapse.missing') === 0 &&
      ALTERED.every(code => count(code) === 0),
    cause:
      'as many values were altered as asked, but in other rows: another seed, or another number of splits',
    next: 'compare seed and --splits with the log of the run',
  },
  {
    when: ({ count }) => count('removal.amount') > 0,
    cause:
      'a split kept rows that were never manipulated, or the run had another amount or selection than this file',
    next: 'look for left-over parquet files, and compare the configuration with the one in the log',
  },
  {
    when: ({ count }) => count('removal.partial') > 0,
    cause: 'connections lost some of their edges: a sequence that ran half, or an operation on synapses',
    next: 'see in the log which functions ran on each split',
  },
  {
    when: ({ count }) => count('removal.outside') > 0,
    cause:
      'edges outside of the selection are gone: a misspelt key selects everything, or another node set was used',
    next: 'compare the configuration with the one in the log; connproof config --check FILE',
  },
  {
    when: ({ count }) =>
      count('alteration.outside') + count('alteration.amount') + count('alteration.value') > 0,
    cause: 'values were altered in another way than this file says: another selection, amount or new value',
    next: 'compare the configuration with the one in the log of the run',
  },
  {
    when: ({ count }) => count('rewiring.model') > 0,
    cause:
      'the connections are not those of the adjacency model: another model file, or a model that was changed since',
    next: 'compare the model file with the one in the log of the run',
  },
  {
    when: ({ count }) => count('rewiring.nothing') + count('wiring.nothing') > 0,
    cause:
      'the function did not run or did nothing: a run that ended early, or a model that draws no connection',
    next: 'see in the log whether it ran, and what its amount, its selection and its model leave to do',
  },
  {
    when: ({ proof }) =>
      proof.findings.some(({ code }) =>
        /^(rewiring|conductance|wiring|connection|kept|value|alteration)\./.test(code),
      ),
    cause: 'the result breaks a rule of its operation: it was made by another one, or changed since',
    next: 'see in the culprits whether whole splits are concerned (a run) or single edges (damage)',
  },
]
