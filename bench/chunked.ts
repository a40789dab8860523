/**
 * Chunked id columns, shuffle + gzip 4, chunks of 65,536: our whole proof against h5py that merely reads the same
 * four columns. usage: node --import tsx bench/chunked.ts [--rows N] [--rounds N] [--json]
 *
 * Whole fresh processes in alternating rounds, the first of which is thrown away.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { spread } from '../src/bench/spread.ts'
import { e1Field } from './contenders.ts'
import { type E1Files, e1Data } from './data.ts'
import { type Contender, measure, type Run } from './measure.ts'
import { machine } from './report.ts'
import { findPython, ROOT } from './tools.ts'

const { values: flags } = parseArgs({
  options: {
    rows: { type: 'string', default: '40000000' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
})
const say = (line: string): void => console.error(line)

const python = findPython()
if (python === undefined) throw new Error('no Python with numpy, scipy and h5py (CONNPROOF_PYTHON)')
const PEER = [python.path, `${ROOT}bench/peers/chunked.py`]

/** The files of E1 once more, with compressed id columns. */
async function compressed(rows: number): Promise<E1Files> {
  const plain = await e1Data(rows, say)
  const folder = `${ROOT}bench/data/e1-${rows}-gzip`
  const files = { original: `${folder}/original`, manipulated: `${folder}/manipulated`, mask: plain.mask }
  if (existsSync(`${folder}/done`)) return files
  rmSync(folder, { recursive: true, force: true })
  for (const side of ['original', 'manipulated'] as const) {
    mkdirSync(files[side], { recursive: true })
    for (const name of ['circuit_config.json', 'node_sets.json', 'nodes.h5'])
      copyFileSync(`${plain[side]}/${name}`, `${files[side]}/${name}`)
    run([...PEER, 'write', `${plain[side]}/edges.h5`, `${files[side]}/edges.h5`])
    say(`compressed ${side}`)
  }
  writeFileSync(`${folder}/done`, '')
  return files
}

function run([program = '', ...args]: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`)
}

function contenders(files: E1Files): Contender[] {
  const [ours] = e1Field(files).contenders
  if (ours === undefined) throw new Error('not built')
  const jobs = [1, 2].map(n => ({
    ...ours,
    name: `connproof verify --jobs ${n}`,
    command: [...ours.command, '--jobs', String(n)],
  }))
  const paths = [`${files.original}/edges.h5`, `${files.manipulated}/edges.h5`]
  const peers = [65_536, 1_048_576].map(
    (rows): Contender => ({
      name: `h5py reads, ${rows} rows at a time`,
      group: 'h5py',
      command: [...PEER, 'read', String(rows), ...paths],
      clock: 'process',
      // Reading answers nothing.
      parse: () => [],
    }),
  )
  return [...jobs, ...peers]
}

const field = contenders(await compressed(Number(flags.rows)))
const runs: Run[] = []
for (let round = 0; round <= Number(flags.rounds); round++) {
  for (const contender of field) {
    const result = measure(contender)
    say(`round ${round}: ${contender.name}: ${result.seconds[0]?.toFixed(2)} s`)
    if (contender.group === 'ours' && !result.answers.every(answer => answer.verified))
      throw new Error(`${contender.name}: not verified`)
    if (round > 0) runs.push(result)
  }
}
const rows = field.map(contender => {
  const own = runs.filter(result => result.contender === contender)
  return {
    name: contender.name,
    group: contender.group,
    seconds: spread(own.flatMap(result => result.seconds)),
    peakMB: Math.max(...own.map(result => result.peakMB ?? 0)),
  }
})
const fastest = Math.min(...rows.filter(row => row.group === 'h5py').map(row => row.seconds.median))
if (flags.json)
  console.log(JSON.stringify({ machine: machine(), versions: python.packages, rows }, undefined, 2))
else {
  console.log(`${machine()}; h5py ${python.packages.h5py}; load average ${loadavg()[0]?.toFixed(1)}\n`)
  console.log('| | s, median | min..max | peak MB | fastest h5py / this |\n|---|---|---|---|---|')
  for (const { name, seconds, peakMB } of rows) {
    const cells = [name, seconds.median.toFixed(2), `${seconds.min.toFixed(2)}..${seconds.max.toFixed(2)}`]
    console.log(`| ${[...cells, peakMB.toFixed(0), (fastest / seconds.median).toFixed(2)].join(' | ')} |`)
  }
}
