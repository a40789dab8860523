/** The command line in this process, and what its messages advise. */
import { buildProgram, type Session } from '../../src/cli/program.ts'
import { isInputError } from '../../src/errors.ts'
import { errorRecord } from '../../src/report/json.ts'
import { PLAIN } from '../../src/report/style.ts'

export interface Said {
  readonly code: number
  /** Objects of `--json`, and that of an error which ended the run. */
  readonly records: readonly Record<string, unknown>[]
  readonly err: string
}

/** Run a verb with `--json` to its end. */
export async function command(args: readonly string[]): Promise<Said> {
  let [out, err] = ['', '']
  const session: Session = {
    terminal: {
      out: text => {
        out += text
      },
      err: text => {
        err += text
      },
      style: PLAIN,
      errIsTty: false,
    },
    signal: new AbortController().signal,
    exitCode: 0,
  }
  const records = (): Record<string, unknown>[] =>
    out.split('\n').flatMap(line => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]))
  try {
    await buildProgram(session).parseAsync([...args, '--json'], { from: 'user' })
    return { code: session.exitCode, records: records(), err }
  } catch (error) {
    if (!isInputError(error)) throw error
    return { code: 2, records: [...records(), errorRecord(error) as Record<string, unknown>], err }
  }
}

/** What a message says to add, one list of arguments for each alternative: `--population a, or --population 'b c'`. */
export const alternativesIn = (hint: string): string[][] =>
  hint
    .split(', or ')
    .map(part =>
      (part.match(/'(?:[^']|'\\'')*'|[^\s']+/g) ?? []).map(word =>
        word.startsWith("'") ? word.slice(1, -1).replaceAll("'\\''", "'") : word,
      ),
    )

/** The hint of a run that could not tell. */
export function hintOf({ records }: Said): string | undefined {
  for (const record of records) {
    const trouble = (record.error ?? (record.type === 'error' ? record : undefined)) as
      | { hint?: unknown }
      | null
      | undefined
    if (typeof trouble?.hint === 'string') return trouble.hint
  }
  return undefined
}
