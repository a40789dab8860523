import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { allowedThreads, resourcesFor } from '../../src/cli/resources.ts'

it('threads are those of the job, one on a login node, else those of the machine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'connproof-path-'))
  expect(allowedThreads({ PATH: folder }, 8)).toBe(8)
  writeFileSync(join(folder, 'sbatch'), '#!/bin/sh\n')
  expect(allowedThreads({ PATH: folder }, 8)).toBe(8)
  chmodSync(join(folder, 'sbatch'), 0o755)
  expect(allowedThreads({ PATH: folder }, 8)).toBe(1)
  expect(allowedThreads({ PATH: folder, SLURM_JOB_ID: '7', SLURM_CPUS_PER_TASK: '3' }, 8)).toBe(3)
  expect(allowedThreads({ PATH: folder, SLURM_JOB_ID: '7', SLURM_CPUS_PER_TASK: '64' }, 8)).toBe(8)
  expect(allowedThreads({ PATH: folder, SLURM_JOB_ID: '7' }, 8)).toBe(8)
  rmSync(folder, { recursive: true })
})

it('flags win', () => {
  expect(resourcesFor({ memory: 123, jobs: 5 })).toEqual({ memory: 123, jobs: 5, rowsPerJob: undefined })
  expect(resourcesFor({}).memory).toBeGreaterThan(2 ** 20)
  expect(resourcesFor({}).rowsPerJob).toBeGreaterThan(0)
})
