/**
 * A campaign through a real Slurm: needs SLURM_CONF of one to which jobs may be submitted, as `.ci/run` starts it.
 * One task is killed, one fails, one is forgotten; only these run again, and the verdict is that of one run.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connproof } from '../cli/run.ts'
import { type CampaignFolder, campaignOfSeven, proofsOf } from './campaign.ts'

const hasSlurm = process.env.SLURM_CONF !== undefined && spawnSync('sinfo', ['-h']).status === 0

interface TaskRecord {
  readonly type: string
  readonly id: string
  readonly shard: string
  readonly state: string
  readonly job: string
  readonly slurm_state: string | null
  readonly exit_code: string | null
}

describe.skipIf(!hasSlurm)('submit --what verify on Slurm (needs SLURM_CONF)', () => {
  let campaign: CampaignFolder
  beforeAll(async () => {
    campaign = await campaignOfSeven(`  memory: 200M
  time: '5'
  setup:
    - 'go=$GO_FILE'
    - 'case "\${SLURM_ARRAY_TASK_ID:-}" in'
    - '  0) [ -e "$go" ] || sleep 200 ;;'
    - '  1) [ -e "$go" ] || exit 3 ;;'
    - 'esac'`)
    process.env.GO_FILE = join(campaign.folder, 'go')
  })
  afterAll(() => campaign?.remove())

  async function tasks(): Promise<TaskRecord[]> {
    const { stdout, stderr } = await connproof(['status', campaign.file, '--json'])
    expect(stderr).toBe('')
    const records = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as TaskRecord)
    return records.filter(({ type }) => type === 'task')
  }

  async function until(what: (tasks: readonly TaskRecord[]) => boolean): Promise<TaskRecord[]> {
    for (;;) {
      const now = await tasks()
      if (what(now)) return now
      await setTimeout(300)
    }
  }
  const isOver = ({ state }: TaskRecord): boolean => state !== 'queued' && state !== 'running'
  const proofFiles = (): string[] =>
    readdirSync(join(campaign.folder, 'out'), { recursive: true, encoding: 'utf8' }).filter(name =>
      name.endsWith('proof.json'),
    )
  const jobs = (stdout: string): string[] => [...stdout.matchAll(/^job (\d+): /gm)].map(([, id]) => id ?? '')

  it('prints in a dry run what it would do, and does nothing', async () => {
    const { code, stdout } = await connproof(['submit', campaign.file, '--shards', '2', '--dry-run'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^#SBATCH --mem=200M$/m)
    expect(stdout).toMatch(/^sbatch --array=0-13%32 .*verify\.sh$/m)
    expect(stdout).toMatch(/^sbatch --dependency=afterok:JOB --kill-on-invalid-dep=yes .*merge\.sh$/m)
    expect(existsSync(join(campaign.folder, 'out/cluster'))).toBe(false)
  })

  it('tells killed, failed and forgotten tasks, runs only these again, and merges to the verdict of one run', async () => {
    const submit = ['submit', campaign.file, '--shards', '2', '--parallel', '1']
    const first = await connproof(submit)
    expect(first).toMatchObject({ code: 0, stderr: '' })
    const [array, merge] = jobs(first.stdout)
    await until(all => all[0]?.state === 'running' && all[13]?.state === 'queued')
    expect((await connproof(submit)).stdout).toMatch(/^nothing to submit/)
    execFileSync('scancel', [`${array}_13`])
    execFileSync('scancel', [`${array}_0`])
    const ended = await until(all => all.every(isOver))
    const states = ended.map(({ state, slurm_state }) => [state, slurm_state])
    expect(states).toEqual([
      ['failed', 'CANCELLED'],
      ['failed', 'FAILED'],
      ...Array.from({ length: 11 }, () => ['done', 'COMPLETED']),
      ['forgotten', null],
    ])
    expect(ended[1]?.exit_code).toBe('3:0')
    const text = (await connproof(['status', campaign.file])).stdout
    expect(text).toMatch(/^verify Unstruct-0, shard 1\/2: CANCELLED .*job \d+_0$/m)
    expect(text).toMatch(/^verify Unstruct-0, shard 2\/2: FAILED \(exit code 3:0\), NonZeroExitCode/m)
    expect(text).toMatch(/^verify Unstruct-6, shard 2\/2: NO RESULT, and Slurm does not know the job/m)
    expect(text).toMatch(/^verify Unstruct-1: done \(2 shards\)$/m)
    // The merge is killed with its dependency, when Slurm comes to it, and proves nothing.
    const mergeState = (): string =>
      execFileSync('scontrol', ['show', 'job', '-o', merge ?? ''], { encoding: 'utf8' })
    while (mergeState().includes('JobState=PENDING')) await setTimeout(300)
    expect(mergeState()).toMatch(/JobState=CANCELLED/)
    expect(proofFiles()).toEqual([])

    writeFileSync(join(campaign.folder, 'go'), '')
    const second = await connproof(['submit', campaign.file, '--shards', '2'])
    expect(second.stdout).toMatch(/--array=0-1,13%32 /)
    await until(all => all.every(({ state }) => state === 'done'))
    while (proofFiles().length < 7) await setTimeout(300)
    const merged = proofsOf(campaign.folder)
    // Waits for the merge to leave the lock file.
    const whole = await untilFree(() => connproof(['verify', campaign.file, '--force']))
    expect(whole.code).toBe(1)
    expect(merged).toEqual(proofsOf(campaign.folder))
    expect(merged.map(proof => (proof as { verdict: string }).verdict)).toEqual(
      Array.from({ length: 7 }, (_, k) => (k === 3 ? 'differs' : 'verified')),
    )
    expect((await connproof(submit)).stdout).toMatch(/^nothing to submit/)
  }, 240_000)

  async function untilFree(run: () => ReturnType<typeof connproof>) {
    for (;;) {
      const result = await run()
      if (result.code !== 2) return result
      await setTimeout(300)
    }
  }

  it('shows the words of Slurm where it refuses', async () => {
    const other = await campaignOfSeven('  partition: nowhere')
    const { code, stderr } = await connproof(['submit', other.file, '--shards', '1'])
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/sbatch says: .*partition/i) })
    other.remove()
  })
})

describe('submit', () => {
  let campaign: CampaignFolder
  beforeAll(async () => {
    campaign = await campaignOfSeven('  cpus: 1')
  })
  afterAll(() => campaign.remove())

  it('says so where there is no Slurm client, and writes nothing', async () => {
    const { code, stderr } = await connproof(['submit', campaign.file], { env: { PATH: '/nowhere' } })
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/no sbatch on PATH/) })
    expect(existsSync(join(campaign.folder, 'out/cluster'))).toBe(false)
  })

  it('refuses no shards and no tasks', async () => {
    for (const flag of ['--shards', '--parallel']) {
      const { code, stderr } = await connproof(['submit', campaign.file, flag, '0', '--dry-run'])
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/at least 1/) })
    }
  })
})
