/** What a simulation silences, as text and as records. Node ids are 0-based, GIDs 1-based. */
import { nodeIdToGid } from '../connectome/selection.ts'
import type { SilencedClass, SilencedDiff } from '../diff-silenced.ts'
import type { Silenced, SilencedPopulation } from '../silenced.ts'
import type { JsonRecord, TypedRecord } from './json.ts'
import { plural, troubleLines } from './sentences.ts'
import { PLAIN, type Style } from './style.ts'
import { wrapText } from './wrap.ts'

type Pair = readonly [source: number, target: number]

/** A block per edge population. Ends with a line break. */
export function silencedToText(found: Silenced, style: Style = PLAIN): string {
  const head = `${style.strong(found.file)}: ${plural(found.overrides, 'override')}, circuit ${found.network}`
  return `${[head, ...found.populations.map(population => blockOf(population, style))].join('\n\n')}\n`
}

function blockOf(found: SilencedPopulation, style: Style): string {
  const { population, source, target, problem, pairs, connections = 0, silenced = 0 } = found
  const head = `${style.strong(population)} (${source} -> ${target})`
  if (problem !== undefined)
    return [head, ...troubleLines(problem).map((line, k) => `  ${k === 0 ? style.unsure(line) : line}`)].join(
      '\n',
    )
  const rows: [name: string, count: number | undefined][] = [
    ['connections', connections],
    ['silenced', silenced],
    ['  weight 0', found.zeroWeight],
    ['  not created', found.notCreated],
    ['target not simulated', found.notSimulated],
    ['cannot be told', found.cannotTell],
  ]
  const counted = rows
    .filter(([name, count]) => name === 'connections' || name === 'silenced' || (count ?? 0) > 0)
    .map(([name, count]) => `  ${style.weak(name.padEnd(22))}${count}`)
  const more = silenced - pairs.length
  return [
    head,
    ...counted,
    ...pairs.map(pair => `    ${pairText(pair)}`),
    ...(more > 0 ? [`    ${style.weak(`... and ${more} more (--ids with --population)`)}`] : []),
    ...notes(found.dependsOnProcesses, found.cannotTell ?? 0).map(line => `  ${style.unsure(line)}`),
  ].join('\n')
}

function notes(overrides: readonly string[], uncertain: number): string[] {
  if (uncertain === 0) return []
  const processes =
    overrides.length === 0
      ? ''
      : `; or created or not by the cells that a process has: ${overrides.join(', ')} ${overrides.length === 1 ? 'names' : 'name'} nodes of several populations. Give these node sets a population, or --one-process if each process has cells of all of them`
  return wrapText(
    `cannot be told: weight 0 with synapses of a modoverride, whose model decides what it means; a synapse_configure that sets to 0 what conductance is made of${processes}`,
    78,
  )
}

const pairText = ([source, target]: Pair): string =>
  `${source} -> ${target}  (GIDs ${nodeIdToGid(source)} -> ${nodeIdToGid(target)})`

/** One record per edge population; `pairs` are node ids, 0-based, ascending by (target, source). */
export const silencedRecords = ({ file, populations }: Silenced): TypedRecord[] =>
  populations.map(({ dependsOnProcesses, zeroWeight, notCreated, notSimulated, cannotTell, ...rest }) => {
    const { population, source, target, connections, silenced, pairs, problem } = rest
    const common = { type: 'silenced', file, population, source, target }
    if (problem !== undefined) return { ...common, problem: { ...problem } }
    return {
      ...common,
      connections,
      silenced,
      weight_0: zeroWeight,
      not_created: notCreated,
      not_simulated: notSimulated,
      cannot_tell: cannotTell,
      depends_on_processes: dependsOnProcesses,
      pairs,
      truncated: pairs.length < (silenced ?? 0),
    } as TypedRecord
  })

/** All pairs of a population as CSV, node ids from 0. */
export const silencedCsv = ({ pairs }: SilencedPopulation): string =>
  ['source_node_id,target_node_id', ...pairs.map(pair => pair.join(',')), ''].join('\n')

const CLASS_WORDS: Readonly<Record<SilencedClass, string>> = {
  asked_with_effect: 'asked for and not silenced',
  asked_absent: 'asked for and not in the circuit',
  not_asked: 'silenced and not asked for',
  cannot_tell: 'of which it cannot be told',
}

/** Ends with a line break. */
export function silencedDiffToText(
  found: SilencedDiff,
  { show, style = PLAIN }: { show: number; style?: Style },
): string {
  const paint = { equal: style.good, different: style.bad, 'cannot tell': style.unsure }[found.verdict]
  const lines = [
    `A ${found.simulation}: ${found.population}: ${found.silenced} of ${plural(found.connections, 'connection')} silenced`,
    `B ${found.mask}: ${plural(found.asked, 'connection')}`,
    `${style.strong(paint(found.verdict))}: ${plural(found.asAsked, 'connection')} silenced as asked`,
  ]
  if (found.askedNotSimulated > 0)
    lines.push(
      `  ${plural(found.askedNotSimulated, 'connection')} asked for, with targets that are not simulated`,
    )
  for (const [kind, words] of Object.entries(CLASS_WORDS) as [SilencedClass, string][]) {
    const count = found.counts[kind]
    if (count === 0) continue
    const shown = found.culprits[kind].slice(0, show)
    lines.push(
      `  ${(kind === 'cannot_tell' ? style.unsure : style.bad)(`${plural(count, 'connection')} ${words}`)}`,
    )
    lines.push(...shown.map(pair => `    ${pairText(pair)}`))
    if (count > shown.length) lines.push(`    ${style.weak(`... and ${count - shown.length} more (--show)`)}`)
  }
  lines.push(
    ...notes(found.dependsOnProcesses, found.counts.cannot_tell).map(line => `  ${style.unsure(line)}`),
  )
  return `${lines.join('\n')}\n`
}

export const silencedDiffRecord = (found: SilencedDiff): TypedRecord => ({
  type: 'silenced_diff',
  verdict: found.verdict === 'cannot tell' ? 'cannot_tell' : found.verdict,
  simulation: found.simulation,
  mask: found.mask,
  population: found.population,
  source: found.source,
  target: found.target,
  connections: found.connections,
  asked: found.asked,
  silenced: found.silenced,
  silenced_as_asked: found.asAsked,
  asked_not_simulated: found.askedNotSimulated,
  counts: { ...found.counts },
  culprits: Object.fromEntries(
    Object.entries(found.culprits).map(([kind, pairs]) => [kind, pairs.map(culpritRecord)]),
  ),
  depends_on_processes: found.dependsOnProcesses,
  truncated: Object.entries(found.culprits).some(
    ([kind, pairs]) => pairs.length < found.counts[kind as SilencedClass],
  ),
})

const culpritRecord = ([source, target]: Pair): JsonRecord => ({
  source,
  target,
  source_gid: nodeIdToGid(source),
  target_gid: nodeIdToGid(target),
})
