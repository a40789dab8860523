/** Words for what was found by the contract of a configuration. */
import type { ContractCode } from '../verification/contracts/codes.ts'
import type { ContractCheckId, Finding, Proof, ProvenContract } from '../verification/proof.ts'

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

export const CONTRACT_CHECK_WORDS: Readonly<Record<ContractCheckId, string>> = {
  'config.runs': 'the configuration runs',
  'rows.kept': 'no row that is not of the original',
  'removal.candidates': 'nothing gone that may not go',
  'removal.amount': 'as much gone as the percentage says',
  'connections.kept': 'no connection emptied',
  'conductance.sums': 'conductances add up',
  'alteration.rows': 'nothing altered that is not selected',
  'alteration.values': 'new values as asked',
  'rewiring.rows': 'rows rewired as allowed',
  'rewiring.degrees': 'degrees as asked',
  'rewiring.new': 'new synapses like others',
  'rewiring.model': 'connections of the model',
  'log.agrees': "as the run's own log has it",
  'indices.consistent': 'indices agree with the ids',
}

type Code = ContractCode | 'config.stops' | 'property.overflows' | 'index.disagrees'

const of = (noun: string, what: string) => (finding: Finding) =>
  `${plural(finding.count, noun)} ${what}${inFunction(finding)}`
const amount = (what: string) => (finding: Finding) =>
  `${what} by ${finding.count}: expected ${finding.expected}, found ${finding.found}${inFunction(finding)}`

/** Functions are counted from 1, as people do. */
const inFunction = ({ operation }: Finding): string =>
  operation === undefined ? '' : ` (function ${operation + 1})`

/** What was found. */
export const CONTRACT_WORDS: Readonly<Record<Code, (finding: Finding) => string>> = {
  'config.stops': ({ count, expected }) =>
    `${String(expected).startsWith('function') ? 'the configuration' : plural(count, 'split')} cannot run: ${expected}; no result of this configuration can be right`,
  'property.overflows': ({ count, property }) =>
    `${plural(count, 'value')} of ${property} left the range of the type and wrapped around`,
  'index.disagrees': ({ count, found }) => `${count} index does not agree with the ids: ${found}`,
  'connection.new': of('edge', 'of connections that the original has not'),
  'connection.grown': of('edge', 'more than their connections had'),
  'kept.changed': of('edge', 'that are none of the original, by properties that nothing alters'),
  'removal.outside': of('edge', 'gone that no function may take'),
  'removal.partial': of('connection', 'lost a part of their edges, but go as a whole'),
  'removal.amount': amount('the amount that is gone is off'),
  'connection.emptied': of('connection', 'lost the last edge, which was to be kept'),
  'conductance.sum': of('connection', 'whose conductances do not add up to what they were'),
  'conductance.ratio': of('connection', 'whose conductances were not scaled by one factor'),
  'alteration.outside': ({ count, property }) =>
    `${property} altered in ${plural(count, 'edge')} that are not selected`,
  'alteration.amount': amount('too many values were altered'),
  'alteration.value': ({ count, property, operation }) =>
    `${property} of ${plural(count, 'edge')} is not what function ${(operation ?? 0) + 1} makes of it`,
  'alteration.multiset': ({ count, property }) =>
    `${property}: ${plural(count, 'value')} that were shuffled are not those that were there`,
  'alteration.range': ({ count, property }) =>
    `${property} of ${plural(count, 'edge')} is outside of the range`,
  'value.nan': ({ count, property }) => `${property} is no number any more in ${plural(count, 'edge')}`,
  'rewiring.outside': of('edge', 'changed that were not to be rewired'),
  'rewiring.unsorted': of('edge', 'do not stand where the operation puts them'),
  'rewiring.autapse': of('edge', 'connect a neuron to itself'),
  'rewiring.amount': amount('the number of rewired targets is off'),
  'rewiring.nothing': finding =>
    `nothing was rewired, although ${plural(finding.count, 'target')} could have been${inFunction(finding)}`,
  'wiring.nothing': finding =>
    `nothing was wired, although ${plural(finding.count, 'target')} could have been${inFunction(finding)}`,
  'rewiring.delay': ({ count, expected, found }) =>
    `${plural(count, 'drawn delay')} that the model does not make: ${found}, not ${expected}`,
  'rewiring.bounds': ({ count, property, found }) =>
    `${plural(count, 'new edge')} with a ${property} that none can have: ${found}`,
  'rewiring.row': of('edge', 'are neither old ones with a new source and delay, nor may they be new'),
  'rewiring.indegree': of('target', 'have another number of sources'),
  'rewiring.sizes': of('target', 'have connections of other sizes'),
  'rewiring.pairs': of('connection', 'were added or taken where the mode allows no such thing'),
  'rewiring.kept': of('connection', 'that were to be kept as they are were not'),
  'rewiring.position': of('edge', 'are new at a position where the target had none'),
  'rewiring.sampled': ({ count, property }) =>
    `${plural(count, 'new edge')} with a ${property ?? 'value'} that no edge had`,
  'rewiring.constant': of('new edge', 'differ from others of their connection'),
  'rewiring.model': of('connection', 'are not those of the adjacency model'),
  'row.copied': of('edge', 'are there twice, bit by bit'),
  'log.rows': of('row', 'are not what the log of the run says'),
  'log.connection': of('row', 'have another source or target than the log of the run says'),
}

/** What a verified result means. */
export function contractSentence(
  proof: Proof,
  { operations, predicted, seed, splits }: ProvenContract,
): string {
  const names = operations.join(', ')
  const gone = (proof.edges?.original ?? 0) - (proof.edges?.manipulated ?? 0)
  const change = gone === 0 ? '' : ` (${plural(Math.abs(gone), 'edge')} ${gone > 0 ? 'fewer' : 'more'})`
  return predicted
    ? `exactly what ${names} makes with seed ${seed} and ${plural(splits, 'split')}${change}`
    : `all that can be known of ${names} without its model holds${change}`
}
