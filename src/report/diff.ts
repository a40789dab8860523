/** What `diff` found, as text and as JSON. Node ids are 0-based, GIDs 1-based. */
import { nodeIdToGid } from '../connectome/selection.ts'
import type { Diff, DiffClass, DiffSide } from '../diff.ts'
import type { Culprit } from '../verification/comparison.ts'
import type { JsonRecord, TypedRecord } from './json.ts'
import { plural } from './sentences.ts'
import { PLAIN, type Style } from './style.ts'
import { wrapText } from './wrap.ts'

/** Ends with a line break. */
export function diffToText(diff: Diff, { show, style = PLAIN }: { show: number; style?: Style }): string {
  const verdict = diff.equal ? style.good('equal') : style.bad('different')
  const lines = [
    `A ${sideText(diff.a)}`,
    `B ${sideText(diff.b)}`,
    `${style.strong(verdict)}: ${plural(diff.inBoth, 'connection')} in both`,
    ...block('only in A', diff.onlyInA, diff.culprits.only_in_a, ({ original }) => plural(original, 'edge')),
    ...block('only in B', diff.onlyInB, diff.culprits.only_in_b, ({ manipulated }) =>
      plural(manipulated, 'edge'),
    ),
    ...block(
      'in both, with another number of edges',
      diff.multiplicityChanged ?? 0,
      diff.culprits.multiplicity_changed,
      ({ original, manipulated }) => `${original} in A, ${manipulated} in B`,
    ),
  ]
  const { onlyInA = [], onlyInB = [], inBoth = [] } = diff.populations ?? {}
  for (const [side, names] of [
    ['A', onlyInA],
    ['B', onlyInB],
  ] as const)
    if (names.length > 0) lines.push(`  ${style.bad(`only in ${side}: edge population ${names.join(', ')}`)}`)
  if (inBoth.length > 0) lines.push(`  ${style.weak(`not compared: edge population ${inBoth.join(', ')}`)}`)
  if (diff.multiplicityChanged === undefined) lines.push(`  ${style.weak(notCompared(diff))}`)
  for (const warning of diff.warnings)
    lines.push(...wrapText(`warning: ${warning}`, 78).map(line => `  ${style.unsure(line)}`))
  return `${lines.join('\n')}\n`

  function block(
    what: string,
    count: number,
    culprits: readonly Culprit[],
    edges: (culprit: Culprit) => string,
  ): string[] {
    if (count === 0) return []
    const shown = culprits.slice(0, show)
    const more = count - shown.length
    return [
      `  ${style.bad(`${plural(count, 'connection')} ${what}`)}`,
      ...shown.map(culprit => `    ${pairText(culprit)}  ${edges(culprit)}`),
      ...(more > 0 ? [`    ${style.weak(`... and ${more} more (--show, --write-differences)`)}`] : []),
    ]
  }
}

const sideText = ({ file, population, connections, edges }: DiffSide): string =>
  `${file}: ${population}: ${plural(connections, 'connection')}, ${plural(edges, 'edge')}`

const pairText = ({ source, target }: Culprit): string =>
  `${source} -> ${target}  (GIDs ${nodeIdToGid(source)} -> ${nodeIdToGid(target)})`

const notCompared = ({ multiplicityUnknown: why }: Diff): string =>
  `not compared: edges per connection${why === undefined ? '' : ` (${why})`}`

/** `multiplicity_changed` is null where it was not compared. */
export function diffRecord(diff: Diff): TypedRecord {
  const culprits = Object.entries(diff.culprits) as [DiffClass, readonly Culprit[]][]
  return {
    type: 'diff',
    equal: diff.equal,
    a: { ...diff.a },
    b: { ...diff.b },
    counts: {
      only_in_a: diff.onlyInA,
      only_in_b: diff.onlyInB,
      in_both: diff.inBoth,
      multiplicity_changed: diff.multiplicityChanged ?? null,
    },
    populations:
      diff.populations === undefined
        ? null
        : {
            only_in_a: diff.populations.onlyInA,
            only_in_b: diff.populations.onlyInB,
            in_both: diff.populations.inBoth,
          },
    ...(diff.warnings.length > 0 ? { warnings: diff.warnings } : {}),
    culprits: Object.fromEntries(culprits.map(([name, list]) => [name, list.map(culpritRecord)])),
    truncated: isTruncated(diff),
  }
}

/** Whether fewer connections are listed than were counted. */
const isTruncated = ({ culprits, onlyInA, onlyInB, multiplicityChanged = 0 }: Diff): boolean =>
  culprits.only_in_a.length < onlyInA ||
  culprits.only_in_b.length < onlyInB ||
  culprits.multiplicity_changed.length < multiplicityChanged

const culpritRecord = ({ source, target, original, manipulated }: Culprit): JsonRecord => ({
  source,
  target,
  source_gid: nodeIdToGid(source),
  target_gid: nodeIdToGid(target),
  a_edges: original,
  b_edges: manipulated,
})
