/** Whether both circuits have the same edge populations: what stands beside the two that are compared. */
import type { Circuit, EdgePopulationFacts } from './connectome/circuit.ts'
import { listed } from './sonata/choose-population.ts'
import type { Facing, Pair } from './sonata/facing.ts'
import type { Finding } from './verification/proof.ts'
import { OTHER_POPULATIONS } from './verification/uncheckable.ts'

/** Plain data, as it is kept in partial results. */
export interface SamePopulations {
  readonly findings: readonly Finding[]
  /** Why it is not known which populations one of them has. */
  readonly unknown?: string | undefined
  /** Populations that both have. Only level full compares them. */
  readonly others: readonly string[]
  /** What is there and cannot be read: name or file, and why. */
  readonly unreadable: readonly string[]
}

/** Where nothing faces nothing: a circuit that could not be opened. */
export const NO_POPULATIONS: SamePopulations = { findings: [], others: [], unreadable: [] }

type Named = Pick<Circuit, 'file' | 'namedBy'>

/**
 * Findings `population.lost` and `population.added`, one for each edge population that one side alone has, or that a
 * reader of the manipulated circuit does not find or cannot read though it could before.
 */
export function samePopulations(facing: Facing, circuits: Pair<Named>): SamePopulations {
  const unknown = unknownBecause(circuits)
  const { others, unlisted } = facing
  return {
    findings: unknown === undefined ? [...lost(facing, circuits), ...added(facing)] : [],
    unknown,
    others: [
      ...others.filter(({ original, manipulated }) => !original.problem && !manipulated.problem),
      // Where it is not known what the other side has, these are neither lost nor added, but not compared either.
      ...(unknown === undefined ? [] : facing.lost.map(original => ({ original }))),
    ].map(({ original }) => original.population),
    unreadable: [
      ...others.filter(({ original }) => original.problem).map(({ original }) => original),
      ...unlisted.original,
      ...unlisted.manipulated.filter(({ file }) => unlisted.original.every(other => other.file !== file)),
    ].map(info => listed([info])),
  }
}

function lost(facing: Facing, circuits: Pair<Named>): Finding[] {
  const { compared, others, unlisted } = facing
  const because =
    unlisted.manipulated.length === 0 ? '' : ` that can be read; ${listed(unlisted.manipulated)}`
  const gone = facing.lost.map(one => lostFinding(one, `nothing${because}`))
  const broken = others
    .filter(({ original, manipulated }) => !original.problem && manipulated.problem)
    .map(({ original, manipulated: { problem, file } }) =>
      lostFinding(original, `${problem?.file ?? file}: ${problem?.message}`),
    )
  const configured = circuits.original.namedBy === 'configuration'
  const unnamed = (configured ? [compared, ...others] : [])
    .filter(({ original, manipulated }) => original.listed && !manipulated.listed && !manipulated.problem)
    .map(({ original, manipulated }) =>
      lostFinding(
        original,
        `${manipulated.population} in ${manipulated.file}, whose entry in the configuration names no populations: libsonata and snap see none`,
      ),
    )
  return [...gone, ...broken, ...unnamed]
}

const lostFinding = (info: EdgePopulationFacts, found: string): Finding => ({
  code: 'population.lost',
  check: 'populations.same',
  severity: 'error',
  count: 1,
  expected: `edge population ${listed([info])} of ${info.file}`,
  found,
  culprits: [],
})

/** What cannot be listed of the original alone may have held it already. */
const added = ({ added: more, unlisted }: Facing): Finding[] =>
  unlisted.original.some(({ file }) => unlisted.manipulated.every(other => other.file !== file))
    ? []
    : more.map(info => ({
        code: 'population.added',
        check: 'populations.same',
        severity: 'error',
        count: 1,
        expected: 'no other edge population',
        found: `${listed([info])} in ${info.file}`,
        culprits: [],
      }))

function unknownBecause({ original, manipulated }: Pair<Named>): string | undefined {
  const part = [original, manipulated].find(({ namedBy }) => namedBy === 'part')
  if (part !== undefined) return `${part.file} does not say which there are`
  if (original.namedBy === manipulated.namedBy) return undefined
  const words = ({ file, namedBy }: Named): string => `${file} is a ${namedBy}`.replace('a edges', 'an edges')
  return `${words(original)}, ${words(manipulated)}`
}

/** `notChecked` with the names of the populations in the place of {@link OTHER_POPULATIONS}. */
export function notComparedSentences(
  notChecked: readonly string[],
  { unknown, others, unreadable }: SamePopulations,
): string[] {
  const names = others.length === 0 ? '' : `: ${others.join(', ')}`
  const because = unknown === undefined ? '' : ` (${unknown})`
  const sentence = names + because === '' ? [] : [`other edge populations${names}${because}`]
  return [
    ...notChecked.flatMap(what => (what === OTHER_POPULATIONS ? sentence : [what])),
    ...unreadable.map(what => `edge population ${what}`),
  ]
}
