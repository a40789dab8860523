/** From an examination to checks and findings of a proof. */
import type { Plan } from '../connectome/operations.ts'
import type { IndexProblem } from '../sonata/edge-index.ts'
import type { ContractCode, ContractFinding } from '../verification/contracts/codes.ts'
import { type InvariantId, invariantsOf } from '../verification/contracts/contracts.ts'
import type { Amounts } from '../verification/contracts/judge.ts'
import type { CheckId, CheckResult, Finding, Level } from '../verification/proof.ts'
import { judgeSynapses, synapseFinding, synapsesNotChecked } from '../verification/synapses/checks.ts'
import { OTHER_POPULATIONS } from '../verification/uncheckable.ts'
import type { Determined, Examination } from './examine.ts'

export interface Concluded {
  readonly checks: readonly CheckResult[]
  readonly findings: readonly Finding[]
  readonly notChecked: readonly string[]
}

const LEVEL: Level = 'synapses'

/** Which check a finding of an invariant belongs to. */
const CHECK_OF: Readonly<Record<ContractCode, InvariantId | 'log.agrees'>> = {
  'connection.new': 'rows.kept',
  'connection.grown': 'rows.kept',
  'kept.changed': 'rows.kept',
  'removal.outside': 'removal.candidates',
  'removal.partial': 'removal.candidates',
  'removal.amount': 'removal.amount',
  'connection.emptied': 'connections.kept',
  'conductance.sum': 'conductance.sums',
  'conductance.ratio': 'conductance.sums',
  'alteration.outside': 'alteration.rows',
  'alteration.amount': 'alteration.rows',
  'alteration.value': 'alteration.values',
  'alteration.multiset': 'alteration.values',
  'alteration.range': 'alteration.values',
  'value.nan': 'alteration.values',
  'rewiring.outside': 'rewiring.rows',
  'rewiring.unsorted': 'rewiring.rows',
  'rewiring.autapse': 'rewiring.rows',
  'rewiring.amount': 'rewiring.rows',
  'rewiring.nothing': 'rewiring.rows',
  'wiring.nothing': 'rewiring.rows',
  'rewiring.delay': 'rewiring.rows',
  'rewiring.bounds': 'rewiring.new',
  'rewiring.row': 'rewiring.rows',
  'rewiring.indegree': 'rewiring.degrees',
  'rewiring.sizes': 'rewiring.degrees',
  'rewiring.pairs': 'rewiring.degrees',
  'rewiring.kept': 'rewiring.degrees',
  'rewiring.position': 'rewiring.new',
  'rewiring.sampled': 'rewiring.new',
  'rewiring.constant': 'rewiring.new',
  'row.copied': 'rewiring.new',
  'rewiring.model': 'rewiring.model',
  'log.rows': 'log.agrees',
  'log.connection': 'log.agrees',
}

export function concludeExamination(
  { plan, prediction, overflow, absent }: Determined,
  { predicted, invariants, unpredicted, logged }: Examination,
  indices: readonly IndexProblem[] | undefined,
): Concluded {
  const exact = predicted === undefined ? undefined : judgeSynapses(predicted)
  const findings: Finding[] = [
    ...stops(plan, overflow),
    ...(absent ?? []).map(stopsAt),
    ...(exact?.findings.map(finding => withAmount(finding, invariants.amounts)) ??
      invariants.columns.map(synapseFinding)),
    ...invariants.findings.map(contractFinding),
    ...(indices ?? []).map(indexFinding),
    ...[...(prediction?.overflows ?? [])].map(([property, count]) => overflowFinding(property, count)),
  ]
  const failed = new Set(findings.filter(({ severity }) => severity === 'error').map(({ check }) => check))
  const result = (id: CheckId, reason?: string): CheckResult => {
    if (failed.has(id)) return { id, level: LEVEL, status: 'failed' }
    if (reason !== undefined) return { id, level: LEVEL, status: 'not_checked', reason }
    return { id, level: LEVEL, status: findings.some(({ check }) => check === id) ? 'warning' : 'passed' }
  }
  const ids = invariantsFor(plan, findings)
  return {
    checks: [
      result('config.runs'),
      ...(exact?.checks ??
        synapsesNotChecked(unpredicted ?? 'not predicted').map(({ id, reason }) => result(id, reason))),
      ...ids.map(id => result(id, invariants.asWhole && !OF_THE_WHOLE.includes(id) ? WHOLE_ONLY : undefined)),
      ...(logged ? [result('log.agrees')] : []),
      result('indices.consistent', indices === undefined ? LACKS : undefined),
    ],
    findings,
    notChecked: [
      ...(unpredicted === undefined
        ? []
        : [`rows and values that the configuration does not determine (${unpredicted})`]),
      ...new Set([...(predicted?.notChecked ?? []), ...invariants.notChecked]),
      ...NOT_LOOKED_AT.filter(what => what !== INDICES_LACKING || indices === undefined),
    ],
  }
}

