/** What `config --check` found, for people and as JSON Lines. */
import { decisive, type Limit } from '../interop/manip-config/accepted.ts'
import type { ConfigCheck } from '../interop/manip-config/check.ts'
import type { Diagnostic, Severity } from '../interop/manip-config/diagnostics.ts'
import { describeWindows, releasesIn } from '../interop/manip-config/versions.ts'
import type { AnyRecord } from './made.ts'
import { PLAIN, type Style } from './style.ts'
import { wrapText } from './wrap.ts'

const GENERATION_WORDS = {
  A1: 'generation A (script of 2021 to February 2023)',
  A2: 'generation A (up to 0.0.4)',
  B: 'generation B (from 0.0.5 on)',
} as const

/** Ends with a line break. */
export function configCheckToText(check: ConfigCheck, style: Style = PLAIN): string {
  const { acceptance, diagnostics } = check
  const what = check.generation === undefined ? 'unusable' : GENERATION_WORDS[check.generation]
  const lines = [
    style.strong(check.file),
    `  ${check.name ?? 'no name'}: ${check.operations.join(', ') || 'no operation'}; ${what}`,
    ...indent(`runs with ${describeWindows(acceptance.runs)}`, '  '),
  ]
  if (describeWindows(acceptance.honours) !== describeWindows(acceptance.runs))
    lines.push(...indent(`all its keys are read by ${describeWindows(acceptance.honours)}`, '  '))
  const telling = [...decisive(acceptance), ...acceptance.limits.filter(({ stops }) => !stops)]
  for (const limit of telling) lines.push(...indent(limitLine(limit), '    '))
  for (const diagnostic of diagnostics) lines.push(...diagnosticLines(diagnostic, style))
  return `${lines.join('\n')}\n`
}

const limitLine = ({ path, what, windows, stops }: Limit): string =>
  `${path === what ? what : `${what} (${path})`}: ${describeWindows(windows)}${stops ? '' : '; others ignore it'}`

const PAINT: Readonly<Record<Severity, 'bad' | 'unsure' | 'weak'>> = {
  error: 'bad',
  warning: 'unsure',
  note: 'weak',
}

function diagnosticLines(diagnostic: Diagnostic, style: Style): string[] {
  const { severity, code, line, path, message, hint } = diagnostic
  const place = path === '' ? '' : ` line ${line}, ${path}:`
  const [first = '', ...rest] = indent(`${severity} [${code}]${place} ${message}`, '  ')
  const hints = hint === undefined ? [] : indent(`try: ${hint}`, '    ')
  return [style[PAINT[severity]](first), ...rest.map(text => `  ${text}`), ...hints]
}

const indent = (text: string, margin: string): string[] =>
  wrapText(text, 96 - margin.length).map((line, k) => `${margin}${k === 0 ? '' : '  '}${line}`)

/** One record for the file, with everything in it. */
export function configCheckRecord(check: ConfigCheck): AnyRecord {
  const { file, generation, name, operations, acceptance, diagnostics, circuit } = check
  return {
    type: 'config',
    file,
    generation: generation ?? null,
    name: name ?? null,
    operations,
    accepted: !diagnostics.some(({ severity }) => severity === 'error'),
    circuit_read: circuit,
    runs: { releases: releasesIn(acceptance.runs), commits: acceptance.runs },
    honours: { releases: releasesIn(acceptance.honours), commits: acceptance.honours },
    limits: acceptance.limits.map(limit => ({ ...limit, releases: releasesIn(limit.windows) })),
    diagnostics: diagnostics.map(({ hint, ...rest }) => ({ ...rest, hint: hint ?? null })),
  }
}
