/** The command in this process: what it does and says without what it takes to start a process (0.3 s of CPU each). */
import { CommanderError } from 'commander'
import { buildProgram, type Session } from '../../src/cli/program.ts'
import { isInputError } from '../../src/errors.ts'
import { errorRecord, jsonLines } from '../../src/report/json.ts'
import { troubleLines } from '../../src/report/sentences.ts'
import { PLAIN } from '../../src/report/style.ts'

export interface Here {
  /** 70: something that is no InputError, with its stack in `stderr`. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Errors are told apart as cli/run.ts does. Relative paths are those of this process. */
export async function connproofHere(args: readonly string[]): Promise<Here> {
  let [stdout, stderr] = ['', '']
  const terminal = {
    out: (text: string): void => {
      stdout += text
    },
    err: (text: string): void => {
      stderr += text
    },
    style: PLAIN,
    errIsTty: false,
  }
  const session: Session = { terminal, signal: new AbortController().signal, exitCode: 0 }
  try {
    await buildProgram(session).parseAsync([...args], { from: 'user' })
    return { code: session.exitCode, stdout, stderr }
  } catch (error) {
    if (error instanceof CommanderError) return { code: error.exitCode === 0 ? 0 : 2, stdout, stderr }
    if (isInputError(error)) {
      const said = `connproof: ${troubleLines(error).join('\n  ')}\n`
      const record = args.includes('--json') ? jsonLines([errorRecord(error)]) : ''
      return { code: 2, stdout: stdout + record, stderr: stderr + said }
    }
    return { code: 70, stdout, stderr: error instanceof Error ? (error.stack ?? '') : String(error) }
  }
}
