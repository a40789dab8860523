/** Proofs made by hand, for tests of reports. */
import { DIFFERENCE_CLASSES, perClass } from '../../src/verification/comparison.ts'
import { CONTRACT_CODES, type ContractCode } from '../../src/verification/contracts/codes.ts'
import type { CheckId, Finding, FindingCode, Proof } from '../../src/verification/proof.ts'
import type { SynapseCulprit } from '../../src/verification/synapses/expectation.ts'

const CHECKS: readonly CheckId[] = [
  'nodes.same',
  'removed.exactly',
  'added.exactly',
  'outside.connections',
  'count',
  'multiplicity',
]

const DELAY = { originalEdge: 12, manipulatedEdge: 9, property: 'delay', before: 0.5, after: 0.25 }

/** What a finding of such a name says besides. */
const TOLD: Readonly<Record<string, Partial<Finding>>> = {
  amount: { expected: '4 of 20', found: '5' },
  delay: { expected: '0.8 to 1.2', found: '4.5' },
  bounds: { found: '-0.25' },
}

/** Complete by type: a new code does not compile until it is here, and then needs words. */
export const FINDINGS: Readonly<Record<FindingCode, Finding>> = {
  'nodes.count': finding('nodes.count', 'nodes.same', {
    expected: '10 nodes in source population A',
    found: '9 nodes in A',
  }),
  'nodes.selection': finding('nodes.selection', 'nodes.same', {
    expected: '5 nodes for E',
    found: '4 nodes for E',
  }),
  'asked.still_there': withCulprit('asked.still_there', 'removed.exactly', 4, 4),
  'asked.absent': withCulprit('asked.absent', 'removed.exactly', 0, 0),
  'lost.not_asked': withCulprit('lost.not_asked', 'removed.exactly', 3, 0),
  'added.not_asked': withCulprit('added.not_asked', 'added.exactly', 0, 2),
  'asked.not_added': withCulprit('asked.not_added', 'added.exactly', 0, 0),
  'asked.already_there': withCulprit('asked.already_there', 'added.exactly', 1, 1),
  'outside.changed': withCulprit('outside.changed', 'outside.connections', 5, 1),
  'count.differs': finding('count.differs', 'count', { expected: 40, found: 42 }),
  'multiplicity.changed': withCulprit('multiplicity.changed', 'multiplicity', 2, 3),
  'indices.wrong': around('indices.wrong', 'indices.consistent'),
  'indices.lost': around('indices.lost', 'indices.consistent'),
  'population.lost': around('population.lost', 'populations.same'),
  'population.added': around('population.added', 'populations.same'),
  'population.changed': around('population.changed', 'nodes.files'),
  'reference.stale': around('reference.stale', 'references.sound'),
  'types.changed': around('types.changed', 'nodes.files'),
  'config.unresolved': around('config.unresolved', 'config.sound'),
  'config.moved': around('config.moved', 'config.sound'),
  'config.changed': around('config.changed', 'config.sound'),
  'config.lost': around('config.lost', 'config.sound'),
  'config.added': around('config.added', 'config.sound'),
  'synapse.missing': withEdge('synapse.missing', 'synapses.same', { originalEdge: 12 }),
  'synapse.extra': withEdge('synapse.extra', 'synapses.same', { manipulatedEdge: 9 }),
  'synapse.order': withEdge('synapse.order', 'synapses.order', { originalEdge: 12, manipulatedEdge: 9 }),
  'property.changed': withEdge('property.changed', 'synapses.same', DELAY),
  'property.bounds': withEdge('property.bounds', 'synapses.same', DELAY),
  'property.missing': finding('property.missing', 'properties.same', {
    property: 'u_syn',
    expected: 'float32',
  }),
  'property.added': finding('property.added', 'properties.same', { property: 'u_syn', found: 'float32' }),
  'property.type': finding('property.type', 'properties.same', {
    property: 'u_syn',
    expected: 'float32',
    found: 'float64',
  }),
  'property.lost': withEdge('property.lost', 'synapses.same', {
    ...DELAY,
    property: 'syn_weight',
    before: '0.5',
    after: 'nothing',
  }),
  'edge_type.changed': withEdge('edge_type.changed', 'synapses.same', {
    ...DELAY,
    property: 'edge_type_id',
    before: -1,
    after: 3,
  }),
  'property.layout': finding('property.layout', 'properties.same', {
    property: 'edge_group_index',
    expected: 'row i of group 0 for edge i',
    found: 'properties in groups 0, 1',
  }),
  'ends.unnamed': finding('ends.unnamed', 'properties.same', { property: 'node_population' }),
  'level.lower': finding('level.lower', 'indices.consistent', {
    expected: 'full',
    found: 'synapses: not checked indices.consistent (it has none)',
  }),
  'config.stops': finding('config.stops', 'config.runs', { expected: 'split 2 of 4 stops' }),
  'property.overflows': finding('property.overflows', 'config.runs', { property: 'n_rrp_vesicles' }),
  'index.disagrees': finding('index.disagrees', 'indices.consistent', { found: 'source_to_target: wrong' }),
  ...contractFindings(),
}

