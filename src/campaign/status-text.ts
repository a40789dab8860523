/** What `status` says: a table for people, records for programs, the notebook's list for wikis. */
import type { AnyRecord } from '../report/made.ts'
import { plural } from '../report/sentences.ts'
import { PLAIN, type Style } from '../report/style.ts'
import type { PartState, VariantState } from './state.ts'
import type { Campaign } from './types.ts'

const HEADINGS = ['', 'selected', 'mask', 'config', 'circuit', 'verified', 'registered'] as const

export function statusToText(
  campaign: Campaign,
  states: readonly VariantState[],
  style: Style = PLAIN,
): string {
  const rows = [HEADINGS, ...states.map(cells)]
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const lines = rows.map((row, k) => {
    const line = row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
    return k === 0 ? style.weak(line) : line
  })
  const heading = `${campaign.name}: ${plural(states.length, 'manipulated circuit')}, in ${campaign.output}`
  return `${[style.strong(heading), '', ...lines, ...staleLines(states, style)].join('\n')}\n`
}

function cells(state: VariantState): string[] {
  const { selection, mask, config, circuit, registered } = state
  return [
    state.id,
    selection.state === 'done' ? selectedWords(state) : words(selection),
    words(mask),
    words(config),
    circuit === undefined ? 'NOT FOUND' : state.unfinished === undefined ? 'found' : 'UNFINISHED',
    proofWords(state),
    registered ?? 'TO BE ADDED',
  ]
}

const WORDS: Readonly<Record<PartState['state'], string>> = {
  done: 'yes',
  stale: 'STALE',
  'to do': 'no',
  'not needed': '-',
}
const words = ({ state }: PartState): string => WORDS[state]

/** Repeats in a list are removed once. */
function selectedWords({ selection: { selected, distinct } }: VariantState): string {
  return selected === distinct ? `${selected}` : `${selected} (${distinct} distinct)`
}

function proofWords({ proof }: VariantState): string {
  if (proof.state !== 'done') return words(proof)
  const day = proof.at?.slice(0, 16).replace('T', ' ')
  if (proof.verdict === 'verified') return `${proof.level}, ${day}`
  return proof.verdict === 'differs' ? `DIFFERS, ${day}` : `cannot tell, ${day}`
}

function staleLines(states: readonly VariantState[], style: Style): string[] {
  const lines = states.flatMap(({ id, unfinished, selection, config, proof }) => [
    ...(unfinished === undefined ? [] : [`${id}: circuit is unfinished: ${unfinished}`]),
    ...(
      [
        ['selection', selection],
        ['config', config],
        ['proof', proof],
      ] as const
    )
      .filter(([, part]) => part.state === 'stale')
      .map(([what, { reasons }]) => `${id}: ${what} is stale: ${reasons.slice(0, 3).join('; ')}`),
  ])
  return lines.length === 0 ? [] : ['', ...lines.map(style.unsure)]
}

/** The notebook's list of circuit names and URLs. */
export const statusToMarkdown = (states: readonly VariantState[]): string =>
  states.map(({ fullName, registered }) => `* ${fullName}: \`${registered ?? 'TO BE ADDED!'}\`\n`).join('')

/** One record per variant, with the keys of `status --json`. */
export const statusRecords = (states: readonly VariantState[]): AnyRecord[] =>
  states.map(state => ({
    type: 'variant',
    id: state.id,
    full_name: state.fullName,
    selection: state.selection,
    mask: state.mask,
    config: state.config,
    circuit: state.circuit ?? null,
    unfinished: state.unfinished ?? null,
    looked: state.looked,
    proof: state.proof,
    registered: state.registered ?? null,
  }))
