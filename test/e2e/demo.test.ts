/** The demo as a new user runs it. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { connproof } from './cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-demo-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('connproof demo', () => {
  it('shows one circuit verified and one not, with commands that give just that', async () => {
    const demo = await connproof(['demo'], folder)
    expect(demo).toMatchObject({ code: 0, stderr: '' })
    expect(readdirSync(join(folder, 'connproof-demo')).sort()).toEqual([
      'conns_removed_adjmat.npz',
      'conns_removed_gids.npy',
      'original',
      'removed_faulty',
      'removed_ok',
    ])
    const sessions = demo.stdout.matchAll(/^\$ connproof (.*) \\\n {4}(.*)\n([\s\S]*?)^exit code (\d)$/gm)
    const typed = [...sessions].map(([, circuits = '', asked = '', output, code]) => ({
      words: `${circuits} ${asked}`.split(' '),
      output,
      code: Number(code),
    }))
    expect(typed.map(({ code }) => code)).toEqual([0, 1])
    for (const { words, output, code } of typed) {
      expect(await connproof(words, folder)).toMatchObject({ code, stdout: output })
    }
    expect(demo.stdout).toMatch(/All 7 connections .* are named, and no other/)
  })

  it('gives the same circuit for the same seed, and another for another', async () => {
    const session = async (seed: string, name: string): Promise<string> => {
      const { code, stdout } = await connproof(['demo', name, '--seed', seed], folder)
      expect(code).toBe(0)
      return stdout
        .replaceAll(`${name}/`, 'FOLDER/')
        .replace(`to ${name}:`, 'to FOLDER:')
        .replaceAll(`seed ${seed}`, 'seed')
    }
    const first = await session('7', 'first')
    expect(await session('7', 'again')).toBe(first)
    expect(await session('8', 'other')).not.toBe(first)
  })

  it('does not write into a folder that holds something else', async () => {
    const refused = await connproof(['demo', folder], folder)
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain('not empty')
    expect(refused.stderr).toContain('--force')
    expect(existsSync(join(folder, 'original'))).toBe(false)
  })
})
