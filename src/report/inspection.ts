/** What a circuit holds, as text for people. */
import type { EdgeOrder } from '../connectome/edges.ts'
import type { NodeSelection } from '../connectome/selection.ts'
import type { EdgeFacts, Inspection, NodeFacts } from '../inspect.ts'
import { plural, troubleLines } from './sentences.ts'
import { PLAIN, type Style } from './style.ts'
import { wrapText } from './wrap.ts'

const ORDER_WORDS: Readonly<Record<EdgeOrder, string>> = {
  'tgt,src': 'by target, then source',
  tgt: 'by target only',
  'src,tgt': 'by source, then target',
  src: 'by source only',
  none: 'none',
}

/** A block per edge population, a line per node population, the names of the node sets. Ends with a line break. */
export function inspectionToText(inspection: Inspection, style: Style = PLAIN): string {
  const blocks = [style.strong(inspection.file)]
  blocks.push(...inspection.edges.map(facts => edgeBlock(facts, style)))
  if (inspection.nodes.length > 0)
    blocks.push(inspection.nodes.map(facts => nodeBlock(facts, style)).join('\n'))
  if (inspection.nodeSets.length > 0 || inspection.nodeSetsProblem) blocks.push(setsBlock(inspection, style))
  return `${blocks.join('\n\n')}\n`
}

function setsBlock({ nodeSets, nodeSetsProblem: problem }: Inspection, style: Style): string {
  const faults = problem === undefined ? [] : troubleLines(problem)
  return [
    'node sets',
    ...(nodeSets.length > 0 ? [wrap(nodeSets)] : []),
    ...faults.map((line, k) => `  ${k === 0 ? style.unsure(`libsonata refuses the file: ${line}`) : line}`),
  ].join('\n')
}

/** `1600 of 2000 nodes of population "default": Excitatory`. */
export const selectionToText = (selection: NodeSelection): string =>
  `${selection.ids.length} of ${plural(selection.populationSize, 'node')} of population "${selection.population}": ${selection.expression}\n`

function edgeBlock(facts: EdgeFacts, style: Style): string {
  const { index, problem } = facts
  const ends = facts.source === null && facts.target === null ? '' : ` (${facts.source} -> ${facts.target})`
  const rows: [name: string, value: string | number | undefined][] = [
    ['file', facts.file],
    ['edges', problem !== undefined && facts.edges === 0 ? undefined : facts.edges],
    ['connections', facts.connections],
    ['with several edges', several(facts)],
    ['autapses', facts.autapses],
    ['reciprocal pairs', facts.reciprocal_pairs],
    ['sorted', facts.order === undefined ? undefined : orderWords(facts.order)],
    ['id type', facts.dtype.length === 0 ? undefined : [...new Set(facts.dtype)].join(', ')],
    ['groups', facts.groups.length === 0 ? undefined : facts.groups.join(', ')],
    ['by edge type', facts.types?.join(', ')],
    ['index', index === null ? 'none' : `${index.group}: ${index.dirs.join(', ')}`],
    ['sha256 of pairs', facts.sha256_pairs_tgtsrc],
  ]
  const lines = rows
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `  ${style.weak(name.padEnd(20))}${value}`)
  return [
    `${style.strong('edges')} ${facts.population}${ends}`,
    ...lines,
    ...warningLines(facts, style),
    ...problemLines(facts, style),
  ].join('\n')
}

const warningLines = ({ warnings = [] }: EdgeFacts, style: Style): string[] =>
  warnings.flatMap(warning =>
    wrapText(`warning: ${warning}`, 78).map((line, k) => `  ${k === 0 ? style.unsure(line) : `  ${line}`}`),
  )

const several = ({ multi, max_per_conn }: EdgeFacts): string | undefined =>
  multi === undefined ? undefined : `${multi}${multi > 0 ? `, at most ${max_per_conn} each` : ''}`

const orderWords = (order: string): string => ORDER_WORDS[order as EdgeOrder] ?? order

function nodeBlock(facts: NodeFacts, style: Style): string {
  const heading = `${style.strong('nodes')} ${facts.population}`
  if (facts.problem !== undefined) return [heading, ...problemLines(facts, style)].join('\n')
  const attributes = facts.attributes.length === 0 ? '' : `\n${wrap(facts.attributes)}`
  return `${heading}: ${plural(facts.nodes, 'node')} (${facts.type})${attributes}`
}

const problemLines = ({ problem }: EdgeFacts | NodeFacts, style: Style): string[] =>
  problem === undefined ? [] : troubleLines(problem).map((line, k) => `  ${k === 0 ? style.bad(line) : line}`)

/** Names in lines of at most 80 columns. */
const wrap = (names: readonly string[]): string =>
  wrapText(names.join(', '), 78)
    .map(line => `  ${line}`)
    .join('\n')
