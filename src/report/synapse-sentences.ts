/** Words for what was found edge by edge. */
import { nodeIdToGid } from '../connectome/selection.ts'
import type { Finding } from '../verification/proof.ts'
import type { PipelineChange, SynapseCode, SynapseCulprit } from '../verification/synapses/expectation.ts'

const plural = (count: number): string => `${count} edge${count === 1 ? '' : 's'}`

/** What was found, after the count. */
export const SYNAPSE_WORDS: Readonly<Record<SynapseCode, (finding: Finding) => string>> = {
  'synapse.missing': ({ count }) => `${plural(count)} missing from kept connections`,
  'synapse.extra': ({ count }) => `${plural(count)} too many in kept connections`,
  'synapse.order': ({ count }) => `${plural(count)} out of the order that the operation promises`,
  'property.changed': ({ count, property }) => `${property} changed in ${plural(count)}`,
  'property.bounds': ({ count, property }) => `${property} out of its bounds in ${plural(count)}`,
  'property.missing': ({ property, expected }) => `property ${property} is missing (${expected})`,
  'property.added': ({ property, found }) => `property ${property} is not in the original (${found})`,
  'property.type': ({ property, expected, found }) =>
    `property ${property} has another type: expected ${expected}, found ${found}`,
  'property.lost': ({ count, property }) =>
    `${property} lost for ${plural(count)}: their edge_type_id names no edge type that says it`,
  'edge_type.changed': ({ count, property }) => `${property} is neither as it was nor 0 in ${plural(count)}`,
  'property.layout': ({ count, expected, found }) =>
    `${count} layout${count === 1 ? '' : 's'} of properties that libsonata does not follow: expected ${expected}, found ${found}`,
  'ends.unnamed': ({ count, property }) =>
    `${count} edge population${count === 1 ? '' : 's'} without the attribute ${property}, which libsonata does not open`,
}

export const PIPELINE_WORDS: Readonly<Record<PipelineChange, string>> = {
  'ids.retyped': 'ids stored in another integer type',
  'edge_type.zeroed': 'edge_type_id set to 0',
  'groups.dropped': 'edge groups dropped',
  'population.renamed': 'edge population renamed',
  'dynamics_params.flattened': 'dynamics_params flattened',
  'strays.dropped': 'datasets outside of the property groups dropped',
}

/** `0 -> 7  (GIDs 1 -> 8)  edge 12, now 10: delay was 0.5, is 0.25`. */
export function edgeSentence(culprit: SynapseCulprit): string {
  const { source, target, originalEdge, manipulatedEdge } = culprit
  const here = originalEdge === undefined ? undefined : `edge ${originalEdge}`
  const there = manipulatedEdge === undefined ? undefined : `edge ${manipulatedEdge} of the manipulated`
  const place =
    here === undefined || manipulatedEdge === undefined
      ? (here ?? there ?? 'an edge')
      : `${here}, now ${manipulatedEdge}`
  // Of a target as a whole there is no source.
  const [from, gid] = source < 0 ? ['*', '*'] : [source, nodeIdToGid(source)]
  const pair = `${from} -> ${target}  (GIDs ${gid} -> ${nodeIdToGid(target)})`
  return `${pair}  ${place}${valueSentence(culprit)}`
}

function valueSentence({ property, before, expected, after }: SynapseCulprit): string {
  if (property === undefined) return ''
  const wanted = expected === undefined ? '' : `, should be ${expected}`
  return `: ${property} was ${before}${wanted}, is ${after}`
}
