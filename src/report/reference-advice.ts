/** What to do where edges have other row numbers than those that others know them by. */
import type { Finding, Proof } from '../verification/proof.ts'
import type { Rule } from './advice.ts'

const RENUMBER =
  'connproof verify --level synapses --write-edge-map FILE.npy gives the new row of each old one; edges that refer to a row that became -1 go with it'

export const REFERENCE_RULES: readonly Rule[] = [
  {
    when: ({ proof }) => referring(proof).some(({ edges }) => edges !== undefined),
    cause:
      'rows of edges have other numbers since some were removed, and not all that refers to them followed',
    next: RENUMBER,
  },
  {
    when: ({ proof }) => referring(proof).some(({ code }) => code === 'reference.stale'),
    cause: 'the manipulated edge population has another name than what refers to it knows',
    next: 'write the new name into the attribute edge_population',
  },
  {
    when: ({ proof }) => referring(proof).length > 0,
    cause: 'edges that refer to others were changed by more than their references',
    next: `make them again from those of the original: ${RENUMBER}`,
  },
  {
    when: ({ count, proof }) => count('population.lost') > 0 && refers(proof),
    cause:
      'connectome-manipulator drops all edge populations that share a file with the manipulated one, here such as refer to its rows',
    next: `add them to networks.edges of the new circuit_config.json, with their references renumbered: ${RENUMBER}`,
  },
]

const referring = (proof: Proof): readonly Finding[] =>
  proof.findings.filter(({ check, severity }) => check === 'references.sound' && severity === 'error')

const refers = ({ checks, notChecked }: Proof): boolean =>
  checks.some(({ id }) => id === 'references.sound') ||
  notChecked.some(sentence => sentence.startsWith('references of '))
