/** Every sentence about a list and what was drawn from it; those of the notebook word for word. */
import type { PairList } from '../connectome/pairs.ts'
import { nodeIdToGid } from '../connectome/selection.ts'
import { InputError } from '../errors.ts'
import type { WrittenFile } from '../formats/file-set.ts'
import type { PreparedList, Selection } from '../select.ts'
import { amountText } from '../selection/amount.ts'
import { pairsDigest } from '../selection/digest.ts'
import type { LintCode, LintFinding } from '../selection/lint.ts'
import { VERSION } from '../version.ts'
import type { JsonRecord, TypedRecord } from './json.ts'
import { RECORD_SCHEMA } from './made.ts'

const WORDS: Readonly<Record<LintCode, readonly [one: string, several: string]>> = {
  'list.repeats': ['row repeats an earlier one', 'rows repeat an earlier one'],
  'list.both-directions': ['row is the reverse of an earlier one', 'rows are the reverse of an earlier one'],
  'list.no-reverse': [
    'pair has no connection back in the circuit',
    'pairs have no connection back in the circuit',
  ],
  'list.autapse': ['row connects a node to itself', 'rows connect a node to itself'],
  'list.outside': ['row has a node outside the selection', 'rows have a node outside the selection'],
  'list.short': [
    'connection fewer than asked for is in the list',
    'connections fewer than asked for are in the list',
  ],
  'list.absent': ['connection does not exist in the circuit', 'connections do not exist in the circuit'],
}

/** What a list that the circuit gave does not have; undefined where there is nothing to say. */
export function leftOutSentence({ autapsesLeftOut = 0 }: PreparedList): string | undefined {
  if (autapsesLeftOut === 0) return undefined
  return `left out: ${autapsesLeftOut} ${autapsesLeftOut === 1 ? 'autapse' : 'autapses'} of the circuit`
}

/** `list.absent: 3 connections do not exist in the circuit (GIDs 4 -> 7 in row 0, 4 -> 9 in row 12, ...)`. */
export const lintSentence = (finding: LintFinding): string => `${finding.code}: ${lintWords(finding)}`

function lintWords({ code, count, first }: LintFinding): string {
  const shown = first.map(
    ({ row, source, target }) => `${nodeIdToGid(source)} -> ${nodeIdToGid(target)} in row ${row}`,
  )
  const where = shown.length === 0 ? '' : ` (GIDs ${shown.join(', ')}${count > shown.length ? ', ...' : ''})`
  return `${count} ${WORDS[code][count === 1 ? 0 : 1]}${where}`
}

/** What makes a list unfit, in one error; undefined where nothing does. `words`: of the command line or of a campaign. */
export function refusalOf(
  { list, findings }: Pick<PreparedList, 'list' | 'findings'>,
  words: 'flags' | 'keys' = 'flags',
): InputError | undefined {
  const errors = findings.filter(({ severity }) => severity === 'error')
  const [first] = errors
  if (first === undefined) return undefined
  // The first code is the field, which stands before the message.
  const sentences = [lintWords(first), ...errors.slice(1).map(lintSentence)]
  const codes = errors.map(({ code }) => code)
  const [all, allow] =
    words === 'flags'
      ? ['--all of them', `--allow ${codes.join(',')}`]
      : ['all of them (all: true)', `allow: [${codes.join(', ')}]`]
  return new InputError(sentences.join('; '), {
    file: list.label,
    field: first.code,
    hint: errors.every(({ code }) => code === 'list.short')
      ? `the list has ${list.source.length}: take ${all}, or as many as there are with ${allow}`
      : `correct the list, or take it as it is with ${allow}`,
  })
}

/**
 * The lines that the notebook prints for a selection.
 *
 * @param options.index the i of `<SIMi>`
 * @param options.mask path of the mask
 */
export function selectionLines(
  { drawn, masked }: Selection,
  options: { readonly index: number; readonly mask: string },
): string[] {
  const { listed, flipped, mode, amount, seed } = drawn
  const selected = drawn.rows.length
  const what = mode === 'reciprocal' ? `connections (${flipped} directions flipped)` : 'connections'
  const lines = [
    `INFO: <SIM${options.index}> Randomly selected ${selected} of ${listed} ${mode} ${what} to be removed ` +
      `(amount=${amountText(amount, listed)}, seed=${seed})!`,
  ]
  if (typeof amount === 'object' && 'count' in amount && amount.count > listed)
    lines.unshift('WARNING: Not enough connections to be removed!')
  if (masked === undefined) return lines
  const { mask, distinct, outside } = masked
  if (distinct < selected) lines.push(`WARNING: Only ${distinct} of ${selected} connections are unique!`)
  if (outside.length > 0)
    lines.push(
      `WARNING: ${outside.length} of ${selected} connections are outside the selection and not in the mask!`,
    )
  lines.push(
    `Created <${mask.rows}x${mask.columns}> adjacency matrix in CSC format with ${mask.indices.length} elements at ${options.mask}`,
  )
  return lines
}

/** All that is to be known of a selection to make it again. Ids in it are GIDs. */
export function selectionRecord({ prepared, drawn, masked }: Selection): TypedRecord {
  const { list, circuit, findings, autapsesLeftOut } = prepared
  return {
    type: 'selection',
    schema: RECORD_SCHEMA,
    version: VERSION,
    list: {
      ...listRecord(list),
      ...(autapsesLeftOut === undefined ? {} : { autapses_left_out: autapsesLeftOut }),
    },
    mode: drawn.mode,
    amount: typeof drawn.amount === 'string' ? drawn.amount : { ...drawn.amount },
    seed: drawn.seed,
    generator: drawn.generator,
    selected: drawn.rows.length,
    flipped: drawn.flipped,
    sha256_removed_gids: pairsDigest(drawn),
    ...(circuit === undefined || masked === undefined
      ? {}
      : {
          distinct: masked.distinct,
          mask: {
            rows: masked.mask.rows,
            columns: masked.mask.columns,
            elements: masked.mask.indices.length,
            outside: masked.outside.length,
            edges: circuit.edges.file,
            edge_population: circuit.edges.population,
            source: { population: circuit.source.population, nodes: circuit.source.expression },
            target: { population: circuit.target.population, nodes: circuit.target.expression },
          },
        }),
    findings: findings.map(findingRecord),
  }
}

export const fileRecord = ({ path, change, size, sha256 }: WrittenFile): JsonRecord => ({
  path,
  change,
  size,
  sha256,
})

const listRecord = (list: PairList): JsonRecord => ({
  from: list.label,
  order: list.order,
  connections: list.source.length,
  sha256_gids: pairsDigest(list),
})

const findingRecord = ({ code, severity, count, first }: LintFinding): JsonRecord => ({
  code,
  severity,
  count,
  truncated: first.length < count,
  first: first.map(({ row, source, target }) => ({
    row,
    source_gid: nodeIdToGid(source),
    target_gid: nodeIdToGid(target),
  })),
})
