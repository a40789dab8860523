/** From arguments to an exit code: the only place where errors become text. */
import { CommanderError } from 'commander'
import { isInputError } from '../errors.ts'
import type { ErrorCode } from '../report/json.ts'
import type { Trouble } from '../verification/proof.ts'
import { VERSION } from '../version.ts'
import { BUG, CANNOT_TELL, SIGNALS } from './exit-codes.ts'
import { buildProgram, type Session } from './program.ts'
import { ignoreClosedPipes, processTerminal, type Terminal } from './terminal.ts'

/** Milliseconds that a run gets to stop by itself after a signal. */
const PATIENCE = 2000

const INTERRUPTED = 'connproof: interrupted, no result was written\n'

/** Milliseconds in which the same signal is one signal: a terminal and Slurm send it to a relaunched child as well. */
const ECHO = 500

/** Never calls process.exit on the way: what was written to a pipe must get there. */
export async function run(args: readonly string[]): Promise<void> {
  const terminal = processTerminal()
  const abort = new AbortController()
  const session: Session = { terminal, signal: abort.signal, exitCode: 0 }
  ignoreClosedPipes()
  const release = stopOnSignals(abort, terminal)
  const onBug = (error: unknown): void => {
    terminal.err(bugText(error))
    process.exitCode = BUG
    abort.abort(error)
  }
  process.on('uncaughtException', onBug)
  try {
    await buildProgram(session).parseAsync(args, { from: 'user' })
    process.exitCode ??= session.exitCode
  } catch (error) {
    process.exitCode ??= await explain(error, args, terminal)
    await discardUnfinished()
  } finally {
    release()
  }
}

class Interrupted extends Error {
  readonly exitCode: number

  constructor(exitCode: number) {
    super('interrupted')
    this.exitCode = exitCode
  }
}

/** The first signal asks the run to stop, a second one of the same kind ends the process at once. */
function stopOnSignals(abort: AbortController, terminal: Terminal): () => void {
  let timer: NodeJS.Timeout | undefined
  const handlers = Object.entries(SIGNALS).map(([signal, exitCode]) => {
    let first: number | undefined
    const handler = (): void => {
      if (first !== undefined) {
        if (performance.now() - first < ECHO) return
        process.off(signal, handler)
        process.kill(process.pid, signal)
        return
      }
      first = performance.now()
      abort.abort(new Interrupted(exitCode))
      // Something that does not look at signals (a file system that hangs) must not keep the process alive.
      timer = setTimeout(() => {
        terminal.err(INTERRUPTED)
        void discardUnfinished().finally(() => process.exit(exitCode))
      }, PATIENCE)
    }
    process.on(signal, handler)
    return [signal, handler] as const
  })
  return () => {
    clearTimeout(timer)
    for (const [signal, handler] of handlers) process.off(signal, handler)
  }
}

/** Lazily: a run that has written nothing has not loaded it. */
async function discardUnfinished(): Promise<void> {
  const files = await import('../formats/atomic-write.ts')
  files.discardUnfinished()
}

async function explain(error: unknown, args: readonly string[], terminal: Terminal): Promise<number> {
  if (error instanceof Interrupted) {
    terminal.err(INTERRUPTED)
    return error.exitCode
  }
  // commander has printed its message already; its own codes would be 1.
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0
    await record({ message: error.message.replace(/^error: /, '') }, 'error.usage', args, terminal)
    return CANNOT_TELL
  }
  const memory = addressSpace(error)
  const trouble = isInputError(error) ? error : memory
  if (trouble === undefined) {
    terminal.err(bugText(error))
    const message = `this is a bug in connproof ${VERSION}: ${error instanceof Error ? error.message : String(error)}`
    await record({ message }, 'error.bug', args, terminal)
    return BUG
  }
  const { troubleLines } = await import('../report/sentences.ts')
  const { message, file, field, hint } = trouble
  const isUsage = file === undefined && hint === undefined && field?.startsWith('--')
  const lines = troubleLines(isUsage ? { message, field, hint: `connproof ${args[0]} --help` } : trouble)
  terminal.err(`connproof: ${lines.join('\n  ')}\n`)
  await record(trouble, memory && 'error.memory', args, terminal)
  return CANNOT_TELL
}

/** With `--json` whatever was thrown is one record on stdout; an interrupted run has nothing to say. */
async function record(
  trouble: Trouble,
  code: ErrorCode | undefined,
  args: readonly string[],
  terminal: Terminal,
): Promise<void> {
  if (!args.includes('--json')) return
  const [{ errorRecord, jsonLines }, { formOfArguments }] = await Promise.all([
    import('../report/json.ts'),
    import('./record-flags.ts'),
  ])
  terminal.out(jsonLines([errorRecord(trouble, code)], formOfArguments(args)))
}

/** Under `ulimit -v` V8 cannot reserve the gigabytes of address space that it wants per WebAssembly memory. */
function addressSpace(error: unknown): Trouble | undefined {
  if (!(error instanceof RangeError) || !/WebAssembly/.test(`${error.message}${error.stack}`))
    return undefined
  return {
    message: `no address space for WebAssembly memory (${error.message})`,
    hint: 'raise ulimit -v, or set NODE_OPTIONS=--disable-wasm-trap-handler',
  }
}

function bugText(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `connproof: this is a bug in connproof ${VERSION}, not in your input; nothing was proven.\n  try: report it with the lines below\n${stack}\n`
}
