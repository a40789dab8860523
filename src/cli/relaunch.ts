/**
 * Under `ulimit -v` V8 cannot have the 10 GiB of address space that it reserves for each WebAssembly memory. It does
 * without where Node is started with a flag, which code that runs already cannot set.
 */
import { readFileSync } from 'node:fs'

/** Of Node >= 20.15; costs nothing that could be measured (nodejs/node#52766). */
const FLAG = '--disable-wasm-trap-handler'

/** Set for the second process, so that there is no third. */
const MARK = 'CONNPROOF_RELAUNCHED'

/** Bytes of address space that this process may have (`ulimit -v`); undefined: no limit, or none that can be seen. */
export function addressSpaceLimit(limits = readLimits()): number | undefined {
  const found = /^Max address space +(\d+)/m.exec(limits)
  return found === null ? undefined : Number(found[1])
}

/** Linux; elsewhere there is nothing to read. */
function readLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8')
  } catch {
    return ''
  }
}

/** Whether this process reserves no address space in advance. */
export const runsWithoutReserve = (): boolean =>
  process.execArgv.includes(FLAG) || (process.env.NODE_OPTIONS ?? '').includes(FLAG)

/** Any limit: several memories and threads need more than what one of them is still granted. */
export const mustRelaunch = (): boolean =>
  process.env[MARK] === undefined && !runsWithoutReserve() && addressSpaceLimit() !== undefined

/** Run the same command with the flag; signals, output and exit code pass through. */
export async function relaunch(args: readonly string[]): Promise<void> {
  const { spawn } = await import('node:child_process')
  const child = spawn(process.execPath, [FLAG, ...process.execArgv, process.argv[1] ?? '', ...args], {
    stdio: 'inherit',
    env: { ...process.env, [MARK]: '1' },
  })
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal)
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, pass)
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('exit', (code, signal) => resolve([code, signal]))
    child.once('error', reject)
  })
  for (const signal of signals) process.off(signal, pass)
  if (signal !== null) process.kill(process.pid, signal)
  else process.exitCode = code ?? 1
}
