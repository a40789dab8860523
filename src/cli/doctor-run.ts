/** What `doctor` does: one line for each thing that a run needs. */
import { jsonLines } from '../report/json.ts'
import type { DoctorFlags } from './doctor.ts'
import { AS_ASKED, CANNOT_TELL } from './exit-codes.ts'
import { examine, type Finding } from './machine.ts'
import type { Session } from './program.ts'

const WIDTH = 80

export async function runDoctor(
  flags: DoctorFlags,
  { terminal }: Pick<Session, 'terminal'>,
): Promise<number> {
  const findings = await examine(process.env)
  if (flags.json) terminal.out(jsonLines(findings.map(finding => ({ type: 'doctor', ...finding }))))
  else {
    const { style } = terminal
    const paint = { ok: style.good, limited: style.unsure, missing: style.bad } as const
    const lines = findings.flatMap(({ item, status, value, costs, remedy }) => [
      `${paint[status](MARKS[status])} ${item.padEnd(15)}${clip(value, WIDTH - 20)}`,
      ...(costs === undefined
        ? []
        : [clip(`     ${remedy === undefined ? costs : `${costs}: ${remedy}`}`, WIDTH)]),
    ])
    terminal.out(`${lines.join('\n')}\n`)
  }
  return findings.some(({ item, status }) => status === 'missing' && NEEDED.has(item))
    ? CANNOT_TELL
    : AS_ASKED
}

const MARKS: Readonly<Record<Finding['status'], string>> = { ok: 'ok  ', limited: 'note', missing: 'no  ' }

/** Without these there is no verdict. */
const NEEDED: ReadonlySet<string> = new Set(['Node', 'WebAssembly', 'SIMD'])

const clip = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, width - 3)}...`
