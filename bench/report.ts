/** Runs -> rows -> a table for people, raw CSV for everybody else. */
import { cpus, totalmem } from 'node:os'
import { type Spread, spread } from '../src/bench/spread.ts'
import type { Contender, Run } from './measure.ts'
import { ROOT } from './tools.ts'

export interface Row extends Spread {
  readonly name: string
  readonly group: string
  /** Median over the median of ours. */
  readonly ratio: number
  /** Fastest variant of its group. */
  readonly best: boolean
  readonly peakMB: number | undefined
  readonly loadedMB: number | undefined
  readonly command: string
}

/** One row per contender, in their order; ours is the first. */
export function rowsOf(contenders: readonly Contender[], runs: readonly Run[]): Row[] {
  const measured = contenders.map(contender => {
    const own = runs.filter(run => run.contender === contender)
    const times = spread(own.flatMap(run => run.seconds))
    return {
      contender,
      times,
      peakMB: highest(own.map(run => run.peakMB)),
      loadedMB: highest(own.map(run => run.loadedMB)),
    }
  })
  const ours = measured[0]?.times.median ?? Number.NaN
  return measured.map(({ contender, times, ...memory }) => ({
    name: contender.name,
    group: contender.group,
    ...times,
    ratio: times.median / ours,
    best: measured.every(
      other => other.contender.group !== contender.group || other.times.median >= times.median,
    ),
    ...memory,
    command: neutral([
      ...Object.entries(contender.env ?? {}).map(([k, v]) => `${k}="${v}"`),
      ...contender.command,
    ]),
  }))
}

function highest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter(value => value !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}

/** Commands without the paths of this machine. */
function neutral(words: readonly string[]): string {
  return words
    .map(word => word.replace(process.execPath, 'node').replaceAll(ROOT, ''))
    .map(word => word.replace(/^\/.*\/(python[0-9.]*)$/, '$1'))
    .join(' ')
}

const ms = (seconds: number): string =>
  seconds < 10 ? (seconds * 1000).toFixed(0) : (seconds * 1000).toFixed(0)
const mb = (value: number | undefined): string => (value === undefined ? '-' : value.toFixed(0))

export function table(rows: readonly Row[]): string {
  const lines = rows.map(row => {
    const ratio = row.ratio < 20 ? row.ratio.toFixed(2) : row.ratio.toFixed(0)
    const cells = [
      row.best ? `**${row.name}**` : row.name,
      `${ms(row.median)} (${ms(row.min)}..${ms(row.max)}, ${row.runs})`,
      `${ratio}x`,
      row.loadedMB === undefined ? mb(row.peakMB) : `${mb(row.peakMB)} (inputs ${mb(row.loadedMB)})`,
    ]
    return `| ${cells.join(' | ')} |`
  })
  const head = [
    '| program | ms: median (min..max, runs) | median / ours | peak RSS, MB |',
    '|---|---|---|---|',
  ]
  return [...head, ...lines].join('\n')
}

export function commands(rows: readonly Row[]): string {
  return rows.map(row => `- ${row.name}: \`${row.command}\``).join('\n')
}

/** One line per single time. */
export function csv(workload: string, runs: readonly Run[]): string[] {
  return runs.flatMap((run, number) =>
    run.seconds.map(seconds =>
      [workload, `"${run.contender.name}"`, number, (seconds * 1000).toFixed(2), mb(run.peakMB)].join(','),
    ),
  )
}

export const CSV_HEAD = 'workload,program,run,milliseconds,peak_rss_mb'

export function machine(): string {
  const model = cpus()[0]?.model ?? 'unknown processor'
  return `${model}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`
}