export const CODES = Object.keys(FINDINGS) as FindingCode[]

/** One of each code of a contract. */
function contractFindings(): Record<ContractCode, Finding> {
  const entries = CONTRACT_CODES.map(code => {
    const told = TOLD[code.split('.')[1] ?? ''] ?? {}
    return [code, { ...withEdge(code, 'rows.kept', DELAY), ...told, operation: 0 }]
  })
  return Object.fromEntries(entries) as Record<ContractCode, Finding>
}

function finding(code: FindingCode, check: CheckId, more: Partial<Finding>): Finding {
  return { code, check, severity: 'error', count: 2, culprits: [], ...more }
}

function around(code: FindingCode, check: CheckId): Finding {
  return finding(code, check, { expected: '/data/old/nodes.h5', found: '/data/new/nodes.h5' })
}

function withEdge(code: FindingCode, check: CheckId, edge: Partial<SynapseCulprit>): Finding {
  return finding(code, check, { property: edge.property, edges: [{ source: 11, target: 7, ...edge }] })
}

function withCulprit(code: FindingCode, check: CheckId, original: number, manipulated: number): Finding {
  return finding(code, check, { culprits: [{ source: 11, target: 7, original, manipulated }] })
}

/** A proof of a removal of 8 connections, judged by the given findings. */
export function proofWith(findings: readonly Finding[], more: Partial<Proof> = {}): Proof {
  const errors = new Set(findings.filter(({ severity }) => severity === 'error').map(({ check }) => check))
  const classes = { ...perClass(() => 0), removed_as_asked: 8 }
  for (const { code, count } of findings) {
    const name = DIFFERENCE_CLASSES.find(candidate => candidate === code.replace('.', '_'))
    if (name !== undefined) classes[name] = count
  }
  return {
    schema: 1,
    tool: { name: 'connproof', version: '0.1.0' },
    circuit: 'new',
    file: '/data/new/circuit_config.json',
    original: '/data/old/circuit_config.json',
    verdict: errors.size > 0 ? 'differs' : 'verified',
    level: 'connections',
    checks: CHECKS.map(id => ({ id, level: 'connections', status: errors.has(id) ? 'failed' : 'passed' })),
    findings,
    notChecked: ['synapse properties', 'indices'],
    trouble: undefined,
    edgePopulations: { original: 'default', manipulated: 'All__All__chemical' },
    neurons: 100,
    selection: {
      source: { expression: 'Excitatory', size: 12 },
      target: { expression: 'Excitatory', size: 13 },
    },
    asked: { removed: 8, added: 0 },
    connections: { original: 48, manipulated: 40 },
    edges: { original: 200, manipulated: 170 },
    order: { original: 'tgt,src', manipulated: 'tgt,src' },
    classes,
    inputs: [{ role: 'removed', file: '/data/mask.npz', bytes: 100, modified: '2026-01-01T00:00:00.000Z' }],
    differences: undefined,
    seconds: 0.1234567,
    ...more,
  }
}

/** A circuit that could not be read. */
export const unreadable = (): Proof =>
  proofWith([], {
    circuit: '/data/gone.h5',
    verdict: 'cannot_tell',
    level: undefined,
    checks: CHECKS.map(id => ({ id, level: 'connections', status: 'not_checked', reason: 'no such file' })),
    trouble: { message: 'no such file', file: '/data/gone.h5', field: '/edges', hint: 'check the path' },
    connections: undefined,
    edges: undefined,
    order: undefined,
    classes: undefined,
    edgePopulations: undefined,
  })
