/** What `verify CAMPAIGN` says, in the shape that the notebook printed. */
import type { JsonObject } from '../formats/json.ts'
import { plural, troubleLines } from '../report/sentences.ts'
import { PLAIN, type Style } from '../report/style.ts'
import { proofTexts } from '../report/text.ts'
import { wrapText } from '../report/wrap.ts'
import type { Proof, Trouble } from '../verification/proof.ts'
import { countsOf } from './verify-result.ts'
import type { CircuitOutcome } from './verify-steps.ts'

export interface VerifyTextOptions {
  /** Culprits to list per finding. */
  readonly show: number
  readonly style?: Style
}

const WIDTH = 80

/** All circuits: the original's line, one for each, what is wrong with some, a summary. Ends with a line break. */
export function campaignToText(
  outcomes: readonly CircuitOutcome[],
  { show, style = PLAIN }: VerifyTextOptions,
): string {
  const lines = [...originalLines(outcomes)]
  const judged = outcomes.flatMap(({ proof }) => proof ?? [])
  const texts = proofTexts(judged, { show, style })
  const texted = new Map(judged.map((proof, k) => [proof, texts[k] ?? '']))
  for (const outcome of outcomes) lines.push(...outcomeLines(outcome, texted, style))
  return `${[...lines, '', ...summaryLines(outcomes)].join('\n')}\n`
}

/** One per pair of node selections. */
function originalLines(outcomes: readonly CircuitOutcome[]): string[] {
  const lines = outcomes.flatMap(({ record }) => {
    if (record === undefined) return []
    const { neurons, selected, connections } = countsOf(record.result)
    if (connections === null) return []
    return [
      `Original circuit: ${neurons} neurons in total; ${connections.original} connections between ${selected.join('x')} selected neurons`,
    ]
  })
  return [...new Set(lines)]
}

function outcomeLines(outcome: CircuitOutcome, texts: ReadonlyMap<Proof, string>, style: Style): string[] {
  const { variant, state, record, proof, trouble } = outcome
  switch (state) {
    case 'missing':
      return [`${variant.id}: ${style.unsure('NOT FOUND!')}`]
    case 'failed':
      return [`${variant.id}: ${style.unsure('cannot tell')}`, ...indented(troubleLines(trouble ?? UNKNOWN))]
    case 'to do':
      return [`${variant.id}: to be proven (${outcome.reasons.join('; ')})`]
    default: {
      const line = countLine(variant.id, record?.result)
      if (record?.result.verdict === 'verified') return [`${line}: ${style.good('verified')}`]
      // Its own first line says the same.
      if (proof !== undefined)
        return [line, ...indented((texts.get(proof) ?? '').trimEnd().split('\n').slice(1))]
      return [line, ...indented([`${record?.result.verdict}, as before: ${variant.paths.proof}`])]
    }
  }
}

const UNKNOWN: Trouble = { message: 'nothing is known of it' }

function countLine(id: string, result: JsonObject | undefined): string {
  const { neurons, selected, connections, diff } = countsOf(result ?? { connections: null })
  if (connections === null) return `${id}: cannot tell`
  return `${id}: ${neurons} neurons in total; ${connections.manipulated} connections between ${selected.join('x')} selected neurons (DIFF: ${diff})`
}

const indented = (lines: readonly string[]): string[] => lines.map(line => `  ${line}`)

function summaryLines(outcomes: readonly CircuitOutcome[]): string[] {
  const of = (state: CircuitOutcome['state']) => outcomes.filter(outcome => outcome.state === state)
  const judged = outcomes.filter(({ state }) => state === 'proven' || state === 'unchanged')
  const verdicts = (verdict: string): number =>
    judged.filter(({ record }) => record?.result.verdict === verdict).length
  const parts: [number, string][] = [
    [verdicts('verified'), 'verified'],
    [verdicts('differs'), verdicts('differs') === 1 ? 'differs' : 'differ'],
    [verdicts('cannot_tell') + of('failed').length, 'cannot be told'],
    [of('missing').length, 'not found'],
    [of('to do').length, 'to be proven'],
  ]
  const counted = parts.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`)
  const lines = [`${plural(outcomes.length, 'circuit')}: ${counted.join(', ')}`]
  const same = of('unchanged').length
  if (same > 0 && of('proven').length + of('to do').length === 0)
    lines.push('nothing to do: what is there was proven before and has not changed (--force proves it again)')
  else if (same > 0) lines.push(`${same} of them as proven before: nothing has changed since`)
  lines.push(...uncheckedLines(judged))
  const looked = of('missing').flatMap(outcome => outcome.looked)
  const shown = looked.slice(0, 6)
  if (looked.length > 0) lines.push('looked for:', ...shown.map(path => `  ${path}`))
  if (looked.length > shown.length) lines.push(`  ... and ${looked.length - shown.length} more`)
  return lines
}

/** Of circuits with a verdict; where not all are alike, each line says of which it is true. */
function uncheckedLines(judged: readonly CircuitOutcome[]): string[] {
  const groups = new Map<string, string[]>()
  for (const { variant, record } of judged) {
    const { verdict, level, not_checked } = record?.result ?? {}
    if (verdict === 'cannot_tell' || level == null) continue
    const unchecked = (not_checked ?? []) as string[]
    const what = `level ${level}; not checked: ${unchecked.length === 0 ? 'nothing' : unchecked.join('; ')}`
    groups.set(what, [...(groups.get(what) ?? []), variant.id])
  }
  return [...groups].flatMap(([what, ids]) =>
    wrapped(groups.size === 1 ? what : `${ids.join(', ')}: ${what}`),
  )
}

const wrapped = (text: string): string[] =>
  wrapText(text, WIDTH).map((line, k) => (k === 0 ? line : `  ${line}`))
