/** One run of one contender: a whole process, its wall time, its peak memory and what it answered. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What every program must agree on. */
export interface Answer {
  readonly verified: boolean
  /** Connections between the selected nodes. */
  readonly original: number
  readonly manipulated: number
  readonly removed: number
}

export interface Contender {
  readonly name: string
  /** Groups variants of one program: only the fastest of a group stands in the ratios. */
  readonly group: string
  readonly command: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Gives no counts: it only says, by its exit code, that files are equal. */
  readonly silent?: boolean
  /** Too slow for every round: run in the first measured round only. */
  readonly once?: boolean
  /** `process`: the wall time of the process; `reported`: the times that it prints, without loading its inputs. */
  readonly clock: 'process' | 'reported'
  readonly parse: (stdout: string) => Answer[]
}

export interface Run {
  readonly contender: Contender
  readonly seconds: readonly number[]
  /** Whole process, from the operating system; undefined without GNU time. */
  readonly peakMB: number | undefined
  /** Of that, once its inputs were loaded, where the program says so. */
  readonly loadedMB: number | undefined
  readonly answers: readonly Answer[]
}

const GNU_TIME = ['/usr/bin/time', 'gtime'].find(path => /GNU/i.test(versionOf(path)))

function versionOf(path: string): string {
  const { stdout, stderr } = spawnSync(path, ['--version'], { encoding: 'utf8' })
  return `${stdout}${stderr}`
}

export const measuresMemory = GNU_TIME !== undefined

/** @throws Error if the program does not end with exit code 0 */
export function measure(contender: Contender): Run {
  const folder = mkdtempSync(join(tmpdir(), 'connproof-bench-'))
  try {
    const memory = join(folder, 'memory')
    const [program = '', ...args] = [
      ...(GNU_TIME === undefined ? [] : [GNU_TIME, '-f', '%M', '-o', memory]),
      ...contender.command,
    ]
    const started = process.hrtime.bigint()
    const { status, stdout, stderr } = spawnSync(program, args, {
      encoding: 'utf8',
      env: { ...process.env, ...contender.env },
      maxBuffer: 64 * 1024 * 1024,
    })
    const wall = Number(process.hrtime.bigint() - started) / 1e9
    if (status !== 0)
      throw new Error(`${contender.name} ended with ${status}: ${stderr.slice(-2000)}${stdout.slice(-500)}`)
    const peakMB = GNU_TIME === undefined ? undefined : Number(readFileSync(memory, 'utf8')) / 1024
    const answers = contender.parse(stdout)
    if (contender.clock === 'process')
      return { contender, seconds: [wall], peakMB, loadedMB: undefined, answers }
    const report: Report = JSON.parse(stdout)
    // The first pass in a process warms up, unless it is the only one.
    const times = report.milliseconds.length > 1 ? report.milliseconds.slice(1) : report.milliseconds
    const seconds = times.map(time => time / 1000)
    return { contender, seconds, peakMB, loadedMB: report.loadedMB, answers }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What the programs of W1 print. */
export interface Report {
  readonly milliseconds: readonly number[]
  readonly answers: readonly Answer[]
  readonly loadedMB: number
}

/** @throws Error naming the programs, if two answers differ, one is missing, or one is not "verified" */
export function requireAgreement(runs: readonly Run[]): void {
  const speaking = runs.filter(({ contender }) => contender.silent !== true)
  const [first] = speaking
  for (const run of speaking) {
    if (run.answers.length === 0 || run.answers.length !== first?.answers.length)
      throw new Error(
        `${run.contender.name} gives ${run.answers.length} answers, ${first?.contender.name} ${first?.answers.length}`,
      )
    run.answers.forEach((answer, k) => {
      const expected = JSON.stringify(first?.answers[k])
      if (JSON.stringify(answer) === expected && answer.verified) return
      throw new Error(
        `${run.contender.name} says ${JSON.stringify(answer)}, ${first?.contender.name} says ${expected} (${k})`,
      )
    })
  }
}
