/** Proofs as text for people: layout only, the words are in sentences.ts and advice.ts. */
import type { Finding, Proof, Verdict } from '../verification/proof.ts'
import { adviceFor } from './advice.ts'
import {
  connectionsLine,
  culpritSentences,
  edgeMapSentence,
  findingSentence,
  passedSentence,
  plural,
  troubleLines,
  VERDICT_WORDS,
  verdictSentence,
} from './sentences.ts'
import { PLAIN, type Style } from './style.ts'
import { PIPELINE_WORDS } from './synapse-sentences.ts'
import { wrapText } from './wrap.ts'

export interface TextOptions {
  /** Culprits to list per finding. */
  readonly show: number
  readonly style?: Style
}

/** Columns, as on the terminals that everybody has. */
const WIDTH = 80

/** All proofs of one run, and a line that sums them up where there are several. Ends with a line break. */
export function proofsToText(proofs: readonly Proof[], options: TextOptions): string {
  const blocks = proofTexts(proofs, options)
  if (proofs.length > 1) blocks.push(`${summary(proofs)}\n`)
  return blocks.join('\n')
}

/** A block for each; what is equal in several of them is told once, with the names of all. */
export function proofTexts(proofs: readonly Proof[], options: TextOptions): string[] {
  const shared = new Map<string, string[]>()
  for (const proof of proofs)
    for (const key of new Set(keysOf(proof))) shared.set(key, [...(shared.get(key) ?? []), proof.circuit])
  return proofs.map(proof => blockOf(proof, options, shared))
}

/** What is told of a proof, in full: what has the same key is the same to a reader. */
const keysOf = ({ findings, trouble }: Proof): string[] => [
  ...findings.map(keyOf),
  ...(trouble === undefined ? [] : [troubleLines(trouble).join('\n')]),
]

const keyOf = (finding: Finding): string =>
  [findingSentence(finding), finding.code, ...culpritSentences(finding, Number.POSITIVE_INFINITY)].join('\n')

/** Circuits in which a finding (or a trouble) is the same, by its key. */
type Shared = ReadonlyMap<string, readonly string[]>

/** One proof, as a block of lines; ends with a line break. */
export const proofToText = (proof: Proof, options: TextOptions): string => blockOf(proof, options, new Map())

function blockOf(proof: Proof, { show, style = PLAIN }: TextOptions, shared: Shared): string {
  const lines = [
    connectionsLine(proof) ?? proof.circuit,
    `${verdictStyle(style)[proof.verdict](VERDICT_WORDS[proof.verdict])}: ${verdictSentence(proof)}`,
  ]
  const add = (label: string, text: string | undefined): void => {
    if (text === undefined) return
    const [first = '', ...more] = wrapText(`${label}: ${text}`, WIDTH - 4)
    lines.push(
      `  ${style.weak(`${label}:`)}${first.slice(label.length + 1)}`,
      ...more.map(line => `    ${line}`),
    )
  }
  const tell = (told: readonly string[], key: string, name: string): void => {
    const [first = proof.circuit, ...others] = shared.get(key) ?? []
    if (first !== proof.circuit) add(`as in ${first}`, name)
    else {
      lines.push(...told)
      if (others.length > 0) add('the same in', others.join(', '))
    }
  }
  if (proof.trouble !== undefined) {
    const told = troubleLines(proof.trouble)
    tell(
      told.map(line => `  ${line}`),
      told.join('\n'),
      proof.trouble.message,
    )
  }
  for (const finding of proof.findings)
    tell(findingLines(finding, show, style), keyOf(finding), `[${finding.code}]`)
  const keys = keysOf(proof)
  const before =
    keys.length > 0 && keys.every(key => (shared.get(key)?.[0] ?? proof.circuit) !== proof.circuit)
  // Told where its findings are.
  const advice = before ? undefined : adviceFor(proof)
  add('likely cause', advice?.cause)
  add('next', advice?.next)
  add('map of rows', edgeMapSentence(proof))
  if (proof.level !== undefined) {
    add(
      proof.verdict !== 'differs' ? `proven, level ${proof.level}` : `passed, level ${proof.level}`,
      passedSentence(proof),
    )
    const pipeline = proof.synapses?.pipeline.map(change => PIPELINE_WORDS[change]).join(', ')
    add('changed by the pipeline, as always', pipeline === '' ? undefined : pipeline)
    add('not checked', proof.notChecked.length === 0 ? undefined : proof.notChecked.join('; '))
  }
  return `${lines.join('\n')}\n`
}

function findingLines(finding: Finding, show: number, style: Style): string[] {
  const mark = finding.severity === 'error' ? style.bad : style.unsure
  const lines = [`  ${mark(findingSentence(finding))} ${style.weak(`[${finding.code}]`)}`]
  const shown = culpritSentences(finding, show)
  lines.push(...shown.map(sentence => `    ${sentence}`))
  const more = finding.count - shown.length
  const where = finding.culprits.length > 0 ? '--show, --write-differences' : '--show'
  const known = finding.culprits.length + (finding.edges?.length ?? 0)
  if (known > 0 && more > 0) lines.push(`    ${style.weak(`... and ${more} more (${where})`)}`)
  return lines
}

function summary(proofs: readonly Proof[]): string {
  const count = (verdict: Verdict): number => proofs.filter(proof => proof.verdict === verdict).length
  const parts = (Object.keys(VERDICT_WORDS) as Verdict[])
    .filter(verdict => count(verdict) > 0)
    .map(verdict => {
      const many = verdict === 'differs' && count(verdict) > 1
      return `${count(verdict)} ${many ? 'differ' : VERDICT_WORDS[verdict]}`
    })
  return `${plural(proofs.length, 'circuit')}: ${parts.join(', ')}`
}

const verdictStyle = (style: Style): Record<Verdict, (text: string) => string> => ({
  verified: text => style.strong(style.good(text)),
  differs: text => style.strong(style.bad(text)),
  cannot_tell: text => style.strong(style.unsure(text)),
})
