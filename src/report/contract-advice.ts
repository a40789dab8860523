/** Likely causes of what the contract of a configuration found. Most telling first. */
import type { FindingCode, Proof } from '../verification/proof.ts'
import type { Rule } from './advice.ts'

/** Other rows, or values that the function does not make. */
const ALTERED = ['alteration.outside', 'alteration.value', 'alteration.range'] as const

const REMOVALS: readonly string[] = ['conn_removal', 'conn_extraction', 'syn_removal', 'syn_subsampling']

/** In all splits together as many as asked: each split rounds its number, so that other splits make a few more or less. */
function isAsMany({ findings, contract }: Proof, codes: readonly FindingCode[], given: FindingCode): boolean {
  const isRounded = findings.some(({ code }) => code === given)
  const amounts = findings.filter(({ code, expected }) => codes.includes(code) && expected !== undefined)
  return (
    amounts.length > 0 &&
    amounts.every(({ expected, found }) => {
      const [asked, done] = [Number(expected), Number(found)]
      const most = isRounded ? Math.min((contract?.splits ?? 0) + 2, asked / 10) : 0
      return done > 0 && Math.abs(asked - done) <= most
    })
  )
}

/** Values were to change, and none did; nothing else is wrong either. */
const isUnaltered = ({ findings, contract }: Proof): boolean =>
  contract?.predicted === true &&
  findings.length > 0 &&
  findings.every(
    ({ code, expected, found }) =>
      (code === 'property.changed' || code === 'property.bounds') && found === 0 && Number(expected) > 0,
  )

/** Every edge that is told of went the way back: from what was asked for by the factor, or the difference, that was asked. */
function isInverse({ findings, contract }: Proof): boolean {
  const changed = findings.filter(({ code }) => code === 'property.changed')
  const edges = changed.flatMap(one => one.edges ?? [])
  const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-4 * Math.max(Math.abs(a), Math.abs(b))
  const back = (combine: (to: number, from: number) => number): boolean =>
    edges.every(
      ({ before, expected, after }) =>
        typeof before === 'number' &&
        typeof expected === 'number' &&
        typeof after === 'number' &&
        before !== expected &&
        near(combine(expected, before), combine(before, after)),
    )
  return (
    contract?.predicted === true &&
    edges.length > 2 &&
    (back((to, from) => to / from) || back((to, from) => to - from))
  )
}

export const CONTRACT_RULES: readonly Rule[] = [
  {
    when: ({ proof }) =>
      proof.findings.some(
        ({ code, expected }) => code === 'config.stops' && String(expected).startsWith('function '),
      ),
    cause: 'the name of the property is misspelt, or the configuration was made for other edges',
    next: 'connproof config --check FILE lists the properties that the edges have',
  },
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
    when: ({ count, proof: { contract, edges } }) =>
      contract?.predicted === true &&
      contract.operations.every(name => REMOVALS.includes(name)) &&
      (edges?.manipulated ?? 0) > (edges?.original ?? 0) &&
      count('connection.new') > 0 &&
      count('synapse.missing') + count('kept.changed') + count('row.copied') === 0,
    cause:
      'the arguments are swapped: MANIPULATED has every edge of ORIGINAL and more, and the operation only takes edges away (or it was made from another original)',
    next: 'name the original first, or the circuit that the manipulation config names',
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
      'nothing was removed: a copy of the original, a left-over file of rows that were never manipulated, or another configuration',
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
      count('connection.new') + count('removal.outside') === 0 &&
      (count('removal.amount') === 0 ||
        isAsMany(proof, ['synapse.extra', 'synapse.missing'], 'removal.amount')),
    cause:
      'as many edges went as asked, but others: another seed, another number of splits, or a mask read in another order',
    next: 'compare seed and --splits with the log of the run, and the order of the ids that the mask was made for',
  },
  {
    when: ({ proof }) => isUnaltered(proof),
    cause: 'no value was altered: this looks like a copy of the original',
    next: 'check that the circuit config points to the new edges file, and the selection in the manipulation config',
  },
  {
    when: ({ proof }) => isInverse(proof),
    cause:
      'the change is the inverse of what was asked for: the arguments are swapped, or the run had the inverse value',
    next: 'name the original first, or compare new_value with the log of the run',
  },
  {
    when: ({ count, proof }) =>
      proof.contract?.predicted === true &&
      isAsMany(proof, ['property.changed', 'property.bounds'], 'alteration.amount') &&
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
