/** `doctor` under limits: each is reported as it is. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { memoryLimits, threadsAllowed, threadsIn } from '../../src/cli/resources.ts'
import { connproof, MAIN, shell } from './run.ts'

interface Line {
  readonly item: string
  readonly status: string
  readonly value: string
  readonly costs?: string
  readonly remedy?: string
  readonly numbers?: Readonly<Record<string, number | null>>
}

const parse = (stdout: string): Map<string, Line> =>
  new Map(
    stdout
      .trim()
      .split('\n')
      .map(text => JSON.parse(text) as Line)
      .map(line => [line.item, line]),
  )

/** Without Slurm on the way there, so that this machine is no login node. */
const noSlurm = 'export PATH=/nowhere;'

it('fits a screen, and finds all that is needed here', async () => {
  const { code, stdout, stderr } = await connproof(['doctor'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const lines = stdout.trimEnd().split('\n')
  expect(lines.length).toBeLessThanOrEqual(24)
  expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(80)
  for (const item of ['Node', 'WebAssembly', 'SIMD', 'HDF5', 'worker threads'])
    expect(stdout).toMatch(new RegExp(`^ok +${item} `, 'm'))
  expect(stdout).toMatch(/HDF5 filters +deflate, shuffle, fletcher32, szip, nbit, scaleoffset$/m)
  expect(stdout).toMatch(/without lzf, blosc, .*\n +files with these cannot be read: h5repack/)
})

it('without Slurm says what that costs', async () => {
  const all = parse((await shell(`${noSlurm} connproof doctor --json`)).stdout)
  expect(all.get('Slurm')).toMatchObject({ status: 'missing', value: 'no sbatch on PATH' })
  expect(all.get('Slurm')?.costs).toMatch(/no submit/)
  expect(all.get('Slurm')?.remedy).toMatch(/login node/)
  expect(all.get('address space')).toMatchObject({ status: 'ok', numbers: { limit: null } })
  expect(all.get('threads')).toMatchObject({ status: 'ok' })
})

it('under ulimit -v reports the limit, runs all the same, and keeps to fewer threads and less memory', async () => {
  const { stdout, code } = await shell(`${noSlurm} ulimit -v 4000000; connproof doctor --json`)
  const all = parse(stdout)
  expect(code).toBe(0)
  expect(all.get('address space')).toMatchObject({ status: 'limited', numbers: { limit: 4_000_000 * 1024 } })
  expect(all.get('address space')?.value).toMatch(/ulimit -v.*second time/)
  expect(all.get('WebAssembly')).toMatchObject({ status: 'ok' })
  expect(all.get('HDF5')).toMatchObject({ status: 'ok' })
  expect(all.get('memory')?.numbers?.['ulimit -v']).toBeLessThan(4_000_000 * 1024)
  expect(all.get('memory')?.numbers?.budget).toBeLessThan((4_000_000 * 1024) / 4)
})

const hasTaskset = spawnSync('taskset', ['-c', '0', 'true']).status === 0

it.skipIf(!hasTaskset)('under taskset -c 0 counts one thread (needs taskset)', async () => {
  const node = process.execPath
  const { stdout } = await shell(`taskset -c 0 env PATH=/nowhere '${node}' '${MAIN}' doctor --json`)
  expect(parse(stdout).get('threads')?.numbers).toMatchObject({ allowed: 1, used: 1 })
})

const hasSlurm = process.env.SLURM_CONF !== undefined && spawnSync('sinfo', ['-h']).status === 0

it.skipIf(!hasSlurm)('inside a Slurm job reports job, CPUs and memory of the job (needs SLURM_CONF)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'connproof-doctor-'))
  const script = join(folder, 'job.sh')
  const out = join(folder, 'out')
  writeFileSync(script, `#!/bin/bash\nexec '${process.execPath}' '${MAIN}' doctor --json\n`)
  const options = ['--parsable', '--cpus-per-task=2', '--mem=300M', `--output=${out}`]
  const job = execFileSync('sbatch', [...options, script], { encoding: 'utf8' }).trim()
  const state = (): string => execFileSync('scontrol', ['show', 'job', '-o', job], { encoding: 'utf8' })
  while (/JobState=(PENDING|RUNNING|COMPLETING|CONFIGURING)/.test(state())) spawnSync('sleep', ['0.2'])
  const all = parse(readFileSync(out, 'utf8'))
  rmSync(folder, { recursive: true })
  expect(all.get('Slurm')?.value).toMatch(/^slurm/)
  expect(all.get('Slurm job')?.value).toMatch(new RegExp(`^${job} on `))
  expect(all.get('threads')?.value).toContain(`granted by Slurm job ${job}`)
  expect(all.get('memory')?.numbers).toMatchObject({ Slurm: 300 * 2 ** 20 })
  expect(all.get('memory')?.numbers?.budget).toBeLessThanOrEqual((300 * 2 ** 20) / 4)
})

it('takes memory from whoever grants least', () => {
  const none = { addressSpace: undefined, available: 8e9, cgroup: 0 }
  const job = { SLURM_JOB_ID: '1' }
  expect(memoryLimits({}, none)).toEqual([{ source: 'machine', bytes: 8e9 }])
  expect(memoryLimits({ SLURM_MEM_PER_NODE: '100' }, none)).toHaveLength(1)
  expect(memoryLimits({ ...job, SLURM_MEM_PER_NODE: '100' }, none)[1]).toEqual({
    source: 'Slurm',
    bytes: 100 * 2 ** 20,
  })
  expect(memoryLimits({ ...job, SLURM_MEM_PER_NODE: '0' }, none)).toHaveLength(1)
  expect(memoryLimits({ ...job, SLURM_MEM_PER_CPU: '10', SLURM_CPUS_PER_TASK: '3' }, none)[1]?.bytes).toBe(
    30 * 2 ** 20,
  )
  expect(memoryLimits({}, { ...none, cgroup: 5e9 }).map(({ source }) => source)).toEqual([
    'machine',
    'cgroup',
  ])
})

it('gives threads room', () => {
  expect(threadsIn(undefined)).toBeGreaterThan(1000)
  expect([2, 4, 8].map(gib => threadsIn(gib * 2 ** 30))).toEqual([1, 2, 6])
  expect(threadsAllowed({ SLURM_JOB_ID: '7', SLURM_CPUS_PER_TASK: '2', PATH: '' }, 8)).toEqual({
    threads: 2,
    because: 'granted by Slurm job 7',
  })
})
