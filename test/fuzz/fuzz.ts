/** Many cases over all targets, counted. */
import { readFileSync } from 'node:fs'
import { caseOf, type Judged, judge, type Run } from './judge.ts'
import type { FuzzTarget } from './target.ts'
import { writeTargets } from './targets.ts'

export interface FuzzOptions {
  readonly folder: string
  readonly seed: string
  readonly cases: number
  readonly run: Run
  /** Formats to look at; default all. */
  readonly only?: RegExp
  /** Called before every case with its name. */
  readonly watch?: (name: string) => void
}

export interface Report {
  readonly cases: number
  readonly seconds: number
  readonly slowest: number
  /** Outcomes by format. */
  readonly table: Readonly<Record<string, Readonly<Record<Judged['outcome'], number>>>>
  readonly complaints: readonly string[]
}

export async function fuzz(options: FuzzOptions): Promise<Report> {
  const started = performance.now()
  const { only = /./ } = options
  const targets = (await writeTargets(options.folder)).filter(({ format }) => only.test(format))
  const wholes = new Map<FuzzTarget, Uint8Array>()
  const contents = new Map<FuzzTarget, string>()
  const complaints: string[] = []
  for (const target of targets) {
    wholes.set(target, readFileSync(target.file))
    contents.set(target, await target.content())
    const { code, text } = await options.run(target.args)
    if (code !== target.whole) complaints.push(`${target.format}, whole: exit code ${code}: ${text}`)
  }
  const table: Record<string, Record<Judged['outcome'], number>> = {}
  let slowest = 0
  const whole = (target: FuzzTarget): Uint8Array => wholes.get(target) ?? new Uint8Array(0)
  for (let index = 0; index < options.cases && complaints.length < 500; index++) {
    const one = caseOf(options.seed, index, targets, whole)
    options.watch?.(`case ${index}: ${one.target.format}, ${one.damage.name}`)
    const before = performance.now()
    const judged = await judge(one, options.run, whole(one.target), contents.get(one.target) ?? '')
    slowest = Math.max(slowest, performance.now() - before)
    table[one.target.format] ??= { refused: 0, irrelevant: 0, differs: 0, WRONG: 0 }
    const row = table[one.target.format]
    if (row !== undefined) row[judged.outcome]++
    if (judged.complaint !== undefined)
      complaints.push(`case ${index} of seed "${options.seed}": ${judged.complaint}`)
  }
  const seconds = (performance.now() - started) / 1000
  return { cases: options.cases, seconds, slowest: slowest / 1000, table, complaints }
}
