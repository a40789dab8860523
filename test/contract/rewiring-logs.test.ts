/** Logs of a run are read for a verdict, so they belong to what it is of. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { findRewiringLogs, mayBeLogs } from '../../src/contract/rewiring-logs.ts'
import { FilesRead } from '../../src/formats/files-read.ts'
import { writeNpz } from '../../src/formats/npz.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-rewiring-logs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('are files that were read', async () => {
  mkdirSync(join(folder, 'logs'))
  const file = join(folder, 'logs', 'run.RewiringIndices_1_1.npz')
  // Nothing was rewired in this split.
  await writeNpz(file, [])
  const reads = new FilesRead()
  expect(await findRewiringLogs(join(folder, 'circuit_config.json'), 1, undefined, reads)).toEqual([
    undefined,
  ])
  expect(reads.list()).toMatchObject([{ file }])
  // Not even those of a run that nobody judges by them are written over.
  expect(mayBeLogs(folder)).toEqual([file])
  expect(mayBeLogs(join(folder, 'circuit_config.json'))).toEqual([file])
  expect(mayBeLogs('elsewhere', join(folder, 'logs'))).toEqual([file])
})
