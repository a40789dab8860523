/** Proofs as JUnit XML, for GitLab, Jenkins and GitHub: a suite per circuit, a case per check. */
import type { Trouble } from '../verification/proof.ts'
import { VERSION } from '../version.ts'
import type { JsonRecord } from './json.ts'
import { troubleLines } from './sentences.ts'

export interface JunitCase {
  readonly name: string
  /** Absent: passed. `failure`: it differs; `error`: it could not be told; `skipped`: not looked at. */
  readonly fault?: {
    readonly kind: 'failure' | 'error' | 'skipped'
    readonly message: string
    readonly details?: readonly string[]
  }
}

export interface JunitSuite {
  readonly name: string
  readonly properties: Readonly<Record<string, string>>
  readonly cases: readonly JunitCase[]
}

/** A proof as `proofRecord` gives it, or as it was read from `proof.json`. */
export function proofSuite(record: JsonRecord): JunitSuite {
  const proof = record as unknown as ProofShape
  const cases = proof.checks.map(({ id, status, reason }): JunitCase => {
    if (status === 'failed') return { name: id, fault: failureOf(proof, id) }
    if (status === 'not_checked')
      return { name: id, fault: { kind: 'skipped', message: reason ?? 'not checked' } }
    return { name: id }
  })
  if (proof.error !== undefined) cases.unshift(errorCase('verdict', proof.error))
  const properties = {
    connproof: proof.tool.version,
    verdict: proof.verdict,
    level: proof.level ?? 'none',
    original: proof.original,
    manipulated: proof.file,
    not_checked: proof.not_checked.join('; '),
  }
  return { name: proof.circuit, properties, cases }
}

/** What of a record is needed here. */
interface ProofShape {
  readonly tool: { readonly version: string }
  readonly circuit: string
  readonly file: string
  readonly original: string
  readonly verdict: string
  readonly level: string | null
  readonly not_checked: readonly string[]
  readonly checks: readonly { readonly id: string; readonly status: string; readonly reason?: string }[]
  readonly findings: readonly FindingShape[]
  readonly error?: Trouble
}

interface FindingShape {
  readonly code: string
  readonly check: string
  readonly severity: string
  readonly count: number
  readonly culprits: readonly { readonly source_gid: number; readonly target_gid: number }[]
}

function failureOf({ findings }: ProofShape, id: string): JunitCase['fault'] {
  const own = findings.filter(({ check, severity }) => check === id && severity === 'error')
  return {
    kind: 'failure',
    message: own.map(({ code, count }) => `${code}: ${count}`).join(', '),
    details: own.flatMap(({ code, culprits }) =>
      culprits.map(({ source_gid, target_gid }) => `${code}: GIDs ${source_gid} -> ${target_gid}`),
    ),
  }
}

/** Something that could not be told, as a case. */
export const errorCase = (name: string, trouble: Trouble): JunitCase => ({
  name,
  fault: { kind: 'error', message: trouble.message, details: troubleLines(trouble) },
})

/** The file. Ends with a line break. */
export function junitXml(suites: readonly JunitSuite[]): string {
  const totals = countsOf(suites.flatMap(({ cases }) => cases))
  const body = suites.flatMap(suiteLines)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: `connproof ${VERSION}`, ...totals })}>`,
    ...body,
    '</testsuites>',
    '',
  ].join('\n')
}

function suiteLines({ name, properties, cases }: JunitSuite): string[] {
  return [
    `  <testsuite${attributes({ name, ...countsOf(cases) })}>`,
    '    <properties>',
    ...Object.entries(properties).map(
      ([key, value]) => `      <property${attributes({ name: key, value })}/>`,
    ),
    '    </properties>',
    ...cases.flatMap(one => caseLines(name, one)),
    '  </testsuite>',
  ]
}

function caseLines(classname: string, { name, fault }: JunitCase): string[] {
  const open = `    <testcase${attributes({ classname, name })}`
  if (fault === undefined) return [`${open}/>`]
  const details = (fault.details ?? []).map(escaped).join('\n')
  const element = `${fault.kind}${attributes({ message: fault.message })}`
  return [`${open}>`, `      <${element}>${details}</${fault.kind}>`, '    </testcase>']
}

const countsOf = (cases: readonly JunitCase[]) => {
  const count = (kind: string): number => cases.filter(({ fault }) => fault?.kind === kind).length
  return {
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
  }
}

const attributes = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([key, value]) => ` ${key}="${escaped(String(value))}"`)
    .join('')

/** XML 1.0 has no control characters, not even escaped; they come from names of files. */
const escaped = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are meant
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
