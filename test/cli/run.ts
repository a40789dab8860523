/** The built command, spawned as a user would. `npm test` builds it first. */
import { type SpawnOptions, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expectRecords } from '../records.ts'

export const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

export interface Result {
  /** null: ended by a signal. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions extends SpawnOptions {
  /** Called with a way to send signals as soon as the process is there. */
  readonly onStart?: (kill: (signal: NodeJS.Signals) => void) => void
}

/** Run `connproof` with arguments to its end. Colour variables of the test's own environment are taken away. */
export function connproof(
  args: readonly string[],
  { onStart, ...options }: RunOptions = {},
): Promise<Result> {
  if (!existsSync(MAIN)) throw new Error('dist/cli/main.js is missing: run npm run build')
  const env = { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined, ...options.env }
  const child = spawn(process.execPath, [MAIN, ...args], { ...options, env })
  onStart?.(signal => child.kill(signal))
  const cwd = options.cwd === undefined ? undefined : String(options.cwd)
  return collect(child).then(result => {
    expectRecords(args, result.stdout, { cwd, code: result.code })
    return result
  })
}

/** Run a shell command in which `connproof` is the built command. */
export function shell(command: string): Promise<Result> {
  const child = spawn('bash', ['-c', `connproof() { "${process.execPath}" "${MAIN}" "$@"; }\n${command}`])
  return collect(child)
}

function collect(child: ReturnType<typeof spawn>): Promise<Result> {
  let [stdout, stderr] = ['', '']
  child.stdout?.on('data', chunk => {
    stdout += chunk
  })
  child.stderr?.on('data', chunk => {
    stderr += chunk
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code => resolve({ code, stdout, stderr }))
  })
}
