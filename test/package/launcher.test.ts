/** The command runs out of code that was compiled when it was built, and does the same without it. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MAIN } from '../cli/run.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'connproof-launcher-'))
  cpSync(dirname(MAIN), folder, { recursive: true })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const help = (...options: string[]): string => {
  const args = [...options, join(folder, 'main.js'), 'verify', '--help']
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}

describe('dist/cli/main.js', () => {
  it('is one program and its compiled code, named alike', () => {
    const [code, program] = readdirSync(folder)
      .filter(name => name.startsWith('program-'))
      .sort()
      .reverse()
    expect(code?.replace('.code', '.cjs')).toBe(program)
  })

  it('runs where its V8 does not take the code, and where the code is gone', () => {
    const expected = help()
    expect(expected).toContain('Usage: connproof verify')
    expect(help('--no-lazy')).toBe(expected)
    for (const name of readdirSync(folder).filter(name => name.endsWith('.code'))) rmSync(join(folder, name))
    expect(help()).toBe(expected)
  })
})