/** Of a sequence with a model, what is judged. */
const OF_THE_WHOLE: readonly InvariantId[] = ['rewiring.rows', 'rewiring.new']
const WHOLE_ONLY = 'functions around one that follows a model are judged together, not one by one'

const LACKS = 'the file lacks one of its indices, or both'
const INDICES_LACKING = `indices of the edges file (${LACKS})`
/** What level full looks at, and tells in its own words. */
export const NOT_LOOKED_AT: readonly string[] = [
  INDICES_LACKING,
  'node files beyond their size',
  OTHER_POPULATIONS,
]

function invariantsFor(plan: Plan, findings: readonly Finding[]): InvariantId[] {
  const asked = invariantsOf(plan.operations)
  for (const { check } of findings) if (isInvariant(check)) asked.add(check)
  return [...asked]
}

const INVARIANT_IDS: ReadonlySet<string> = new Set(Object.values(CHECK_OF))
const isInvariant = (id: CheckId): id is InvariantId => INVARIANT_IDS.has(id) && id !== 'log.agrees'

function stops({ seed, splits }: Plan, overflow: number | undefined): Finding[] {
  if (overflow === undefined) return []
  const what = `split ${overflow + 1} of ${splits} stops, its seed ${seed} x ${overflow + 1} is above 2^32 - 1`
  return [
    {
      code: 'config.stops',
      check: 'config.runs',
      severity: 'error',
      count: splits - overflow,
      expected: what,
      culprits: [],
    },
  ]
}

/** The package looks for the property before anything else, in every split. */
const stopsAt = (what: string): Finding => ({
  code: 'config.stops',
  check: 'config.runs',
  severity: 'error',
  count: 1,
  expected: what,
  culprits: [],
})

/** Of the wrong rows: how many were to be taken or altered, and how many were. It may be that only the rows are others. */
function withAmount(finding: Finding, { removed, altered }: Amounts): Finding {
  const { code, property = '' } = finding
  const amount =
    code === 'property.changed' || code === 'property.bounds'
      ? altered.get(property)
      : code === 'synapse.extra' || code === 'synapse.missing'
        ? removed
        : undefined
  return amount === undefined ? finding : { ...finding, expected: amount.asked, found: amount.done }
}

/** What a sound result may be, and yet nobody wants. */
const WARNINGS: readonly ContractCode[] = ['rewiring.nothing', 'wiring.nothing']

const contractFinding = ({
  code,
  culprits,
  count,
  property,
  operation,
  expected,
  found,
}: ContractFinding): Finding => ({
  code,
  check: CHECK_OF[code],
  severity: WARNINGS.includes(code) ? 'warning' : 'error',
  count,
  ...(expected === undefined ? {} : { expected }),
  ...(found === undefined ? {} : { found }),
  culprits: [],
  property,
  operation,
  edges: culprits,
})

const indexFinding = ({ direction, message }: IndexProblem): Finding => ({
  code: 'index.disagrees',
  check: 'indices.consistent',
  severity: 'error',
  count: 1,
  found: `${direction}: ${message}`,
  culprits: [],
})

/** The package says nothing of it; the result is right and yet not what anybody wants. */
const overflowFinding = (property: string, count: number): Finding => ({
  code: 'property.overflows',
  check: 'config.runs',
  severity: 'warning',
  count,
  culprits: [],
  property,
})
