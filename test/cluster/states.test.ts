/** How Slurm's answers are read, and what two `submit` do with them: in process, with stand-ins for its client. */
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BaseCircuit } from '../../src/campaign/base.ts'
import { readCampaign } from '../../src/campaign/campaign.ts'
import { configSteps } from '../../src/campaign/config-steps.ts'
import { jobSteps } from '../../src/campaign/job-steps.ts'
import { runSteps } from '../../src/campaign/run-steps.ts'
import { campaignState } from '../../src/campaign/state.ts'
import { statusRecords, statusToText } from '../../src/campaign/status-text.ts'
import { verifyCampaign } from '../../src/campaign/verify-steps.ts'
import { clusterToText } from '../../src/cluster/cluster-text.ts'
import { judgeByShards } from '../../src/cluster/merge-campaign.ts'
import { indicesOf, parseJobs, progressOf } from '../../src/cluster/slurm.ts'
import { submit } from '../../src/cluster/submit.ts'
import { type TaskReport, verifyTask } from '../../src/cluster/tasks.ts'
import { PLAIN } from '../../src/report/style.ts'
import { type CampaignFolder, campaignOfSeven } from './campaign.ts'

describe('a state of Slurm', () => {
  it.each([
    [
      'queued',
      'PENDING CONFIGURING REQUEUED REQUEUE_FED REQUEUE_HOLD RESV_DEL_HOLD SPECIAL_EXIT POWER_UP_NODE',
    ],
    [
      'running',
      'RUNNING COMPLETING RESIZING REVOKED SIGNALING STAGE_OUT STOPPED SUSPENDED EXPEDITING UPDATE_DB WHATEVER',
    ],
    ['completed', 'COMPLETED'],
    [
      'failed',
      'BOOT_FAIL CANCELLED DEADLINE FAILED NODE_FAIL OUT_OF_MEMORY PREEMPTED TIMEOUT LAUNCH_FAILED RECONFIG_FAIL',
    ],
  ])('is %s', (progress, states) => {
    for (const state of states.split(' ')) expect([state, progressOf(state)]).toEqual([state, progress])
    expect(progressOf('CANCELLED by 1000')).toBe('failed')
  })
})

it('a list that was cut names what it surely names, and that there is a rest', () => {
  expect(indicesOf('0,2,4,1...%32')).toEqual([0, 2, 4])
  expect(indicesOf('0-3,17-2...')).toEqual([0, 1, 2, 3])
  const line = 'JobId=9 ArrayJobId=9 ArrayTaskId=0,2,1...%32 JobState=PENDING Reason=Priority ExitCode=0:0'
  expect(parseJobs(line, '9').map(({ index }) => index)).toEqual([0, 2, 'rest'])
})

describe('shards of equal state', () => {
  const report = (index: number, more: Partial<TaskReport>): TaskReport => ({
    task: verifyTask('A-0', { index, of: 85 }),
    state: 'queued',
    job: `100_${index - 1}`,
    slurm: undefined,
    note: undefined,
    ...more,
  })
  it('take one line', () => {
    const reports = Array.from({ length: 85 }, (_, k) => report(k + 1, k === 4 ? { state: 'running' } : {}))
    expect(clusterToText(reports, PLAIN).trim().split('\n').slice(1)).toEqual([
      'verify A-0, shards 1-4,6-85/85: queued, job 100_0-3,5-84',
      'verify A-0, shard 5/85: running, job 100_4',
    ])
    const all = reports.map(one => ({ ...one, state: 'queued' as const }))
    expect(clusterToText(all, PLAIN)).toMatch('verify A-0: queued, job 100_0-84 (85 shards)')
  })
  it('are told with the word of Slurm where it is another', () => {
    const slurm = { job: '100', index: 0, state: 'REQUEUE_HOLD', reason: 'JobHeldUser', exitCode: '0:0' }
    expect(clusterToText([report(1, { slurm })], PLAIN)).toMatch(
      'verify A-0: queued (REQUEUE_HOLD), JobHeldUser, job 100_0',
    )
  })
})

let campaign: CampaignFolder
const { PATH } = process.env

