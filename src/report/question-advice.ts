/** Likely causes in the question itself: which circuits were named in which order, and which mask as what. */
import type { Finding, FindingCode, Proof } from '../verification/proof.ts'
import type { Rule } from './advice.ts'

export const QUESTION_RULES: readonly Rule[] = [
  {
    when: ({ proof }) => isTwice(proof),
    cause: 'the original was given twice: ORIGINAL and MANIPULATED are one file',
    next: 'give the manipulated circuit as the second argument',
  },
  {
    when: ({ proof }) => isCopy(proof),
    cause:
      'the manipulated circuit is a copy of the original: not one connection is another, nor is any edge gone or new',
    next: 'check that the circuit config points to the new edges file, and the amount in the manipulation config',
  },
  {
    when: ({ proof }) => isBackwards(proof),
    cause:
      'the arguments are swapped: what was to be removed is missing in ORIGINAL and there in MANIPULATED, every connection of it (or the mask was given as --removed and names what was added)',
    next: 'name the original first, or give the mask with --added',
  },
  {
    when: ({ proof }) => isRemovalAsAddition(proof),
    cause:
      'the mask was given as --added and names what was removed: every connection of it is there in ORIGINAL and gone in MANIPULATED (or the two circuits are swapped)',
    next: 'give the mask with --removed, or name the original first',
  },
  {
    when: ({ count, proof }) =>
      isUnasked(proof) && count('lost.not_asked') > 0 && count('added.not_asked') === 0,
    cause: `no mask was given: nothing was to be removed, and connections are gone`,
    next: 'say what was asked for: --removed MASK, or --config manip_config.json',
  },
  {
    when: ({ count, proof }) =>
      isUnasked(proof) && count('added.not_asked') > 0 && count('lost.not_asked') === 0,
    cause: `no mask was given: nothing was to be added, and connections are new`,
    next: 'say what was asked for: --added MASK, or --config manip_config.json',
  },
  {
    when: ({ proof }) => isZeroedBefore(proof),
    cause:
      'the arguments are swapped: every edge_type_id of ORIGINAL is 0, as the pipeline leaves them, and none of MANIPULATED is (or another program wrote it)',
    next: 'name the original first',
  },
]

/** Of one circuit two populations may be compared. */
const isTwice = ({ file, original, edgePopulations, findings }: Proof): boolean =>
  findings.length > 0 &&
  file === original &&
  edgePopulations !== undefined &&
  edgePopulations.original === edgePopulations.manipulated

/** What the pipeline leaves is on the side of the original, and only there. */
const isZeroedBefore = ({ findings, edges: counts }: Proof): boolean =>
  findings.some(
    ({ code, count, edges = [] }) =>
      code === 'edge_type.changed' &&
      count === counts?.manipulated &&
      edges.length > 0 &&
      edges.every(({ before, after }) => before === 0 && after !== 0),
  )

/** All that was asked for is undone, and nothing else was done either. */
function isCopy({ classes, asked, edges, findings, contract }: Proof): boolean {
  if (classes === undefined || contract !== undefined || asked.removed + asked.added === 0) return false
  const undone = classes.asked_still_there + classes.asked_not_added
  return (
    undone > 0 &&
    undone === asked.removed - classes.asked_absent + (asked.added - classes.asked_already_there) &&
    classes.lost_not_asked +
      classes.added_not_asked +
      classes.multiplicity_changed +
      classes.outside_changed ===
      0 &&
    edges?.original === edges?.manipulated &&
    !findings.some(({ code }) => code.startsWith('synapse.') || code === 'property.changed') &&
    // A connection that was to go and has lost some of its edges.
    culpritsOf(findings, 'asked.still_there').every(({ original, manipulated }) => original === manipulated)
  )
}

/** Every connection that was to be removed is in the manipulated circuit only, and nothing else differs. */
const isBackwards = ({ classes, asked, findings }: Proof): boolean =>
  classes !== undefined &&
  asked.removed > 0 &&
  classes.asked_absent === asked.removed &&
  classes.added_not_asked === asked.removed &&
  classes.lost_not_asked === 0 &&
  culpritsOf(findings, 'asked.absent').every(({ manipulated }) => manipulated > 0)

/** Every connection that was to be added is in the original only, and nothing else differs. */
const isRemovalAsAddition = ({ classes, asked, findings }: Proof): boolean =>
  classes !== undefined &&
  asked.added > 0 &&
  classes.asked_already_there === asked.added &&
  classes.lost_not_asked === asked.added &&
  classes.added_not_asked === 0 &&
  culpritsOf(findings, 'asked.already_there').every(({ manipulated }) => manipulated === 0)

/** Neither mask nor configuration: the question was whether nothing changed. */
const isUnasked = ({ asked, inputs, contract }: Proof): boolean =>
  asked.removed + asked.added === 0 &&
  contract === undefined &&
  !inputs.some(({ role }) => role === 'removed' || role === 'added' || role === 'config')

const culpritsOf = (findings: readonly Finding[], code: FindingCode): Finding['culprits'] =>
  findings.filter(finding => finding.code === code).flatMap(({ culprits }) => culprits)
