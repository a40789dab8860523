/** What `submit` writes and how it reads Slurm, without one: a stand-in for its client records what it is asked. */

import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { arrayOf, indicesOf, parseJobs } from '../../src/cluster/slurm.ts'
import { openCircuit } from '../../src/open-circuit.ts'
import { connproof, type Result } from '../cli/run.ts'
import { type CampaignFolder, campaignOfSeven, proofsOf } from './campaign.ts'

let campaign: CampaignFolder
beforeEach(async () => {
  campaign = await campaignOfSeven("  time: '10:00'\n  setup: [module load nodejs]")
})
afterEach(() => campaign.remove())

/** `sbatch` gives job ids from 100 on; `scontrol` knows no job. */
function submit(...flags: string[]): Promise<Result> {
  const bin = join(campaign.folder, 'bin')
  mkdirSync(bin, { recursive: true })
  const write = (name: string, lines: string): void => {
    writeFileSync(join(bin, name), `#!/bin/bash\n${lines}\n`)
    chmodSync(join(bin, name), 0o755)
  }
  write(
    'sbatch',
    `[ "$1" = --version ] && { echo slurm 0; exit; }
echo "$@" >>'${bin}/calls'; echo $((99 + $(wc -l <'${bin}/calls')))`,
  )
  write('scontrol', 'echo "slurm_load_jobs error: Invalid job id specified" >&2; exit 1')
  const env = { PATH: [bin, process.env.PATH].join(delimiter) }
  return connproof(['submit', campaign.file, ...flags], { env })
}
const calls = (): string[] => readFileSync(join(campaign.folder, 'bin/calls'), 'utf8').trim().split('\n')
const script = (name: string): string => join(campaign.folder, 'out/cluster', name)

describe('job scripts', () => {
  it('have the settings of the campaign file, and folders for logs that are there', async () => {
    expect(await submit('--shards', '2')).toMatchObject({ code: 0, stderr: '' })
    const text = readFileSync(script('verify.sh'), 'utf8')
    expect(text).toMatch(/^#!\/bin\/bash\n/)
    expect(text).toMatch(/^#SBATCH --time=10:00$/m)
    expect(text).toMatch(/^module load nodejs$/m)
    const log = /^#SBATCH --output=(.*)\/verify_%A_%a\.log$/m.exec(text)?.[1] ?? ''
    expect(existsSync(log)).toBe(true)
    expect(calls()).toEqual([
      `--parsable --array=0-13%32 ${script('verify.sh')}`,
      `--parsable --dependency=afterok:100 --kill-on-invalid-dep=yes ${script('merge.sh')}`,
    ])
    const tasks = readFileSync(script('verify-tasks.tsv'), 'utf8').trim().split('\n')
    expect(tasks).toHaveLength(14)
    expect(tasks[3]?.split('\t').slice(0, 3)).toEqual(['3', 'Unstruct-1', '2/2'])
  })

  it('that were edited are used as they are, and kept where other settings would change them', async () => {
    await submit()
    const edited = `${readFileSync(script('verify.sh'), 'utf8')}# mine\n`
    writeFileSync(script('verify.sh'), edited)
    const again = await submit()
    expect(again).toMatchObject({ code: 0, stderr: expect.stringMatching(/was edited and is used as it is/) })
    const text = readFileSync(campaign.file, 'utf8')
    writeFileSync(campaign.file, text.replace("time: '10:00'", "time: '20:00'"))
    const refused = await submit()
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/was edited.*it is kept/s) })
    expect(readFileSync(script('verify.sh'), 'utf8')).toBe(edited)
    expect((await submit('--force')).code).toBe(0)
    expect(readFileSync(script('verify.sh'), 'utf8')).toMatch(/^#SBATCH --time=20:00$/m)
  })
})

/** What Slurm would run, here and now. */
function runScripts(): void {
  const run = (name: string, task: string): void => {
    const { status, stderr } = spawnSync('bash', [script(name)], {
      env: { ...process.env, SLURM_ARRAY_TASK_ID: task },
      encoding: 'utf8',
    })
    // 1: one circuit differs.
    expect({ name, task, stderr, status }).toMatchObject({ stderr: '', status: name === 'merge.sh' ? 1 : 0 })
  }
  for (const line of readFileSync(script('verify-tasks.tsv'), 'utf8').trim().split('\n'))
    run('verify.sh', line.split('\t')[0] ?? '')
  run('merge.sh', '')
}

