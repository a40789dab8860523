/**
 * The benchmark. usage: node --import tsx bench/run.ts [E1] [W1] [W2] [S1] [L1] [--rows N] [--w2-rows N] [--scale F] [--rounds N] [--only TEXT]
 * [--save] [--json]
 *
 * Whole fresh processes in alternating rounds, the first of which is thrown away; all programs must give the same
 * counts. `--save` writes bench/results/<date>-<processor>/.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { e1Field, type Field, l1Field, w1Field, w2ShuffledField, w2SortedField } from './contenders.ts'
import { e1Data, s1Data, w1Data, w2Data } from './data.ts'
import { measure, measuresMemory, type Run, requireAgreement } from './measure.ts'
import { CSV_HEAD, commands, csv, machine, type Row, rowsOf, table } from './report.ts'
import { s1Field, s1ShuffledField } from './s1-field.ts'
import { hostName, ROOT } from './tools.ts'

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string', default: '40000000' },
    'w2-rows': { type: 'string', default: '100000000' },
    scale: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    save: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const rounds = Number(flags.rounds)
const wanted = positionals.length === 0 ? ['E1', 'W1'] : positionals

/** Progress for people; stdout is for results. */
const say = (line: string): void => console.error(line)

interface Section {
  readonly workload: string
  readonly title: string
  readonly rows: readonly Row[]
  readonly missing: readonly string[]
  readonly versions: Readonly<Record<string, string>>
  readonly notes: readonly string[]
  readonly raw: readonly string[]
}

function compete(workload: string, field: Field): { rows: Row[]; raw: string[] } {
  const contenders = field.contenders.filter(
    ({ group, name }) => group === 'ours' || name.includes(flags.only),
  )
  for (const [program = '', ...args] of field.prepare) {
    const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' })
    if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`)
  }
  const runs: Run[] = []
  for (let round = 0; round <= rounds; round++) {
    for (const contender of contenders) {
      if (contender.once && round !== 1) continue
      const run = measure(contender)
      const times = run.seconds.map(seconds => `${(seconds * 1000).toFixed(0)} ms`).join(', ')
      say(`${workload} round ${round}: ${contender.name}: ${times}`)
      if (round > 0) runs.push(run)
    }
  }
  requireAgreement(runs)
  return { rows: rowsOf(contenders, runs), raw: csv(workload, runs) }
}

async function runE1(): Promise<Section> {
  const rows = Number(flags.rows)
  const files = await e1Data(rows, say)
  const field = e1Field(files)
  const result = compete('E1', field)
  const quarter = e1Field(await e1Data(rows / 4, say))
  const [small] = compete('E1/4', {
    ...quarter,
    contenders: quarter.contenders.slice(0, 1),
    prepare: [],
  }).rows
  const arguments_ = [files.original, files.manipulated, files.mask, String(Math.max(5, rounds))]
  const child = spawnSync(
    process.execPath,
    ['--import', 'tsx', `${ROOT}bench/stream-ratio.ts`, ...arguments_],
    {
      encoding: 'utf8',
    },
  )
  if (child.status !== 0) throw new Error(`stream-ratio: ${child.stderr}`)
  const stream: { ratio: number; streamMs: { median: number }; readMs: { median: number } } = JSON.parse(
    child.stdout,
  )
  return {
    workload: 'E1',
    title: `E1: one original and one manipulated SONATA file, ${rows / 1e6} M rows, from files to verdict`,
    missing: field.missing,
    versions: field.versions,
    ...result,
    notes: [
      `Peak RSS of ours: ${small?.peakMB?.toFixed(0)} MB at ${rows / 4e6} M rows, ${result.rows[0]?.peakMB?.toFixed(0)} MB at ${rows / 1e6} M.`,
      `Stream time / \`readSync\` of the same bytes in the same process: ${stream.ratio.toFixed(2)} (${stream.streamMs.median.toFixed(0)} / ${stream.readMs.median.toFixed(0)} ms).`,
      'The notebook lists pairs with bluepy, which takes minutes here and is not timed: its steps get them from h5py.',
    ],
  }
}

async function runW1(): Promise<Section> {
  const { folder, versions } = await w1Data(Number(flags.scale), say)
  const field = w1Field(folder, versions)
  return {
    workload: 'W1',
    title: `W1: the notebook's check, arrays in memory, ${versions} manipulated versions`,
    missing: field.missing,
    versions: field.versions,
    ...compete('W1', field),
    notes: [
      'Loading the arrays is not timed; peak RSS has them in it (0.86 GB at full size). Ours lie in kernel memory, those of NumPy in its own.',
    ],
  }
}

