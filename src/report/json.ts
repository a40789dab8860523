/** Proofs as JSON: the stable shape that `verify --json` and `--proof` promise. Node ids are 0-based, GIDs 1-based. */
import { nodeIdToGid } from '../connectome/selection.ts'
import type { Culprit, DifferenceClass } from '../verification/comparison.ts'
import type { Finding, Proof, Trouble } from '../verification/proof.ts'
import type { PropertyValue, SynapseCulprit } from '../verification/synapses/expectation.ts'
import { type AnyRecord, formed, RECORD_SCHEMA, type RecordForm } from './made.ts'
import { differenceOf } from './sentences.ts'

type Json = null | boolean | number | string | undefined | readonly Json[] | { readonly [key: string]: Json }
export type JsonRecord = { readonly [key: string]: Json }
/** A line of JSON Lines. */
export type TypedRecord = JsonRecord & { readonly type: string }

/** Classes that every proof lists. */
const CLASSES: readonly DifferenceClass[] = [
  'removed_as_asked',
  'asked_still_there',
  'asked_absent',
  'lost_not_asked',
  'added_as_asked',
  'added_not_asked',
  'multiplicity_changed',
  'outside_changed',
]

/** Classes that exist only where additions were asked for. */
const ADDITION_CLASSES: readonly DifferenceClass[] = ['asked_not_added', 'asked_already_there']

/** The `check` records of a proof and then its `proof` record: the JSON Lines of one circuit. */
export function proofRecords(proof: Proof): TypedRecord[] {
  const checks = proof.checks.map(check => ({
    type: 'check',
    circuit: proof.circuit,
    id: check.id,
    level: check.level,
    status: check.status,
    reason: check.reason,
    except: check.except,
    findings: proof.findings.filter(finding => finding.check === check.id).map(findingRecord),
  }))
  return [...checks, proofRecord(proof)]
}

/** One proof as one object. `connections`, `diff` and `classes` are null where nothing was compared, `level` where nothing was proven. */
export function proofRecord(proof: Proof): TypedRecord {
  return {
    type: 'proof',
    schema: RECORD_SCHEMA,
    tool: { ...proof.tool },
    circuit: proof.circuit,
    file: proof.file,
    original: proof.original,
    verdict: proof.verdict,
    level: proof.level ?? null,
    not_checked: proof.notChecked,
    neurons: proof.neurons,
    contract: proof.contract && { ...proof.contract },
    selection: { source: { ...proof.selection.source }, target: { ...proof.selection.target } },
    asked: { ...proof.asked },
    connections: proof.connections ? { ...proof.connections } : null,
    diff: differenceOf(proof) ?? null,
    classes: classesRecord(proof),
    checks: proof.checks.map(({ id, level, status, reason, except }) => ({
      id,
      level,
      status,
      reason,
      except,
    })),
    findings: proof.findings.map(findingRecord),
    error: proof.trouble && troubleRecord(proof.trouble),
    edge_populations: proof.edgePopulations && { ...proof.edgePopulations },
    edges: proof.edges && { ...proof.edges },
    order: proof.order && { ...proof.order },
    synapses: proof.synapses && {
      edges: { ...proof.synapses.edges },
      properties: proof.synapses.properties.map(facts => ({ ...facts })),
      pipeline: proof.synapses.pipeline,
    },
    edge_map: proof.edgeMap && { ...proof.edgeMap },
    inputs: proof.inputs.map(input => ({ ...input })),
    seconds: Math.round(proof.seconds * 1000) / 1000,
  }
}

/** Who is at fault: the call, what it was given, the machine, or connproof. */
export type ErrorCode = 'error.usage' | 'error.input' | 'error.memory' | 'error.bug'

/**
 * The record of what could not be done, of the same fields as the `error` of a proof.
 *
 * @param code default `error.usage` where a flag is at fault, else `error.input`
 */
export const errorRecord = (trouble: Trouble, code?: ErrorCode): TypedRecord => ({
  type: 'error',
  code: code ?? (trouble.field?.startsWith('--') ? 'error.usage' : 'error.input'),
  ...troubleRecord(trouble),
})

/** Records as JSON Lines, each with its `type` and `schema`; ends with a line break. */
export const jsonLines = (records: readonly AnyRecord[], form?: RecordForm): string =>
  records.map(record => `${JSON.stringify(formed(record, form))}\n`).join('')

/** What `--proof` writes: one object, or an array where there are several circuits. */
export function proofFile(proofs: readonly Proof[], form?: RecordForm): string {
  const records = proofs.map(proof => formed(proofRecord(proof), form))
  return `${JSON.stringify(records.length === 1 ? records[0] : records, undefined, 2)}\n`
}

function classesRecord({ classes, inputs }: Proof): JsonRecord | null {
  if (classes === undefined) return null
  const addition = inputs.some(input => input.role === 'added')
  const keys = addition ? [...CLASSES, ...ADDITION_CLASSES] : CLASSES
  return Object.fromEntries(keys.map(key => [key, classes[key]]))
}

const findingRecord = (finding: Finding): JsonRecord => ({
  code: finding.code,
  check: finding.check,
  severity: finding.severity,
  count: finding.count,
  truncated: isTruncated(finding),
  expected: finding.expected,
  found: finding.found,
  culprits: finding.culprits.map(culpritRecord),
  property: finding.property,
  operation: finding.operation,
  edges: finding.edges?.map(edgeRecord),
})

/** Whether fewer are listed than were counted; of some findings none ever is. */
function isTruncated({ code, count, culprits, edges }: Finding): boolean {
  const listed = edges?.length ?? culprits.length
  const lists = listed > 0 || edges !== undefined || CODES_OF_CONNECTIONS.has(code)
  return lists && listed < count
}

const CODES_OF_CONNECTIONS: ReadonlySet<string> = new Set(
  [...CLASSES, ...ADDITION_CLASSES].map(name => name.replace('_', '.')),
)

/** Integers beyond 2^53 as text. Edge ids are rows of the population, from 0. */
const edgeRecord = (culprit: SynapseCulprit): JsonRecord => ({
  source: culprit.source,
  target: culprit.target,
  source_gid: nodeIdToGid(culprit.source),
  target_gid: nodeIdToGid(culprit.target),
  original_edge: culprit.originalEdge,
  manipulated_edge: culprit.manipulatedEdge,
  property: culprit.property,
  before: jsonValue(culprit.before),
  expected: jsonValue(culprit.expected),
  after: jsonValue(culprit.after),
})

const jsonValue = (value: PropertyValue | undefined): Json =>
  typeof value === 'bigint' ? String(value) : value

const culpritRecord = ({ source, target, original, manipulated }: Culprit): JsonRecord => ({
  source,
  target,
  source_gid: nodeIdToGid(source),
  target_gid: nodeIdToGid(target),
  original_edges: original,
  manipulated_edges: manipulated,
})

const troubleRecord = ({ message, file, field, hint }: Trouble): JsonRecord => ({
  message,
  file,
  field,
  hint,
})
