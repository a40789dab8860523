/** Run a command on a spoiled file, and hold the outcome against what may come out. */
import { rmSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import seedrandom from 'seedrandom'
import { connproofHere } from '../cli/here.ts'
import { ANY_FILE, below, type Changed, type Damage, pick } from './mutate.ts'
import type { FuzzTarget } from './target.ts'

/** Milliseconds of CPU that a case may take in this process: on a busy machine everything lasts. */
export const PATIENCE = 10_000

export interface Ran {
  /** 70: something that is no InputError. */
  readonly code: number
  readonly text: string
}

export type Run = (args: readonly string[]) => Promise<Ran>

/** The command in this process. */
export const runHere: Run = async args => {
  const { code, stdout, stderr } = await connproofHere(args)
  return { code, text: stdout + stderr }
}

export interface Case {
  readonly target: FuzzTarget
  readonly damage: Damage
  /** Damage that must not get a verdict. */
  readonly fatal: boolean
}

/** Case number `index` of a seed: does not depend on the cases before it. */
export function caseOf(seed: string, index: number, targets: readonly FuzzTarget[], bytesOf: BytesOf): Case {
  const random = seedrandom(`${seed} ${index}`)
  const target = targets[index % targets.length]
  if (target === undefined) throw new RangeError('no targets')
  const fatal = target.fatal.length > 0 && below(random, 4) === 0
  // Most of these files is what their own damage aims at.
  const likely = target.likely !== undefined && below(random, 4) > 0
  const mutate = pick(random, fatal ? target.fatal : likely ? (target.likely ?? []) : ANY_FILE)
  return { target, damage: mutate(bytesOf(target), random), fatal }
}

export type BytesOf = (target: FuzzTarget) => Uint8Array

export interface Judged {
  readonly outcome: 'refused' | 'irrelevant' | 'differs' | 'WRONG'
  readonly complaint?: string
}

/** The file is whole again afterwards. `content`: what it says when it is whole. */
export async function judge(one: Case, run: Run, whole: Uint8Array, content: string): Promise<Judged> {
  const { target, damage } = one
  const wrong = (complaint: string): Judged => ({
    outcome: 'WRONG',
    complaint: `${target.format}, ${basename(target.file)}, ${damage.name}: ${complaint}`,
  })
  try {
    renew(target.file, damage.bytes)
    const started = process.cpuUsage()
    const { code, text } = await run(target.args)
    const { user, system } = process.cpuUsage(started)
    if ((user + system) / 1000 > PATIENCE) return wrong('took longer than 10 s')
    if (damage.changed !== undefined && !(code === 2 && damage.changed.mayBeNone)) {
      const complaint = namesOnly(text, damage.changed, target.side ?? 'manipulated_edge')
      return code === 1 && complaint === undefined
        ? { outcome: 'differs' }
        : wrong(`exit code ${code}, ${complaint ?? 'although it is named'}: ${text}`)
    }
    if (code === 2) return namesFile(text, target) ? { outcome: 'refused' } : wrong(`names no file: ${text}`)
    if (code !== 0 && code !== 1) return wrong(`exit code ${code}: ${text}`)
    if (target.facts) return { outcome: 'irrelevant' }
    if (target.trusted && code === 1) return { outcome: 'differs' }
    const now = await target.content().catch(error => `unreadable: ${error}`)
    const same = now === content
    if (code === 0)
      return same ? { outcome: 'irrelevant' } : wrong(`verified, but it says something else: ${now}`)
    if (now.startsWith('unreadable') && !differInConnections(text))
      return wrong(`a verdict on what cannot be read: ${now} ${text}`)
    if (one.fatal) return wrong(`a verdict: ${text}`)
    if (same && onlyTypes(text)) return { outcome: 'differs' }
    if (same) return wrong(`differs, but it says what it said before: ${text}`)
    return target.checksummed ? wrong(`a verdict in spite of checksums: ${text}`) : { outcome: 'differs' }
  } finally {
    renew(target.file, whole)
  }
}

/** The proof has one finding, of this property of this edge. */
function namesOnly(
  text: string,
  changed: Changed,
  side: 'original_edge' | 'manipulated_edge',
): string | undefined {
  const findings = proofIn(text)?.findings ?? []
  const [finding, second] = findings
  const [edge, other] = finding?.edges ?? []
  if (finding === undefined || second !== undefined || edge === undefined || other !== undefined)
    return `not one finding of one edge: ${JSON.stringify(findings)}`
  const named = finding.property === changed.property && edge[side] === changed.edge && finding.count === 1
  return named ? undefined : `not ${changed.property} of edge ${changed.edge}: ${JSON.stringify(finding)}`
}

/** Connections that differ are no less different where properties then cannot be read. */
const differInConnections = (text: string): boolean =>
  proofIn(text)?.findings.some(({ property }) => property === undefined) === true

/** `content` does not know all that a type can say, such as where the bits of a float are. */
const onlyTypes = (text: string): boolean =>
  proofIn(text)?.findings.every(({ code }) => code === 'property.type') === true

interface Proof {
  readonly findings: readonly Finding[]
  readonly error?: { readonly file?: string; readonly message: string }
}

/** With `--json`. */
function proofIn(text: string): Proof | undefined {
  const line = text.split('\n').find(one => one.startsWith('{"type":"proof"'))
  return line === undefined ? undefined : JSON.parse(line)
}

interface Finding {
  readonly code: string
  readonly property?: string
  readonly count: number
  readonly edges?: readonly { readonly original_edge?: number; readonly manipulated_edge?: number }[]
}

/** A new file: libhdf5 keeps files open that it failed to read, and would answer for them from memory. */
function renew(file: string, bytes: Uint8Array): void {
  rmSync(file, { force: true })
  writeFileSync(file, bytes)
}

function namesFile(text: string, target: FuzzTarget): boolean {
  const proof = proofIn(text)
  // Every proof says what was looked at; what is wrong is told by its error.
  const said = proof === undefined ? text : `${proof.error?.file}: ${proof.error?.message}`
  return said.includes(basename(target.file)) || (target.leads === true && /\/[^:\n]+: /.test(said))
}