async function runW2(): Promise<Section[]> {
  const rows = Number(flags['w2-rows'])
  const { sorted, shuffled } = await w2Data(rows, say)
  const section = (order: string, field: Field): Section => ({
    workload: `W2 ${order}`,
    title: `W2, ${order}: a whole circuit of 219,422 nodes, ${rows / 1e6} M rows, from files to verdict`,
    missing: field.missing,
    versions: field.versions,
    ...compete(`W2 ${order}`, field),
    notes: [],
  })
  return [section('sorted', w2SortedField(sorted)), section('shuffled', w2ShuffledField(shuffled))]
}

async function runL1(): Promise<Section[]> {
  const { folder } = await w1Data(Number(flags.scale), say)
  const section = (list: 'pairs' | 'connections', title: string): Section => {
    const field = l1Field(folder, list)
    return {
      workload: `L1 ${list}`,
      title: `L1, ${list}: ${title} drawn, mask of 219,422 nodes, all files written`,
      missing: field.missing,
      versions: field.versions,
      ...compete(`L1 ${list}`, field),
      notes: [
        'Circuit and list are in memory. Ours also looks every connection up in the circuit, both ways; the notebook does not.',
      ],
    }
  }
  return [
    section('pairs', 'all 81,540 reciprocal pairs'),
    section('connections', '81,540 of all 6,717,001 connections, listed from the circuit,'),
  ]
}

async function runS1(): Promise<Section[]> {
  const rows = Number(flags.rows)
  const files = await s1Data(rows, say)
  const small = s1Field(await s1Data(rows / 4, say))
  const [quarter] = compete('S1/4', {
    ...small,
    contenders: small.contenders.slice(0, 1),
    prepare: [],
  }).rows
  const section = (order: string, field: Field, notes: (peakMB: number | undefined) => string[]): Section => {
    const result = compete(`S1 ${order}`, field)
    return {
      workload: `S1 ${order}`,
      title: `S1, ${order}: edge by edge with 13 properties, ${rows / 1e6} M rows, from files to verdict`,
      missing: field.missing,
      versions: field.versions,
      ...result,
      notes: notes(result.rows[0]?.peakMB),
    }
  }
  const memory = (peakMB: number | undefined): string[] => [
    `Peak RSS of ours: ${quarter?.peakMB?.toFixed(0)} MB at ${rows / 4e6} M rows, ${peakMB?.toFixed(0)} MB at ${rows / 1e6} M.`,
  ]
  return [
    section('sorted', s1Field(files), memory),
    section('regrouped', s1ShuffledField(files), () => ['Random order before, grouped by 62 splits after.']),
  ]
}

function summary(sections: readonly Section[]): string {
  const parts = sections.flatMap(section => [
    `## ${section.title}`,
    table(section.rows),
    ...section.notes,
    ...section.missing.map(name => `Not measured: ${name}.`),
    commands(section.rows),
  ])
  const versions = Object.entries(Object.assign({}, ...sections.map(section => section.versions)))
  return [
    '# Benchmark',
    `${machine()}; ${versions.map(([name, version]) => `${name} ${version}`).join(', ')}. Load average ${loadavg()[0]?.toFixed(1)}.`,
    `Whole processes, page cache warm, ${rounds} alternating rounds after one that is thrown away. Bold: fastest of its kind.${measuresMemory ? '' : ' No GNU time: memory not measured.'}`,
    ...parts,
    '',
  ].join('\n\n')
}

const sections: Section[] = []
for (const workload of wanted) {
  if (workload === 'E1') sections.push(await runE1())
  else if (workload === 'W1') sections.push(await runW1())
  else if (workload === 'W2') sections.push(...(await runW2()))
  else if (workload === 'S1') sections.push(...(await runS1()))
  else if (workload === 'L1') sections.push(...(await runL1()))
  else throw new Error(`no workload ${workload}: E1, W1, W2, L1 or S1`)
}
if (flags.json) console.log(JSON.stringify({ machine: machine(), sections }, undefined, 2))
else console.log(summary(sections))
if (flags.save) {
  const date = new Date().toISOString().slice(0, 10)
  const folder = `${ROOT}bench/results/${date}-${hostName()}`
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/summary.md`, summary(sections))
  writeFileSync(
    `${folder}/raw.csv`,
    `${[CSV_HEAD, ...sections.flatMap(section => section.raw)].join('\n')}\n`,
  )
  say(`written to ${folder}`)
}
