/** Files and folders that a configuration names: the same by what they hold. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { comparePaths } from '../../src/full/same-path.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-paths-'))
afterAll(() => rmSync(folder, { recursive: true }))
const [a, b] = [join(folder, 'a'), join(folder, 'b')]

beforeEach(() => {
  for (const one of [a, b]) rmSync(one, { recursive: true, force: true })
  mkdirSync(join(a, 'inner'), { recursive: true })
  writeFileSync(join(a, 'one.swc'), '1 1 0 0 0 1 -1\n')
  writeFileSync(join(a, 'inner/two.swc'), '1 1 0 0 0 2 -1\n')
  cpSync(a, b, { recursive: true })
})

const compared = async () => comparePaths(a, b)

describe('folders', () => {
  it('are the same with the same in them, also where they lead back to themselves', async () => {
    expect(await compared()).toEqual({ result: 'same' })
    for (const one of [a, b]) symlinkSync(one, join(one, 'inner/again'))
    expect(await compared()).toEqual({ result: 'same' })
  })

  it.each<[string, () => void, RegExp]>([
    [
      'a file more',
      () => writeFileSync(join(b, 'inner/three.swc'), ''),
      /three\.swc, which .* does not have/,
    ],
    ['a folder more', () => mkdirSync(join(b, 'empty')), /empty, which .* does not have/],
    ['a file less', () => rmSync(join(b, 'inner/two.swc')), /two\.swc, which does not exist/],
    ['another file', () => writeFileSync(join(b, 'one.swc'), '1 1 0 0 0 3 -1\n'), /one\.swc/],
    [
      'a folder for a file',
      () => {
        rmSync(join(b, 'one.swc'))
        mkdirSync(join(b, 'one.swc'))
      },
      /one\.swc, which is something else/,
    ],
  ])('differ by %s', async (_, change, what) => {
    change()
    expect(await compared()).toEqual({ result: 'differs', what: expect.stringMatching(what) })
  })

  it('cannot be told where the original is not on this machine', async () => {
    rmSync(a, { recursive: true })
    expect(await compared()).toMatchObject({ result: 'unknown' })
  })
})