/** `scontrol` answers `show job ID` by the file ID; it cuts lists as the real one does. */
beforeEach(async context => {
  if (context.task.suite?.name !== 'submit') return
  campaign = await campaignOfSeven("  time: '10:00'")
  mkdirSync(bin('jobs'), { recursive: true })
  write(
    'sbatch',
    `sleep 0.05; [ "$1" = --version ] && { echo slurm 0; exit; }\necho "$@" >>'${bin('calls')}'; echo $((99 + $(wc -l <'${bin('calls')}')))`,
  )
  write(
    'scontrol',
    `[ "$2" = config ] && { echo 'MaxArraySize            = '"\${MAX_ARRAY:-1001}"; exit; }
[ -e '${bin('down')}' ] && { echo 'Unable to contact slurm controller' >&2; exit 1; }
file='${bin('jobs')}'/"\${@: -1}"
[ -e "$file" ] || { echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1; }
if [ "\${SLURM_BITSTR_LEN:-64}" = 0 ]; then cat "$file"; else sed -E 's/(ArrayTaskId=.{60}).*[0-9] /\\1... /' "$file"; fi`,
  )
  process.env.PATH = [bin(), PATH].join(delimiter)
})
afterEach(() => {
  process.env.PATH = PATH
  delete process.env.MAX_ARRAY
  if (campaign !== undefined) campaign.remove()
})
const bin = (...path: string[]): string => join(campaign.folder, 'bin', ...path)
function write(name: string, lines: string): void {
  writeFileSync(bin(name), `#!/bin/bash\n${lines}\n`)
  chmodSync(bin(name), 0o755)
}
const answer = (job: number, text: string): void => writeFileSync(bin('jobs', String(job)), `${text}\n`)
const run = async (what: 'verify' | 'manipulate', shards?: number, owner?: string) =>
  submit(await readCampaign(campaign.file), {
    what,
    shards,
    owner,
    parallel: 32,
    program: ['echo', 'connproof'],
  })
const calls = (): string[] => readFileSync(bin('calls'), 'utf8').trim().split('\n')
const jobs = () => JSON.parse(readFileSync(join(campaign.folder, 'out/cluster/jobs.json'), 'utf8'))
const append = (text: string, before = 'cluster:'): void =>
  writeFileSync(campaign.file, readFileSync(campaign.file, 'utf8').replace(before, `${text}\n${before}`))
async function configure(): Promise<void> {
  const read = await readCampaign(campaign.file)
  const base = await BaseCircuit.open(read)
  await runSteps(read.output, [...configSteps(read, base), ...(await jobSteps(read))])
  base.close()
}

