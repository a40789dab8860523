/** `config` as a process. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { connproof } from './run.ts'

const folder = mkdtempSync(join(tmpdir(), 'connproof-config-verb-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, fct: object): string {
  const path = join(folder, name)
  const root = { circuit_config: '/nowhere/circuit_config.json', manip: { name: 'x', fcts: [fct] } }
  writeFileSync(path, JSON.stringify(root, null, 2))
  return path
}

const fine = file('fine.json', { source: 'conn_removal', amount_pct: 10, model_config: {} })
const half = file('half.json', { source: 'conn_removal', kwargs: { amount_pct: 10 }, model_config: {} })

describe('config --check', () => {
  it('exits with 0, 1, 2: fine, refused, unreadable', async () => {
    const good = await connproof(['config', '--check', fine])
    expect({ code: good.code, stderr: good.stderr }).toEqual({ code: 0, stderr: '' })
    expect(good.stdout).toContain('runs with releases 0.0.5 to 1.0.4')
    const bad = await connproof(['config', '--check', fine, half, '--json'])
    expect(bad.code).toBe(1)
    const records = bad.stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(records.map(({ accepted }) => accepted)).toEqual([true, false])
    expect(records[1].diagnostics[0]).toMatchObject({ code: 'generation.half-migrated', severity: 'error' })
    const none = await connproof(['config', '--check', half, join(folder, 'none.json'), fine])
    expect(none.code).toBe(2)
    expect(none.stderr).toContain('none.json')
    expect(none.stdout).toContain(fine)
  })
})

describe('config --migrate', () => {
  it('writes a whole file, or tells why not', async () => {
    const output = join(folder, 'b.json')
    const first = await connproof(['config', '--migrate', 'B', half, '-o', output])
    expect({ code: first.code, stdout: first.stdout }).toEqual({ code: 0, stdout: '' })
    expect(JSON.parse(readFileSync(output, 'utf8')).manip.fcts[0]).toEqual({
      source: 'conn_removal',
      amount_pct: 10,
      model_config: {},
    })
    const again = await connproof(['config', '--migrate', 'B', half, '-o', output])
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('exists already') })
    const gone = file('gone.json', { source: 'axon_shuffling', kwargs: {} })
    const refused = await connproof(['config', '--migrate', 'B', gone, '-o', join(folder, 'c.json')])
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('conn_rewiring') })
    expect(existsSync(join(folder, 'c.json'))).toBe(false)
  })
})
