/** The checks edge by edge, as rows of the table of checks. */
import type { CheckResult, Finding, SynapseCheckId } from '../proof.ts'
import type { SynapseCode, SynapseComparison, SynapseFinding } from './expectation.ts'

const CHECK_OF: Readonly<Record<SynapseCode, SynapseCheckId>> = {
  'property.missing': 'properties.same',
  'property.added': 'properties.same',
  'property.type': 'properties.same',
  'synapse.missing': 'synapses.same',
  'synapse.extra': 'synapses.same',
  'property.changed': 'synapses.same',
  'property.bounds': 'synapses.same',
  'property.lost': 'synapses.same',
  'edge_type.changed': 'synapses.same',
  'property.layout': 'properties.same',
  'ends.unnamed': 'properties.same',
  'synapse.order': 'synapses.order',
}

export const SYNAPSE_CHECKS: readonly SynapseCheckId[] = [
  'properties.same',
  'synapses.same',
  'synapses.order',
]

/** What was found, as findings of a proof. */
export const synapseFinding = ({
  code,
  property,
  count,
  expected,
  found,
  culprits,
}: SynapseFinding): Finding => ({
  code,
  check: CHECK_OF[code],
  severity: 'error',
  count,
  ...(expected === undefined ? {} : { expected }),
  ...(found === undefined ? {} : { found }),
  culprits: [],
  property,
  edges: culprits,
})

/** Results of the three checks, and their findings. */
export function judgeSynapses(comparison: SynapseComparison): { checks: CheckResult[]; findings: Finding[] } {
  const findings = comparison.findings.map(synapseFinding)
  const checks = SYNAPSE_CHECKS.map((id): CheckResult => {
    const failed = findings.some(({ check }) => check === id)
    if (failed || id !== 'synapses.order' || comparison.orderUnknown === undefined) {
      const except =
        id === 'synapses.same' && comparison.uncompared.length > 0 ? comparison.uncompared : undefined
      return { id, level: 'synapses', status: failed ? 'failed' : 'passed', ...(except && { except }) }
    }
    return { id, level: 'synapses', status: 'not_checked', reason: comparison.orderUnknown }
  })
  return { checks, findings }
}

export const synapsesNotChecked = (reason: string): CheckResult[] =>
  SYNAPSE_CHECKS.map(id => ({ id, level: 'synapses', status: 'not_checked', reason }))