describe('submit', { timeout: 60_000 }, () => {
  it('knows every task of an array that waits, however long the list of them is', async () => {
    await run('verify', 13)
    const waiting = Array.from({ length: 91 }, (_, k) => k).filter(k => k % 2 === 0)
    answer(
      100,
      `JobId=100 ArrayJobId=100 ArrayTaskId=${waiting.join()} JobState=PENDING Reason=Priority ExitCode=0:0
${Array.from({ length: 45 }, (_, k) => `JobId=${200 + k} ArrayJobId=100 ArrayTaskId=${2 * k + 1} JobState=SIGNALING Reason=None ExitCode=0:0`).join('\n')}`,
    )
    const again = await run('verify', 13)
    expect(again.calls).toEqual([])
    expect(new Set(again.tasks.map(({ state }) => state))).toEqual(new Set(['queued', 'running']))
    expect(calls()).toHaveLength(2)
  })

  it('submits nothing where Slurm does not say how earlier jobs are', async () => {
    await run('verify')
    writeFileSync(bin('down'), '')
    await expect(run('verify')).rejects.toThrow('Unable to contact slurm controller')
    expect(calls()).toHaveLength(2)
  })

  it('twice at once loses nothing and submits nothing twice', async () => {
    answer(100, 'JobId=100 ArrayJobId=100 ArrayTaskId=0-6 JobState=PENDING Reason=None ExitCode=0:0')
    answer(101, 'JobId=101 JobState=PENDING Reason=Dependency ExitCode=0:0')
    const [one, other] = await Promise.all([run('verify', 1, 'one'), run('verify', 1, 'other')])
    expect([one.calls.length, other.calls.length].sort()).toEqual([0, 2])
    expect(calls()).toHaveLength(2)
    expect(jobs().submissions).toHaveLength(1)
  })

  it('makes several arrays of more tasks than one may have', async () => {
    process.env.MAX_ARRAY = '5'
    await run('verify', 2)
    const file = join(campaign.folder, 'out/cluster/verify.sh')
    expect(calls()).toEqual([
      `--parsable --array=0-4%32 ${file}`,
      `--parsable --array=0-4%32 --dependency=afterany:100 ${file} 5`,
      `--parsable --array=0-3%32 --dependency=afterany:101 ${file} 10`,
      expect.stringMatching(
        /--dependency=afterok:100,afterok:101,afterok:102 --kill-on-invalid-dep=yes .*merge\.sh$/,
      ),
    ])
    expect(jobs().submissions.map((one: { tasks: object }) => Object.entries(one.tasks)[3])).toEqual([
      ['3', 'verify Unstruct-1 2/2'],
      ['3', 'verify Unstruct-4 1/2'],
      ['3', 'verify Unstruct-6 2/2'],
    ])
    const env = { ...process.env, SLURM_ARRAY_TASK_ID: '3' }
    const { stdout, stderr } = spawnSync('bash', [file, '10'], { env, encoding: 'utf8' })
    expect({ stdout, stderr }).toEqual({
      stdout: expect.stringMatching(/--variant Unstruct-6 --shard 2\/2/),
      stderr: '',
    })
  })

  it('has what no mask describes judged by its configuration, or leaves it out by name', async () => {
    append('  - { name: Same, operation: null_manipulation }')
    cpSync(join(campaign.folder, 'circuit'), join(campaign.folder, 'circuit__Same-0'), { recursive: true })
    const before = await run('verify')
    expect(before.left).toEqual([
      { variant: 'Same-0', reason: expect.stringMatching(/judged by its configuration.*connproof config/) },
    ])
    expect(calls()[0]).toMatch('--array=0-6%32')
    await configure()
    expect((await run('verify')).left).toEqual([])
    const file = join(campaign.folder, 'out/cluster/verify.sh')
    const env = { ...process.env, SLURM_ARRAY_TASK_ID: '7' }
    const { stdout, status } = spawnSync('bash', [file], { env, encoding: 'utf8' })
    expect({ stdout, status }).toEqual({
      stdout: expect.stringMatching(/^connproof verify \S+ --variant Same-0 --level synapses --quiet\n$/),
      status: 0,
    })
    const read = await readCampaign(campaign.file)
    const merge = async () =>
      (await verifyCampaign(read, { judge: judgeByShards(read, undefined) })).map(
        ({ state, record, trouble }) => record?.result.verdict ?? `${state}: ${trouble?.hint}`,
      )
    expect((await merge()).at(-1)).toBe('failed: connproof verify CAMPAIGN --variant Same-0')
    const [only, none] = await verifyCampaign(read, { only: 'Same-0' })
    expect([only?.record?.result.verdict, none]).toEqual(['verified', undefined])
    expect((await merge()).at(-1)).toBe('verified')
    await expect(verifyCampaign(read, { only: 'Sam-0' })).rejects.toThrow('no variant Sam-0')
  })

  it('does not take what a run left half for done', async () => {
    await configure()
    expect((await run('manipulate')).tasks.map(({ state }) => state)).toEqual(Array(7).fill('done'))
    const folder = join(campaign.folder, 'circuit__Unstruct-0')
    rmSync(folder, { recursive: true })
    mkdirSync(join(folder, 'parquet'), { recursive: true })
    writeFileSync(join(folder, 'parquet/edges.3-0.parquet'), 'PAR1half')
    // A converter that was killed: the package writes the configuration all the same.
    const edges = join(campaign.folder, 'circuit__Unstruct-1/edges.h5')
    truncateSync(edges, 3000)
    rmSync(join(campaign.folder, 'circuit__Unstruct-2/edges.h5'))
    const verify = await run('verify')
    expect(verify.left).toEqual([
      { variant: 'Unstruct-0', reason: expect.stringMatching(/not finished.*no parquet\.DONE/) },
      { variant: 'Unstruct-1', reason: expect.stringMatching(/not finished.*Unstruct-1\/edges\.h5: /) },
      {
        variant: 'Unstruct-2',
        reason: expect.stringMatching(/not finished.*Unstruct-2\/edges\.h5: no such/),
      },
    ])
    const again = await run('manipulate')
    expect(again.calls.map(({ args }) => args[0])).toEqual(
      [0, 1, 2].map(k => expect.stringMatching(`manip_job__Unstruct-${k}\\.sh$`)),
    )
    const read = await readCampaign(campaign.file)
    const states = await campaignState(read)
    expect(statusToText(read, states)).toMatch(/^Unstruct-0 .* UNFINISHED /m)
    expect(statusToText(read, states)).toMatch(/^Unstruct-0: circuit is unfinished: .*no parquet\.DONE/m)
    expect(statusRecords(states).map(({ unfinished }) => unfinished === null)).toEqual(
      Array.from({ length: 7 }, (_, k) => k > 2),
    )
  })

  it('starts nothing of, and calls nothing done that is of, another configuration', async () => {
    await configure()
    append('', 'cluster:')
    const edit = (from: string, to: string): void =>
      writeFileSync(campaign.file, readFileSync(campaign.file, 'utf8').replace(from, to))
    edit('seed: 1', 'seed: 2')
    const there = await run('manipulate')
    expect(there.calls).toEqual([])
    expect(there.left[0]).toEqual({
      variant: 'Unstruct-0',
      reason: expect.stringMatching(/its circuit is there, but.*selection is not up to date/),
    })
    edit('seed: 2', 'seed: 1')
    rmSync(join(campaign.folder, 'circuit__Unstruct-0'), { recursive: true })
    expect((await run('manipulate')).left).toEqual([])
    cpSync(join(campaign.folder, 'circuit__Unstruct-1'), join(campaign.folder, 'circuit__Unstruct-0'), {
      recursive: true,
    })
    answer(100, 'JobId=100 JobState=COMPLETED Reason=None ExitCode=0:0')
    expect((await run('manipulate')).left).toEqual([])
    append('config: { seed: 7 }')
    await configure()
    expect((await run('manipulate')).left).toEqual([
      { variant: 'Unstruct-0', reason: expect.stringMatching(/job 100 made it from another/) },
    ])
  })
})