describe('the scripts', () => {
  it.each([
    ['synapses', []],
    ['full', ['--level', 'full', '--allow', 'asked.absent']],
  ] as const)('make the proofs of one run at level %s', async (level, flags) => {
    writeFileSync(
      campaign.file,
      readFileSync(campaign.file, 'utf8').replace('  setup: [module load nodejs]\n', ''),
    )
    await submit('--shards', '2', ...flags)
    runScripts()
    const merged = proofsOf(campaign.folder)
    expect(merged.map(proof => (proof as { level: string }).level)).toEqual(Array(7).fill(level))
    expect((await submit('--shards', '2', ...flags)).stdout).toMatch(/^nothing to submit/)
    const whole = await connproof(['verify', campaign.file, '--force', ...flags])
    expect(whole.code, whole.stderr).toBe(1)
    expect(merged).toEqual(proofsOf(campaign.folder))
  })

  it('run again where somebody wants to be told more, or accepts other findings', async () => {
    writeFileSync(
      campaign.file,
      readFileSync(campaign.file, 'utf8').replace('  setup: [module load nodejs]\n', ''),
    )
    await submit('--level', 'connections')
    runScripts()
    const before = calls().length
    expect((await submit('--level', 'connections')).stdout).toMatch(/^nothing to submit/)
    await submit()
    expect(calls()[before]).toMatch('--array=0-6%32')
    expect(readFileSync(script('verify.sh'), 'utf8')).toMatch('--level synapses --force')
    await submit('--level', 'connections', '--allow', 'asked.absent')
    expect(calls()[before + 2]).toMatch('--array=0-6%32')
    expect(readFileSync(script('verify.sh'), 'utf8')).toMatch('--level connections --allow asked.absent')
    expect(readFileSync(script('merge.sh'), 'utf8')).toMatch('--level connections --allow asked.absent')
    const refused = await submit('--allow', 'lost.not_asked')
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/cannot be allowed/) })
  })
})

describe('jobs that Slurm does not know', () => {
  it('are not called done, and are submitted again', async () => {
    await submit()
    const { stdout } = await connproof(['status', campaign.file], {
      env: { PATH: [join(campaign.folder, 'bin'), process.env.PATH].join(delimiter) },
    })
    expect(stdout.match(/NO RESULT, and Slurm does not know the job \(any more\)/g)).toHaveLength(7)
    expect(stdout).not.toMatch(/: done/)
    await submit()
    expect(calls()[2]).toBe(`--parsable --array=0-6%32 ${script('verify.sh')}`)
  })
})

describe('submit --what manipulate', () => {
  it('submits the scripts that config wrote, of circuits that are not there', async () => {
    const text = readFileSync(campaign.file, 'utf8')
    const elsewhere = text.replace('cluster:', "config: { output_path: 'made/{name}' }\ncluster:")
    writeFileSync(campaign.file, elsewhere)
    const none = await submit('--what', 'manipulate')
    expect(none).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/there is no manip_job__Unstruct-0/),
    })
    const config = await connproof(['config', campaign.file])
    expect(config.code, config.stderr).toBe(0)
    expect(await submit('--what', 'manipulate')).toMatchObject({ code: 0, stderr: '' })
    expect(calls()).toEqual(
      Array.from({ length: 7 }, (_, k) =>
        ['--parsable', join(campaign.folder, `out/manip_job__Unstruct-${k}.sh`)].join(' '),
      ),
    )
  })

  it('warns of properties whose NaN the package loses', async () => {
    const text = readFileSync(campaign.file, 'utf8')
    writeFileSync(campaign.file, text.replace('cluster:', "config: { output_path: 'made/{name}' }\ncluster:"))
    const circuit = await openCircuit(join(campaign.folder, 'circuit'))
    const { file = '', table } = await circuit.edgePopulation()
    const column = (await table?.())?.columns.find(({ type }) => type === 'f32')
    const values = new Uint8Array(40)
    await column?.readInto(0, 10, values)
    circuit.close()
    const bytes = readFileSync(file)
    const at = bytes.indexOf(values)
    expect(at).toBeGreaterThan(0)
    for (let k = 0; k < 10; k += 3) bytes.writeFloatLE(Number.NaN, at + 4 * k)
    writeFileSync(file, bytes)
    for (const verb of ['select', 'config']) expect((await connproof([verb, campaign.file])).code).toBe(0)
    const { code, stderr } = await submit('--what', 'manipulate')
    expect(code, stderr).toBe(0)
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(
      new RegExp(`${column?.name} is NaN in 4 edges: the package writes that to Parquet as null`),
    )
  })

  it('leaves alone what is there', async () => {
    expect((await submit('--what', 'manipulate')).stdout).toMatch(/^nothing to submit/)
  })
})

describe('answers of Slurm', () => {
  it('are read task by task', () => {
    const text = [
      'JobId=9 ArrayJobId=7 ArrayTaskId=3-5,8%2 JobName=a b JobState=PENDING Reason=Resources ExitCode=0:0',
      'JobId=8 ArrayJobId=7 ArrayTaskId=1 JobState=FAILED Reason=NonZeroExitCode ExitCode=3:0',
      '',
    ].join('\n')
    expect(parseJobs(text, '7').map(({ index, state }) => [index, state])).toEqual([
      [3, 'PENDING'],
      [4, 'PENDING'],
      [5, 'PENDING'],
      [8, 'PENDING'],
      [1, 'FAILED'],
    ])
    expect(parseJobs('JobId=5 JobState=RUNNING Reason=None ExitCode=0:0', '5')[0]?.index).toBeUndefined()
  })

  it('name arrays as they are asked for', () => {
    const all = [0, 1, 2, 5, 7, 8]
    expect(arrayOf(all)).toBe('0-2,5,7-8')
    expect(indicesOf(arrayOf(all))).toEqual(all)
    expect(indicesOf('0-6:3')).toEqual([0, 3, 6])
  })
})
