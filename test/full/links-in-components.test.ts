/** Equal HDF5 files that a key of the configuration names are the same only with what they lead to. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { comparePaths } from '../../src/full/same-path.ts'

const LINKS = fileURLToPath(new URL('../fixtures/links', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'connproof-links-in-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const [before, after] = [join(folder, 'o'), join(folder, 'm')]
beforeEach(() => {
  for (const at of [before, after]) {
    rmSync(at, { recursive: true, force: true })
    cpSync(join(LINKS, 'linked'), at, { recursive: true })
  }
})
const compare = (name: string) => comparePaths(join(before, name), join(after, name))

describe('equal HDF5 files with links to others', () => {
  it('are the same where what they lead to is', async () => {
    expect(await compare('edges.h5')).toEqual({ result: 'same' })
  })

  it('differ where that differs', async () => {
    cpSync(join(LINKS, 'plain/edges.h5'), join(after, 'parts/values.h5'))
    expect(await compare('edges.h5')).toMatchObject({ result: 'differs' })
  })

  it('differ where that is missing in one', async () => {
    rmSync(join(after, 'parts'), { recursive: true })
    expect(await compare('edges.h5')).toMatchObject({ result: 'differs' })
  })

  it('are not known to be the same where that is missing in both', async () => {
    for (const at of [before, after]) rmSync(join(at, 'parts'), { recursive: true })
    expect(await compare('edges.h5')).toMatchObject({ result: 'unknown' })
  })

  it('are what their bytes are where no reader can open them', async () => {
    const cut = readFileSync(join(before, 'nodes.h5')).subarray(0, 200)
    for (const at of [before, after]) writeFileSync(join(at, 'nodes.h5'), cut)
    expect(await compare('nodes.h5')).toEqual({ result: 'same' })
  })
})
